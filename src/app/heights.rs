//! Heights: how tall the rows of a long list are, as far as they were measured, and what the others are taken for. Pure; comes before
//! `window`, which adds them up.

use crate::domain::MessageId;

/// What a row is taken for before any was measured, in CSS pixels.
const ESTIMATE: f64 = 72.0;

/// How tall rows are, as far as they were measured, in CSS pixels.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Heights {
    /// By message.
    known: Vec<(MessageId, f64)>,
    /// What others are taken for: as tall as most that were measured. By the average each row that is measured would move all
    /// that follow.
    pub(super) estimate: f64,
    /// How many more it has for it than against it (the majority vote of Boyer and Moore).
    votes: u32,
}

impl Default for Heights {
    fn default() -> Self {
        Self { known: Vec::new(), estimate: ESTIMATE, votes: 0 }
    }
}

impl Heights {
    /// A row was measured. `false`: it is as tall as it was taken for.
    pub(super) fn set(&mut self, id: MessageId, height: f64) -> bool {
        let at = self.known.binary_search_by_key(&id, |(id, _)| *id);
        let before = at.map_or(self.estimate, |at| self.known[at].1);
        // Less than half a pixel is how the browser rounds.
        let same = (before - height).abs() < 0.5;
        let height = if same { before } else { height };
        match at {
            Ok(_) if same => return false,
            Ok(at) => self.known[at].1 = height,
            Err(at) => self.known.insert(at, (id, height)),
        }
        if height == self.estimate {
            self.votes += 1;
        } else if self.votes > 0 {
            self.votes -= 1;
        } else {
            (self.estimate, self.votes) = (height, 1);
        }
        !same
    }

    pub(super) fn of(&self, id: MessageId) -> Option<f64> {
        self.known.binary_search_by_key(&id, |(id, _)| *id).ok().map(|at| self.known[at].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_measured_is_taken_for_as_tall_as_most_that_were() {
        let mut heights = Heights::default();
        let mut set = |id, height| (heights.set(MessageId(id), height), heights.estimate);
        assert_eq!(set(1, 100.0), (true, 100.0), "a row with the heading of its day");
        assert_eq!(set(2, 60.0), (true, 100.0));
        assert_eq!(set(3, 60.0), (true, 60.0));
        assert_eq!(set(4, 60.3), (false, 60.0), "how the browser rounds");
        assert_eq!(set(4, 60.4), (false, 60.0));
        assert_eq!(set(5, 100.0), (true, 60.0));
        assert_eq!(set(1, 60.0), (true, 60.0), "it lost the heading");
        assert_eq!([1, 4, 5, 6].map(|id| heights.of(MessageId(id))), [Some(60.0), Some(60.0), Some(100.0), None]);
    }
}
