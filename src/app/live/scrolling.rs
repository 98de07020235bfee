//! Scrolling: which part of a long list stands in the page, and the place in it that the reader keeps, whatever comes in above
//! and wherever they have been meanwhile.
//!
//! `app::window` works out what stands; this measures rows, scrolls, and has the list lengthened before its end is in sight.

use std::time::Duration;

use leptos::prelude::*;
use web_sys::{Element, HtmlElement};

use super::feed::{self, feed_in_sight, noted_place};
use super::{Live, row_of};
use crate::app::place::Address;
use crate::app::window::{Sheet, step};
use crate::domain::{MessageId, Rank};

/// So far from its beginning a list counts as not scrolled, in CSS pixels.
const NEAR: f64 = 24.0;

/// The place is written down so long after it changed: browsers allow some 100 such notes in 30 s.
const NOTE_PAUSE: Duration = Duration::from_millis(400);

/// The part of the list that stands in the page.
#[derive(Clone, Copy)]
pub struct Scroll {
    /// The rows that stand.
    pub stand: RwSignal<Vec<MessageId>>,
    /// The list cannot be lengthened now.
    pub stuck: RwSignal<bool>,
    pub(super) sheet: StoredValue<Sheet>,
    keeps: StoredValue<Keeps>,
    pub(super) lengthening: StoredValue<bool>,
}

/// What the reader's place is kept by.
#[derive(Clone, Copy, Default)]
struct Keeps {
    /// The first row in sight, and how much of it is not, in CSS pixels; `None`: the list is at its beginning.
    place: Option<(Rank, i32)>,
    /// Rows came or went since it was scrolled to the place. Until it is again, where it is scrolled to says nothing.
    adrift: bool,
    noting: bool,
}

impl Scroll {
    /// That of a list with these rows.
    pub(super) fn new(rows: Vec<MessageId>) -> Self {
        Self {
            stand: RwSignal::new(rows),
            stuck: RwSignal::default(),
            sheet: StoredValue::default(),
            keeps: StoredValue::default(),
            lengthening: StoredValue::default(),
        }
    }
}

impl Live {
    /// Keeps the window where the reader is, for as long as the list is on the page.
    pub fn keep_window(self) {
        Effect::new(move |before: Option<()>| {
            if before.is_none() && self.kept_place().is_none() {
                self.scroll.keeps.update_value(|keeps| keeps.place = noted_place());
            }
            let was = self.place_begins();
            self.scroll.sheet.update_value(|sheet| sheet.set_rows(&self.rows.read()));
            // What comes in below leaves it where it is, and the reader may be scrolling.
            if self.place_begins() != was {
                self.scroll.keeps.update_value(|keeps| keeps.adrift = true);
            }
            // On a phone the list was out of the way while a message was read; and days go by.
            self.place.track();
            self.clock.track();
            if let Some((_, top, tall)) = feed_in_sight() {
                self.keep_place(top, tall);
            }
            self.stand();
            self.settle_soon();
        });
    }

    /// The window of the browser has another size, and rows another height.
    pub fn resize(self) {
        self.scroll.sheet.update_value(Sheet::forget_heights);
        self.scroll.keeps.update_value(|keeps| keeps.adrift = true);
        self.settle_soon();
    }

    /// Settles before the next frame is painted.
    pub(super) fn settle_soon(self) {
        request_animation_frame(move || self.settle(true));
    }

    /// Where the row of the place begins.
    fn place_begins(self) -> Option<f64> {
        let (rank, _) = self.kept_place()?;
        self.scroll.sheet.with_value(|sheet| sheet.row(rank.id).map(|row| sheet.begin(row)))
    }

    /// The list was scrolled, by the reader or from here.
    pub fn follow_scroll(self) {
        if self.scroll.keeps.with_value(|keeps| keeps.adrift) {
            self.settle(true);
        } else {
            self.take_place();
            self.stand();
        }
    }

    fn take_place(self) {
        let Some((feed, top, tall)) = feed_in_sight() else { return };
        self.scroll.sheet.update_value(|sheet| sheet.scroll(top, tall));
        let scrolled = top > NEAR;
        // While the place is not reached the list is only as long as it is.
        if !self.is_seeking() {
            let first = self.scroll.sheet.with_value(Sheet::first).filter(|_| scrolled);
            let place = first.and_then(|(id, part)| Some((self.peek(|inbox| inbox.rank(id))?, part as i32)));
            self.scroll.keeps.update_value(|keeps| keeps.place = place);
        }
        if scrolled != self.scrolled.get_untracked() {
            self.scrolled.set(scrolled);
            if !scrolled {
                self.lift();
            }
        }
        self.seek();
        self.fill();
        self.show_day(&feed);
        self.note_place();
    }

    /// The focus came into a row: it stands, wherever the reader scrolls.
    pub fn keep_row(self, element: &Element) {
        self.scroll.sheet.update_value(|sheet| sheet.kept = row_of(element));
    }

    /// Moves the focus to a row, and scrolls to it.
    pub fn focus_row(self, id: Option<MessageId>) {
        id.into_iter().for_each(|id| self.put_focus(id, false));
    }

    /// Moves the focus to a row, also to one that does not stand yet; `still`: the reader is where they want to be.
    pub(in crate::app) fn put_focus(self, id: MessageId, still: bool) {
        if feed::focus_standing(id, still).is_some() {
            return;
        }
        if !self.rows.read_untracked().contains(&id) {
            self.lift();
        }
        let rows = self.rows.read_untracked();
        self.scroll.sheet.update_value(|sheet| {
            sheet.set_rows(&rows);
            sheet.kept = Some(id);
        });
        self.stand();
        request_animation_frame(move || {
            self.settle(true);
            feed::focus_standing(id, still);
        });
    }

    /// To the beginning of the list, with what arrived meanwhile.
    pub fn to_the_top(self) {
        self.lift();
        self.scroll.keeps.update_value(|keeps| keeps.place = None);
        if let Some((feed, ..)) = feed_in_sight() {
            feed.set_scroll_top(0);
        }
    }

    /// Another list is shown. The reader is where they were when they left this entry of the browser's history.
    pub(super) fn return_to(self, place: Option<(Rank, i32)>) {
        self.scroll.keeps.update_value(|keeps| keeps.place = place);
        if place.is_none() {
            self.to_the_top();
        }
    }

    /// The place that the reader keeps.
    pub(super) fn kept_place(self) -> Option<(Rank, i32)> {
        self.scroll.keeps.with_value(|keeps| keeps.place)
    }

    /// Where the list is to be scrolled to, for the first row in sight to stay where it is.
    fn keep_place(self, top: f64, tall: f64) -> f64 {
        let place = self.kept_place().filter(|_| !self.is_seeking());
        // When it has left or moved, what follows it is in its place.
        let row = place.map(|(rank, _)| {
            let stays = self.peek(|inbox| inbox.rank(rank.id)) == Some(rank);
            let row = self.scroll.sheet.with_value(|sheet| sheet.row(rank.id)).filter(|_| stays);
            row.unwrap_or_else(|| self.peek(|inbox| inbox.rows_above(rank, self.curtain.get_untracked())))
        });
        let mut to = top;
        self.scroll.sheet.update_value(|sheet| {
            if let Some((row, (_, part))) = row.zip(place) {
                to = sheet.begin(row) + f64::from(part);
            }
            sheet.scroll(to, tall);
        });
        to
    }

    /// Has the rows stand that the sheet says. It is settled as soon as they are there and before anything is painted.
    fn stand(self) {
        if self.set_stand() {
            queue_microtask(move || self.settle(true));
        }
    }

    fn set_stand(self) -> bool {
        let stand = self.scroll.sheet.with_value(Sheet::stand);
        let now = self.scroll.stand.get_untracked();
        let changed = now != stand;
        if changed {
            self.scroll.stand.set(step(&now, stand));
        }
        changed
    }

    /// Gives the rows that are there their room, when they are those that are to stand: others would be given none, and a list
    /// that is too short for where it is scrolled to is scrolled back by the browser.
    fn give_room(self, rows: &[(MessageId, HtmlElement)]) -> bool {
        self.scroll.sheet.with_value(|sheet| {
            let standing = sheet.stand().iter().eq(rows.iter().map(|(id, _)| id));
            if standing {
                feed::give_room(rows, &sheet.rooms());
            }
            standing
        })
    }

    /// Measures the rows that stand, and puts the first one in sight where it was before rows came or went above it.
    /// `again`: what they are tall may move it once more before anything is painted.
    fn settle(self, again: bool) {
        if self.set_stand() {
            return queue_microtask(move || self.settle(again));
        }
        let rows = feed::standing();
        // Before anything is measured.
        self.give_room(&rows);
        let Some((feed, top, tall)) = feed_in_sight() else { return };
        let measured: Vec<_> = rows.iter().map(|(id, row)| (*id, row.get_bounding_client_rect().height())).collect();
        self.scroll.sheet.update_value(|sheet| {
            sheet.measure(&measured);
        });
        let to = self.keep_place(top, tall);
        if !self.give_room(&rows) {
            // The place is where other rows are to stand.
            self.set_stand();
            return match again {
                true => queue_microtask(move || self.settle(false)),
                false => self.settle_soon(),
            };
        }
        // What is there already, as far as whole pixels go, is not scrolled: a finger on it would be stopped.
        if (to - top).abs() > 1.5 {
            feed.set_scroll_top(to.round() as i32);
        }
        self.scroll.keeps.update_value(|keeps| keeps.adrift = false);
        self.take_place();
        if self.set_stand() {
            self.settle_soon();
        }
    }

    /// The day of the first row in sight stands over the list, when its heading was scrolled away.
    fn show_day(self, feed: &Element) {
        let first = self.scroll.sheet.with_value(Sheet::first).filter(|_| self.scrolled.get_untracked());
        let at = first.and_then(|(id, _)| self.peek(|inbox| inbox.surfaced_at(id)));
        let day = at.map(|at| self.clock.read_untracked().day(at)).unwrap_or_default();
        let _ = feed.set_attribute("data-day", &day);
    }

    /// Writes the place into the browser's history, so that going back and reloading lead to it.
    pub(super) fn note_place(self) {
        if self.scroll.keeps.try_update_value(|keeps| std::mem::replace(&mut keeps.noting, true)) != Some(false) {
            return;
        }
        let note = move || {
            self.scroll.keeps.update_value(|keeps| keeps.noting = false);
            self.note_now();
        };
        set_timeout(note, NOTE_PAUSE);
    }

    /// The same before the entry is left.
    pub(in crate::app) fn note_now(self) {
        let listed = matches!(&*self.address.read_untracked(), Address::Inbox(_));
        if listed && self.peek(|inbox| inbox.is_at(&self.place.read_untracked())) {
            feed::note(self.kept_place());
        }
    }
}
