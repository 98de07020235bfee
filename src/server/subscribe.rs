//! Subscribe: `GET /events`, the door to one person's stream. `docs/PROTOCOL.md` is the contract.
//!
//! From where → who asks → register → [`OpenStream`], which says everything: as a stream, or, to a client that polls, the next
//! of it in one answer. Both ways are the same events with the same cursor.

use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tower_sessions::Session;

use super::broker::Client;
use super::error::Refusal;
use super::metrics::{Reader, Stalled};
use super::open_stream::OpenStream;
use super::state::AppState;
use super::stream_owner::{self, Standing};
use crate::domain::Cursor;

/// Longest wait of a poll, in seconds. Proxies give up on an answer after 60 by default, some after 30.
const POLL_MAX: u64 = 25;

/// What the URL says.
#[derive(Deserialize)]
pub(super) struct Asked {
    /// The cursor, for a page's first connection; later ones bring the header.
    after: Option<String>,
    /// The client's name for itself.
    client: Option<String>,
    /// Answer with what comes within so many seconds, instead of a stream.
    poll: Option<String>,
}

/// Opens the stream of the session's or token's owner.
pub(super) async fn events(
    State(state): State<AppState>,
    session: Session,
    Query(asked): Query<Asked>,
    Extension(stalled): Extension<Stalled>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    refuse_cross_site(&headers)?;
    let cursor = cursor(&headers, asked.after.as_deref())?;
    let client = asked.client.as_deref().map(client).transpose()?;
    let poll = asked.poll.as_deref().map(poll).transpose()?;
    let owner = stream_owner::identify(&state, &session, &headers).await?;
    let subscription = state.broker.subscribe(owner.user, owner.key, client)?;
    // A session that ended between the two lines above found no stream to end. From here on it does.
    if let Standing::Over(_) = stream_owner::standing(&state, &owner).await? {
        return Err(Refusal::unauthorized("This session or token has just ended."));
    }
    let reader = Reader::new(state.metrics.clone(), stalled);
    let stream = OpenStream::new(state, owner, subscription, cursor, reader);
    let body = match poll {
        None => Body::from_stream(stream.into_stream()),
        Some(wait) => Body::from(stream.poll(wait).await),
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache, no-transform")),
        // nginx would collect events into a buffer (ngx_http_proxy_module, proxy_buffering).
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((headers, body).into_response())
}

/// Another site's page could open the stream with the reader's cookie; it could not read it, but it would hold it.
fn refuse_cross_site(headers: &HeaderMap) -> Result<(), Refusal> {
    match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
        Some(b"cross-site" | b"same-site") => Err(Refusal::forbidden("Streams are not opened from other sites.")),
        _ => Ok(()),
    }
}

/// `Last-Event-ID` is newer than the URL whenever both are there: browsers keep the URL when they reconnect.
fn cursor(headers: &HeaderMap, after: Option<&str>) -> Result<Option<Cursor>, Refusal> {
    let header = headers.get("last-event-id").map(|value| value.to_str().unwrap_or("?"));
    match header.or(after).filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|why| Refusal::bad_request(format!("That is no cursor: {why}."))),
    }
}

fn client(name: &str) -> Result<Client, Refusal> {
    Client::parse(name)
        .ok_or_else(|| Refusal::bad_request("A client is named by 1 to 64 ASCII letters, digits, - or _."))
}

fn poll(seconds: &str) -> Result<Duration, Refusal> {
    let wait = seconds.parse().ok().filter(|seconds| *seconds <= POLL_MAX).map(Duration::from_secs);
    wait.ok_or_else(|| Refusal::bad_request(format!("A poll waits for 0 to {POLL_MAX} seconds.")))
}
