//! Subscribe: `GET /events`, one person's stream. `docs/PROTOCOL.md` is the contract.
//!
//! Comes after `broker`, whose subscription it writes out; what comes next is the page's `event_stream`.
//! A stream opens (hello → replay → caught-up), then lives (events as they come, beats in between), then ends with a
//! reason. A stream that fell behind opens again in place: replay, lag and lost events are one branch.

use std::convert::Infallible;
use std::iter::Peekable;
use std::pin::Pin;
use std::time::Duration;
use std::vec;

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, stream};
use serde::Deserialize;
use tokio::time::{Instant, Sleep};
use tower_sessions::Session;

use super::broker::{End, Next, Subscription, random_fraction};
use super::error::Refusal;
use super::now_ms;
use super::state::AppState;
use super::store::{Since, StoreError};
use super::stream_owner::{self, StreamOwner};
use crate::domain::event::{Beat, CaughtUp, Drain, Ended, Hello, SignedOut};
use crate::domain::{Cursor, Event, Seq, Verdict};

/// More changed items than this are quicker reloaded than replayed.
const REPLAY_MAX: usize = 1000;

/// Bytes of a replay that are handed out at once.
const REPLAY_PIECE: usize = 32 * 1024;

/// A beat comes after 75 to 100 % of the interval, so that streams opened together do not beat together.
const BEAT_JITTER: f64 = 0.25;

/// The cursor as a query, for a page's first connection; later ones bring the header.
#[derive(Deserialize)]
pub(super) struct After {
    after: Option<String>,
}

/// Opens the stream of the session's or token's owner.
pub(super) async fn events(
    State(state): State<AppState>,
    session: Session,
    Query(query): Query<After>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    refuse_cross_site(&headers)?;
    let cursor = cursor(&headers, query.after.as_deref())?;
    let owner = stream_owner::identify(&state, &session, &headers).await?;
    let subscription = state.broker.subscribe(owner.user, owner.key)?;
    // A session that ended between the two lines above found no stream to end. From here on it does.
    if stream_owner::ended(&state, &owner).await?.is_some() {
        return Err(Refusal::unauthorized("This session or token has just ended."));
    }
    let live = Live::new(state, owner, subscription, cursor);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache, no-transform")),
        // nginx would collect events into a buffer (ngx_http_proxy_module, proxy_buffering).
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((headers, Body::from_stream(live.into_stream())).into_response())
}

/// Another site's page could open the stream with the reader's cookie; it could not read it, but it would hold it.
fn refuse_cross_site(headers: &HeaderMap) -> Result<(), Refusal> {
    match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
        Some(b"cross-site" | b"same-site") => Err(Refusal::forbidden("Streams are not opened from other sites.")),
        _ => Ok(()),
    }
}

/// `Last-Event-ID` is newer than the URL whenever both are there: browsers keep the URL when they reconnect.
fn cursor(headers: &HeaderMap, after: Option<&str>) -> Result<Option<Cursor>, Refusal> {
    let header = headers.get("last-event-id").map(|value| value.to_str().unwrap_or("?"));
    match header.or(after).filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|why| Refusal::bad_request(format!("{text:.80?}: {why}."))),
    }
}

/// One open stream.
struct Live {
    state: AppState,
    owner: StreamOwner,
    subscription: Subscription,
    phase: Phase,
    beat: Pin<Box<Sleep>>,
    /// Where the person's sequence stood in the store at the last beat.
    stood: Seq,
}

enum Phase {
    /// The next thing to say is `hello`, for this cursor.
    Opening(Option<Cursor>),
    /// What is left to replay, and what is said then.
    Replaying(Peekable<vec::IntoIter<Event>>, CaughtUp),
    /// Whatever the subscription has.
    Live,
    /// Nothing more.
    Over,
}

impl Live {
    fn new(state: AppState, owner: StreamOwner, subscription: Subscription, cursor: Option<Cursor>) -> Self {
        let beat = Box::pin(tokio::time::sleep(beat_after(state.config.streams.beat)));
        Self { state, owner, subscription, phase: Phase::Opening(cursor), beat, stood: Seq::default() }
    }

    fn into_stream(self) -> impl Stream<Item = Result<Bytes, Infallible>> {
        stream::unfold(self, |mut live| async move { live.next().await.map(|bytes| (Ok(bytes), live)) })
    }

    /// The next bytes; `None` closes the stream.
    async fn next(&mut self) -> Option<Bytes> {
        let mut out = BytesMut::new();
        match std::mem::replace(&mut self.phase, Phase::Live) {
            Phase::Opening(cursor) => self.open(cursor, &mut out).await,
            Phase::Replaying(changes, caught_up) => self.replay_on(changes, caught_up, &mut out),
            Phase::Live => {
                tokio::select! {
                    next = self.subscription.next() => return self.go_on(next).await,
                    () = &mut self.beat => self.beat(&mut out).await,
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
        match next {
            // The usual case: one event, its bytes shared by all streams of the person.
            Next::Events(mut events) if events.len() == 1 => return events.pop(),
            Next::Events(events) => events.iter().for_each(|event| out.extend_from_slice(event)),
            Next::Behind => self.reopen(&mut out).await,
            Next::End(End::SignedOut(why)) => self.end(why, &mut out),
            Next::End(End::Drain { reconnect }) => self.drain(reconnect, &mut out),
        }
        Some(out.freeze())
    }

    /// hello → replay → caught-up. A store that fails ends the stream: the reader comes back with its cursor.
    async fn open(&mut self, cursor: Option<Cursor>, out: &mut BytesMut) {
        match self.replay(cursor.as_ref()).await {
            Ok(replay) => {
                self.subscription.resume_at(replay.to);
                self.say(&Event::Hello(self.hello(&replay)), out);
                self.replay_on(replay.changes.into_iter().peekable(), replay.caught_up, out);
            }
            Err(error) => {
                tracing::warn!(%error, user.id = self.owner.user.0, "a stream could not read the store and was ended");
                let spread = self.state.config.streams.drain_window.mul_f64(random_fraction());
                self.drain(spread, out);
            }
        }
    }

    async fn replay(&self, cursor: Option<&Cursor>) -> Result<Replay, StoreError> {
        let store = &self.state.store;
        let known = cursor.filter(|cursor| cursor.epoch == *store.epoch()).map(|cursor| cursor.seq);
        if let Some(from) = known
            && let Since::Changes { events, seq, counts } = store.since(self.owner.user, from, REPLAY_MAX).await?
        {
            let caught_up = CaughtUp { seq, counts };
            return Ok(Replay { verdict: Verdict::Resumed, from, to: seq, changes: events, caught_up });
        }
        let verdict = if cursor.is_none() { Verdict::Fresh } else { Verdict::Reset };
        let (to, counts) = store.standing(self.owner.user).await?;
        let caught_up = CaughtUp { seq: to, counts };
        Ok(Replay { verdict, from: Seq::default(), to, changes: Vec::new(), caught_up })
    }

    fn hello(&self, replay: &Replay) -> Hello {
        Hello {
            epoch: self.state.store.epoch().clone(),
            from: replay.from,
            to: replay.to,
            verdict: replay.verdict,
            missed: replay.changes.len(),
            beat_ms: u64::try_from(self.state.config.streams.beat.as_millis()).unwrap_or(u64::MAX),
            build: super::BUILD.to_owned(),
            session_ends: self.owner.session_ends,
        }
    }

    /// Says a piece of the replay, so that a reader who takes nothing costs a piece and not the whole.
    fn replay_on(&mut self, mut changes: Peekable<vec::IntoIter<Event>>, caught_up: CaughtUp, out: &mut BytesMut) {
        while out.len() < REPLAY_PIECE
            && let Some(change) = changes.next()
        {
            // Of several items with one number only the last carries it as `id:`, so that a cut in between loses none.
            let last_of_number = changes.peek().is_none_or(|next| next.seq() != change.seq());
            let wire = change.encode(self.state.store.epoch());
            let wire = if last_of_number { &wire } else { wire.split_once('\n').map_or("", |(_, rest)| rest) };
            out.extend_from_slice(wire.as_bytes());
        }
        if changes.peek().is_some() {
            self.phase = Phase::Replaying(changes, caught_up);
        } else {
            self.say(&Event::CaughtUp(caught_up), out);
        }
    }

    /// A sign of life, and the moment to look at what another process on the same database may have done: ended the
    /// session, or changed the inbox without this process's broker hearing of it.
    async fn beat(&mut self, out: &mut BytesMut) {
        let after = beat_after(self.state.config.streams.beat);
        self.beat.as_mut().reset(Instant::now() + after);
        match self.look().await {
            Ok((Some(why), _)) => self.end(why, out),
            // Known to the store a whole beat ago and still not here: the broker has not heard of it.
            Ok((None, _)) if self.subscription.cursor() < self.stood => self.reopen(out).await,
            Ok((None, stands)) => {
                self.stood = stands;
                self.say_beat(out);
            }
            // The store cannot answer now. The stream is as good as it was a beat ago; the next beat asks again.
            Err(error) => {
                tracing::warn!(%error, user.id = self.owner.user.0, "a stream's session could not be checked");
                self.say_beat(out);
            }
        }
    }

    /// Why the session no longer holds, if it does not; and where the person's sequence stands.
    async fn look(&self) -> Result<(Option<SignedOut>, Seq), StoreError> {
        let ended = stream_owner::ended(&self.state, &self.owner).await?;
        let (seq, _) = self.state.store.standing(self.owner.user).await?;
        Ok((ended, seq))
    }

    /// Opens again in place, at the cursor of this stream.
    async fn reopen(&mut self, out: &mut BytesMut) {
        let cursor = Cursor { epoch: self.state.store.epoch().clone(), seq: self.subscription.cursor() };
        self.open(Some(cursor), out).await;
    }

    fn say_beat(&self, out: &mut BytesMut) {
        self.say(&Event::Beat(Beat { now: now_ms(), seq: self.subscription.cursor() }), out);
    }

    fn end(&mut self, why: SignedOut, out: &mut BytesMut) {
        self.say(&Event::SignedOut(Ended { why }), out);
        self.phase = Phase::Over;
    }

    fn drain(&mut self, reconnect: Duration, out: &mut BytesMut) {
        let reconnect_ms = u64::try_from(reconnect.as_millis()).unwrap_or(u64::MAX);
        self.say(&Event::Drain(Drain { reconnect_ms }), out);
        self.phase = Phase::Over;
    }

    fn say(&self, event: &Event, out: &mut BytesMut) {
        out.extend_from_slice(event.encode(self.state.store.epoch()).as_bytes());
    }
}

/// How a stream opens.
struct Replay {
    verdict: Verdict,
    from: Seq,
    to: Seq,
    changes: Vec<Event>,
    caught_up: CaughtUp,
}

fn beat_after(interval: Duration) -> Duration {
    interval.mul_f64(1.0 - BEAT_JITTER * random_fraction())
}
