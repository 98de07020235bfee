//! Receipts: takes acknowledgements of browsers. Comes after the door `api::receipts`, before the store.
//!
//! They give way: when thousands of pages acknowledge one message to everyone, only so many may wait for the database,
//! so that the queue of writes stays free for sends. The others are told to come back, and a page keeps its batch.

use std::str::FromStr;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::auth::Caller;
use super::broker::Client;
use super::metrics::Limit;
use super::store::{ACKNOWLEDGED_MAX, Acknowledged};
use super::{auth, now_ms};
use crate::api::ApiError;
use crate::domain::{Cursor, MessageId};

/// Acknowledgements that may wait for the database at once: a sixteenth of the queue of writes.
const WAITING: usize = 64;

/// When a page that was sent away comes back, in seconds.
const COME_BACK: u64 = 2;

/// Latencies taken from one acknowledgement; a page sends one for each message of the last second.
const LATENCIES: usize = 50;

/// Longer than this says that the browser's clock jumped, or that its device slept.
const LATENCY_MAX: u64 = 600_000;

/// The way in, as wide as it may be.
pub struct Acknowledgements(Semaphore);

impl Default for Acknowledgements {
    fn default() -> Self {
        Self(Semaphore::new(WAITING))
    }
}

/// What a page says, as it says it.
pub struct Told {
    /// The browser's name for itself.
    pub client: String,
    /// The cursor that it has reached, or nothing.
    pub cursor: String,
    /// Ids of messages, separated by commas.
    pub seen: String,
    /// Ids of messages, separated by commas.
    pub read: String,
    /// Milliseconds, separated by commas.
    pub latency: String,
}

/// Keeps it.
pub async fn acknowledge(caller: &Caller, told: Told) -> Result<(), ApiError> {
    let state = &caller.state;
    let (ack, latencies) =
        parse(caller, told).ok_or_else(|| ApiError::Invalid("That is no acknowledgement.".into()))?;
    let Ok(_turn) = state.acknowledgements.0.try_acquire() else {
        state.metrics.refused(Limit::Acknowledgements);
        return Err(ApiError::Busy { retry_after_s: COME_BACK });
    };
    state.store.acknowledge(caller.user.id, ack).await?;
    latencies.into_iter().for_each(|latency| state.metrics.acknowledged(latency));
    Ok(())
}

fn parse(caller: &Caller, told: Told) -> Option<(Acknowledged, Vec<Duration>)> {
    let applied = match told.cursor.as_str() {
        "" => None,
        cursor => Some(cursor.parse::<Cursor>().ok()?),
    };
    // A number of another life of the database says nothing.
    let applied = applied.filter(|cursor| cursor.epoch == *caller.state.store.epoch()).map(|cursor| cursor.seq);
    let ids = |text| Some(numbers(text, ACKNOWLEDGED_MAX)?.into_iter().map(MessageId).collect());
    let ack = Acknowledged {
        client: Client::parse(&told.client)?.as_str().to_owned(),
        device: auth::device(),
        applied,
        seen: ids(&told.seen)?,
        read: ids(&told.read)?,
        at: now_ms(),
    };
    let latencies = numbers::<u64>(&told.latency, LATENCIES)?.into_iter().filter(|ms| *ms <= LATENCY_MAX);
    Some((ack, latencies.map(Duration::from_millis).collect()))
}

/// Numbers separated by commas, at most so many.
fn numbers<T: FromStr>(text: &str, most: usize) -> Option<Vec<T>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    let numbers: Vec<T> = text.split(',').take(most + 1).map(|word| word.parse().ok()).collect::<Option<_>>()?;
    (numbers.len() <= most).then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_separated_by_commas_and_bounded() {
        assert_eq!(numbers::<u64>("", 2), Some(vec![]));
        assert_eq!(numbers::<u64>("1,20", 2), Some(vec![1, 20]));
        for bad in ["1,2,3", ",", "1,", "x", "1 ,2", "-1"] {
            assert_eq!(numbers::<u64>(bad, 2), None, "{bad:?}");
        }
    }
}
