//! Acknowledge: tells the server what this browser has applied, shown, and had opened.
//!
//! Once a second a tab looks at what stands before the reader; what stood there the second before, too, was seen. What a tab
//! has to tell goes through `tab` to the one that has the stream, which sends it to the door `api::receipts::acknowledge`,
//! at most once a second, and once more when the page is left. Lives in the browser only.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use web_sys::XmlHttpRequest;

use super::live::{Call, Live};
use super::receipts::Receipts;
use super::sight::in_sight;
use crate::domain::MessageId;

/// The address of the door.
const DOOR: &str = "/api/acknowledge";

/// How long a row must be in sight to be seen, and how often the server is told at most.
const EVERY: Duration = Duration::from_secs(1);

/// After a refusal so many rounds pass: what was not taken now can wait.
const PATIENCE: u32 = 10;

/// Acknowledges for as long as the page's layout lives.
pub fn acknowledge(live: Live) {
    let mine = Rc::new(RefCell::new(Acknowledger::new(live)));
    let leaving = mine.clone();
    let round = set_interval_with_handle(move || mine.borrow_mut().round(), EVERY);
    let left = window_event_listener_untyped("pagehide", move |_| leaving.borrow_mut().leave());
    on_cleanup(move || {
        left.remove();
        round.into_iter().for_each(|round| round.clear());
    });
}

/// What this browser has to tell the server, and the way there.
struct Acknowledger {
    live: Live,
    /// What was in sight the last time.
    sight: Vec<MessageId>,
    receipts: Receipts,
    request: Option<XmlHttpRequest>,
    /// There is something to tell.
    due: bool,
    /// Rounds to let pass.
    rest: u32,
    /// News came in at the last round. They end with the session, so the one who is signed in is the one whose page this is.
    up: bool,
}

impl Acknowledger {
    fn new(live: Live) -> Self {
        Self { live, sight: Vec::new(), receipts: Receipts::default(), request: None, due: false, rest: 0, up: false }
    }

    fn round(&mut self) {
        self.up = self.live.link.get_untracked().is_up();
        let before = std::mem::replace(&mut self.sight, in_sight(self.live));
        for id in &self.sight {
            if before.contains(id) {
                self.live.saw(*id);
            }
        }
        if let Some(note) = self.live.note() {
            self.live.call(Call::Note(note));
        }
        self.answer();
        if let Some(notes) = self.live.handed() {
            notes.iter().for_each(|note| self.receipts.merge(note));
            self.due = true;
        }
        self.rest = self.rest.saturating_sub(1);
        if self.due && self.rest == 0 && self.request.is_none() {
            self.due = false;
            self.send();
        }
    }

    fn send(&mut self) {
        let Some(form) = self.batch() else { return };
        let request = XmlHttpRequest::new().and_then(|request| {
            request.open("POST", DOOR)?;
            request.set_request_header("content-type", "application/x-www-form-urlencoded")?;
            request.send_with_opt_str(Some(&form))?;
            Ok(request)
        });
        match request {
            Ok(request) => self.request = Some(request),
            Err(_) => self.settle(false),
        }
    }

    /// Looks whether the answer has come.
    fn answer(&mut self) {
        let done = |request: &mut XmlHttpRequest| request.ready_state() == XmlHttpRequest::DONE;
        if let Some(request) = self.request.take_if(done) {
            // What the server does not understand it will not understand later either.
            self.settle(!matches!(request.status().unwrap_or(0), 0 | 401 | 408 | 429 | 500..));
        }
    }

    fn settle(&mut self, taken: bool) {
        self.receipts.settle(taken);
        if !taken {
            self.due = true;
            self.rest = PATIENCE;
        }
    }

    /// The page is left: the browser sends what is there when it finds the time (W3C Beacon).
    fn leave(&mut self) {
        self.receipts.settle(false);
        let notes = self.live.note().into_iter().chain(self.live.handed().unwrap_or_default());
        notes.for_each(|note| self.receipts.merge(&note));
        if let Some(form) = self.batch() {
            let _ = window().navigator().send_beacon_with_opt_str(DOOR, Some(&form));
            self.receipts.settle(true);
        }
    }

    /// A page that is left has lost its stream already, so what counts is the last round.
    fn batch(&mut self) -> Option<String> {
        let Self { live, receipts, .. } = self;
        if !self.up {
            self.due = true;
            return None;
        }
        live.peek(|inbox| receipts.batch(&live.client.get_untracked(), inbox.cursor()))
    }
}
