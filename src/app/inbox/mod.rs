//! Inbox: what one person's page knows, and how events change it. Pure; the browser and the tests run the same code.
//!
//! Comes after `event_stream`, which brings events; `live` holds it in a signal and the components show it.
//! One rule for every number: the next one is applied, an older one is skipped, a gap means reading the list anew.

mod list;

mod ahead;

mod held;

mod shown;

use ahead::Pending;
pub use ahead::Ticket;
use held::Held;
use list::List;

use crate::domain::event::{Changed, ChangedMany, Hello, Marked, Removed};
use crate::domain::item::Opened;
use crate::domain::{Counts, Cursor, Event, Item, Page, Seq, Verdict, View};

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
    held: Held,
}

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
        let (cursor, counts) = (page.cursor.clone(), page.counts);
        self.list = Some(List::new(page));
        self.recount(cursor, counts)
    }

    /// Lengthens the list by the page that follows it. It may know more than was heard: the events that are still to come
    /// change nothing in it, as each item knows its number. If it knows less, it is to be read again.
    pub fn extend(&mut self, page: Page) -> Loaded {
        let Some(list) = self.list.as_mut().filter(|list| !self.stale && list.is_followed_by(&page)) else {
            return Loaded::UpToDate;
        };
        if self.cursor.as_ref().is_none_or(|own| own.epoch != page.cursor.epoch || own.seq > page.cursor.seq) {
            return Loaded::Behind;
        }
        list.extend(page);
        Loaded::UpToDate
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
        if self.list.as_ref().is_some_and(|list| !list.knows(item)) {
            let item = self.in_its_place(item);
            self.list.iter_mut().for_each(|list| list.place(item.clone()));
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
            list.mark(marked);
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

#[cfg(test)]
mod tests;

#[cfg(test)]
mod found_tests;
