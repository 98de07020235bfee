//! Replay: how a stream finds its place in the store, and what its reader missed, a piece at a time.
//!
//! Comes before `open_stream`, which says it: hello, these changes, caught-up. How much all of them hold is limited by
//! `limits::replays`.

use std::vec;

use bytes::BytesMut;

use super::limits::Held;
use super::metrics::Limit;
use super::state::AppState;
use super::store::{Since, StoreError};
use super::stream_owner::StreamOwner;
use crate::domain::event::{CaughtUp, Hello};
use crate::domain::{Cursor, Epoch, Event, Seq, Verdict};

/// More changed items than this are quicker reloaded than replayed.
const REPLAY_MAX: usize = 1000;

/// Bytes of a replay that are handed out at once.
const REPLAY_PIECE: usize = 32 * 1024;

/// How a stream opens.
pub(super) struct Replay {
    pub(super) verdict: Verdict,
    from: Seq,
    pub(super) to: Seq,
    /// The version of the person's preferences.
    pub(super) preferences: i64,
    pub(super) rest: Rest,
}

/// What is left to replay, and what is said then.
pub(super) struct Rest {
    changes: vec::IntoIter<Event>,
    pub(super) caught_up: CaughtUp,
    #[expect(dead_code, reason = "it counts for as long as it lives")]
    held: Held,
}

impl Replay {
    /// Reads what changed after `cursor`.
    pub(super) async fn read(
        state: &AppState,
        owner: &StreamOwner,
        cursor: Option<&Cursor>,
    ) -> Result<Self, StoreError> {
        let store = &state.store;
        let preferences = store.preferences_version(owner.user).await?;
        let known = cursor.filter(|cursor| cursor.epoch == *store.epoch()).map(|cursor| cursor.seq);
        if let Some(from) = known
            && let Since::Changes { events, seq, counts } = store.since(owner.user, from, REPLAY_MAX).await?
        {
            let rest = Rest::new(state, events, CaughtUp { seq, counts })?;
            return Ok(Self { verdict: Verdict::Resumed, from, to: seq, preferences, rest });
        }
        let verdict = if cursor.is_none() { Verdict::Fresh } else { Verdict::Reset };
        let (to, counts) = store.standing(owner.user).await?;
        let rest = Rest::new(state, Vec::new(), CaughtUp { seq: to, counts })?;
        Ok(Self { verdict, from: Seq::default(), to, preferences, rest })
    }

    /// What the stream opens with.
    pub(super) fn hello(&self, state: &AppState, owner: &StreamOwner) -> Hello {
        Hello {
            epoch: state.store.epoch().clone(),
            from: self.from,
            to: self.to,
            verdict: self.verdict,
            missed: self.rest.len(),
            beat_ms: u64::try_from(state.config.streams.beat.as_millis()).unwrap_or(u64::MAX),
            build: super::BUILD.to_owned(),
            session_ends: owner.session_ends,
        }
    }
}

impl Rest {
    /// Takes memory for the changes. Without it the reader comes back in a while, as when the store is busy.
    fn new(state: &AppState, changes: Vec<Event>, caught_up: CaughtUp) -> Result<Self, StoreError> {
        let held = state.limits.replays.hold(changes.len()).ok_or_else(|| {
            state.metrics.refused(Limit::ReplayMemory);
            StoreError::Busy
        })?;
        Ok(Self { changes: changes.into_iter(), caught_up, held })
    }

    /// Changes that were not said yet.
    pub(super) fn len(&self) -> usize {
        self.changes.len()
    }

    /// Says a piece, so that a reader who takes nothing costs a piece and not the whole.
    pub(super) fn piece(&mut self, epoch: &Epoch, out: &mut BytesMut) {
        while out.len() < REPLAY_PIECE
            && let Some(change) = self.changes.next()
        {
            // Of several items with one number only the last carries it as `id:`, so that a cut in between loses none.
            let last_of_number = self.changes.as_slice().first().is_none_or(|next| next.seq() != change.seq());
            let wire = change.encode(epoch);
            let wire = if last_of_number { &wire } else { wire.split_once('\n').map_or("", |(_, rest)| rest) };
            out.extend_from_slice(wire.as_bytes());
        }
    }
}
