//! Messages API: `POST /api/v1/messages`, the door for programs. `docs/PROTOCOL.md` is the contract.
//!
//! Who asks → is it their turn → parse → one call to `publish`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::auth;
use super::error::Refusal;
use super::state::AppState;
use super::store::{Idempotency, Scope};
use crate::domain::{Audience, Draft, DraftForm, MessageId};

/// Longest idempotency key, in bytes.
const KEY_MAX: usize = 255;

/// A message as programs write it.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Request {
    to: To,
    title: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    priority: String,
    #[serde(default)]
    link: String,
}

/// Usernames, or the word `everyone`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(untagged, expecting = "`to` must be a list of usernames or the word \"everyone\"")]
enum To {
    Users(Vec<String>),
    Everyone(Everyone),
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Everyone {
    Everyone,
}

/// The answer after the commit.
#[derive(Serialize)]
struct Created {
    id: MessageId,
    recipients: u64,
}

/// Sends a message in the name of the token's owner.
pub(super) async fn create(
    State(state): State<AppState>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let (sender, token) = auth::token_owner(&state, &headers, Scope::Send).await?;
    state.send_rate.check(token.id)?;
    let request = parse(&headers, &body)?;
    let idempotency = idempotency(&headers, &request)?;
    let published = state.publisher.publish(&sender, draft(&request)?, idempotency).await?;
    let created = Json(Created { id: published.id, recipients: published.recipients });
    let mut response = (StatusCode::CREATED, created).into_response();
    if published.repeated {
        response
            .headers_mut()
            .insert(HeaderName::from_static("idempotency-replayed"), HeaderValue::from_static("true"));
    }
    Ok(response)
}

fn parse(headers: &HeaderMap, body: &[u8]) -> Result<Request, Refusal> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !content_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Send JSON, with content-type: application/json.",
        ));
    }
    serde_json::from_slice(body).map_err(|why| Refusal::bad_request(format!("The request cannot be read: {why}.")))
}

fn draft(request: &Request) -> Result<Draft, Refusal> {
    let form = DraftForm {
        title: request.title.clone(),
        body: request.body.clone(),
        priority: request.priority.clone(),
        link: request.link.clone(),
        ..DraftForm::default()
    };
    let audience = match &request.to {
        To::Everyone(Everyone::Everyone) => Ok(Audience::Everyone),
        To::Users(names) => Audience::from_names(names.iter().map(String::as_str)),
    };
    form.parse_for(audience).map_err(Refusal::invalid)
}

/// draft-ietf-httpapi-idempotency-key-header writes the key as a quoted string; most clients send it bare. Both pass.
fn idempotency(headers: &HeaderMap, request: &Request) -> Result<Option<Idempotency>, Refusal> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().unwrap_or_default().trim();
    let key = key.strip_prefix('"').and_then(|key| key.strip_suffix('"')).unwrap_or(key);
    if key.is_empty() || key.len() > KEY_MAX {
        return Err(Refusal::bad_request(format!("An idempotency key has 1 to {KEY_MAX} visible ASCII characters.")));
    }
    // The parsed request, not its bytes: a retry may write the same JSON differently.
    let content = serde_json::to_vec(request).expect("a request has string keys only");
    Ok(Some(Idempotency { key: key.to_owned(), fingerprint: Sha256::digest(content).into() }))
}
