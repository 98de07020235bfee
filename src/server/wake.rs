//! Wake: brings back what was snoozed when its time has come. What is due is in the store, so a restart forgets nothing.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::now_ms;
use super::store::{Store, StoreError};

/// How often the store is asked when something is next due, which costs one look into an index. Somebody may have snoozed
/// something for less, and wall clocks are set and machines sleep: no timer hears of that.
const LOOK: Duration = Duration::from_secs(1);

/// After a failure: a disk that is full for hours is not asked every second.
const FAILED: Duration = Duration::from_secs(15);

/// Items that are woken in one transaction: some ten milliseconds, so that other writes hardly wait for it.
const AT_ONCE: usize = 500;

/// Between two such transactions, when a server that slept has much to bring back.
const PAUSE: Duration = Duration::from_millis(50);

/// Wakes until it is told to stop. Several servers on one database do no harm: an item is woken in one transaction.
pub(super) async fn wake(store: Arc<dyn Store>, stop: CancellationToken) {
    stop.run_until_cancelled(async {
        loop {
            let pause = match once(&store).await {
                Ok(pause) => pause,
                Err(StoreError::Closed) => return stop.cancelled().await,
                Err(error) => {
                    tracing::warn!(%error, "what was snoozed could not be brought back; trying again");
                    FAILED
                }
            };
            sleep(pause).await;
        }
    })
    .await;
}

/// Brings back what is due; answers how long to wait.
async fn once(store: &Arc<dyn Store>) -> Result<Duration, StoreError> {
    let now = now_ms();
    match store.next_wake().await? {
        Some(due) if due <= now => {
            let woken = store.wake(now, AT_ONCE).await?;
            Ok(if woken == AT_ONCE { PAUSE } else { LOOK })
        }
        Some(due) => Ok(Duration::from_millis((due - now).unsigned_abs()).min(LOOK)),
        None => Ok(LOOK),
    }
}
