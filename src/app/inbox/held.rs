//! Held: a row that comes to the top again while its reader is busy among the rows changes in its place, and goes there later.

use super::Inbox;
use crate::domain::{Item, MessageId, Seq};

/// What is held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Held {
    /// The reader is busy among the rows.
    busy: bool,
    /// The rows, each with the number and the time with which it came to the top.
    rows: Vec<(MessageId, Seq, i64)>,
}

impl Held {
    /// The number with which a row that is held came to the top.
    pub(super) fn surfaced(&self, id: MessageId) -> Option<Seq> {
        self.rows.iter().find(|(held, ..)| *held == id).map(|(_, surfaced, _)| *surfaced)
    }
}

impl Inbox {
    /// While the reader is busy among the rows, one that comes to the top again changes in its place, until [`Self::let_go`].
    pub fn hold(&mut self, busy: bool) {
        self.held.busy = busy || self.is_holding();
    }

    /// Rows stay where they are although they came to the top.
    pub fn is_holding(&self) -> bool {
        !self.held.rows.is_empty()
    }

    /// Rows that came to the top meanwhile go there.
    pub fn let_go(&mut self) {
        let held = std::mem::take(&mut self.held);
        let Some(list) = &mut self.list else { return };
        for (id, surfaced, surfaced_at) in held.rows {
            // A list that was read anew knows better.
            if let Some(item) = list.item(id).filter(|item| item.surfaced < surfaced).cloned() {
                list.place(Item { surfaced, surfaced_at, ..item });
            }
        }
    }

    /// The item as its row shows it.
    pub(super) fn in_its_place(&mut self, item: &Item) -> Item {
        let have = self.list.as_ref().and_then(|list| list.item(item.id));
        let Some(have) = have.filter(|have| self.held.busy && have.surfaced < item.surfaced) else {
            return item.clone();
        };
        self.held.rows.retain(|(held, ..)| *held != item.id);
        self.held.rows.push((item.id, item.surfaced, item.surfaced_at));
        Item { surfaced: have.surfaced, surfaced_at: have.surfaced_at, ..item.clone() }
    }
}
