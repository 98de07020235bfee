//! Broker: who is online in this process, and the recent events of each of them.
//!
//! Comes after `store`, which hands over every committed change in order; before `subscribe`, which writes the stream.
//! Each person online has one ring of encoded events, shared by all their streams. A stream is only a cursor into the
//! ring: it has no queue, so a slow reader costs a number and delays nobody. A reader that fell off the ring reads the
//! store. One rule everywhere: next number → take it; older → skip; gap → read the store.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Notify;

use super::store::{Change, Digest, TokenId};
use crate::domain::event::SignedOut;
use crate::domain::{Epoch, Seq, UserId};

/// Most events that a ring keeps. A burst longer than this is read from the store, which costs one query a reader.
const RING_EVENTS: usize = 128;

/// Most bytes that a ring keeps: bounds what one person online can cost, whatever is sent to them.
const RING_BYTES: usize = 128 * 1024;

/// Bytes that one call of [`Subscription::next`] hands out at most, so that a writer is never given a whole ring.
const TAKE_BYTES: usize = 32 * 1024;

/// A handle to the one broker of this process.
#[derive(Clone)]
pub struct Broker(Arc<Shared>);

/// Some of the people online.
type Shard = Mutex<HashMap<UserId, Arc<Ring>>>;

struct Shared {
    /// The people online. Sharded, because every connect, disconnect and send takes one of these locks.
    shards: Box<[Shard]>,
    hasher: RandomState,
    streams: AtomicUsize,
    next_stream: AtomicU64,
    draining: AtomicBool,
    limits: Limits,
}

/// How many streams are let in.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// In this process.
    pub streams: usize,
    /// Of one person.
    pub streams_per_user: usize,
}

/// One person online.
#[derive(Default)]
struct Ring {
    state: Mutex<RingState>,
    wake: Notify,
}

#[derive(Default)]
struct RingState {
    /// The last number that was delivered here; `None` until the first.
    head: Option<Seq>,
    /// Contiguous numbers that end at `head`.
    frames: VecDeque<(Seq, Bytes)>,
    bytes: usize,
    open: HashMap<u64, Open>,
}

/// One open stream, as its person's ring knows it.
struct Open {
    key: Key,
    end: Option<End>,
}

/// What a stream was opened with. The stream ends with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A browser's session.
    Session(Digest),
    /// A program's token.
    Token(TokenId),
}

/// Why a stream must end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Its session or token is no longer good.
    SignedOut(SignedOut),
    /// The server stops; come back after this time.
    Drain {
        /// Chosen at random for each stream.
        reconnect: Duration,
    },
}

/// Why a stream was not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// [`Limits::streams`] are open.
    #[error("too many streams are open on this server")]
    Full,
    /// [`Limits::streams_per_user`] of this person are open.
    #[error("this person has too many streams open")]
    TooMany,
    /// The server is stopping.
    #[error("the server is stopping")]
    Draining,
}

/// What a subscription has for its stream.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// Encoded events, contiguous after the cursor, which has moved past them.
    Events(Vec<Bytes>),
    /// The ring no longer has the next number: read the store, then [`Subscription::resume_at`].
    Behind,
    /// Say why, and close.
    End(End),
}

impl Broker {
    /// A broker with nobody online.
    pub fn new(limits: Limits) -> Self {
        // Enough shards that the cores rarely meet at one lock; the count needs no exactness.
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let shards = (0..(cores * 8).next_power_of_two()).map(|_| Mutex::default()).collect();
        Self(Arc::new(Shared {
            shards,
            hasher: RandomState::new(),
            streams: AtomicUsize::new(0),
            next_stream: AtomicU64::new(0),
            draining: AtomicBool::new(false),
            limits,
        }))
    }

    /// Streams that are open now.
    pub fn streams(&self) -> usize {
        self.0.streams.load(Ordering::Relaxed)
    }

    /// People that are online now.
    pub fn people(&self) -> usize {
        self.0.shards.iter().map(|shard| lock(shard).len()).sum()
    }

    /// Whether [`Self::drain`] was called.
    pub fn draining(&self) -> bool {
        self.0.draining.load(Ordering::Acquire)
    }

    /// Registers a stream. Do this before reading the store: what commits in between is then in the ring.
    pub fn subscribe(&self, user: UserId, key: Key) -> Result<Subscription, Refused> {
        let mut shard = lock(self.shard(user));
        // Read under the shard's lock: `drain` sets the flag first and then visits every shard.
        if self.draining() {
            return Err(Refused::Draining);
        }
        let limits = self.0.limits;
        if shard.get(&user).is_some_and(|ring| lock(&ring.state).open.len() >= limits.streams_per_user) {
            return Err(Refused::TooMany);
        }
        if self.0.streams.fetch_add(1, Ordering::Relaxed) >= limits.streams {
            self.0.streams.fetch_sub(1, Ordering::Relaxed);
            return Err(Refused::Full);
        }
        let ring = Arc::clone(shard.entry(user).or_default());
        let id = self.0.next_stream.fetch_add(1, Ordering::Relaxed);
        lock(&ring.state).open.insert(id, Open { key, end: None });
        Ok(Subscription { broker: self.clone(), ring, user, id, cursor: Seq::default() })
    }

    /// Hands committed changes to the streams that wait for them. Never waits for a reader.
    pub fn deliver(&self, epoch: &Epoch, changes: &[Change]) {
        for change in changes {
            let Some(seq) = change.event.seq() else { continue };
            let ring = lock(self.shard(change.user)).get(&change.user).cloned();
            if let Some(ring) = ring {
                lock(&ring.state).push(seq, || Bytes::from(change.event.encode(epoch)));
                ring.wake.notify_waiters();
            }
        }
    }

    /// Ends the streams that were opened with `key`.
    pub fn end(&self, user: UserId, key: Key, why: SignedOut) {
        let Some(ring) = lock(self.shard(user)).get(&user).cloned() else { return };
        for open in lock(&ring.state).open.values_mut().filter(|open| open.key == key) {
            open.end = Some(End::SignedOut(why));
        }
        ring.wake.notify_waiters();
    }

    /// Lets nobody in any more and ends every stream, each told to come back at a random time within `window`.
    pub fn drain(&self, window: Duration) {
        self.0.draining.store(true, Ordering::Release);
        for shard in &self.0.shards {
            for ring in lock(shard).values() {
                for open in lock(&ring.state).open.values_mut() {
                    open.end.get_or_insert_with(|| End::Drain { reconnect: window.mul_f64(random_fraction()) });
                }
                ring.wake.notify_waiters();
            }
        }
    }

    fn shard(&self, user: UserId) -> &Shard {
        let shards = &self.0.shards;
        // The count is a power of two, so the mask picks a shard.
        &shards[self.0.hasher.hash_one(user) as usize & (shards.len() - 1)]
    }
}

impl RingState {
    fn push(&mut self, seq: Seq, encode: impl FnOnce() -> Bytes) {
        match self.head {
            Some(head) if seq <= head => return,
            Some(head) if seq != head.next() => {
                // A gap: readers that miss the numbers in between find the ring too young and read the store.
                self.frames.clear();
                self.bytes = 0;
            }
            _ => {}
        }
        let frame = encode();
        self.head = Some(seq);
        self.bytes += frame.len();
        self.frames.push_back((seq, frame));
        while self.frames.len() > RING_EVENTS || self.bytes > RING_BYTES {
            let Some((_, dropped)) = self.frames.pop_front() else { break };
            self.bytes -= dropped.len();
        }
    }

    /// What a reader at `cursor` can have now; `None`: nothing yet.
    fn after(&self, cursor: Seq) -> Option<Next> {
        if self.head? <= cursor {
            return None;
        }
        let Some((first, _)) = self.frames.front() else { return Some(Next::Behind) };
        let Ok(skip) = usize::try_from(cursor.next().0 - first.0) else { return Some(Next::Behind) };
        let mut left = TAKE_BYTES;
        let events = self.frames.iter().skip(skip).map_while(|(_, frame)| {
            let fits = left > 0;
            left = left.saturating_sub(frame.len());
            fits.then(|| frame.clone())
        });
        Some(Next::Events(events.collect()))
    }
}

/// One open stream's place. Dropping it removes the stream, and the person when it was their last.
pub struct Subscription {
    broker: Broker,
    ring: Arc<Ring>,
    user: UserId,
    id: u64,
    cursor: Seq,
}

impl Subscription {
    /// The last number that this stream has.
    pub fn cursor(&self) -> Seq {
        self.cursor
    }

    /// Goes on after `seq`, to which the store was read.
    pub fn resume_at(&mut self, seq: Seq) {
        self.cursor = seq;
    }

    /// Waits for what comes next. Cancel safe: nothing is taken before it returns.
    pub async fn next(&mut self) -> Next {
        let ring = Arc::clone(&self.ring);
        let mut woken = std::pin::pin!(ring.wake.notified());
        loop {
            // Listen before looking, or a delivery between the two would be slept through.
            woken.as_mut().enable();
            if let Some(next) = self.take() {
                return next;
            }
            woken.as_mut().await;
            woken.set(ring.wake.notified());
        }
    }

    fn take(&mut self) -> Option<Next> {
        let state = lock(&self.ring.state);
        if let Some(end) = state.open.get(&self.id).and_then(|open| open.end) {
            return Some(Next::End(end));
        }
        let next = state.after(self.cursor)?;
        if let Next::Events(events) = &next {
            self.cursor.0 += i64::try_from(events.len()).expect("a ring has few events");
        }
        Some(next)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut shard = lock(self.broker.shard(self.user));
        let mut state = lock(&self.ring.state);
        state.open.remove(&self.id);
        if state.open.is_empty() {
            shard.remove(&self.user);
        }
        self.broker.0.streams.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Critical sections here only move values; one that panicked left nothing half-done worth stopping for.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Uniform in `[0, 1)`; for spreading, not for secrets.
pub(super) fn random_fraction() -> f64 {
    // RandomState is seeded at random and differs with every instance.
    let bits = RandomState::new().hash_one(()) >> 11;
    bits as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
#[path = "broker_tests.rs"]
mod tests;
