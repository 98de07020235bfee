//! Rate: so many a second for each key, and as many at once. Bounded whatever the keys are.

use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::ShrinkableKeyedStateStore;
use governor::{Quota, RateLimiter};

/// Most keys that are remembered. One is remembered until its bucket is full again, a second at most, so this many
/// clients would have to ask within one second. A scan of addresses can do it: newcomers then share one bucket.
const REMEMBERED: usize = 65_536;

/// How often full buckets are forgotten. It takes about a millisecond when there are as many as there may be.
const SWEEP: Duration = Duration::from_secs(1);

/// One bucket a key.
pub(super) struct Rate<K: Hash + Eq + Clone, C: Clock = DefaultClock> {
    buckets: RateLimiter<K, Buckets<K>, C, NoOpMiddleware<C::Instant>>,
    per_second: u32,
    swept: Mutex<Instant>,
}

impl<K: Hash + Eq + Clone> Rate<K> {
    /// So many a second; zero counts as one.
    pub(super) fn new(per_second: u32) -> Self {
        Self::with(per_second, REMEMBERED, DefaultClock::default())
    }
}

impl<K: Hash + Eq + Clone, C: Clock> Rate<K, C> {
    fn with(per_second: u32, remembered: usize, clock: C) -> Self {
        let quota = Quota::per_second(NonZeroU32::new(per_second).unwrap_or(NonZeroU32::MIN));
        let buckets = RateLimiter::new(quota, Buckets::new(remembered), clock);
        Self { buckets, per_second, swept: Mutex::new(Instant::now()) }
    }

    /// The limit.
    pub(super) fn per_second(&self) -> u32 {
        self.per_second
    }

    /// Takes one, or says in how many seconds there is one.
    pub(super) fn check(&self, key: &K) -> Result<(), u64> {
        self.sweep();
        self.buckets.check_key(key).map(drop).map_err(|until| {
            let wait = until.wait_time_from(self.buckets.clock().now());
            wait.as_millis().div_ceil(1000).max(1).try_into().unwrap_or(u64::MAX)
        })
    }

    /// Forgets the full buckets, now and then. Whoever comes while another one does it goes on.
    fn sweep(&self) {
        let Ok(mut swept) = self.swept.try_lock() else { return };
        if swept.elapsed() >= SWEEP {
            *swept = Instant::now();
            drop(swept);
            self.buckets.retain_recent();
        }
    }
}

/// The buckets by key, at most so many, and the one that all others share.
struct Buckets<K> {
    remembered: usize,
    cells: Mutex<Cells<K>>,
}

struct Cells<K> {
    known: HashMap<K, Nanos>,
    others: Option<Nanos>,
}

impl<K> Buckets<K> {
    fn new(remembered: usize) -> Self {
        Self { remembered, cells: Mutex::new(Cells { known: HashMap::new(), others: None }) }
    }

    /// What happens under the lock only moves numbers.
    fn cells(&self) -> MutexGuard<'_, Cells<K>> {
        self.cells.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Hash + Eq + Clone> StateStore for Buckets<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, measure: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut cells = self.cells();
        if let Some(cell) = cells.known.get_mut(key) {
            let (outcome, level) = measure(Some(*cell))?;
            *cell = level;
            return Ok(outcome);
        }
        if cells.known.len() < self.remembered {
            let (outcome, level) = measure(None)?;
            cells.known.insert(key.clone(), level);
            return Ok(outcome);
        }
        let (outcome, level) = measure(cells.others)?;
        cells.others = Some(level);
        Ok(outcome)
    }
}

impl<K: Hash + Eq + Clone> ShrinkableKeyedStateStore<K> for Buckets<K> {
    fn retain_recent(&self, drop_below: Nanos) {
        let mut cells = self.cells();
        cells.known.retain(|_, cell| *cell > drop_below);
        // Gives the memory of a flood back, and does not move everything each time.
        if cells.known.len() < cells.known.capacity() / 8 {
            cells.known.shrink_to_fit();
        }
    }

    fn len(&self) -> usize {
        self.cells().known.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    fn rate(per_second: u32, remembered: usize) -> (Rate<u32, FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        (Rate::with(per_second, remembered, clock.clone()), clock)
    }

    fn passed(rate: &Rate<u32, FakeRelativeClock>, key: u32, tries: u32) -> usize {
        (0..tries).filter(|_| rate.check(&key).is_ok()).count()
    }

    #[test]
    fn each_key_has_its_own_bucket_of_a_seconds_worth() {
        let (rate, clock) = rate(5, 100);
        assert_eq!((passed(&rate, 1, 9), passed(&rate, 2, 9)), (5, 5));
        assert_eq!(rate.check(&1), Err(1));
        clock.advance(Duration::from_millis(400));
        assert_eq!(passed(&rate, 1, 9), 2, "one every 200 ms");
    }

    #[test]
    fn keys_without_end_take_no_more_memory_and_newcomers_share_a_bucket() {
        let (rate, clock) = rate(5, 100);
        let passed_in_all: usize = (0..10_000).map(|key| passed(&rate, key, 1)).sum();
        assert_eq!((rate.buckets.len(), passed_in_all), (100, 105));
        assert_eq!(passed(&rate, 7, 9), 4, "who is known has a bucket of their own");
        clock.advance(Duration::from_secs(2));
        rate.buckets.retain_recent();
        assert_eq!(rate.buckets.len(), 0, "full buckets are forgotten");
        assert_eq!(passed(&rate, 9_999, 9), 5);
    }

    #[test]
    fn a_bucket_that_is_not_full_is_not_forgotten() {
        let (rate, clock) = rate(5, 100);
        assert_eq!(passed(&rate, 1, 5), 5);
        clock.advance(Duration::from_millis(100));
        rate.buckets.retain_recent();
        assert_eq!(passed(&rate, 1, 5), 0);
    }
}
