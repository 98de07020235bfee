//! Window: which rows of a long list stand in the page: those in sight and some around them. The others are room of the same
//! height. Pure; `live::scrolling` measures and scrolls.

use super::heights::Heights;
use crate::domain::MessageId;

/// Rows that stand above and below those in sight, so that a flick shows rows and not room.
const OVERSCAN: usize = 12;

/// Lists so short stand whole; the first page is one.
const WHOLE: usize = 60;

/// A long list, what of it stands, and where it is scrolled to. All lengths are CSS pixels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    rows: Vec<MessageId>,
    heights: Heights,
    /// That of each row, where it is known: a scroll of 10,000 rows looks none of them up.
    of_rows: Vec<Option<f64>>,
    /// Where each row begins, and where the last one ends.
    tops: Vec<f64>,
    /// How far it is scrolled.
    top: f64,
    /// How much of it is in sight.
    tall: f64,
    /// The row that had the focus last. It stands wherever it is, or the focus would go with it.
    pub kept: Option<MessageId>,
}

impl Sheet {
    /// The list has these rows now.
    pub fn set_rows(&mut self, rows: &[MessageId]) {
        if self.rows != rows || self.tops.is_empty() {
            rows.clone_into(&mut self.rows);
            self.of_rows = rows.iter().map(|id| self.heights.of(*id)).collect();
            self.add_up();
        }
    }

    /// Rows were measured. `false`: they are as tall as they were taken for.
    pub fn measure(&mut self, measured: &[(MessageId, f64)]) -> bool {
        let mut changed = false;
        for (id, height) in measured {
            changed |= self.heights.set(*id, *height);
            if let Some(row) = self.row(*id) {
                self.of_rows[row] = self.heights.of(*id);
            }
        }
        if changed {
            self.add_up();
        }
        changed
    }

    fn add_up(&mut self) {
        self.tops.clear();
        let (mut end, estimate) = (0.0, self.heights.estimate);
        self.tops.push(end);
        for height in &self.of_rows {
            end += height.unwrap_or(estimate);
            self.tops.push(end);
        }
    }

    /// Which row it is. Most messages come to the top once, so they are in the order of their numbers.
    pub fn row(&self, id: MessageId) -> Option<usize> {
        let guess = self.rows.partition_point(|row| *row > id);
        if self.rows.get(guess) == Some(&id) { Some(guess) } else { self.rows.iter().position(|row| *row == id) }
    }

    /// It was scrolled.
    pub fn scroll(&mut self, top: f64, tall: f64) {
        (self.top, self.tall) = (top, tall);
    }

    /// The first row in sight, and how much of it is not.
    pub fn first(&self) -> Option<(MessageId, f64)> {
        let at = self.at(self.top);
        self.rows.get(at).map(|id| (*id, self.top - self.begin(at)))
    }

    /// Less follows from the beginning of this row on than shows.
    pub fn is_short_at(&self, id: MessageId) -> bool {
        self.row(id).is_some_and(|row| self.begin(self.rows.len()) - self.begin(row) < self.tall)
    }

    /// Rows may have another height than they had.
    pub fn forget_heights(&mut self) {
        self.heights = Heights::default();
        self.of_rows.fill(None);
    }

    /// How far the end of the list is below what is in sight.
    pub fn left(&self) -> f64 {
        self.begin(self.rows.len()) - self.top - self.tall
    }

    /// Where a row begins; of one that is not there, the end of the list.
    pub fn begin(&self, row: usize) -> f64 {
        self.tops.get(row).or(self.tops.last()).copied().unwrap_or(0.0)
    }

    fn at(&self, y: f64) -> usize {
        self.tops.partition_point(|top| *top <= y).saturating_sub(1).min(self.rows.len().saturating_sub(1))
    }

    /// The rows that stand.
    pub fn stand(&self) -> Vec<MessageId> {
        self.standing().into_iter().map(|at| self.rows[at]).collect()
    }

    /// The room before each row that stands, which others leave, and the room below the last.
    pub fn rooms(&self) -> (Vec<(MessageId, f64)>, f64) {
        let mut end = 0;
        let rooms = self.standing().into_iter().map(|at| {
            let room = self.begin(at) - self.begin(end);
            end = at + 1;
            (self.rows[at], room)
        });
        (rooms.collect(), self.begin(self.rows.len()) - self.begin(end))
    }

    fn standing(&self) -> Vec<usize> {
        let all = self.rows.len();
        let mut stand = 0..all;
        if all > WHOLE {
            stand = self.at(self.top).saturating_sub(OVERSCAN)..(self.at(self.top + self.tall) + 1 + OVERSCAN).min(all);
        }
        let kept = self.kept.and_then(|kept| self.row(kept));
        let (above, below) = (kept.filter(|at| *at < stand.start), kept.filter(|at| *at >= stand.end));
        above.into_iter().chain(stand).chain(below).collect()
    }
}

/// The next step from the rows that stand to those that are to stand. The keyed list of the page moves every row when two come in
/// before those that stay, and none when one does, so of those that come in above only the lowest does in a step.
pub fn step(stand: &[MessageId], mut target: Vec<MessageId>) -> Vec<MessageId> {
    let comes = |id: &MessageId| !stand.contains(id);
    if let Some(last) = target.iter().rposition(|id| !comes(id)) {
        let lowest = target[..last].iter().rposition(comes).unwrap_or(last);
        let mut at = 0..;
        target.retain(|id| at.next().is_some_and(|at| at >= lowest) || !comes(id));
    }
    target
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sheet(n: i64, top: f64, kept: Option<i64>) -> Sheet {
        let mut sheet = Sheet { kept: kept.map(MessageId), ..Sheet::default() };
        sheet.set_rows(&(0..n).rev().map(MessageId).collect::<Vec<_>>());
        sheet.scroll(top, 600.0);
        sheet
    }

    /// All rows are 100 pixels tall.
    fn even(n: i64, top: f64, kept: Option<i64>) -> Sheet {
        let mut sheet = sheet(n, top, kept);
        assert!(sheet.measure(&(0..n).map(|id| (MessageId(id), 100.0)).collect::<Vec<_>>()));
        sheet
    }

    #[test]
    fn short_lists_stand_whole() {
        let (rooms, below) = sheet(50, 1e9, None).rooms();
        assert_eq!((rooms.len(), below), (50, 0.0));
        assert!(rooms.iter().all(|(_, room)| *room == 0.0));
        let empty = sheet(0, 0.0, None);
        assert_eq!(
            (empty.rooms(), empty.first(), Sheet::default().rooms()),
            ((Vec::new(), 0.0), None, (Vec::new(), 0.0))
        );
    }

    #[test]
    fn what_is_in_sight_stands_with_some_around() {
        let (top, _) = even(10_000, 0.0, None).rooms();
        assert_eq!((top[0], top.len()), ((MessageId(9_999), 0.0), 6 + 1 + OVERSCAN));
        let middle = even(10_000, 500_050.0, None);
        let first = 5_000 - OVERSCAN;
        assert_eq!(middle.rooms().0[0], (MessageId(9_999 - first as i64), first as f64 * 100.0));
        assert_eq!(middle.stand().len(), OVERSCAN + 7 + OVERSCAN);
        assert_eq!(middle.first(), Some((MessageId(4_999), 50.0)));
        let (end, below) = even(10_000, 1e9, None).rooms();
        assert_eq!((end.last().map(|(id, _)| *id), below), (Some(MessageId(0)), 0.0));
    }

    #[test]
    fn the_row_with_the_focus_stands_above_and_below_what_is_in_sight() {
        let (above, _) = even(1_000, 50_000.0, Some(996)).rooms();
        assert_eq!(above[0], (MessageId(996), 300.0));
        assert_eq!(above[1], (MessageId(999 - 500 + OVERSCAN as i64), (500 - OVERSCAN) as f64 * 100.0 - 400.0));
        let (below, room) = even(1_000, 0.0, Some(0)).rooms();
        assert_eq!((below.last().map(|(id, _)| *id), room), (Some(MessageId(0)), 0.0));
        assert_eq!(even(1_000, 0.0, Some(5_000)).stand(), even(1_000, 0.0, None).stand(), "it left");
        assert_eq!(even(1_000, 0.0, Some(997)).stand(), even(1_000, 0.0, None).stand(), "it stands anyway");
    }

    #[test]
    fn of_rows_that_come_in_above_the_lowest_comes_first() {
        let ids = |all: &[i64]| all.iter().copied().map(MessageId).collect::<Vec<_>>();
        let next = |stand: &[i64], target: &[i64]| step(&ids(stand), ids(target));
        assert_eq!(next(&[5, 4, 3, 2], &[7, 6, 5, 4]), ids(&[6, 5, 4]));
        assert_eq!(next(&[6, 5, 4], &[7, 6, 5, 4]), ids(&[7, 6, 5, 4]));
        assert_eq!(next(&[5, 4, 3, 2], &[3, 2, 1, 0]), ids(&[3, 2, 1, 0]), "below all come at once");
        assert_eq!(next(&[5, 4], &[9, 8]), ids(&[9, 8]), "where none stays, too");
        assert_eq!(next(&[9, 5, 4], &[9, 7, 6, 5, 4, 3]), ids(&[9, 6, 5, 4, 3]), "the one with the focus stands above");
        assert_eq!((next(&[], &[2, 1]), next(&[2, 1], &[])), (ids(&[2, 1]), ids(&[])));
    }

    proptest! {
        #[test]
        fn steps_reach_what_is_to_stand(
            stand in prop::collection::btree_set(0..60_i64, 0..40),
            target in prop::collection::btree_set(0..60_i64, 0..40),
        ) {
            let [mut stand, target] = [stand, target].map(|ids| ids.into_iter().rev().map(MessageId).collect::<Vec<_>>());
            let new = target.iter().filter(|id| !stand.contains(id)).count();
            for _ in 0..new.max(1) {
                stand = step(&stand, target.clone());
            }
            prop_assert_eq!(stand, target);
        }

        #[test]
        fn rows_and_room_are_as_tall_as_the_list(
            n in 0..400_i64,
            measured in prop::collection::vec((0..400_i64, 20.0..200.0_f64), 0..50),
            top in 0.0..50_000.0_f64,
            kept in prop::option::of(0..400_i64),
        ) {
            let mut sheet = sheet(n, top, kept);
            sheet.measure(&measured.into_iter().map(|(id, height)| (MessageId(id), height)).collect::<Vec<_>>());
            let (rooms, below) = sheet.rooms();
            let stands: f64 = rooms.iter().map(|(id, room)| room + sheet.heights.of(*id).unwrap_or(sheet.heights.estimate)).sum();
            let end = sheet.begin(sheet.rows.len());
            prop_assert!((stands + below - end).abs() < 0.01);
            prop_assert!((sheet.left() - (end - top - 600.0)).abs() < 0.01);
            for (at, id) in sheet.rows.iter().enumerate() {
                if sheet.begin(at + 1) > top && sheet.begin(at) < top + 600.0 {
                    prop_assert!(rooms.iter().any(|(row, _)| row == id), "row {} is in sight", at);
                }
            }
        }
    }
}
