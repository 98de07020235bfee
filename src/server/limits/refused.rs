//! Refused: what a limit answers. It names the limit in a sentence and says when to come back, where that makes sense.
//!
//! A layer that refuses does not know who reads the answer. It answers bare text and leaves this with it; the layer
//! `error::in_its_form` around all of them finds it and says the same in the form that the asker reads.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// A refusal because of a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The answer's status.
    pub status: StatusCode,
    /// The limit, as a sentence.
    pub sentence: String,
    /// Seconds after which another try makes sense; `None`: the same request is refused whenever it comes.
    pub retry_after: Option<u64>,
}

impl Refused {
    /// A refusal of what would be refused again.
    pub fn new(status: StatusCode, sentence: impl Into<String>) -> Self {
        Self { status, sentence: sentence.into(), retry_after: None }
    }

    /// The same with the time to come back after, in seconds.
    pub fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = (self.status, format!("{}\n", self.sentence)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}
