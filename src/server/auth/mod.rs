//! Auth: who asks. People come with a session cookie, programs with a token.
//!
//! The first thing that every door does, before it parses or calls inward. Comes after `session_store`, which brings
//! the session, and `csrf`, which keeps other sites' forms out.

mod secret;

mod password;

mod attempt;

mod session;

mod new_password;

mod token;

mod local_path;

use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::request::Parts;
use leptos::prelude::{expect_context, use_context};
use tower_sessions::Session;

use super::limits::Throttle;
use super::session_store;
use super::state::AppState;
use super::store::{Digest, User, UserRef};
use crate::api::ApiError;

pub use attempt::SignInProblem;
pub use local_path::local_path;
pub use new_password::{PasswordProblem, change_password};
pub use password::{Overloaded, Passwords, hash as hash_password};
pub use secret::{digest, fresh as fresh_secret, fresh_token};
pub use session::{SIGNED_IN, SignedIn, begin, end, session_digest, signed_in};
pub use token::{TokenProblem, bearer, sender, token};

/// The last use of a session or token is kept to this many milliseconds; finer would be a write for every read.
const TOUCH_EVERY: i64 = 60_000;

/// What signing in needs for as long as the server lives.
pub struct Auth {
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    throttle: Mutex<Throttle>,
}

impl Auth {
    /// Nobody has failed yet.
    pub fn new() -> Self {
        Self { passwords: Passwords::default(), throttle: Mutex::new(Throttle::default()) }
    }

    /// Failed sign-ins. A panic inside leaves at worst one count wrong, so a poisoned lock is used on.
    fn throttle(&self) -> MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Auth {
    fn default() -> Self {
        Self::new()
    }
}

/// Who asks, with what a door needs to answer.
#[derive(Clone)]
pub struct Caller {
    /// The server.
    pub state: AppState,
    /// The session.
    pub session: Session,
    /// What the store finds the session by.
    pub digest: Digest,
    /// The person, enabled.
    pub user: User,
}

/// Who asks, from the context that Leptos gives to pages and server functions.
pub async fn caller() -> Result<Caller, ApiError> {
    let (state, session, _) = asked();
    let signed_in = signed_in(&session).await.map_err(unreadable)?.ok_or(ApiError::SignedOut)?;
    state.limits.user(signed_in.user)?;
    let user = state.store.user(UserRef::Id(signed_in.user)).await?.filter(|user| user.enabled);
    let user = user.ok_or(ApiError::SignedOut)?;
    let digest = session_digest(&session).ok_or(ApiError::SignedOut)?;
    session::touch(&session, signed_in).await.map_err(unreadable)?;
    Ok(Caller { state, session, digest, user })
}

/// The same for doors that only those pass who may send.
pub async fn who_sends() -> Result<Caller, ApiError> {
    let caller = caller().await?;
    if caller.user.role.may_send() { Ok(caller) } else { Err(ApiError::Forbidden) }
}

/// Signs in with a name and a password; the session gets a new id.
pub async fn sign_in(name: String, password: String) -> Result<(), SignInProblem> {
    let (state, session, parts) = asked();
    session::sign_in_from(&state, &session, &parts, &name, password).await
}

/// Ends the session and the streams that it opened. Nobody signed in is fine.
pub async fn sign_out() -> Result<(), ApiError> {
    let (_, session, _) = asked();
    end(&session).await.map_err(unreadable)
}

/// Browser and system of who asks, in words.
pub(super) fn device() -> String {
    let (_, _, parts) = asked();
    session_store::device(&parts.headers)
}

/// What Leptos's context has of the request.
pub(super) fn asked() -> (AppState, Session, Parts) {
    let parts = use_context::<Parts>().expect("server functions and pages run inside a request");
    let session = parts.extensions.get::<Session>().cloned().expect("the session layer is around all pages");
    (expect_context::<AppState>(), session, parts)
}

/// The session could not be read or written; the store has logged why.
fn unreadable(error: tower_sessions::session::Error) -> ApiError {
    tracing::warn!(%error, "a session could not be read or written");
    ApiError::Busy { retry_after_s: 1 }
}

#[cfg(test)]
mod tests;
