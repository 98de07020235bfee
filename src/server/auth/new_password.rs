//! New password: a person changes their own. All their other sessions end, and this one goes on under another id.

use super::attempt::{SignInProblem, attempt};
use super::session::{begin_if_right, log, overloaded, session_digest};
use super::{Caller, asked};
use crate::domain::user::check_password;
use crate::server::limits::client_address;
use crate::server::now_ms;
use crate::server::store::User;

/// Why a password was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordProblem {
    /// The current one was not taken.
    Current(SignInProblem),
    /// The new one is too short or too long.
    Length,
    /// The new one was not typed the same twice.
    Differs,
}

/// Changes the caller's password. Whoever has found an open page must not guess the current one there, so it is slowed like
/// signing in, and counted together.
pub async fn change_password(
    caller: &Caller,
    current: String,
    new: String,
    again: String,
) -> Result<(), PasswordProblem> {
    check_password(&new).map_err(|_| PasswordProblem::Length)?;
    if new != again {
        return Err(PasswordProblem::Differs);
    }
    replace(caller, current, new).await.map_err(PasswordProblem::Current)
}

async fn replace(caller: &Caller, current: String, new: String) -> Result<(), SignInProblem> {
    let Caller { state, session, digest, user } = caller;
    let (_, _, parts) = asked();
    let address = client_address(&parts, &state.config.server.trusted_proxies);
    let check = async {
        let fits = state.auth.passwords.fits(current, user.password.clone()).await;
        fits.map(|fits| fits.then_some(())).map_err(|_| overloaded(state))
    };
    attempt(state, &user.username.key(), address, check).await?;
    let password = state.auth.passwords.hash(new).await.map_err(|_| overloaded(state))?;
    let values = state.store.session(*digest, now_ms()).await.map_err(|error| log(&error))?.map(|row| row.data);
    state.store.set_password(user.id, password.clone()).await.map_err(|error| log(&error))?;
    tracing::info!(user.id = user.id.0, "changed their password");
    let user = User { password: Some(password), ..user.clone() };
    begin_if_right(state, session, &parts, &user).await?;
    // The draft moves along; losing it would be no reason to tell of a failure.
    if let (Some(values), Some(digest)) = (values, session_digest(session)) {
        let _ = state.store.replace_values(digest, "{}".into(), values).await;
    }
    Ok(())
}
