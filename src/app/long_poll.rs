//! Long poll: one question for events at a time, for networks that hold streams back.
//!
//! Asks the same door as `event_stream`, with the same cursor, and hears the same events. Lives in the browser only.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::XmlHttpRequest;

/// How long an answer may take, in milliseconds: the server waits for 25 s at most.
const ANSWER_WITHIN: u32 = 40_000;

/// What came of a question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The status; 0 when there was none.
    pub status: u16,
    /// Seconds to wait, when the server says so.
    pub retry_after: Option<u64>,
    /// The events.
    pub text: String,
}

/// The questions of this page. The closure outlives every request, so that it is not dropped while it runs.
pub struct LongPoll {
    request: Option<XmlHttpRequest>,
    answered: Closure<dyn FnMut()>,
}

impl LongPoll {
    /// Nothing is asked yet. `on_answer` hears that [`Self::take`] has something.
    pub fn new(on_answer: impl Fn() + 'static) -> Self {
        Self { request: None, answered: Closure::new(on_answer) }
    }

    /// Asks `url`, and forgets what was asked before.
    pub fn ask(&mut self, url: &str) {
        self.stop();
        let Ok(request) = XmlHttpRequest::new() else { return };
        request.set_onloadend(Some(self.answered.as_ref().unchecked_ref()));
        let sent = request.open("GET", url).and_then(|()| {
            request.set_timeout(ANSWER_WITHIN);
            request.send()
        });
        // A failure to send is told by `loadend` too, without a status.
        drop(sent);
        self.request = Some(request);
    }

    /// The answer that has come.
    pub fn take(&mut self) -> Answer {
        let Some(request) = self.request.take() else { return Answer::default() };
        let retry_after = request.get_response_header("retry-after").ok().flatten();
        Answer {
            status: request.status().unwrap_or(0),
            retry_after: retry_after.and_then(|seconds| seconds.parse().ok()),
            text: request.response_text().ok().flatten().unwrap_or_default(),
        }
    }

    /// Nothing is heard after this.
    pub fn stop(&mut self) {
        if let Some(request) = self.request.take() {
            request.set_onloadend(None);
            let _ = request.abort();
        }
    }
}

impl Drop for LongPoll {
    fn drop(&mut self) {
        self.stop();
    }
}
