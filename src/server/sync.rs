//! Sync: the locks and counters of the broker. Under `--cfg loom` they are loom's, which tries every order in which
//! threads can meet; `tests/loom` does so with the broker's own code.

#[cfg(not(loom))]
pub(super) use std::sync::{
    Arc, Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
};

#[cfg(loom)]
pub(super) use loom::sync::{
    Arc, Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
};

use std::sync::PoisonError;

/// Spreads people over shards. Seeded at random, so that nobody can choose names that meet in one.
#[cfg(not(loom))]
pub(super) type Spread = std::hash::RandomState;

/// Loom repeats a run with other orders and needs everything else to stay the same.
#[cfg(loom)]
pub(super) type Spread = std::hash::BuildHasherDefault<std::hash::DefaultHasher>;

/// Shards for this machine: enough that the cores rarely meet at one lock. A power of two.
#[cfg(not(loom))]
pub(super) fn shards() -> usize {
    (std::thread::available_parallelism().map_or(2, usize::from) * 8).next_power_of_two()
}

/// One, so that people meet.
#[cfg(loom)]
pub(super) fn shards() -> usize {
    1
}

/// Critical sections of the broker only move values; one that panicked left nothing half-done worth stopping for.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
