//! Ring: the recent events of one person online, encoded once, shared by all their streams.
//!
//! The broker pushes, each stream's cursor reads. Bounded in events and bytes; who fell off it reads the store.

use std::collections::VecDeque;
use std::time::Instant;

use bytes::Bytes;

use crate::domain::Seq;

/// Most events that a ring keeps. A burst longer than this is read from the store, which costs one query a reader.
/// Loom looks at short runs, in which a ring must overflow all the same.
pub(super) const RING_EVENTS: usize = if cfg!(loom) { 2 } else { 128 };

/// Most bytes that a ring keeps: bounds what one person online can cost, whatever is sent to them.
pub(super) const RING_BYTES: usize = 128 * 1024;

/// Bytes that one call of [`Ring::after`] hands out at most, so that a writer is never given a whole ring.
const TAKE_BYTES: usize = 32 * 1024;

/// One event on its way to streams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The number of the change.
    pub seq: Seq,
    /// The event in wire form.
    pub wire: Bytes,
    /// When the broker heard of it, right after the commit.
    pub heard: Instant,
}

/// Contiguous numbers, the last of which is `head`.
#[derive(Debug, Default)]
pub(super) struct Ring {
    /// The last number that was delivered here; `None` until the first.
    head: Option<Seq>,
    frames: VecDeque<Frame>,
    bytes: usize,
}

/// What a ring has for a cursor.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum After {
    /// Nothing yet.
    Nothing,
    /// Contiguous after the cursor.
    Frames(Vec<Frame>),
    /// The next number is not here (any more): read the store.
    TooOld,
}

impl Ring {
    /// Takes the next event. Numbers that it has passed are no news; after a gap it begins anew, and readers that miss
    /// the numbers in between find it too young.
    pub(super) fn push(&mut self, seq: Seq, encode: impl FnOnce() -> Bytes) {
        match self.head {
            Some(head) if seq <= head => return,
            Some(head) if seq != head.next() => {
                self.frames.clear();
                self.bytes = 0;
            }
            _ => {}
        }
        let wire = encode();
        self.head = Some(seq);
        self.bytes += wire.len();
        self.frames.push_back(Frame { seq, wire, heard: Instant::now() });
        while self.frames.len() > RING_EVENTS || self.bytes > RING_BYTES {
            let Some(dropped) = self.frames.pop_front() else { break };
            self.bytes -= dropped.wire.len();
        }
    }

    /// What a reader at `cursor` can have now.
    pub(super) fn after(&self, cursor: Seq) -> After {
        if self.head.is_none_or(|head| head <= cursor) {
            return After::Nothing;
        }
        let first = self.frames.front().map(|frame| frame.seq);
        let Some(skip) = first.and_then(|first| usize::try_from(cursor.next().0 - first.0).ok()) else {
            return After::TooOld;
        };
        let mut left = TAKE_BYTES;
        let frames = self.frames.iter().skip(skip).map_while(|frame| {
            let fits = left > 0;
            left = left.saturating_sub(frame.wire.len());
            fits.then(|| frame.clone())
        });
        After::Frames(frames.collect())
    }

    /// Bytes that are kept.
    pub(super) fn held(&self) -> usize {
        self.bytes
    }

    /// How many numbers a reader at `cursor` is behind.
    pub(super) fn lag(&self, cursor: Seq) -> u64 {
        self.head.map_or(0, |head| (head.0 - cursor.0).max(0).unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_is_bounded_in_bytes() {
        let mut ring = Ring::default();
        for seq in 1..=10 {
            ring.push(Seq(seq), || Bytes::from(vec![0; RING_BYTES / 4]));
        }
        assert_eq!((ring.frames.len(), ring.bytes), (4, RING_BYTES));
    }

    #[test]
    fn a_ring_is_bounded_in_events_and_says_how_far_a_reader_is_behind() {
        let mut ring = Ring::default();
        for seq in 1..=200 {
            ring.push(Seq(seq), Bytes::new);
        }
        assert_eq!(ring.frames.len(), RING_EVENTS);
        assert_eq!((ring.lag(Seq(150)), ring.lag(Seq(300))), (50, 0));
    }

    #[test]
    fn an_event_larger_than_the_ring_sends_readers_to_the_store() {
        let mut ring = Ring::default();
        ring.push(Seq(1), || Bytes::from(vec![0; RING_BYTES + 1]));
        assert_eq!(ring.after(Seq(0)), After::TooOld);
        assert_eq!(ring.after(Seq(1)), After::Nothing);
    }
}
