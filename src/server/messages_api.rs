//! Messages API: `POST /api/v1/messages`, the door for programs. `docs/PROTOCOL.md` is the contract.
//!
//! Who asks, and is it their turn → parse → one call to `publish`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::auth;
use super::error::Refusal;
use super::fingerprint::fingerprint;
use super::state::AppState;
use super::store::Idempotency;
use crate::domain::{Audience, Draft, DraftForm, LinkAction, MessageId};

/// Longest idempotency key, in bytes.
const KEY_MAX: usize = 255;

/// Longest reason why a body cannot be read, in characters.
const REASON_MAX: usize = 200;

/// A message as programs write it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    to: To,
    title: String,
    // `null` is as good as absent.
    body: Option<String>,
    priority: Option<String>,
    link: Option<String>,
    category: Option<String>,
    tags: Option<Vec<String>>,
    collapse_key: Option<String>,
    resolved: Option<bool>,
    actions: Option<Vec<Action>>,
    acknowledge: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Action {
    label: String,
    url: String,
}

/// Usernames, or the word `everyone`.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "`to` must be a list of usernames or the word \"everyone\"")]
enum To {
    Users(Vec<String>),
    Everyone(Everyone),
}

#[derive(Debug, Deserialize)]
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
    let sender = auth::sender(&state, &headers).await?;
    let draft = draft(parse(&headers, &body)?)?;
    let idempotency = idempotency(&headers, &draft)?;
    let published = state.publisher.publish(&sender, draft, idempotency).await?;
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
    serde_json::from_slice(body).map_err(|why| {
        // The reason may quote the request, however long that is.
        let why: String = why.to_string().chars().take(REASON_MAX).collect();
        Refusal::bad_request(format!("The request cannot be read: {why}."))
    })
}

/// The message in a body that has come whole.
#[cfg(test)]
pub(super) fn read(body: &[u8]) -> Result<Draft, Refusal> {
    let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    parse(&headers, body).and_then(draft)
}

fn draft(request: Request) -> Result<Draft, Refusal> {
    let action = |Action { label, url }| LinkAction { label, url };
    let form = DraftForm {
        title: request.title,
        body: request.body.unwrap_or_default(),
        priority: request.priority.unwrap_or_default(),
        link: request.link.unwrap_or_default(),
        category: request.category.unwrap_or_default(),
        tags: request.tags.unwrap_or_default(),
        collapse_key: request.collapse_key.unwrap_or_default(),
        resolved: request.resolved.unwrap_or_default(),
        actions: request.actions.unwrap_or_default().into_iter().map(action).collect(),
        acknowledge: request.acknowledge.unwrap_or_default(),
        ..DraftForm::default()
    };
    let audience = match &request.to {
        To::Everyone(Everyone::Everyone) => Ok(Audience::Everyone),
        To::Users(names) => Audience::from_names(names.iter().map(String::as_str)),
    };
    form.parse_for(audience).map_err(Refusal::invalid)
}

/// draft-ietf-httpapi-idempotency-key-header writes the key as a quoted string; most clients send it bare. Both pass.
fn idempotency(headers: &HeaderMap, draft: &Draft) -> Result<Option<Idempotency>, Refusal> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().unwrap_or_default().trim();
    let key = key.strip_prefix('"').and_then(|key| key.strip_suffix('"')).unwrap_or(key);
    if key.is_empty() || key.len() > KEY_MAX {
        return Err(Refusal::bad_request(format!("An idempotency key has 1 to {KEY_MAX} visible ASCII characters.")));
    }
    Ok(Some(Idempotency { key: key.to_owned(), fingerprint: fingerprint(draft) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_absent() {
        let read = |body: &str| read(body.as_bytes()).expect("a good message");
        let absent = read(r#"{"to": ["ann"], "title": "Lunch"}"#);
        let null = read(
            r#"{"to": ["ann"], "title": "Lunch", "body": null, "priority": null, "link": null, "category": null,
            "tags": null, "collapse_key": null, "resolved": null, "actions": null, "acknowledge": null}"#,
        );
        assert_eq!(null, absent);
    }
}
