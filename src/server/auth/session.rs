//! Signing in and out, and who is signed in: the values that a session holds and what is done with them.

use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use tower_sessions::Session;

use super::super::config::SessionConfig;
use super::super::limits::client_address;
use super::super::metrics::Limit;
use super::super::state::AppState;
use super::super::store::{Digest, StoreError, User, UserRef};
use super::super::{now_ms, session_store};
use super::attempt::{SignInProblem, attempt};
use super::{TOUCH_EVERY, secret};
use crate::domain::{UserId, Username};

/// The key of [`SignedIn`] in the session's record.
pub const SIGNED_IN: &str = "signed_in";

/// What a session knows about the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// Who.
    pub user: UserId,
    /// Browser and system.
    pub device: String,
    /// Where the sign-in came from.
    pub address: String,
    /// When; milliseconds since the Unix epoch.
    pub since: i64,
    /// When the session was used last, to the minute.
    pub touched: i64,
}

impl SignedIn {
    /// When the session ends if it is not used any more; never after its lifetime.
    pub fn ends_at(&self, config: &SessionConfig) -> i64 {
        let after = |start: i64, time: std::time::Duration| {
            start.saturating_add(i64::try_from(time.as_millis()).unwrap_or(i64::MAX))
        };
        after(self.touched, config.idle).min(after(self.since, config.lifetime))
    }
}

/// Checks the password and begins a session.
pub(super) async fn sign_in_from(
    state: &AppState,
    session: &Session,
    parts: &Parts,
    name: &str,
    password: String,
) -> Result<(), SignInProblem> {
    let address = client_address(parts, &state.config.server.trusted_proxies);
    let username = Username::parse(name).ok();
    // What cannot be a name is counted as it was typed; the map of counts is bounded, so is the key.
    let key = username.as_ref().map_or_else(|| name.chars().take(64).collect(), Username::key);
    let user = attempt(state, &key, address, check(state, username.as_ref(), password)).await?;
    begin_if_right(state, session, parts, &user).await
}

/// Begins a session for somebody whose password was checked or set. Checking takes time, and a new password that is set
/// meanwhile ends all sessions but the one that has not begun: so the account is looked at again when it has.
pub(super) async fn begin_if_right(
    state: &AppState,
    session: &Session,
    parts: &Parts,
    checked: &User,
) -> Result<(), SignInProblem> {
    begin(state, session, parts, checked).await.map_err(|_| SignInProblem::Busy)?;
    let now = state.store.user(UserRef::Id(checked.id)).await;
    if let Ok(Some(now)) = &now
        && now.enabled
        && now.password == checked.password
    {
        return Ok(());
    }
    end(session).await.map_err(|_| SignInProblem::Busy)?;
    Err(now.map_or_else(|error| log(&error), |_| SignInProblem::Wrong))
}

/// The person whose name and password these are.
async fn check(state: &AppState, name: Option<&Username>, password: String) -> Result<Option<User>, SignInProblem> {
    let user = match name {
        Some(name) => state.store.user(UserRef::Name(name)).await.map_err(|error| log(&error))?,
        None => None,
    };
    let user = user.filter(|user| user.enabled);
    let stored = user.as_ref().and_then(|user| user.password.clone());
    let fits = state.auth.passwords.fits(password, stored).await.map_err(|_| overloaded(state))?;
    Ok(user.filter(|_| fits))
}

pub(super) fn overloaded(state: &AppState) -> SignInProblem {
    tracing::warn!("too many passwords at once; some people were told to come back");
    state.metrics.refused(Limit::PasswordChecks);
    SignInProblem::Busy
}

pub(super) fn log(error: &StoreError) -> SignInProblem {
    match error {
        StoreError::Busy | StoreError::Closed => tracing::warn!(%error, "a password could not be checked"),
        _ => drop(super::super::error::log_unexpected(error)),
    }
    SignInProblem::Busy
}

/// Begins a session for the person under a new id. One that was open in this browser ends.
pub async fn begin(
    state: &AppState,
    session: &Session,
    parts: &Parts,
    user: &User,
) -> Result<(), tower_sessions::session::Error> {
    end(session).await?;
    let now = now_ms();
    let signed_in = SignedIn {
        user: user.id,
        device: session_store::device(&parts.headers),
        address: client_address(parts, &state.config.server.trusted_proxies).to_string(),
        since: now,
        touched: now,
    };
    session.insert(SIGNED_IN, signed_in).await?;
    // Saved now and not only by the layer, which would answer a full queue with a bare 500.
    session.save().await?;
    tracing::info!(user.id = user.id.0, "signed in");
    Ok(())
}

/// Ends the session of this browser, if there is one. The store tells the streams that it opened.
pub async fn end(session: &Session) -> Result<(), tower_sessions::session::Error> {
    // Loading forgets an id that nobody has (any more).
    signed_in(session).await?;
    if session.id().is_some() {
        session.flush().await?;
    }
    Ok(())
}

/// Who is signed in, as far as the session knows. Values of another version count as nobody.
pub async fn signed_in(session: &Session) -> Result<Option<SignedIn>, tower_sessions::session::Error> {
    let value = session.get_value(SIGNED_IN).await?;
    Ok(value.and_then(|value| serde_json::from_value(value).ok()))
}

/// What the store knows the session's id by.
pub fn session_digest(session: &Session) -> Option<Digest> {
    session.id().map(|id| secret::digest(&id.to_string()))
}

/// Moves the end of the session, at most once a minute. The layer saves it with the answer.
pub(super) async fn touch(session: &Session, signed_in: SignedIn) -> Result<(), tower_sessions::session::Error> {
    let now = now_ms();
    if now - signed_in.touched < TOUCH_EVERY {
        return Ok(());
    }
    session.insert(SIGNED_IN, SignedIn { touched: now, ..signed_in }).await
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_session_ends_when_idle_but_never_after_its_lifetime() {
        let config = SessionConfig { idle: Duration::from_millis(100), lifetime: Duration::from_millis(250) };
        let signed_in =
            |touched| SignedIn { user: UserId(1), device: String::new(), address: String::new(), since: 1000, touched };
        assert_eq!(signed_in(1000).ends_at(&config), 1100);
        assert_eq!(signed_in(1100).ends_at(&config), 1200);
        assert_eq!(signed_in(1200).ends_at(&config), 1250);
    }
}
