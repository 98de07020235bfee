//! Sweep: forgets what nobody asks for any more, at the start and from time to time: sessions that have expired, endings that
//! every process has heard of, and items that were deleted long ago.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::now_ms;
use super::store::{Store, StoreError};

/// Nothing depends on it: expired sessions are refused anyway, and the rest is only room on the disk.
const EVERY: Duration = Duration::from_secs(600);

/// How long endings are kept, in milliseconds. Who has not looked for so long has beats to notice by.
const ENDINGS_KEPT: i64 = 60 * 60 * 1000;

/// Deleted items that are forgotten in one transaction: some milliseconds, so that sends hardly wait for it.
const PURGED_AT_ONCE: usize = 500;

/// Between two such transactions sends have the writer to themselves.
const PAUSE: Duration = Duration::from_millis(100);

/// Sweeps until it is told to stop. What a write has begun is finished by the store.
pub(super) async fn sweep(store: Arc<dyn Store>, keep_deleted: Duration, stop: CancellationToken) {
    stop.run_until_cancelled(async {
        loop {
            if let Err(error) = once(&store, keep_deleted).await {
                tracing::warn!(%error, "what is over could not be removed; trying again later");
            }
            sleep(EVERY).await;
        }
    })
    .await;
}

async fn once(store: &Arc<dyn Store>, keep_deleted: Duration) -> Result<(), StoreError> {
    let now = now_ms();
    store.sweep_sessions(now).await?;
    store.sweep_endings(now - ENDINGS_KEPT).await?;
    let before = now.saturating_sub(i64::try_from(keep_deleted.as_millis()).unwrap_or(i64::MAX));
    while store.purge(before, PURGED_AT_ONCE).await? == PURGED_AT_ONCE as u64 {
        sleep(PAUSE).await;
    }
    Ok(())
}
