//! Acknowledge: sends what `receipts` gathered to the door `api::receipts::acknowledge`, about once a second for the whole
//! browser, and once more when the page is left. Only the tab that has the stream does it. Lives in the browser only.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::XmlHttpRequest;

use super::live::{Call, Live};
use super::receipts::Receipts;

/// The address of the door.
const DOOR: &str = "/api/acknowledge";

/// A batch gathers for one to two seconds: thousands of pages that get one message do not answer it in one moment.
const GATHER: f64 = 1_000.0;

/// After a refusal, so much longer: what was not taken now can wait.
const PATIENCE: f64 = 10_000.0;

/// What a tab has to acknowledge gathers for so long before it goes to the one that has the stream.
const NOTE_AFTER: Duration = Duration::from_millis(500);

/// Acknowledges for as long as the page's layout lives.
pub fn acknowledge(live: Live) {
    let mine = Rc::new(Acknowledger::new(live));
    let answered = Rc::downgrade(&mine);
    let answered = Closure::new(move || answered.upgrade().into_iter().for_each(|mine| mine.answered()));
    *mine.answered.borrow_mut() = Some(answered);
    let waiting = Rc::new(Cell::new(false));
    Effect::new(move |_| {
        live.receipts.track();
        if waiting.replace(true) {
            return;
        }
        let waiting = waiting.clone();
        let tell = move || {
            waiting.set(false);
            note(live).into_iter().for_each(|note| live.call(Call::Note(note)));
        };
        set_timeout(tell, NOTE_AFTER);
    });
    let leaving = Rc::downgrade(&mine);
    let left = window_event_listener_untyped("pagehide", move |_| {
        leaving.upgrade().into_iter().for_each(|mine| mine.leave());
    });
    on_cleanup(move || left.remove());
    Effect::new(move |_| {
        live.notes.track();
        let notes = live.notes.try_maybe_update(|notes| (false, std::mem::take(notes))).unwrap_or_default();
        if !notes.is_empty() {
            notes.iter().for_each(|note| mine.receipts.borrow_mut().merge(note));
            mine.gather(GATHER);
        }
    });
}

/// What this tab has to acknowledge; then it has nothing. Does not wake who waits for more of it.
fn note(live: Live) -> Option<String> {
    live.receipts.try_maybe_update(|receipts| (false, receipts.note())).flatten()
}

/// What this browser has to tell the server, and the way there.
struct Acknowledger {
    live: Live,
    receipts: RefCell<Receipts>,
    request: RefCell<Option<XmlHttpRequest>>,
    answered: RefCell<Option<Closure<dyn FnMut()>>>,
    gathering: Cell<bool>,
}

impl Acknowledger {
    fn new(live: Live) -> Self {
        Self {
            live,
            receipts: RefCell::default(),
            request: RefCell::default(),
            answered: RefCell::default(),
            gathering: Cell::new(false),
        }
    }

    /// The page is left: the browser sends what is there when it finds the time (W3C Beacon).
    fn leave(&self) {
        let mut receipts = self.receipts.borrow_mut();
        receipts.settle(false);
        note(self.live).iter().for_each(|note| receipts.merge(note));
        drop(receipts);
        if let Some(form) = self.batch() {
            let _ = window().navigator().send_beacon_with_opt_str(DOOR, Some(&form));
            self.receipts.borrow_mut().settle(true);
        }
    }

    fn gather(self: &Rc<Self>, least: f64) {
        if self.gathering.replace(true) {
            return;
        }
        let this = Rc::downgrade(self);
        let wait = Duration::from_millis((least * (1.0 + js_sys::Math::random())) as u64);
        set_timeout(move || this.upgrade().into_iter().for_each(|this| this.send()), wait);
    }

    fn send(&self) {
        self.gathering.set(false);
        let Some(form) = self.batch() else { return };
        let Ok(request) = XmlHttpRequest::new() else { return };
        request.set_onloadend(self.answered.borrow().as_ref().map(|answered| answered.as_ref().unchecked_ref()));
        let sent = request.open("POST", DOOR).and_then(|()| {
            request.set_request_header("content-type", "application/x-www-form-urlencoded")?;
            request.send_with_opt_str(Some(&form))
        });
        // A failure to send is told by `loadend` too, without a status.
        drop(sent);
        *self.request.borrow_mut() = Some(request);
    }

    fn answered(self: &Rc<Self>) {
        let status = self.request.take().and_then(|request| request.status().ok()).unwrap_or(0);
        // What the server does not understand it will not understand later either.
        let taken = !matches!(status, 0 | 401 | 408 | 429 | 500..);
        self.receipts.borrow_mut().settle(taken);
        self.gather(if taken { GATHER } else { PATIENCE });
    }

    fn batch(&self) -> Option<String> {
        self.live.peek(|inbox| self.receipts.borrow_mut().batch(&self.live.client.get_untracked(), inbox.cursor()))
    }
}
