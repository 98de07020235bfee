//! Head: looks at a request's head before anything is done for it: how large it is, and how many come from its address.
//!
//! Comes right after `accept`, whose own bounds are twice as wide: what goes beyond those is answered without a word.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::{StatusCode, request};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::super::metrics::Limit;
use super::super::state::AppState;
use super::{Refused, client_address};

/// Most headers in one request.
const HEADERS_MAX: usize = 64;

/// Most bytes of a request's address and headers. Browsers fill it with the cookies of others on the same host.
const HEAD_MAX: usize = 16 * 1024;

/// Goes on, or answers 431 or 429.
pub async fn head(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let checked = check_size(&head)
        .inspect_err(|_| state.metrics.refused(Limit::HeadSize))
        .and_then(|()| if is_free(head.uri.path()) { Ok(()) } else { state.limits.address(address(&head, &state)) });
    match checked {
        Ok(()) => next.run(Request::from_parts(head, body)).await,
        Err(refused) => refused.into_response(),
    }
}

fn address(head: &request::Parts, state: &AppState) -> IpAddr {
    client_address(head, &state.config.server.trusted_proxies)
}

/// Files of the site come from memory and many at once with each page; health is asked for by machines that must not
/// be told anything else.
fn is_free(path: &str) -> bool {
    path.starts_with("/pkg/") || matches!(path, "/healthz" | "/readyz")
}

fn check_size(head: &request::Parts) -> Result<(), Refused> {
    let too_large = |sentence| Refused::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, sentence);
    if head.headers.len() > HEADERS_MAX {
        return Err(too_large(format!("The request has more than {HEADERS_MAX} headers.")));
    }
    let headers: usize = head.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    let address = head.uri.path_and_query().map_or(0, |address| address.as_str().len());
    if address + headers > HEAD_MAX {
        let kib = HEAD_MAX / 1024;
        return Err(too_large(format!(
            "The address and the headers of the request are larger than {kib} KiB. Cookies of this site may be the cause."
        )));
    }
    Ok(())
}
