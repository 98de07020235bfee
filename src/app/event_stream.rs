//! Event stream: one `EventSource` and the closures that it calls. Closes with its last owner.
//!
//! Comes after the server's `subscribe`; before `line`, which opens it when `tab` says so. Lives in the browser only.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

use super::tab::Heard;
use crate::domain::Event;

/// The stream of this page. The closures outlive every source, so that none is dropped while it runs.
pub struct EventStream {
    source: Option<EventSource>,
    heard: Closure<dyn FnMut(MessageEvent)>,
    lost: Closure<dyn FnMut()>,
}

impl EventStream {
    /// A stream that is not open yet. `on_event` hears every event whose name this build knows, `on_lost` that it broke.
    pub fn new(on_event: impl Fn(Heard) + 'static, on_lost: impl Fn() + 'static) -> Self {
        let heard = Closure::new(move |message: MessageEvent| {
            // Always text; what is not, cannot be read as an event.
            let data = message.data().as_string().unwrap_or_default();
            on_event(Heard { polled: false, name: message.type_(), data });
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
}

impl Drop for EventStream {
    fn drop(&mut self) {
        self.close();
    }
}
