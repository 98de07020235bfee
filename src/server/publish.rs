//! Publish: the one way in for every message, from the form and from the API alike.
//!
//! Comes after the doors, which made a checked draft; before `store`, which makes it durable, and `broker`, which hears
//! of the commit from the store. A message to everyone is delivered chunk by chunk by [`Publisher::run_broadcasts`].

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::markdown::Markdown;
use super::metrics::Metrics;
use super::now_ms;
use super::store;
use super::store::{Idempotency, NewMessage, PublishError, Published, Store, User};
use crate::domain::{Audience, Draft, UserId};

/// Pause after a chunk that the store refused: long enough for a busy spell to pass, short enough to go unnoticed.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The pauses double up to this one: a disk that is full for hours is not asked, and not logged, twice a second.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How often the store is asked for work that nobody rang for: another process may have left a message to everyone
/// unfinished, such as the server that this one took over from.
const LOOK: Duration = Duration::from_secs(5);

/// Publishes messages.
#[derive(Clone)]
pub struct Publisher {
    store: Arc<dyn Store>,
    /// Rung when there is a message to everyone to deliver.
    work: Arc<Notify>,
    markdown: Markdown,
    metrics: Metrics,
}

impl Publisher {
    /// A publisher into `store`.
    pub fn new(store: Arc<dyn Store>, markdown: Markdown, metrics: Metrics) -> Self {
        Self { store, work: Arc::default(), markdown, metrics }
    }

    /// Stores the message; when this returns it is on disk, and open streams of people named have it.
    pub async fn publish(
        &self,
        sender: &User,
        draft: Draft,
        idempotency: Option<Idempotency>,
    ) -> Result<Published, PublishError> {
        let taken = Instant::now();
        let everyone = draft.audience == Audience::Everyone;
        let message = rendered(&self.markdown, sender.id, draft, now_ms(), idempotency);
        let answer = self.store.publish(message).await;
        self.metrics.published(&answer, taken.elapsed());
        let published = answer?;
        if everyone {
            self.work.notify_one();
        }
        tracing::info!(
            message.id = published.id.0,
            user.id = sender.id.0,
            recipients = published.recipients,
            repeated = published.repeated,
            "message published"
        );
        Ok(published)
    }

    /// Delivers messages to everyone until `stop`, also those that another process left unfinished.
    pub async fn run_broadcasts(self, stop: CancellationToken) {
        let mut failed = None;
        loop {
            let pause = match self.store.deliver_chunk().await {
                Ok(more) => {
                    failed = None;
                    // The next chunk follows at once; a stop is seen in between.
                    if more { Duration::ZERO } else { LOOK }
                }
                Err(store::StoreError::Closed) => return,
                Err(error) => {
                    tracing::warn!(%error, "a chunk of a message to everyone could not be stored; trying again");
                    let pause = pause_after(failed);
                    failed = Some(pause);
                    pause
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.work.notified(), if failed.is_none() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }
}

/// The pause after a failure that followed one with this pause, or a success.
fn pause_after(failed: Option<Duration>) -> Duration {
    failed.map_or(FIRST_PAUSE, |pause| (pause * 2).min(LONGEST_PAUSE))
}

/// The message that a draft becomes: its body is rendered here, once, for all its readers.
pub(super) fn rendered(
    markdown: &Markdown,
    sender: UserId,
    draft: Draft,
    sent_at: i64,
    idempotency: Option<Idempotency>,
) -> NewMessage {
    let body = markdown.render(&draft.body);
    NewMessage {
        sender,
        audience: draft.audience,
        title: draft.title,
        body: draft.body,
        html: body.html,
        preview: body.preview,
        priority: draft.priority,
        link: draft.link,
        details: draft.details,
        sent_at,
        idempotency,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_from_half_a_second_to_half_a_minute() {
        let pauses = std::iter::successors(Some(pause_after(None)), |pause| Some(pause_after(Some(*pause))));
        let seconds: Vec<_> = pauses.take(9).map(|pause| pause.as_secs_f32()).collect();
        assert_eq!(seconds, [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]);
    }
}
