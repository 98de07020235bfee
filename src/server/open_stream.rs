//! Open stream: one of them, and what it says: hello, replay, caught-up, then events as they come with beats in between, then
//! the reason of its end. `docs/PROTOCOL.md` is the contract.
//!
//! Comes after `broker`, whose subscription it writes out; what comes next is the page's `event_stream`. A stream that fell
//! behind opens again in place: replay, lag and lost events are one branch.

use std::convert::Infallible;
use std::pin::Pin;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::{FutureExt as _, Stream, stream};
use tokio::time::{Instant, Sleep, sleep, timeout_at};

use super::broker::{End, Next, Subscription, random_fraction};
use super::metrics::Reader;
use super::now_ms;
use super::replay::{Replay, Rest};
use super::state::AppState;
use super::store::StoreError;
use super::stream_owner::{self, Standing, StreamOwner};
use crate::domain::event::{Beat, Drain, DrainWhy, Ended, SignedOut};
use crate::domain::{Cursor, Event, Seq, Verdict};

/// A beat comes after 75 to 100 % of the interval, so that streams opened together do not beat together.
const BEAT_JITTER: f64 = 0.25;

/// Pause before a session that has come of age is looked at again, when the store could not tell.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// As good as never.
const A_YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// One open stream.
pub(super) struct OpenStream {
    state: AppState,
    owner: StreamOwner,
    subscription: Subscription,
    phase: Phase,
    beat: Pin<Box<Sleep>>,
    /// When the session ends unless it is used meanwhile.
    deadline: Pin<Box<Sleep>>,
    /// Where the person's sequence stood in the store at the last beat.
    stood: Seq,
    /// The version of their preferences there, when it was looked at last.
    preferences: i64,
    /// The opening brought something.
    news: bool,
    /// What is counted of it.
    reader: Reader,
}

enum Phase {
    /// The next thing to say is `hello`, for this cursor.
    Opening(Option<Cursor>),
    /// What is left to replay, and what is said then.
    Replaying(Rest),
    /// Whatever the subscription has.
    Live,
    /// Nothing more.
    Over,
}

impl OpenStream {
    /// A stream that has said nothing yet.
    pub(super) fn new(
        state: AppState,
        owner: StreamOwner,
        subscription: Subscription,
        cursor: Option<Cursor>,
        reader: Reader,
    ) -> Self {
        let beat = Box::pin(sleep(beat_after(state.config.streams.beat)));
        let deadline = Box::pin(sleep(until(owner.expires_at)));
        Self {
            state,
            owner,
            subscription,
            phase: Phase::Opening(cursor),
            beat,
            deadline,
            stood: Seq::default(),
            preferences: 0,
            news: false,
            reader,
        }
    }

    /// Everything, as it happens.
    pub(super) fn into_stream(self) -> impl Stream<Item = Result<Bytes, Infallible>> {
        stream::unfold(self, |mut open| async move { open.next().await.map(|bytes| (Ok(bytes), open)) })
    }

    /// What there is now; when that is no news, what comes within `wait`, and in the end at least a beat.
    pub(super) async fn poll(mut self, wait: Duration) -> Bytes {
        self.reader.polls();
        let said = self.say_within(wait).await;
        self.reader.answered();
        said
    }

    async fn say_within(&mut self, wait: Duration) -> Bytes {
        let mut out = BytesMut::new();
        let deadline = Instant::now() + wait;
        self.open_whole(&mut out).await;
        if wait.is_zero() || self.news || matches!(self.phase, Phase::Over) {
            return out.freeze();
        }
        // A session that was only looked at, because it was used meanwhile, says nothing.
        let opened = out.len();
        while out.len() == opened && !matches!(self.phase, Phase::Over) {
            match timeout_at(deadline, self.next()).await {
                Ok(said) => {
                    out.extend(said);
                    self.open_whole(&mut out).await;
                }
                Err(_) => self.say_beat(&mut out),
            }
        }
        out.freeze()
    }

    /// Says the opening to its end, if it is being said.
    async fn open_whole(&mut self, out: &mut BytesMut) {
        while let Phase::Opening(_) | Phase::Replaying(_) = self.phase
            && let Some(said) = self.next().await
        {
            out.extend_from_slice(&said);
        }
    }

    /// The next bytes; `None` closes the stream.
    async fn next(&mut self) -> Option<Bytes> {
        let mut out = BytesMut::new();
        match std::mem::replace(&mut self.phase, Phase::Live) {
            Phase::Opening(cursor) => self.open(cursor, &mut out).await,
            Phase::Replaying(rest) => match self.subscription.ended().now_or_never() {
                Some(end) => self.finish(end, &mut out),
                None => self.replay_on(rest, &mut out),
            },
            Phase::Live => {
                tokio::select! {
                    next = self.subscription.next() => return self.go_on(next).await,
                    () = &mut self.beat => self.beat(&mut out).await,
                    () = &mut self.deadline => self.of_age(&mut out).await,
                }
            }
            Phase::Over => {
                self.phase = Phase::Over;
                return None;
            }
        }
        Some(out.freeze())
    }

    async fn go_on(&mut self, next: Next) -> Option<Bytes> {
        let mut out = BytesMut::new();
        match &next {
            Next::Events(events) => self.reader.takes(events, &self.subscription),
            Next::Behind => self.state.metrics.behind(),
            Next::End(_) => {}
        }
        match next {
            // The usual case: one event, its bytes shared by all streams of the person.
            Next::Events(mut events) if events.len() == 1 => return events.pop().map(|event| event.wire),
            Next::Events(events) => events.iter().for_each(|event| out.extend_from_slice(&event.wire)),
            Next::Behind => self.reopen(&mut out).await,
            Next::End(end) => self.finish(end, &mut out),
        }
        Some(out.freeze())
    }

    /// Asks the store, unless the stream is to end meanwhile: a store that is slow must hold up no ending.
    async fn ask<T>(&self, store: impl Future<Output = T>) -> Result<T, End> {
        tokio::select! {
            biased;
            end = self.subscription.ended() => Err(end),
            answer = store => Ok(answer),
        }
    }

    fn finish(&mut self, end: End, out: &mut BytesMut) {
        match end {
            End::SignedOut(why) => self.end(why, out),
            End::Drain { reconnect, why } => self.drain(reconnect, why, out),
        }
    }

    /// hello → replay → caught-up. A store that fails ends the stream: the reader comes back with its cursor.
    async fn open(&mut self, cursor: Option<Cursor>, out: &mut BytesMut) {
        match self.ask(Replay::read(&self.state, &self.owner, cursor.as_ref())).await {
            Err(end) => self.finish(end, out),
            Ok(Ok(replay)) => {
                self.subscription.resume_at(replay.to);
                self.preferences = replay.preferences;
                self.reader.opens(replay.verdict, replay.rest.len());
                self.news = replay.verdict != Verdict::Resumed || replay.rest.len() > 0;
                self.say(&Event::Hello(replay.hello(&self.state, &self.owner)), out);
                self.replay_on(replay.rest, out);
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, user.id = self.owner.user.0, "a stream could not read the store and was ended");
                let spread = self.state.config.streams.drain_window.mul_f64(random_fraction());
                self.drain(spread, DrainWhy::Store, out);
            }
        }
    }

    fn replay_on(&mut self, mut rest: Rest, out: &mut BytesMut) {
        rest.piece(self.state.store.epoch(), out);
        if rest.len() > 0 {
            self.phase = Phase::Replaying(rest);
        } else {
            self.say(&Event::CaughtUp(rest.caught_up), out);
        }
    }

    /// A sign of life, and the moment to look at what another process on the same database may have done: ended the
    /// session, or changed the inbox without this process's broker hearing of it.
    async fn beat(&mut self, out: &mut BytesMut) {
        let after = beat_after(self.state.config.streams.beat);
        self.beat.as_mut().reset(Instant::now() + after);
        match self.ask(self.look()).await {
            Err(end) => self.finish(end, out),
            Ok(Ok((Standing::Over(why), ..))) => self.end(why, out),
            Ok(Ok((Standing::Holds(expires_at), stands, preferences))) => {
                self.preferences = preferences;
                self.holds(expires_at);
                // Known to the store a whole beat ago and still not here: the broker has not heard of it.
                if self.subscription.cursor() < self.stood {
                    self.state.metrics.unheard();
                    self.reopen(out).await;
                } else {
                    self.stood = stands;
                    self.say_beat(out);
                }
            }
            // The store cannot answer now. The stream is as good as it was a beat ago; the next beat asks again.
            Ok(Err(error)) => {
                tracing::warn!(%error, user.id = self.owner.user.0, "a stream's session could not be checked");
                self.say_beat(out);
            }
        }
    }

    /// Whether the session holds, where the person's sequence stands, and which version their preferences are.
    async fn look(&self) -> Result<(Standing, Seq, i64), StoreError> {
        let standing = stream_owner::standing(&self.state, &self.owner).await?;
        let (seq, _) = self.state.store.standing(self.owner.user).await?;
        Ok((standing, seq, self.state.store.preferences_version(self.owner.user).await?))
    }

    /// The session has come to its end, unless it was used meanwhile.
    async fn of_age(&mut self, out: &mut BytesMut) {
        match self.ask(stream_owner::standing(&self.state, &self.owner)).await {
            Err(end) => self.finish(end, out),
            Ok(Ok(Standing::Over(why))) => self.end(why, out),
            Ok(Ok(Standing::Holds(expires_at))) => self.holds(expires_at),
            Ok(Err(error)) => {
                tracing::warn!(%error, user.id = self.owner.user.0, "a stream's session could not be checked");
                self.deadline.as_mut().reset(Instant::now() + LOOK_AGAIN);
            }
        }
    }

    fn holds(&mut self, expires_at: Option<i64>) {
        self.owner.expires_at = expires_at;
        self.deadline.as_mut().reset(Instant::now() + until(expires_at));
    }

    /// Opens again in place, at the cursor of this stream.
    async fn reopen(&mut self, out: &mut BytesMut) {
        let cursor = Cursor { epoch: self.state.store.epoch().clone(), seq: self.subscription.cursor() };
        self.open(Some(cursor), out).await;
    }

    fn say_beat(&self, out: &mut BytesMut) {
        self.say(
            &Event::Beat(Beat { now: now_ms(), seq: self.subscription.cursor(), preferences: self.preferences }),
            out,
        );
    }

    fn end(&mut self, why: SignedOut, out: &mut BytesMut) {
        self.reader.ends(why);
        self.say(&Event::SignedOut(Ended { why }), out);
        self.phase = Phase::Over;
    }

    fn drain(&mut self, reconnect: Duration, why: DrainWhy, out: &mut BytesMut) {
        self.reader.ends(why);
        let reconnect_ms = u64::try_from(reconnect.as_millis()).unwrap_or(u64::MAX);
        self.say(&Event::Drain(Drain { reconnect_ms, why }), out);
        self.phase = Phase::Over;
    }

    fn say(&self, event: &Event, out: &mut BytesMut) {
        out.extend_from_slice(event.encode(self.state.store.epoch()).as_bytes());
    }
}

/// The time until that moment by the wall clock. When the clock jumps, the next beat notices.
fn until(moment: Option<i64>) -> Duration {
    // Timers do not reach further than some years; nothing is left open for so long.
    let Some(moment) = moment else { return A_YEAR };
    Duration::from_millis(u64::try_from(moment - now_ms()).unwrap_or(0)).min(A_YEAR)
}

fn beat_after(interval: Duration) -> Duration {
    interval.mul_f64(1.0 - BEAT_JITTER * random_fraction())
}
