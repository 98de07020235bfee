//! Body: reads a request's body whole before anything is done with it, within a size and a time.
//!
//! The time-out is here and not around the answer: a send that waits for its commit must not be given up, or its caller
//! would hear that it failed and find it stored.

use std::error::Error;
use std::time::Duration;

use axum::Extension;
use axum::body::{self, Body};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::LengthLimitError;

use super::super::metrics::Limit;

/// Longest request body. A message of 16 KiB may be six times as long in JSON, and a thousand names stand beside it.
pub(crate) const BODY_LIMIT: usize = 512 * 1024;

/// How long a client may take to send it.
const BODY_TIMEOUT: Duration = Duration::from_secs(20);

/// Goes on with the whole body, or answers 413, 408 or 400.
pub async fn whole_body(request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    match tokio::time::timeout(BODY_TIMEOUT, body::to_bytes(body, BODY_LIMIT)).await {
        Ok(Ok(bytes)) => next.run(Request::from_parts(head, Body::from(bytes))).await,
        Ok(Err(error)) if error.source().is_some_and(|source| source.is::<LengthLimitError>()) => {
            (StatusCode::PAYLOAD_TOO_LARGE, Extension(Limit::BodySize), "The request is too large.\n").into_response()
        }
        Ok(Err(_)) => (StatusCode::BAD_REQUEST, "The request broke off.\n").into_response(),
        Err(_) => {
            (StatusCode::REQUEST_TIMEOUT, Extension(Limit::BodyTime), "The request came too slowly.\n").into_response()
        }
    }
}
