//! Window: which rows of a long list stand in the page: those in sight and some around them. The others are room of the same
//! height. Pure; `components::list` measures and scrolls.

use std::ops::Range;

use crate::domain::MessageId;

/// Rows above and below those in sight, so that a flick shows rows and not room.
const AROUND: usize = 12;

/// What a row is taken for before any was measured, in CSS pixels.
const USUAL: f64 = 88.0;

/// Lists so short are shown whole; the first page is one.
pub const WHOLE: usize = 60;

/// How tall rows are, as far as they were measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heights {
    /// By message.
    known: Vec<(MessageId, f64)>,
    sum: f64,
}

impl Heights {
    /// A row was measured.
    pub fn set(&mut self, id: MessageId, height: f64) {
        match self.known.binary_search_by_key(&id, |(id, _)| *id) {
            Ok(at) => {
                self.sum += height - self.known[at].1;
                self.known[at].1 = height;
            }
            Err(at) => {
                self.sum += height;
                self.known.insert(at, (id, height));
            }
        }
    }

    /// The row's height, or what rows are tall on the average.
    pub fn of(&self, id: MessageId) -> f64 {
        match self.known.binary_search_by_key(&id, |(id, _)| *id) {
            Ok(at) => self.known[at].1,
            Err(_) if self.known.is_empty() => USUAL,
            Err(_) => self.sum / self.known.len() as f64,
        }
    }
}

/// Rows that stand in the page, and the room above and below them, in CSS pixels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Window {
    /// Their places in the list.
    pub rows: Range<usize>,
    /// Room above them.
    pub above: f64,
    /// Room below them.
    pub below: f64,
}

impl Window {
    /// The window of a list that is scrolled to `top` and shows `tall` pixels of itself.
    pub fn new(rows: &[MessageId], heights: &Heights, top: f64, tall: f64) -> Self {
        if rows.len() <= WHOLE {
            return Self { rows: 0..rows.len(), above: 0.0, below: 0.0 };
        }
        let mut ends = rows.iter().scan(0.0, |end, id| {
            *end += heights.of(*id);
            Some(*end)
        });
        let first = ends.by_ref().position(|end| end > top).unwrap_or(rows.len().saturating_sub(1));
        let seen = 1 + ends.position(|end| end > top + tall).unwrap_or(rows.len());
        let shown = first.saturating_sub(AROUND)..(first + seen + 1 + AROUND).min(rows.len());
        let sum = |rows: &[MessageId]| rows.iter().map(|id| heights.of(*id)).sum();
        Self { above: sum(&rows[..shown.start]), below: sum(&rows[shown.end..]), rows: shown }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(n: i64) -> Vec<MessageId> {
        (0..n).rev().map(MessageId).collect()
    }

    fn even(n: i64) -> Heights {
        let mut heights = Heights::default();
        (0..n).for_each(|id| heights.set(MessageId(id), 100.0));
        heights
    }

    #[test]
    fn short_lists_stand_whole() {
        let window = Window::new(&rows(50), &Heights::default(), 1e9, 600.0);
        assert_eq!(window, Window { rows: 0..50, above: 0.0, below: 0.0 });
    }

    #[test]
    fn what_is_in_sight_stands_in_the_page_with_some_around() {
        let (rows, heights) = (rows(10_000), even(10_000));
        let top = Window::new(&rows, &heights, 0.0, 600.0);
        assert_eq!((top.rows.start, top.above), (0, 0.0));
        assert!((18..24).contains(&top.rows.end), "{top:?}");
        let middle = Window::new(&rows, &heights, 500_000.0, 600.0);
        assert!(middle.rows.start <= 5_000 - AROUND && middle.rows.end >= 5_006 + AROUND, "{middle:?}");
        assert!(middle.rows.len() < 40);
        let end = Window::new(&rows, &heights, 1e9, 600.0);
        assert_eq!((end.rows.end, end.below), (10_000, 0.0));
    }

    #[test]
    fn room_and_rows_together_are_as_tall_as_the_list() {
        let rows = rows(1_000);
        let mut heights = Heights::default();
        for (nth, id) in rows.iter().enumerate().filter(|(nth, _)| nth % 3 == 0) {
            heights.set(*id, 60.0 + nth as f64 % 50.0);
        }
        let whole: f64 = rows.iter().map(|id| heights.of(*id)).sum();
        for top in [0.0, 77.0, 10_000.0, 50_000.0, whole, whole * 2.0] {
            let window = Window::new(&rows, &heights, top, 700.0);
            let shown: f64 = rows[window.rows.clone()].iter().map(|id| heights.of(*id)).sum();
            assert!((window.above + shown + window.below - whole).abs() < 0.01, "{top}: {window:?}");
            assert!(window.above <= top, "what is in sight is a row: {top}: {window:?}");
            assert!(window.above + shown >= (top + 700.0).min(whole) - 0.01, "{top}: {window:?}");
        }
    }

    #[test]
    fn a_row_that_grows_is_counted_once() {
        let mut heights = Heights::default();
        assert_eq!(heights.of(MessageId(1)), USUAL);
        heights.set(MessageId(1), 100.0);
        heights.set(MessageId(1), 60.0);
        assert_eq!((heights.of(MessageId(1)), heights.of(MessageId(2))), (60.0, 60.0));
    }
}
