//! Session store: fits our sessions to tower-sessions, which sets the cookie and says who is signed in.
//!
//! Comes before every page and server function; what comes next is `auth`, which reads who is signed in. The cookie has
//! the id, the store has its digest, so a stolen backup opens no session. Only people who are signed in have a session:
//! visitors get neither a cookie nor a row.
//!
//! tower-sessions saves a record whole. Two requests of one browser at once would then undo each other, so its record is
//! only who is signed in, saving it only moves the end of the session, and other values (a draft) go past it, by `drafts`.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use axum::http::{HeaderMap, header};
use time::OffsetDateTime;
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{Expiry, SessionManagerLayer, SessionStore};

use super::auth::{SIGNED_IN, SignedIn, digest};
use super::config::SessionConfig;
use super::now_ms;
use super::state::AppState;
use super::store::{SessionRow, Store, StoreError};
use crate::domain::event::SignedOut;

/// Longest text about a device, in characters; it is made from what the client says.
const DEVICE_MAX: usize = 80;

/// The layer that brings the session and sets the cookie.
pub(super) fn layer(state: &AppState) -> SessionManagerLayer<SignedInOnly> {
    let config = &state.config;
    let idle = time::Duration::try_from(config.sessions.idle).unwrap_or(time::Duration::MAX);
    let secure = config.secure_cookies();
    SessionManagerLayer::new(SignedInOnly::new(state))
        // The prefix makes browsers refuse the cookie from subdomains and from plain http (RFC 6265bis §4.1.3.2).
        .with_name(if secure { "__Host-tidings" } else { "tidings" })
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(secure)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(idle))
}

/// Browser and system of the request, such as «Firefox on Linux».
pub(super) fn device(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let known = |word: &&str| !word.is_empty() && *word != "UNKNOWN";
    let parsed = woothee::parser::Parser::new().parse(agent);
    let words: Vec<_> = parsed.iter().flat_map(|parsed| [parsed.name, parsed.os]).filter(known).collect();
    if words.is_empty() {
        return "an unknown device".into();
    }
    words.join(" on ").chars().take(DEVICE_MAX).collect()
}

/// Sessions of people who are signed in.
#[derive(Clone)]
pub(super) struct SignedInOnly {
    store: Arc<dyn Store>,
    config: SessionConfig,
}

impl fmt::Debug for SignedInOnly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedInOnly").finish_non_exhaustive()
    }
}

#[async_trait]
impl SessionStore for SignedInOnly {
    /// Keeps a new session, always under an id that was made here and now: an id that a client brought or that was
    /// used before never becomes a session (session fixation).
    async fn create(&self, record: &mut Record) -> Result<()> {
        loop {
            record.id = Id::default();
            if self.store.create_session(self.row(record)?).await.map_err(backend)? {
                return Ok(());
            }
        }
    }

    /// Only a use can change a record that is kept. A session that has ended meanwhile stays ended; that is no error of this
    /// request.
    async fn save(&self, record: &Record) -> Result<()> {
        let row = self.row(record)?;
        self.store.touch_session(row.digest, row.last_used_at, row.expires_at).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some(row) = self.store.session(digest(&id.to_string()), now_ms()).await.map_err(backend)? else {
            return Ok(None);
        };
        let signed_in = SignedIn {
            user: row.user,
            device: row.device,
            address: row.address,
            since: row.created_at,
            touched: row.last_used_at,
        };
        let signed_in = serde_json::to_value(signed_in).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp_nanos(i128::from(row.expires_at) * 1_000_000)
            .map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data: [(SIGNED_IN.to_owned(), signed_in)].into(), expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.store.end_session(digest(&id.to_string()), SignedOut::SignedOut).await.map_err(backend)
    }
}

impl SignedInOnly {
    /// Over the server's store, with the operator's lifetimes.
    pub(super) fn new(state: &AppState) -> Self {
        Self { store: Arc::clone(&state.store), config: state.config.sessions.clone() }
    }

    fn row(&self, record: &Record) -> Result<SessionRow> {
        let signed_in = record.data.get(SIGNED_IN).cloned().map(serde_json::from_value::<SignedIn>);
        let signed_in = match signed_in {
            Some(Ok(signed_in)) => signed_in,
            Some(Err(error)) => return Err(Error::Decode(error.to_string())),
            None => return Err(Error::Backend("a session without a person is not kept".into())),
        };
        Ok(SessionRow {
            digest: digest(&record.id.to_string()),
            user: signed_in.user,
            created_at: signed_in.since,
            last_used_at: signed_in.touched,
            expires_at: signed_in.ends_at(&self.config),
            device: signed_in.device,
            address: signed_in.address,
            data: "{}".into(),
        })
    }
}

fn backend(error: StoreError) -> Error {
    if matches!(error, StoreError::Unexpected(_)) {
        super::error::log_unexpected(&error);
    }
    Error::Backend(error.to_string())
}

#[cfg(test)]
mod tests;
