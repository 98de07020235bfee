//! Broker: who is online in this process, and the recent events of each of them.
//!
//! Comes after `store`, which hands over every commit in order; before `subscribe`, which writes the stream. Each person
//! online has one [`Ring`], shared by all their streams. A stream is only a cursor into it: it has no queue, so a slow
//! reader costs a number and delays nobody. One rule everywhere: next number → take it; older → skip; gap → read the
//! store. All that streams share is behind locks that are held for moments; `tests/loom` tries every order.

use std::collections::{BTreeMap, HashMap};
use std::future::poll_fn;
use std::hash::BuildHasher;
use std::mem;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;

use super::ring::{After, Frame, Ring};
use super::store::{Committed, Digest, Ended, Ending, TokenId};
use super::sync::{Arc, AtomicBool, AtomicU64, AtomicUsize, Mutex, Ordering, Spread, lock, shards};
use crate::domain::event::{DrainWhy, SignedOut};
use crate::domain::{Epoch, Seq, UserId};

/// A replaced stream that came back at once would only replace the next one, and so on in a circle.
const REPLACED_FOR: Duration = Duration::from_secs(30);

/// Streams that were told to end and have not yet are still there. With so many times the limit of one person, newcomers
/// are refused: somebody opens streams faster than the network lets go of them.
const ENDING: usize = 4;

/// A handle to the one broker of this process.
#[derive(Clone)]
pub struct Broker(Arc<Shared>);

/// Some of the people online.
type Shard = Mutex<HashMap<UserId, Arc<Person>>>;

struct Shared {
    /// The people online. Sharded, because every connect, disconnect and send takes one of these locks.
    shards: Box<[Shard]>,
    spread: Spread,
    streams: AtomicUsize,
    next_stream: AtomicU64,
    draining: AtomicBool,
    limits: Limits,
}

/// How many streams are let in.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// In this process; more are refused.
    pub streams: usize,
    /// Of one person; a further one takes the place of the oldest.
    pub streams_per_user: usize,
}

/// One person online.
type Person = Mutex<Online>;

#[derive(Default)]
struct Online {
    ring: Ring,
    /// By age: numbers are given in order.
    open: BTreeMap<u64, Open>,
}

/// One open stream, as its person knows it.
struct Open {
    key: Key,
    client: Option<Client>,
    end: Option<End>,
    waker: Option<Waker>,
}

/// What a stream was opened with. The stream ends with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A browser's session.
    Session(Digest),
    /// A program's token.
    Token(TokenId),
}

/// The name that a client gives itself, so that its next stream takes the place of its last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client(String);

impl Client {
    /// 1 to 64 ASCII letters, digits, `-` or `_`.
    pub fn parse(name: &str) -> Option<Self> {
        let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        ((1..=64).contains(&name.len()) && name.bytes().all(word)).then(|| Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a stream must end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Its session or token is no longer good.
    SignedOut(SignedOut),
    /// The server does not want it any more, for a reason of its own; come back after this time.
    Drain {
        /// Chosen at random for each stream.
        reconnect: Duration,
        /// The reason.
        why: DrainWhy,
    },
}

/// Why a stream was not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// [`Limits::streams`] are open.
    #[error("{0} streams are open on this server, as many as it may have")]
    Full(usize),
    /// This person's streams come faster than the old ones go.
    #[error("{0} streams of this person may be open, and the replaced ones have not ended yet")]
    TooFast(usize),
    /// The server is stopping.
    #[error("the server is stopping")]
    Draining,
}

/// What a subscription has for its stream.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// Events, contiguous after the cursor, which has moved past them.
    Events(Vec<Frame>),
    /// The ring no longer has the next number: read the store, then [`Subscription::resume_at`].
    Behind,
    /// Say why, and close.
    End(End),
}

impl Broker {
    /// A broker with nobody online.
    pub fn new(limits: Limits) -> Self {
        Self(Arc::new(Shared {
            shards: (0..shards()).map(|_| Shard::default()).collect(),
            spread: Spread::default(),
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

    /// Bytes in the rings of all people online.
    pub fn ring_bytes(&self) -> usize {
        let held = |person: &Arc<Person>| lock(person).ring.held();
        self.0.shards.iter().map(|shard| lock(shard).values().map(held).sum::<usize>()).sum()
    }

    /// Whether [`Self::drain`] was called.
    pub fn draining(&self) -> bool {
        self.0.draining.load(Ordering::Acquire)
    }

    /// Registers a stream. Do this before reading the store: what commits in between is then in the ring. Ends an
    /// earlier stream of the same client, and the person's oldest when there are too many.
    pub fn subscribe(&self, user: UserId, key: Key, client: Option<Client>) -> Result<Subscription, Refused> {
        let mut shard = lock(self.shard(user));
        // Read under the shard's lock: `drain` sets the flag first and then visits every shard.
        if self.draining() {
            return Err(Refused::Draining);
        }
        let limits = self.0.limits;
        if shard.get(&user).is_some_and(|person| lock(person).open.len() >= limits.streams_per_user * ENDING) {
            return Err(Refused::TooFast(limits.streams_per_user));
        }
        if self.0.streams.fetch_add(1, Ordering::Relaxed) >= limits.streams {
            self.0.streams.fetch_sub(1, Ordering::Relaxed);
            return Err(Refused::Full(limits.streams));
        }
        let person = Arc::clone(shard.entry(user).or_default());
        let id = self.0.next_stream.fetch_add(1, Ordering::Relaxed);
        let woken = lock(&person).let_in(id, Open { key, client, end: None, waker: None }, limits.streams_per_user);
        drop(shard);
        woken.into_iter().for_each(Waker::wake);
        Ok(Subscription { broker: self.clone(), person, user, id, cursor: Seq::default() })
    }

    /// Hands what was committed to the streams that wait for it. Never waits for a reader.
    pub fn deliver(&self, epoch: &Epoch, committed: &Committed) {
        for change in &committed.changes {
            let (Some(seq), Some(person)) = (change.event.seq(), self.person(change.user)) else { continue };
            let woken = {
                let mut online = lock(&person);
                online.ring.push(seq, || Bytes::from(change.event.encode(epoch)));
                online.wakers()
            };
            woken.into_iter().for_each(Waker::wake);
        }
        committed.ended.iter().for_each(|ending| self.end(ending));
    }

    /// Ends the streams that were opened with what is no longer good.
    pub fn end(&self, ending: &Ending) {
        let Some(person) = self.person(ending.user) else { return };
        let woken = {
            let mut online = lock(&person);
            for open in online.open.values_mut().filter(|open| open.key.ends_with(ending.what)) {
                // Whatever else the stream was told: its session is what counts now.
                open.end = Some(End::SignedOut(ending.why));
            }
            online.wakers()
        };
        woken.into_iter().for_each(Waker::wake);
    }

    /// Lets nobody in any more and ends every stream, each told to come back at a random time within `window`.
    pub fn drain(&self, window: Duration) {
        self.0.draining.store(true, Ordering::Release);
        for shard in &self.0.shards {
            // Not woken under the lock of the shard: streams that end take it.
            let people: Vec<_> = lock(shard).values().cloned().collect();
            for person in people {
                let woken = {
                    let mut online = lock(&person);
                    for open in online.open.values_mut() {
                        let reconnect = window.mul_f64(random_fraction());
                        open.end.get_or_insert(End::Drain { reconnect, why: DrainWhy::Stopping });
                    }
                    online.wakers()
                };
                woken.into_iter().for_each(Waker::wake);
            }
        }
    }

    /// The sessions of this person that have a stream open, each as often as it has one.
    pub fn open_sessions(&self, user: UserId) -> Vec<Digest> {
        let Some(person) = self.person(user) else { return Vec::new() };
        let online = lock(&person);
        let session = |open: &Open| match open.key {
            Key::Session(digest) => Some(digest),
            Key::Token(_) => None,
        };
        online.open.values().filter(|open| open.end.is_none()).filter_map(session).collect()
    }

    fn person(&self, user: UserId) -> Option<Arc<Person>> {
        lock(self.shard(user)).get(&user).cloned()
    }

    fn shard(&self, user: UserId) -> &Shard {
        let shards = &self.0.shards;
        // The count is a power of two, so the mask picks a shard.
        &shards[self.0.spread.hash_one(user) as usize & (shards.len() - 1)]
    }
}

impl Key {
    fn ends_with(&self, what: Ended) -> bool {
        match (self, what) {
            (_, Ended::Everything) => true,
            (Self::Session(digest), Ended::Session(ended)) => *digest == ended,
            (Self::Session(digest), Ended::Sessions { except }) => Some(*digest) != except,
            (Self::Token(id), Ended::Token(ended)) => *id == ended,
            (Self::Session(_), Ended::Token(_)) | (Self::Token(_), Ended::Session(_) | Ended::Sessions { .. }) => false,
        }
    }
}

impl Online {
    /// Adds a stream, and ends the one that it supersedes and the oldest that is too many.
    fn let_in(&mut self, id: u64, newcomer: Open, limit: usize) -> Vec<Waker> {
        if newcomer.client.is_some() {
            let same = |open: &&mut Open| open.end.is_none() && open.client == newcomer.client;
            for open in self.open.values_mut().filter(same) {
                open.end = Some(End::Drain { reconnect: REPLACED_FOR, why: DrainWhy::Superseded });
            }
        }
        let mut staying: Vec<_> = self.open.values_mut().filter(|open| open.end.is_none()).collect();
        if staying.len() >= limit {
            let reconnect = REPLACED_FOR.mul_f64(1.0 + random_fraction());
            staying[0].end = Some(End::Drain { reconnect, why: DrainWhy::Replaced });
        }
        let woken = self.wakers();
        self.open.insert(id, newcomer);
        woken
    }

    /// The streams that wait. To be woken when no lock is held: a woken one takes them.
    fn wakers(&mut self) -> Vec<Waker> {
        self.open.values_mut().filter_map(|open| open.waker.take()).collect()
    }
}

impl Open {
    /// The task is woken when there is something.
    fn wait<T>(&mut self, cx: &Context<'_>) -> Poll<T> {
        if !self.waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            self.waker = Some(cx.waker().clone());
        }
        Poll::Pending
    }
}

/// One open stream's place. Dropping it removes the stream, and the person when it was their last.
pub struct Subscription {
    broker: Broker,
    person: Arc<Person>,
    user: UserId,
    id: u64,
    cursor: Seq,
}

impl Subscription {
    /// The last number that this stream has.
    pub fn cursor(&self) -> Seq {
        self.cursor
    }

    /// How many numbers wait for it.
    pub fn lag(&self) -> u64 {
        lock(&self.person).ring.lag(self.cursor)
    }

    /// Goes on after `seq`, to which the store was read.
    pub fn resume_at(&mut self, seq: Seq) {
        self.cursor = seq;
    }

    /// Waits for what comes next. Cancel safe: nothing is taken before it returns.
    pub async fn next(&mut self) -> Next {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// Waits for the reason to end, whatever else there is. For a stream that waits for the store.
    pub async fn ended(&self) -> End {
        poll_fn(|cx| {
            let mut online = lock(&self.person);
            let open = online.open.get_mut(&self.id).expect("a stream is there until its subscription is dropped");
            open.end.map_or_else(|| open.wait(cx), Poll::Ready)
        })
        .await
    }

    /// What comes next; when there is nothing, the task is woken when there may be.
    pub fn poll_next(&mut self, cx: &Context<'_>) -> Poll<Next> {
        let mut online = lock(&self.person);
        let Online { ring, open } = &mut *online;
        let open = open.get_mut(&self.id).expect("a stream is there until its subscription is dropped");
        if let Some(end) = open.end {
            return Poll::Ready(Next::End(end));
        }
        match ring.after(self.cursor) {
            After::TooOld => Poll::Ready(Next::Behind),
            After::Frames(frames) => {
                self.cursor = frames.last().map_or(self.cursor, |frame| frame.seq);
                Poll::Ready(Next::Events(frames))
            }
            // Under the lock under which a delivery takes the waker: none can come between looking and waiting.
            After::Nothing => open.wait(cx),
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut shard = lock(self.broker.shard(self.user));
        let mut online = lock(&self.person);
        let removed = online.open.remove(&self.id);
        if online.open.is_empty() {
            shard.remove(&self.user);
        }
        self.broker.0.streams.fetch_sub(1, Ordering::Relaxed);
        drop((online, shard));
        // A waker may drop a task, and with it a subscription: not under the locks.
        mem::drop(removed);
    }
}

/// Uniform in `[0, 1)`; for spreading, not for secrets.
pub(super) fn random_fraction() -> f64 {
    // RandomState is seeded at random and differs with every instance.
    let bits = std::hash::RandomState::new().hash_one(()) >> 11;
    bits as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
#[path = "broker_tests.rs"]
mod tests;
