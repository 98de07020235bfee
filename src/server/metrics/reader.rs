//! Reader: what one stream counts: how it opened, what it took, and, when it is dropped, why it ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::broker::Subscription;
use super::super::ring::Frame;
use super::instruments::Metrics;
use super::labels::{Cause, Way};
use crate::domain::Verdict;

/// Whether a connection was cut because the other side took nothing. Said before its stream is dropped.
#[derive(Clone, Debug, Default)]
pub struct Stalled(Arc<AtomicBool>);

impl Stalled {
    /// It was.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Lives as long as its stream.
pub struct Reader {
    metrics: Metrics,
    way: Way,
    opened: bool,
    cause: Cause,
    stalled: Stalled,
}

impl Reader {
    /// One that nobody has told a reason to end yet.
    pub fn new(metrics: Metrics, stalled: Stalled) -> Self {
        Self { metrics, way: Way::Stream, opened: false, cause: Cause::ClientGone, stalled }
    }

    /// It polls.
    pub fn polls(&mut self) {
        self.way = Way::Poll;
    }

    /// It says hello; with `resumed`, so many changed items follow.
    pub fn opens(&mut self, verdict: Verdict, items: usize) {
        if !self.opened {
            self.opened = true;
            self.metrics.opened(verdict, self.way);
        }
        if verdict == Verdict::Resumed {
            self.metrics.replayed(items);
        }
    }

    /// It takes events.
    pub fn takes(&self, frames: &[Frame], subscription: &Subscription) {
        self.metrics.delivered(frames.iter().map(|frame| frame.heard), subscription.lag());
    }

    /// It is told why it ends.
    pub fn ends(&mut self, cause: impl Into<Cause>) {
        self.cause = cause.into();
    }

    /// A poll has its answer.
    pub fn answered(&mut self) {
        if self.cause == Cause::ClientGone {
            self.cause = Cause::Answered;
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let stalled = self.cause == Cause::ClientGone && self.stalled.0.load(Ordering::Relaxed);
        self.metrics.ended(if stalled { Cause::WriteStall } else { self.cause });
    }
}
