//! Stream owner: whose stream `/events` opens, with what, and whether that still holds.

use axum::http::HeaderMap;
use tower_sessions::Session;

use super::auth;
use super::broker::Key;
use super::error::Refusal;
use super::now_ms;
use super::state::AppState;
use super::store::{Digest, Scope, StoreError, UserRef};
use crate::domain::UserId;
use crate::domain::event::SignedOut;

/// The person behind an open stream, and the session or token that it ends with.
#[derive(Clone, Debug)]
pub(super) struct StreamOwner {
    /// Whose inbox.
    pub(super) user: UserId,
    /// What the broker finds the stream by.
    pub(super) key: Key,
    /// When the session ends at the latest; `None` for tokens.
    pub(super) session_ends: Option<i64>,
    /// What the store finds the session or token by.
    digest: Digest,
}

/// A program's token when it brings one, else the browser's session.
pub(super) async fn identify(state: &AppState, session: &Session, headers: &HeaderMap) -> Result<StreamOwner, Refusal> {
    if let Some(secret) = auth::bearer(headers)? {
        let (user, token) = auth::token_owner(state, headers, Scope::Read).await?;
        let digest = auth::digest(secret);
        return Ok(StreamOwner { user: user.id, key: Key::Token(token.id), session_ends: None, digest });
    }
    let stranger = || Refusal::unauthorized("Sign in, or bring a token with scope read.");
    let digest = auth::session_digest(session).ok_or_else(stranger)?;
    let row = state.store.session(digest, now_ms()).await?.ok_or_else(stranger)?;
    let lifetime = i64::try_from(state.config.sessions.lifetime.as_millis()).unwrap_or(i64::MAX);
    let session_ends = Some(row.created_at.saturating_add(lifetime));
    Ok(StreamOwner { user: row.user, key: Key::Session(digest), session_ends, digest })
}

/// `None` while the session or token holds; else why it does not.
pub(super) async fn ended(state: &AppState, owner: &StreamOwner) -> Result<Option<SignedOut>, StoreError> {
    let holds = match owner.key {
        Key::Session(_) => state.store.session(owner.digest, now_ms()).await?.is_some(),
        Key::Token(_) => state.store.token(owner.digest).await?.is_some(),
    };
    if holds {
        return Ok(None);
    }
    let enabled = state.store.user(UserRef::Id(owner.user)).await?.is_some_and(|user| user.enabled);
    if enabled && matches!(owner.key, Key::Session(_)) {
        // One that is still kept, but not good any more, has come of age; see `Sessions::session`.
        let kept = state.store.session(owner.digest, 0).await?.is_some();
        let of_age = owner.session_ends.is_some_and(|ends| ends <= now_ms());
        if kept || of_age {
            return Ok(Some(SignedOut::Expired));
        }
    }
    Ok(Some(SignedOut::Revoked))
}
