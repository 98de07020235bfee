//! Inbox: what one person's page knows, and how events change it. Pure; the browser and the tests run the same code.
//!
//! Comes after `event_stream`, which brings events; `live` holds it in a signal and the components show it.
//! One rule for every number: the next one is applied, an older one is skipped, a gap means reading the list anew.

use super::place::Place;
use crate::domain::event::{Changed, ChangedMany, Hello, Marked, Removed, Which};
use crate::domain::item::Opened;
use crate::domain::{
    Action, Counts, Cursor, Event, Found, Hit, Item, MessageId, Page, Rank, Seq, State, Verdict, View,
};

/// Most rows that a list grows to while the page is open; then the oldest are left to «older».
const ROWS_MAX: usize = 500;

/// Most verbs that are shown before the server has answered. Of a server that answers nothing, the oldest are shown as
/// they were, until the event that tells of them.
const PENDING_MAX: usize = 100;

/// What the page knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inbox {
    /// The list that is shown; pages without one have only counts.
    list: Option<List>,
    /// The message that is open, also when it is not in the list.
    opened: Option<Item>,
    /// Every change up to here is known.
    cursor: Option<Cursor>,
    /// Badges at the cursor.
    counts: Counts,
    /// Between `hello` and `caught-up` numbers skip.
    replaying: bool,
    /// The list must be read anew; until then events only say how far the server is.
    stale: bool,
    /// The greatest number heard of.
    heard: Seq,
    /// Everything that came to the top up to this number is known; what comes with a greater one has arrived.
    newest: Seq,
    /// What the reader did and the server has not answered yet, in order.
    pending: Vec<Pending>,
    tickets: u32,
}

/// A part of a view.
#[derive(Clone, Debug, PartialEq, Eq)]
struct List {
    view: View,
    before: Option<Rank>,
    /// In the order of [`Item::rank`], the greatest first.
    items: Vec<Item>,
    older: bool,
    /// What was searched for; the server alone knows what else is found.
    found: Option<Found>,
    /// Something changed that may be found now, or not any more: read it anew.
    doubtful: bool,
}

/// A verb whose answer is awaited.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pending {
    ticket: Ticket,
    action: Action,
    /// The items, each with its number when the reader acted.
    items: Vec<(MessageId, Option<Seq>)>,
}

impl Pending {
    fn is_of(&self, id: MessageId) -> bool {
        self.items.iter().any(|(one, _)| *one == id)
    }
}

/// Names one verb until it is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket(u32);

/// What an event did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applied {
    /// Something that is shown may have changed.
    Changed,
    /// This message is new.
    Arrived(Box<Item>),
    /// Nothing.
    Skipped,
    /// Numbers are missing: read the list anew.
    Gap,
    /// The server says to begin anew.
    Reset,
}

/// How a page of the list fits what was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loaded {
    /// It is as new as everything heard.
    UpToDate,
    /// Events went by that it does not contain: read it again.
    Behind,
}

impl Inbox {
    /// What a page without a list begins with. A list that is there already knows more.
    pub fn welcome(&mut self, cursor: Cursor, counts: Counts) {
        if self.cursor.is_none() {
            self.recount(cursor, counts);
        }
    }

    /// Shows a page of a list.
    pub fn load(&mut self, page: Page) -> Loaded {
        self.list = Some(List {
            view: page.view,
            before: page.before,
            items: page.items,
            older: page.older,
            found: page.found,
            doubtful: false,
        });
        self.recount(page.cursor, page.counts)
    }

    /// Follows a message that is open.
    pub fn open(&mut self, opened: &Opened) {
        self.opened = Some(opened.item.clone());
    }

    /// Applies an event of the stream.
    pub fn apply(&mut self, event: Event) -> Applied {
        match event {
            Event::Hello(hello) => self.greet(hello),
            Event::Item(changed) => self.change(changed),
            Event::Items(many) => self.change_many(many),
            Event::Marked(marked) => self.mark(&marked),
            Event::Gone(removed) => self.remove(&removed),
            // The beginning of this replay was not heard.
            Event::CaughtUp(end) if !self.replaying && self.behind(end.seq) => self.gap(end.seq),
            Event::CaughtUp(end) => {
                self.replaying = false;
                // A list that was read meanwhile knows more.
                if self.cursor.as_ref().is_none_or(|own| own.seq <= end.seq) {
                    self.counts = end.counts;
                }
                self.reach(end.seq);
                Applied::Changed
            }
            Event::Beat(beat) if !self.replaying && self.behind(beat.seq) => self.gap(beat.seq),
            Event::Beat(_) | Event::Drain(_) | Event::SignedOut(_) => Applied::Skipped,
        }
    }

    fn greet(&mut self, hello: Hello) -> Applied {
        self.replaying = true;
        let at = Cursor { epoch: hello.epoch.clone(), seq: hello.from };
        match hello.verdict {
            // Another tab's stream, which begins after what this one has.
            Verdict::Resumed if self.misses(&at) => {
                self.cursor.as_mut().into_iter().for_each(|own| own.epoch = at.epoch.clone());
                self.heard = hello.to;
                self.stale = true;
                Applied::Gap
            }
            Verdict::Resumed => {
                self.stale = false;
                Applied::Changed
            }
            Verdict::Fresh | Verdict::Reset => {
                self.cursor = Some(Cursor { epoch: hello.epoch, seq: hello.to });
                (self.heard, self.newest) = (hello.to, hello.to);
                self.stale = self.list.is_some();
                if self.stale { Applied::Reset } else { Applied::Changed }
            }
        }
    }

    /// The tab that has the stream has heard of everything up to here. `anew`: it is another tab than before, and what that
    /// one began to replay is not finished any more.
    pub fn follow(&mut self, heard: &Cursor, anew: bool) -> Applied {
        self.replaying &= !anew;
        if self.replaying || !self.misses(heard) {
            return Applied::Skipped;
        }
        let same_life = self.cursor.as_ref().is_some_and(|own| own.epoch == heard.epoch);
        self.gap(if same_life { heard.seq } else { self.heard })
    }

    /// Something was said that cannot be read or does not belong here: numbers may be missing.
    pub fn unread(&mut self) -> Applied {
        self.gap(self.heard)
    }

    /// What a page without a list needs after a gap.
    pub fn recount(&mut self, cursor: Cursor, counts: Counts) -> Loaded {
        let same_life = self.cursor.as_ref().is_none_or(|own| own.epoch == cursor.epoch);
        if !same_life {
            self.heard = Seq::default();
        }
        self.counts = counts;
        self.newest = cursor.seq;
        self.stale = cursor.seq < self.heard;
        self.cursor = Some(cursor);
        if self.stale { Loaded::Behind } else { Loaded::UpToDate }
    }

    fn change(&mut self, changed: Changed) -> Applied {
        if let Some(skipped) = self.step(changed.seq) {
            return skipped;
        }
        self.counts = changed.counts;
        let item = changed.item;
        let arrived = self.upsert(&item);
        if arrived { Applied::Arrived(Box::new(item)) } else { Applied::Changed }
    }

    fn change_many(&mut self, many: ChangedMany) -> Applied {
        if many.anew {
            return if self.behind(many.seq) { self.gap(many.seq) } else { Applied::Skipped };
        }
        if let Some(skipped) = self.step(many.seq) {
            return skipped;
        }
        self.counts = many.counts;
        // One is told of, as one change is one thing to tell.
        let mut arrived = None;
        for item in many.items {
            if self.upsert(&item) {
                arrived = Some(item);
            }
        }
        arrived.map_or(Applied::Changed, |item| Applied::Arrived(Box::new(item)))
    }

    /// Takes the item as it is now. `true`: it is new at the top of the inbox.
    fn upsert(&mut self, item: &Item) -> bool {
        if let Some(opened) = self.opened.as_mut().filter(|opened| opened.id == item.id) {
            *opened = item.clone();
        }
        if let Some(list) = &mut self.list {
            list.place(item.clone());
        }
        let arrived = item.surfaced > self.newest && !item.state.seen && View::Inbox.shows(item.state);
        self.newest = self.newest.max(item.surfaced);
        arrived
    }

    fn mark(&mut self, marked: &Marked) -> Applied {
        // The list gains rows that only the server has.
        if self.behind(marked.seq) && self.list.as_ref().is_some_and(|list| list.misses(marked)) {
            return self.gap(marked.seq);
        }
        if let Some(skipped) = self.step(marked.seq) {
            return skipped;
        }
        self.counts = marked.counts;
        self.opened.take_if(|opened| !marked.touch(opened));
        if let Some(list) = &mut self.list {
            list.doubt();
            list.items.retain_mut(|item| marked.touch(item));
            let (view, found) = (list.view, list.found.is_some());
            list.items.retain(|item| found || view.shows(item.state));
            list.items.sort_by_key(|item| std::cmp::Reverse(item.rank()));
        }
        Applied::Changed
    }

    fn remove(&mut self, removed: &Removed) -> Applied {
        if let Some(skipped) = self.step(removed.seq) {
            return skipped;
        }
        self.counts = removed.counts;
        if let Some(list) = &mut self.list {
            list.items.retain(|item| item.id != removed.id);
        }
        self.opened.take_if(|opened| opened.id == removed.id);
        Applied::Changed
    }

    /// Moves the cursor when `seq` may be applied; else says what came of it instead.
    fn step(&mut self, seq: Seq) -> Option<Applied> {
        self.heard = self.heard.max(seq);
        if self.stale || !self.behind(seq) {
            return Some(Applied::Skipped);
        }
        if self.replaying {
            // Further items of this number may follow; if they do not, it is asked for again.
            self.reach(Seq(seq.0 - 1));
            return None;
        }
        let next = self.cursor.as_ref().is_some_and(|cursor| cursor.seq.next() == seq);
        if !next {
            return Some(self.gap(seq));
        }
        self.reach(seq);
        None
    }

    /// Whether there is something up to here that this inbox does not have. Numbers of another life say nothing.
    fn misses(&self, at: &Cursor) -> bool {
        self.cursor.as_ref().is_none_or(|own| own.epoch != at.epoch || own.seq < at.seq)
    }

    fn behind(&self, seq: Seq) -> bool {
        self.cursor.as_ref().is_some_and(|cursor| cursor.seq < seq)
    }

    fn gap(&mut self, seq: Seq) -> Applied {
        self.heard = self.heard.max(seq);
        let first = !std::mem::replace(&mut self.stale, true);
        if first { Applied::Gap } else { Applied::Skipped }
    }

    fn reach(&mut self, seq: Seq) {
        self.heard = self.heard.max(seq);
        if let Some(cursor) = self.cursor.as_mut().filter(|cursor| cursor.seq < seq && !self.stale) {
            cursor.seq = seq;
        }
    }
}

/// What the reader does, shown before the server has answered.
impl Inbox {
    /// Shows the verb's effect on these items at once. [`Self::settle`] ends it.
    pub fn act(&mut self, ids: &[MessageId], action: Action) -> Ticket {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        if self.pending.len() >= PENDING_MAX {
            self.pending.remove(0);
        }
        let items = ids.iter().map(|id| (*id, self.base(*id).map(|item| item.seq))).collect();
        self.pending.push(Pending { ticket, action, items });
        ticket
    }

    /// The server has answered. Refused: what was shown ahead is taken back. Taken: it stays, until the event that
    /// tells of it brings the truth.
    pub fn settle(&mut self, ticket: Ticket, taken: bool) {
        let Some(at) = self.pending.iter().position(|pending| pending.ticket == ticket) else { return };
        let Pending { action, items, .. } = self.pending.remove(at);
        for (id, seq) in items.into_iter().filter(|_| taken) {
            // When the event was faster, the item has a new number and needs nothing from here.
            if let Some(item) = self.base(id).filter(|item| Some(item.seq) == seq).cloned() {
                self.assume(action, item);
            }
        }
    }

    /// Takes the verb's effect for what is.
    fn assume(&mut self, action: Action, item: Item) {
        let (id, after) = (item.id, action.apply(item.state));
        self.counts = self.counts.plus(Counts::moved(Some(item.state), after));
        let after = after.map(|state| Item { state, ..item });
        if self.opened.as_ref().is_some_and(|opened| opened.id == id) {
            self.opened.clone_from(&after);
        }
        match (&mut self.list, after) {
            (Some(list), Some(item)) => list.place(item),
            (Some(list), None) => list.items.retain(|item| item.id != id),
            (None, _) => {}
        }
    }

    fn base(&self, id: MessageId) -> Option<&Item> {
        let listed = self.list.as_ref().and_then(|list| list.items.iter().find(|item| item.id == id));
        listed.or_else(|| self.opened.as_ref().filter(|opened| opened.id == id))
    }

    /// The state after everything that the reader did to the item; `None`: it is deleted.
    fn ahead(&self, item: &Item) -> Option<State> {
        let mut state = Some(item.state);
        for pending in self.pending.iter().filter(|pending| pending.is_of(item.id)) {
            state = state.and_then(|state| pending.action.apply(state));
        }
        state
    }
}

/// What is shown.
impl Inbox {
    /// The item as the reader sees it.
    pub fn item(&self, id: MessageId) -> Option<Item> {
        let item = self.base(id)?;
        Some(Item { state: self.ahead(item)?, ..item.clone() })
    }

    /// The rows, latest first.
    pub fn rows(&self) -> Vec<MessageId> {
        self.shown().map(|item| item.id).collect()
    }

    fn shown(&self) -> impl Iterator<Item = &Item> {
        let shows = move |list: &List, item: &Item| self.ahead(item).is_some_and(|state| list.shows(state));
        self.list.iter().flat_map(move |list| list.items.iter().filter(move |item| shows(list, item)))
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

    /// The last row above it.
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
        let list = self.list.as_ref().filter(|list| list.older)?;
        list.items.last().map(Item::rank)
    }

    /// All rows left and there are older ones: read the list anew.
    pub fn wants_more(&self) -> bool {
        !self.stale && self.list.as_ref().is_some_and(|list| list.older) && self.rows().is_empty()
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

impl List {
    fn has(&self, id: MessageId) -> bool {
        self.items.iter().any(|item| item.id == id)
    }

    /// Puts the item where it belongs, or takes it out when the view does not show it.
    fn place(&mut self, item: Item) {
        self.doubt();
        let rank = item.rank();
        let was = self.items.iter().position(|have| have.id == item.id);
        let had = was.map(|at| self.items.remove(at));
        let covered = match &had {
            // What was found stays in the list until it is read anew, and nothing else comes in.
            had if self.found.is_some() => had.is_some(),
            // One that stays in its place stays, whatever follows.
            had => had.as_ref().is_some_and(|had| had.rank() == rank) || self.covers(rank),
        };
        if covered && self.shows(item.state) {
            self.items.insert(self.items.partition_point(|have| have.rank() > rank), item);
        }
        if self.before.is_none() && self.items.len() > ROWS_MAX {
            self.items.truncate(ROWS_MAX);
            self.older = true;
        }
    }

    /// Whether an item that is there stays there. What was found stays until the list is read anew.
    fn shows(&self, state: State) -> bool {
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
    fn misses(&self, marked: &Marked) -> bool {
        let Which::Ids(ids) = &marked.which else { return false };
        self.found.is_none() && marked.verb.brings_into() == Some(self.view) && ids.iter().any(|id| !self.has(*id))
    }
}

#[cfg(test)]
#[path = "inbox_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "found_tests.rs"]
mod found_tests;
