//! Event stream: one `EventSource` and the closures that it calls. Closes with its last owner.
//!
//! Comes after the server's `subscribe`; before `line`, which decides when to open it. Lives in the browser only.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

use crate::domain::Event;

/// The stream of this page. The closures outlive every source, so that none is dropped while it runs.
pub struct EventStream {
    source: Option<EventSource>,
    heard: Closure<dyn FnMut(MessageEvent)>,
    lost: Closure<dyn FnMut()>,
}

impl EventStream {
    /// A stream that is not open yet. `on_event` hears every event that this build knows, `on_lost` that it broke.
    pub fn new(on_event: impl Fn(Event) + 'static, on_lost: impl Fn() + 'static) -> Self {
        let heard = Closure::new(move |message: MessageEvent| {
            if let Some(event) = read(&message) {
                on_event(event);
            }
        });
        Self { source: None, heard, lost: Closure::new(on_lost) }
    }

    /// Opens `url` in place of what was open. `false`: the browser refused.
    pub fn open(&mut self, url: &str) -> bool {
        self.close();
        let Ok(source) = EventSource::new(url) else { return false };
        for name in Event::NAMES {
            // Fails only for what is no function.
            let _ = source.add_event_listener_with_callback(name, self.heard.as_ref().unchecked_ref());
        }
        // The browser would come back by itself, at its own pace and without asking who is signed in. Ours is better.
        source.set_onerror(Some(self.lost.as_ref().unchecked_ref()));
        self.source = Some(source);
        true
    }

    /// Nothing is heard after this.
    pub fn close(&mut self) {
        if let Some(source) = self.source.take() {
            source.set_onerror(None);
            source.close();
        }
    }

    /// Whether a source is open or opening.
    pub fn is_open(&self) -> bool {
        self.source.is_some()
    }
}

impl Drop for EventStream {
    fn drop(&mut self) {
        self.close();
    }
}

/// `None`: an event of a later build, or one that cannot be read; the number that is then missing shows as a gap.
fn read(message: &MessageEvent) -> Option<Event> {
    Event::parse(&message.type_(), &message.data().as_string()?)?.ok()
}
