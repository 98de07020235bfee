//! Shown: what of the inbox stands before the reader, with what they did and the server has not answered yet.

use super::Inbox;
use super::list::{List, ROWS_MAX};
use crate::app::place::Place;
use crate::domain::{Counts, Cursor, Found, Hit, Item, MessageId, Rank, View};

impl Inbox {
    /// The item as the reader sees it.
    pub fn item(&self, id: MessageId) -> Option<Item> {
        let item = self.base(id)?;
        // What is done with a row that is held is meant for what it shows.
        let surfaced = self.held.surfaced(id).unwrap_or_default().max(item.surfaced);
        Some(Item { state: self.ahead(item)?, surfaced, ..item.clone() })
    }

    /// The rows, latest first; with a curtain, only those below it.
    pub fn rows(&self, curtain: Option<Rank>) -> Vec<MessageId> {
        self.below_curtain(curtain).map(|item| item.id).collect()
    }

    /// How many of them stand above this place.
    pub fn rows_above(&self, place: Rank, curtain: Option<Rank>) -> usize {
        self.below_curtain(curtain).take_while(|item| item.rank() > place).count()
    }

    fn below_curtain(&self, curtain: Option<Rank>) -> impl Iterator<Item = &Item> {
        self.shown().filter(move |item| curtain.is_none_or(|curtain| item.rank() < curtain))
    }

    fn shown(&self) -> impl Iterator<Item = &Item> {
        let shows = |list: &List, item| self.ahead(item).is_some_and(|state| list.shows(state));
        self.list.iter().flat_map(move |list| list.items.iter().filter(move |item| shows(list, item)))
    }

    /// The rows that are unread.
    pub fn unread_rows(&self) -> Vec<MessageId> {
        let unread = |item: &&Item| self.ahead(item).is_some_and(|state| !state.read);
        self.shown().filter(unread).map(|item| item.id).collect()
    }

    /// When the message came to the top last.
    pub fn surfaced_at(&self, id: MessageId) -> Option<i64> {
        self.base(id).map(|item| item.surfaced_at)
    }

    /// Where the item stands in its list, or stood.
    pub fn rank(&self, id: MessageId) -> Option<Rank> {
        self.base(id).map(Item::rank)
    }

    /// The first row below this place, also when nothing stands there any more.
    pub fn below(&self, at: Rank) -> Option<MessageId> {
        self.shown().find(|item| item.rank() < at).map(|item| item.id)
    }

    /// The last row above it, also one behind the curtain.
    pub fn above(&self, at: Rank) -> Option<MessageId> {
        self.shown().take_while(|item| item.rank() > at).last().map(|item| item.id)
    }

    /// Where to go on when a row has left this place: the next one, else the last.
    pub fn near(&self, at: Rank) -> Option<MessageId> {
        self.below(at).or_else(|| self.above(at))
    }

    /// Badges, with what the reader did and the server has not answered yet.
    pub fn counts(&self) -> Counts {
        let listed = self.list.iter().flat_map(|list| &list.items);
        let opened = self.opened.iter().filter(|opened| self.list.as_ref().is_none_or(|list| !list.has(opened.id)));
        let acted = |item: &&Item| self.pending.iter().any(|pending| pending.is_of(item.id));
        let ahead = |counts: Counts, item: &Item| counts.plus(Counts::moved(Some(item.state), self.ahead(item)));
        // Nearly always nothing waits for an answer.
        if self.pending.is_empty() { self.counts } else { listed.chain(opened).filter(acted).fold(self.counts, ahead) }
    }

    /// The view and the place in it; `None` before a list was loaded.
    pub fn place(&self) -> Option<(View, Option<Rank>)> {
        self.list.as_ref().map(|list| (list.view, list.before))
    }

    /// What is searched for in the list that is shown.
    pub fn found(&self) -> Option<&Found> {
        self.list.as_ref()?.found.as_ref()
    }

    /// Where the words stand in a message that was found.
    pub fn hit(&self, id: MessageId) -> Option<&Hit> {
        self.found()?.hits.iter().find(|hit| hit.id == id)
    }

    /// The list is the one of this place.
    pub fn is_at(&self, place: &Place) -> bool {
        let query = self.found().map_or("", |found| found.query.as_str());
        self.place() == Some((place.view, place.before)) && query == place.query
    }

    /// Other messages may be found by now: look again.
    pub fn doubtful(&self) -> bool {
        !self.stale && self.list.as_ref().is_some_and(|list| list.doubtful)
    }

    /// The place after which «older» goes on.
    pub fn older(&self) -> Option<Rank> {
        self.list.as_ref()?.end()
    }

    /// The place after which the list can be lengthened now.
    pub fn end(&self) -> Option<Rank> {
        self.list.as_ref().filter(|list| !self.stale && list.items.len() < ROWS_MAX)?.end()
    }

    /// All rows left and there are older ones: read the list anew.
    pub fn wants_more(&self) -> bool {
        !self.stale && self.list.as_ref().is_some_and(|list| list.older) && self.shown().next().is_none()
    }

    /// The list must be read anew.
    pub fn stale(&self) -> bool {
        self.stale
    }

    /// The greatest number that was heard of.
    pub fn heard(&self) -> Option<Cursor> {
        let own = self.cursor.clone()?;
        Some(Cursor { seq: own.seq.max(self.heard), ..own })
    }

    /// Where a stream goes on.
    pub fn cursor(&self) -> Option<&Cursor> {
        self.cursor.as_ref()
    }
}
