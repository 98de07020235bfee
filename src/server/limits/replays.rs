//! Replays: how many missed items may be in memory at once, on their way to readers that come back. Each stream has its
//! own bound; without this one, a whole crowd of slow readers that were all away could fill the memory together.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Most items of all replays together. One takes about a kilobyte, four at the most.
const ITEMS: usize = 200_000;

/// The memory that replays take until they are written out.
pub struct Replays(Arc<Semaphore>);

/// Memory that is held. Dropping it gives it back.
pub struct Held(#[expect(dead_code, reason = "it counts for as long as it lives")] OwnedSemaphorePermit);

impl Default for Replays {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(ITEMS)))
    }
}

impl Replays {
    /// Memory for so many items; `None`: there is none now.
    pub fn hold(&self, items: usize) -> Option<Held> {
        let items = u32::try_from(items).ok()?;
        Arc::clone(&self.0).try_acquire_many_owned(items).ok().map(Held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replays_share_one_memory_and_give_it_back() {
        let replays = Replays(Arc::new(Semaphore::new(10)));
        let held = replays.hold(8).expect("there is room");
        assert!(replays.hold(3).is_none() && replays.hold(0).is_some() && replays.hold(2).is_some());
        drop(held);
        assert!(replays.hold(10).is_some());
    }
}
