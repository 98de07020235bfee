//! Endings: what another process on the same database ended, such as the command line, ends the streams of this one.
//!
//! Comes after `store`, which keeps every ending for a while; before `broker`. What this process ends is told with its commit;
//! it is read here once more, which changes nothing: an ended session or token never comes back.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::broker::Broker;
use super::store::{Store, StoreError};

/// A stream must end within a second of its session. Looking costs one lookup in an index.
const LOOK: Duration = Duration::from_millis(250);

/// Endings that are read at once; when there are more, the next are read at once, too.
const AT_ONCE: usize = 1000;

/// Ends the streams of everything that ended after the number `heard`, until it is told to stop.
pub(super) async fn follow(store: Arc<dyn Store>, broker: Broker, mut heard: i64, stop: CancellationToken) {
    stop.run_until_cancelled(async {
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut failing = false;
        loop {
            looks.tick().await;
            let looked = hear(&store, &broker, &mut heard).await;
            if let Err(error) = &looked
                && !failing
            {
                tracing::warn!(%error, "cannot read what other processes ended; trying again until it can be read");
            }
            failing = looked.is_err();
        }
    })
    .await;
}

async fn hear(store: &Arc<dyn Store>, broker: &Broker, heard: &mut i64) -> Result<(), StoreError> {
    loop {
        let endings = store.endings_after(*heard, AT_ONCE).await?;
        for (number, ending) in &endings {
            broker.end(ending);
            *heard = *number;
        }
        if endings.len() < AT_ONCE {
            return Ok(());
        }
    }
}
