//! Set-up: the link that makes the first admin. Printed at start while nobody has an account; good once, for an hour.

use std::io::Write as _;

use super::auth::{self, asked};
use super::now_ms;
use super::state::AppState;
use super::store::{NewUser, StoreError, UserRef};
use crate::domain::user::{self, UserError};
use crate::domain::{Role, Username};

/// How long a link is good, in milliseconds. Starting the server again makes a new one.
const GOOD_FOR: i64 = 60 * 60 * 1000;

/// Why the first account was not made.
#[derive(Debug, thiserror::Error)]
pub enum SetUpProblem {
    /// The link is used, expired or wrong, or somebody has an account already.
    #[error("the link is dead")]
    Dead,
    /// The name, the display name or the password cannot be taken.
    #[error(transparent)]
    Invalid(#[from] UserError),
    /// The server cannot do it now.
    #[error("the server is busy")]
    Busy,
}

/// Makes a link when nobody has an account, prints it and logs it.
pub async fn offer(state: &AppState) -> Result<(), StoreError> {
    if state.store.count_users().await? > 0 {
        return Ok(());
    }
    let secret = auth::fresh_secret();
    state.store.offer_setup(auth::digest(&secret), now_ms().saturating_add(GOOD_FOR)).await?;
    let link = format!("{}/set-up?link={secret}", state.config.public_url());
    // Standard output may be closed; the log has it too.
    let _ = writeln!(std::io::stdout(), "Nobody has an account yet. Within an hour, make the first one at\n  {link}");
    tracing::warn!(%link, "nobody has an account yet; the link makes the first admin within an hour");
    Ok(())
}

/// Uses the link up, makes the first admin and signs them in.
pub async fn complete(link: String, name: String, display_name: String, password: String) -> Result<(), SetUpProblem> {
    let (state, session, parts) = asked();
    let digest = auth::digest(&link);
    // Before the costly hash, and before anything is told about names.
    if !state.store.setup_offered(digest, now_ms()).await.map_err(busy)? {
        return Err(SetUpProblem::Dead);
    }
    let username = Username::parse(&name)?;
    let display_name = user::display_name(&display_name, &username)?;
    user::check_password(&password)?;
    let password = state.auth.passwords.hash(password).await.map_err(|_| SetUpProblem::Busy)?;
    let now = now_ms();
    let admin = NewUser { username, display_name, role: Role::Admin, password: Some(password), created_at: now };
    let id = state.store.set_up(digest, now, admin).await.map_err(busy)?.ok_or(SetUpProblem::Dead)?;
    tracing::info!(user.id = id.0, "the first admin was made");
    let user = state.store.user(UserRef::Id(id)).await.map_err(busy)?.ok_or(SetUpProblem::Busy)?;
    // The account stands even when the session fails; then they sign in by hand.
    if let Err(error) = auth::begin(&state, &session, &parts, &user).await {
        tracing::warn!(%error, "the first admin could not be signed in");
    }
    Ok(())
}

fn busy(error: StoreError) -> SetUpProblem {
    super::error::log_unexpected(&error);
    SetUpProblem::Busy
}
