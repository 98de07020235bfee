//! Ahead: what the reader does, shown before the server has answered.
//!
//! A verb waits beside the truth and is laid over it when something is shown, so a refusal is taken back by forgetting it.

use super::Inbox;
use crate::domain::{Action, Counts, Item, MessageId, Seq, State};

/// Most verbs that are shown before the server has answered. Of a server that answers nothing, the oldest are shown as
/// they were, until the event that tells of them.
const PENDING_MAX: usize = 100;

/// A verb whose answer is awaited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pending {
    ticket: Ticket,
    action: Action,
    /// The items, each with its number when the reader acted; the latest message first. «Mark all read» has thousands.
    items: Vec<(MessageId, Option<Seq>)>,
}

impl Pending {
    fn new(ticket: Ticket, ids: &[MessageId], action: Action) -> Self {
        let mut new = Self { ticket, action, items: Vec::with_capacity(ids.len()) };
        for id in ids {
            // They are nearly in this order.
            if let Err(at) = new.find(*id) {
                new.items.insert(at, (*id, None));
            }
        }
        new
    }

    fn find(&self, id: MessageId) -> Result<usize, usize> {
        self.items.binary_search_by(|(have, _)| id.cmp(have))
    }

    pub(super) fn is_of(&self, id: MessageId) -> bool {
        self.find(id).is_ok()
    }

    /// Whether the item is as it was when the reader acted. When the event was faster, it has a new number.
    fn awaits(&self, item: &Item) -> bool {
        self.find(item.id).is_ok_and(|at| self.items[at].1 == Some(item.seq))
    }
}

/// Names one verb until it is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket(u32);

impl Inbox {
    /// Shows the verb's effect on these items at once. [`Self::settle`] ends it.
    pub fn act(&mut self, ids: &[MessageId], action: Action) -> Ticket {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        if self.pending.len() >= PENDING_MAX {
            self.pending.remove(0);
        }
        let mut pending = Pending::new(ticket, ids, action);
        let listed = self.list.iter().flat_map(|list| &list.items);
        for item in self.opened.iter().chain(listed) {
            if let Ok(at) = pending.find(item.id) {
                pending.items[at].1 = Some(item.seq);
            }
        }
        self.pending.push(pending);
        ticket
    }

    /// The server has answered. Refused: what was shown ahead is taken back. Taken: it stays, until the event that
    /// tells of it brings the truth.
    pub fn settle(&mut self, ticket: Ticket, taken: bool) {
        let Some(at) = self.pending.iter().position(|pending| pending.ticket == ticket) else { return };
        let pending = self.pending.remove(at);
        if taken {
            self.assume(&pending);
        }
    }

    /// Takes the verb's effect for what is.
    fn assume(&mut self, pending: &Pending) {
        let counts = &mut self.counts;
        let mut assume = |item: &mut Item| {
            if !pending.awaits(item) {
                return true;
            }
            let after = pending.action.apply(item.state);
            *counts = counts.plus(Counts::moved(Some(item.state), after));
            item.state = after.unwrap_or(item.state);
            after.is_some()
        };
        let open = self.opened.as_ref().map(|opened| opened.id);
        let mut listed = None;
        if let Some(list) = &mut self.list {
            list.assume(|item| {
                let stays = assume(item);
                if Some(item.id) == open {
                    listed = Some(stays.then(|| item.clone()));
                }
                stays
            });
        }
        match listed {
            // In the list, too: it counts once.
            Some(item) => self.opened = item,
            None => drop(self.opened.take_if(|opened| !assume(opened))),
        }
    }

    pub(super) fn base(&self, id: MessageId) -> Option<&Item> {
        let listed = self.list.as_ref().and_then(|list| list.item(id));
        listed.or_else(|| self.opened.as_ref().filter(|opened| opened.id == id))
    }

    /// The state after everything that the reader did to the item; `None`: it is deleted.
    pub(super) fn ahead(&self, item: &Item) -> Option<State> {
        let mut state = Some(item.state);
        for pending in self.pending.iter().filter(|pending| pending.is_of(item.id)) {
            state = state.and_then(|state| pending.action.apply(state));
        }
        state
    }
}
