//! Errors: which type belongs where.
//!
//! - [`StoreError`] and the other enums of `store`: what the machine could not do. They never leave the server.
//! - [`Refusal`]: what programs are told, as `application/problem+json` (RFC 9457). The API and `/events` answer it.
//! - [`ApiError`]: what the page's server functions are told, typed on both sides.
//!
//! Whose fault it is decides what is said. The caller's: by field, in full. Ours: logged once, here, under an id, and
//! only the id is told.

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::broker::Refused;
use super::hex::hex;
use super::limits;
use super::metrics::Limit;
use super::plain_pages;
use super::store::{PublishError, StoreError};
use crate::api::ApiError;
use crate::domain::{Problem, Username};

/// The media type of RFC 9457.
const PROBLEM: &str = "application/problem+json";

/// When to come back after a busy spell, in seconds. A full queue of writes drains in far less.
const BUSY_RETRY: u64 = 1;

/// When to come back to a server that has as many streams as it may, in seconds: others must leave first.
const FULL_RETRY: u64 = 5;

/// When to come back after what an operator has to mend, in seconds.
const OPERATOR_RETRY: u64 = 60;

/// An answer that refuses, in the form for programs.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    retry_after: Option<u64>,
    /// The limit that the caller ran into; counted where the answer leaves.
    limit: Option<Limit>,
    body: Box<Body>,
}

/// The members of RFC 9457 §3, and ours.
#[derive(Debug, Serialize)]
struct Body {
    title: &'static str,
    status: u16,
    detail: String,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Problem>,
    /// Names that nobody has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown: Vec<Username>,
}

impl Refusal {
    /// Any status with a sentence for the caller.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        let body =
            Body { title, status: status.as_u16(), detail: detail.into(), errors: Vec::new(), unknown: Vec::new() };
        Self { status, retry_after: None, limit: None, body: Box::new(body) }
    }

    /// 400 for a request that cannot be read.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 400 with what is wrong at each field.
    pub fn invalid(errors: Vec<Problem>) -> Self {
        let mut refusal = Self::bad_request("Some fields are not right.");
        refusal.body.errors = errors;
        refusal
    }

    /// 401: who are you?
    pub fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, detail)
    }

    /// 403: not you.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    /// 404 that names everybody who does not exist.
    pub fn unknown_people(unknown: Vec<Username>) -> Self {
        let mut refusal =
            Self::new(StatusCode::NOT_FOUND, "Nobody has these names, or they are disabled. Nothing was sent.");
        refusal.body.unknown = unknown;
        refusal
    }

    /// The same with the time to come back after.
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The same because of this limit.
    pub fn at(mut self, limit: Limit) -> Self {
        self.limit = Some(limit);
        self
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        if let Some(limit) = self.limit {
            response.extensions_mut().insert(limit);
        }
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(
                HeaderName::from_static("www-authenticate"),
                HeaderValue::from_static("Bearer realm=\"tidings\""),
            );
        }
        response
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy | StoreError::Closed => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "The server is busy; nothing was stored.")
                    .retry_after(BUSY_RETRY)
            }
            StoreError::Full => {
                Self::new(StatusCode::INSUFFICIENT_STORAGE, "The server's disk is full; nothing was stored.")
                    .retry_after(OPERATOR_RETRY)
            }
            StoreError::ReadOnly => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "The server's database is read-only; nothing was stored.")
                    .retry_after(OPERATOR_RETRY)
            }
            error @ (StoreError::Newer { .. } | StoreError::Unexpected(_)) => {
                let id = log_unexpected(&error);
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    format!("Something failed on the server. Its log has it as {id}."),
                )
            }
        }
    }
}

impl From<PublishError> for Refusal {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::UnknownPeople(names) => Self::unknown_people(names),
            PublishError::KeyReused => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "The idempotency key was used before with another content.")
            }
            PublishError::Store(error) => error.into(),
        }
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        let (status, limit, seconds) = match refused {
            Refused::TooFast(_) => (StatusCode::TOO_MANY_REQUESTS, Limit::UserStreams, BUSY_RETRY),
            Refused::Full(_) => (StatusCode::SERVICE_UNAVAILABLE, Limit::Streams, FULL_RETRY),
            Refused::Draining => (StatusCode::SERVICE_UNAVAILABLE, Limit::Draining, BUSY_RETRY),
        };
        let sentence = refused.to_string();
        Self::new(status, format!("{}{}.", sentence[..1].to_uppercase(), &sentence[1..])).retry_after(seconds).at(limit)
    }
}

impl From<limits::Refused> for Refusal {
    fn from(refused: limits::Refused) -> Self {
        let refusal = Self::new(refused.status, refused.sentence);
        Self { retry_after: refused.retry_after, ..refusal }
    }
}

impl From<limits::Refused> for ApiError {
    fn from(refused: limits::Refused) -> Self {
        match refused.retry_after {
            Some(retry_after_s) if refused.status == StatusCode::TOO_MANY_REQUESTS => {
                Self::TooMany { retry_after_s, limit: refused.sentence }
            }
            Some(retry_after_s) if refused.status == StatusCode::SERVICE_UNAVAILABLE => Self::Busy { retry_after_s },
            _ => Self::Invalid(refused.sentence),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy | StoreError::Closed => {
                tracing::warn!(%error, "the store refused");
                Self::Busy { retry_after_s: BUSY_RETRY }
            }
            StoreError::Full | StoreError::ReadOnly => {
                tracing::error!(%error, "the store cannot write");
                Self::NotStored
            }
            StoreError::Newer { .. } | StoreError::Unexpected(_) => Self::Unexpected { id: log_unexpected(&error) },
        }
    }
}

/// The form in which whoever asked reads answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// A program reads `application/problem+json`.
    Problem,
    /// The page's code reads an [`ApiError`].
    Door,
    /// A person reads a page.
    Page,
}

impl Form {
    fn of(request: &Request) -> Self {
        let path = request.uri().path();
        if path == "/events" || path.starts_with("/api/v1/") {
            Self::Problem
        } else if path.starts_with("/api/") && !accepts_html(request.headers()) {
            Self::Door
        } else {
            Self::Page
        }
    }
}

/// Whether a person sees the answer, as with a plain form, or code does.
pub(super) fn accepts_html(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// Gives a refusal the form that the asker reads also where a layer said it in bare text: a limit, a wrong method.
pub(super) async fn in_its_form(request: Request, next: Next) -> Response {
    let form = Form::of(&request);
    let mut response = next.run(request).await;
    if let Some(refused) = response.extensions_mut().remove::<limits::Refused>() {
        return told(refused, form);
    }
    let status = response.status();
    let refused = status.is_client_error() || status.is_server_error();
    if form != Form::Problem || !refused || response.headers().get(header::CONTENT_TYPE).is_some_and(|is| is == PROBLEM)
    {
        return response;
    }
    let mut told = Refusal::new(status, sentence(status)).into_response();
    if let Some(allow) = response.headers().get(header::ALLOW) {
        told.headers_mut().insert(header::ALLOW, allow.clone());
    }
    told
}

fn told(refused: limits::Refused, form: Form) -> Response {
    let (status, seconds) = (refused.status, refused.retry_after);
    let mut response = match form {
        Form::Problem => return Refusal::from(refused).into_response(),
        Form::Door => (status, Json(ApiError::from(refused))).into_response(),
        Form::Page => plain_pages::refused(refused),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seconds) = seconds {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn sentence(status: StatusCode) -> &'static str {
    match status {
        StatusCode::METHOD_NOT_ALLOWED => "This address is not asked in this way; see the header allow.",
        StatusCode::NOT_FOUND => "There is no such address in this API.",
        StatusCode::BAD_REQUEST => "The request cannot be read.",
        _ => "The request was refused.",
    }
}

/// Logs what is our own fault with its causes, and gives the id under which the log has it.
pub(super) fn log_unexpected(error: &(dyn std::error::Error + 'static)) -> String {
    let mut bytes = [0; 6];
    // Without randomness the id is not unique, and the log still has the error.
    let _ = getrandom::fill(&mut bytes);
    let id = hex(&bytes);
    let mut causes = String::new();
    let mut source = error.source();
    while let Some(cause) = source {
        causes.push_str(": ");
        causes.push_str(&cause.to_string());
        source = cause.source();
    }
    tracing::error!(error.id = %id, "{error}{causes}");
    id
}
