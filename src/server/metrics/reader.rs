//! Reader: what one stream counts: how it opened, what it took, and, when it is dropped, why it ended.

use super::super::broker::Subscription;
use super::super::ring::Frame;
use super::instruments::Metrics;
use super::labels::{Cause, Way};
use crate::domain::Verdict;

/// Lives as long as its stream.
pub struct Reader {
    metrics: Metrics,
    way: Way,
    opened: bool,
    cause: Cause,
}

impl Reader {
    /// One that nobody has told a reason to end yet.
    pub fn new(metrics: Metrics) -> Self {
        Self { metrics, way: Way::Stream, opened: false, cause: Cause::ClientGone }
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
        self.metrics.ended(self.cause);
    }
}
