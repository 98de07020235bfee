//! Body: reads a request's body whole before anything is done with it, within a size and a time.
//!
//! The time-out is here and not around the answer: a send that waits for its commit must not be given up, or its caller
//! would hear that it failed and find it stored.

use std::time::Duration;

use axum::Extension;
use axum::body::{Body, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::super::metrics::Limit;
use super::super::state::AppState;
use super::Refused;

/// Longest request body. A message of 16 KiB may be six times as long in JSON, and a thousand names stand beside it.
pub(crate) const BODY_LIMIT: usize = 512 * 1024;

/// Most bytes that are read of one that is too long. A client hears the answer only when it has sent what it wanted.
const READ_AND_DROPPED: usize = 4 * 1024 * 1024;

/// Most bytes of all bodies together. Connections are many and cheap; without this, each could hold a whole body.
const BODIES_LIMIT: usize = 256 * 1024 * 1024;

/// When to come back to a server that holds too many bodies, in seconds; they are read within [`super::Times::body`].
const BODIES_RETRY: u64 = 5;

/// When to come back after a body that came too slowly, in seconds: at once, with a better line.
const SLOW_RETRY: u64 = 1;

/// The memory that bodies take until their requests are answered.
pub struct Bodies(Semaphore);

impl Default for Bodies {
    fn default() -> Self {
        Self(Semaphore::new(BODIES_LIMIT))
    }
}

/// Why a body was not taken.
#[derive(Debug, PartialEq, Eq)]
enum Trouble {
    TooLarge,
    TooSlow(Duration),
    NoMemory,
    BrokeOff,
}

/// Goes on with the whole body, or answers 413, 408, 503 or 400.
pub async fn whole_body(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let (time, bodies) = (state.limits.times.body, &state.limits.bodies);
    let read = tokio::time::timeout(time, read(body, bodies)).await;
    match read.unwrap_or(Err(Trouble::TooSlow(time))) {
        // The memory counts until the answer is known.
        Ok((bytes, _memory)) => next.run(Request::from_parts(head, Body::from(bytes))).await,
        Err(trouble) => trouble.into_response(),
    }
}

/// The body and the memory that it takes.
async fn read(mut body: Body, bodies: &Bodies) -> Result<(Bytes, SemaphorePermit<'_>), Trouble> {
    let mut memory = bodies.take(0)?;
    let mut bytes = BytesMut::new();
    if body.size_hint().lower() > BODY_LIMIT as u64 {
        pass_by(body, 0).await;
        return Err(Trouble::TooLarge);
    }
    while let Some(frame) = body.frame().await {
        let Ok(part) = frame.map_err(|_| Trouble::BrokeOff)?.into_data() else { continue };
        if bytes.len() + part.len() > BODY_LIMIT {
            pass_by(body, bytes.len() + part.len()).await;
            return Err(Trouble::TooLarge);
        }
        memory.merge(bodies.take(part.len())?);
        bytes.extend_from_slice(&part);
    }
    Ok((bytes.freeze(), memory))
}

/// Lets the rest go by, as far as it is not too much, so that the answer is heard and not a broken connection.
async fn pass_by(mut body: Body, mut dropped: usize) {
    if body.size_hint().lower() > READ_AND_DROPPED as u64 {
        return;
    }
    while dropped < READ_AND_DROPPED
        && let Some(Ok(frame)) = body.frame().await
    {
        dropped += frame.data_ref().map_or(0, Bytes::len);
    }
}

impl Bodies {
    fn take(&self, bytes: usize) -> Result<SemaphorePermit<'_>, Trouble> {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.0.try_acquire_many(bytes).map_err(|_| Trouble::NoMemory)
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let (limit, refused) = match self {
            Self::TooLarge => {
                let sentence = format!("The body of the request is larger than {} KiB.", BODY_LIMIT / 1024);
                (Limit::BodySize, Refused::new(StatusCode::PAYLOAD_TOO_LARGE, sentence))
            }
            Self::TooSlow(time) => {
                let sentence = format!("The body of the request took longer than {time:?}.");
                (Limit::BodyTime, Refused::new(StatusCode::REQUEST_TIMEOUT, sentence).retry_after(SLOW_RETRY))
            }
            Self::NoMemory => {
                let mib = BODIES_LIMIT / 1024 / 1024;
                let sentence = format!("The server holds {mib} MiB of requests, as much as it may.");
                (Limit::BodyMemory, Refused::new(StatusCode::SERVICE_UNAVAILABLE, sentence).retry_after(BODIES_RETRY))
            }
            Self::BrokeOff => return (StatusCode::BAD_REQUEST, "The request broke off.\n").into_response(),
        };
        (Extension(limit), refused).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bodies_share_one_memory_and_give_it_back() {
        let bodies = Bodies(Semaphore::new(10));
        let (bytes, memory) = read(Body::from("12345678"), &bodies).await.expect("there is room");
        assert_eq!(bytes, "12345678");
        assert_eq!(read(Body::from("123"), &bodies).await.err(), Some(Trouble::NoMemory));
        assert!(read(Body::empty(), &bodies).await.is_ok(), "no body needs no room");
        drop(memory);
        assert!(read(Body::from("1234567890"), &bodies).await.is_ok());
    }
}
