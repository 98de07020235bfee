//! List: the part of a view that the page has, in order.

use crate::domain::event::{Marked, Which};
use crate::domain::{Found, Item, MessageId, Page, Rank, State, View};

/// Most rows that a list grows to; what is older is left to a page of its own.
pub(super) const ROWS_MAX: usize = 10_000;

/// A part of a view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct List {
    pub(super) view: View,
    pub(super) before: Option<Rank>,
    /// In the order of [`Item::rank`], the greatest first.
    pub(super) items: Vec<Item>,
    pub(super) older: bool,
    /// What was searched for; the server alone knows what else is found.
    pub(super) found: Option<Found>,
    /// Something changed that may be found now, or not any more: read it anew.
    pub(super) doubtful: bool,
}

impl List {
    pub(super) fn new(page: Page) -> Self {
        let Page { view, before, items, older, found, .. } = page;
        Self { view, before, items, older, found, doubtful: false }
    }

    /// Whether the page begins where this ends.
    pub(super) fn is_followed_by(&self, page: &Page) -> bool {
        let query = |found: &Option<Found>| found.as_ref().map(|found| found.query.clone());
        self.view == page.view && query(&self.found) == query(&page.found) && self.end() == page.before
    }

    /// The place after which older items follow.
    pub(super) fn end(&self) -> Option<Rank> {
        self.items.last().filter(|_| self.older).map(Item::rank)
    }

    /// Takes in the items of the page that follows.
    pub(super) fn extend(&mut self, page: Page) {
        // One may have stood higher up before something that was not heard of yet.
        self.items.retain(|have| page.items.iter().all(|item| item.id != have.id));
        self.items.extend(page.items);
        self.older = page.older;
        self.cap();
        if let (Some(found), Some(more)) = (&mut self.found, page.found) {
            found.hits.extend(more.hits);
        }
    }

    /// Whether the item is there as it is now, or as it will be.
    pub(super) fn knows(&self, item: &Item) -> bool {
        self.item(item.id).is_some_and(|have| have.seq >= item.seq)
    }

    /// Applies a verb.
    pub(super) fn mark(&mut self, marked: &Marked) {
        self.doubt();
        self.items.retain_mut(|item| marked.touch(item));
        let (view, found) = (self.view, self.found.is_some());
        self.items.retain(|item| found || view.shows(item.state));
        self.sort();
    }

    /// Changes items in their places; `false`: it is gone.
    pub(super) fn assume(&mut self, change: impl FnMut(&mut Item) -> bool) {
        self.doubt();
        self.items.retain_mut(change);
        let (view, found) = (self.view, self.found.is_some());
        self.items.retain(|item| found || view.shows(item.state));
    }

    /// Puts those that stand elsewhere now where they belong. Nearly all stand right, which a general sort, of 1.1 KB of the client,
    /// would not use.
    fn sort(&mut self) {
        for at in 1..self.items.len() {
            let rank = self.items[at].rank();
            if self.items[at - 1].rank() < rank {
                let item = self.items.remove(at);
                self.items.insert(self.items[..at].partition_point(|have| have.rank() > rank), item);
            }
        }
    }

    /// Where the item is. Most messages come to the top once, so they are in the order of their numbers.
    fn at(&self, id: MessageId) -> Option<usize> {
        let guess = self.items.partition_point(|item| item.id > id);
        let there = self.items.get(guess).is_some_and(|item| item.id == id);
        if there { Some(guess) } else { self.items.iter().position(|item| item.id == id) }
    }

    pub(super) fn item(&self, id: MessageId) -> Option<&Item> {
        self.at(id).map(|at| &self.items[at])
    }

    pub(super) fn has(&self, id: MessageId) -> bool {
        self.at(id).is_some()
    }

    /// Puts the item where it belongs, or takes it out when the view does not show it.
    pub(super) fn place(&mut self, item: Item) {
        self.doubt();
        let rank = item.rank();
        let was = self.at(item.id);
        // Of a long list, moving what follows would cost more than all else.
        if let Some(at) = was.filter(|at| self.items[*at].rank() == rank && self.shows(item.state)) {
            self.items[at] = item;
            return;
        }
        let had = was.map(|at| self.items.remove(at));
        let covered = match had {
            // What was found stays in the list until it is read anew, and nothing else comes in.
            had if self.found.is_some() => had.is_some(),
            _ => self.covers(rank),
        };
        if covered && self.shows(item.state) {
            self.items.insert(self.items.partition_point(|have| have.rank() > rank), item);
        }
        self.cap();
    }

    fn cap(&mut self) {
        if self.items.len() > ROWS_MAX {
            self.items.truncate(ROWS_MAX);
            self.older = true;
        }
    }

    /// Whether an item that is there stays there. What was found stays until the list is read anew.
    pub(super) fn shows(&self, state: State) -> bool {
        self.found.is_some() || self.view.shows(state)
    }

    /// What is found may be something else by now.
    fn doubt(&mut self) {
        self.doubtful |= self.found.is_some();
    }

    /// Whether the part of the view that is shown reaches this place.
    fn covers(&self, rank: Rank) -> bool {
        let below = self.items.last().is_none_or(|last| rank < last.rank());
        self.before.is_none_or(|before| rank < before) && !(self.older && below)
    }

    /// Whether the verb brings items into this view that are not known here.
    pub(super) fn misses(&self, marked: &Marked) -> bool {
        let Which::Ids(ids) = &marked.which else { return false };
        self.found.is_none() && marked.verb.brings_into() == Some(self.view) && ids.iter().any(|id| !self.has(*id))
    }
}
