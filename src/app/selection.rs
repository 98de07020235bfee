//! Selection: the rows that the next verb is for. Pure.

use crate::domain::MessageId;
use crate::domain::change::IDS_MAX;

/// Rows, at most as many as one change is for, and where the reader began to select.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    ids: Vec<MessageId>,
    anchor: Option<MessageId>,
}

impl Selection {
    /// Which rows, in no order.
    pub fn ids(&self) -> &[MessageId] {
        &self.ids
    }

    /// Whether the row is selected.
    pub fn has(&self, id: MessageId) -> bool {
        self.ids.contains(&id)
    }

    /// Selects the row, or no more.
    pub fn toggle(&mut self, id: MessageId) {
        self.anchor = Some(id);
        match self.ids.iter().position(|have| *have == id) {
            Some(at) => drop(self.ids.swap_remove(at)),
            None if self.ids.len() < IDS_MAX => self.ids.push(id),
            None => {}
        }
    }

    /// Selects everything from where the reader began to here, as rows stand now.
    pub fn extend(&mut self, id: MessageId, rows: &[MessageId]) {
        let at = |id| rows.iter().position(|row| *row == id);
        let Some(here) = at(id) else { return };
        let there = self.anchor.and_then(at).unwrap_or(here);
        self.anchor = Some(rows[there]);
        for row in &rows[here.min(there)..=here.max(there)] {
            if !self.has(*row) {
                self.ids.push(*row);
            }
        }
        self.ids.truncate(IDS_MAX);
    }

    /// Selects all rows, the first [`IDS_MAX`] of a long list; or none when they are.
    pub fn toggle_all(&mut self, rows: &[MessageId]) {
        let rows = &rows[..rows.len().min(IDS_MAX)];
        let all = rows.iter().all(|row| self.has(*row));
        self.ids = if all { Vec::new() } else { rows.to_vec() };
    }

    /// Selects nothing any more when these are what is selected. `false`: they are others.
    pub fn clear_when(&mut self, ids: &[MessageId]) -> bool {
        let all = !ids.is_empty() && ids.len() == self.ids.len() && ids.iter().all(|id| self.has(*id));
        if all {
            self.clear();
        }
        all
    }

    /// Selects nothing.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Forgets rows that have left. `false`: all are there.
    pub fn keep(&mut self, rows: &[MessageId]) -> bool {
        let before = self.ids.len();
        self.ids.retain(|id| rows.contains(id));
        self.ids.len() != before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: [MessageId; 5] = [MessageId(9), MessageId(7), MessageId(5), MessageId(3), MessageId(1)];

    fn sorted(selection: &Selection) -> Vec<i64> {
        let mut ids: Vec<i64> = selection.ids().iter().map(|id| id.0).collect();
        ids.sort_unstable();
        ids
    }

    #[test]
    fn a_range_goes_from_where_one_began_both_ways() {
        let mut selection = Selection::default();
        selection.toggle(MessageId(5));
        selection.extend(MessageId(9), &ROWS);
        assert_eq!(sorted(&selection), [5, 7, 9]);
        selection.extend(MessageId(1), &ROWS);
        assert_eq!(sorted(&selection), [1, 3, 5, 7, 9], "the beginning stays");
    }

    #[test]
    fn a_range_without_a_beginning_or_from_a_row_that_left_begins_here() {
        let mut selection = Selection::default();
        selection.extend(MessageId(5), &ROWS);
        assert_eq!(sorted(&selection), [5]);
        selection.toggle(MessageId(4));
        selection.extend(MessageId(3), &ROWS);
        assert_eq!(sorted(&selection), [3, 4, 5]);
        selection.extend(MessageId(8), &ROWS);
        assert_eq!(sorted(&selection), [3, 4, 5], "there is no such row");
    }

    #[test]
    fn only_an_act_on_what_is_selected_ends_the_selection() {
        let mut selection = Selection::default();
        assert!(!selection.clear_when(&[]));
        selection.toggle_all(&ROWS[..2]);
        for others in [&ROWS[..1], &ROWS[1..3], &ROWS[..3], &[]] {
            assert!(!selection.clear_when(others), "{others:?}");
        }
        assert_eq!(sorted(&selection), [7, 9]);
        assert!(selection.clear_when(&[ROWS[1], ROWS[0]]) && selection.ids().is_empty());
    }

    #[test]
    fn of_a_long_list_so_many_are_selected_as_one_change_takes() {
        let rows: Vec<MessageId> = (0..2000).map(MessageId).collect();
        let mut selection = Selection::default();
        selection.toggle_all(&rows);
        assert_eq!(selection.ids(), &rows[..IDS_MAX]);
        selection.toggle(MessageId(1999));
        assert_eq!(selection.ids().len(), IDS_MAX);
        selection.toggle_all(&rows);
        assert!(selection.ids().is_empty());
        selection.toggle(MessageId(0));
        selection.extend(MessageId(1999), &rows);
        assert_eq!(selection.ids().len(), IDS_MAX);
    }

    #[test]
    fn all_and_none_take_turns_and_what_left_is_forgotten() {
        let mut selection = Selection::default();
        selection.toggle_all(&ROWS);
        assert_eq!(selection.ids().len(), 5);
        assert!(selection.keep(&ROWS[1..]));
        assert!(!selection.keep(&ROWS[1..]));
        assert_eq!(sorted(&selection), [1, 3, 5, 7]);
        selection.toggle_all(&ROWS[1..]);
        assert!(selection.ids().is_empty());
    }
}
