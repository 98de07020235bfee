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
    /// When the session ends unless it is used; `None` for tokens.
    pub(super) expires_at: Option<i64>,
    /// What the store finds the session or token by.
    digest: Digest,
}

/// A program's token when it brings one, else the browser's session.
pub(super) async fn identify(state: &AppState, session: &Session, headers: &HeaderMap) -> Result<StreamOwner, Refusal> {
    if let Some(secret) = auth::bearer(headers)? {
        let token = auth::token(state, headers, Scope::Read).await?;
        let digest = auth::digest(secret);
        return Ok(StreamOwner {
            user: token.user,
            key: Key::Token(token.id),
            session_ends: None,
            expires_at: None,
            digest,
        });
    }
    let stranger = || Refusal::unauthorized("Sign in, or bring a token with scope read.");
    let digest = auth::session_digest(session).ok_or_else(stranger)?;
    let row = state.store.session(digest, now_ms()).await?.ok_or_else(stranger)?;
    state.limits.user(row.user)?;
    let lifetime = i64::try_from(state.config.sessions.lifetime.as_millis()).unwrap_or(i64::MAX);
    let session_ends = Some(row.created_at.saturating_add(lifetime));
    let expires_at = Some(row.expires_at);
    Ok(StreamOwner { user: row.user, key: Key::Session(digest), session_ends, expires_at, digest })
}

/// Whether the session or token behind a stream is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Until this time unless it is used; `None`: until it is revoked.
    Holds(Option<i64>),
    /// Not any more.
    Over(SignedOut),
}

/// Asks the store.
pub(super) async fn standing(state: &AppState, owner: &StreamOwner) -> Result<Standing, StoreError> {
    match owner.key {
        Key::Session(_) => {
            if let Some(row) = state.store.session(owner.digest, now_ms()).await? {
                return Ok(Standing::Holds(Some(row.expires_at)));
            }
        }
        Key::Token(_) => {
            if state.store.token(owner.digest).await?.is_some() {
                return Ok(Standing::Holds(None));
            }
        }
    }
    Ok(Standing::Over(why(state, owner).await?))
}

/// The reason: what whoever ended the session left, else what can be seen afterwards.
async fn why(state: &AppState, owner: &StreamOwner) -> Result<SignedOut, StoreError> {
    if !state.store.user(UserRef::Id(owner.user)).await?.is_some_and(|user| user.enabled) {
        return Ok(SignedOut::Disabled);
    }
    if matches!(owner.key, Key::Token(_)) {
        return Ok(SignedOut::Revoked);
    }
    if let Some(why) = state.store.why_session_ended(owner.digest).await? {
        return Ok(why);
    }
    let now = now_ms();
    if owner.session_ends.is_some_and(|ends| ends <= now) {
        return Ok(SignedOut::Expired);
    }
    // One that is still kept, but not good any more, was idle; see `Sessions::session`. So was one that was swept.
    let kept = state.store.session(owner.digest, 0).await?.is_some();
    let idle = kept || owner.expires_at.is_some_and(|ends| ends <= now);
    Ok(if idle { SignedOut::Idle } else { SignedOut::EndedElsewhere })
}
