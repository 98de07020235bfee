//! Session: the doors for signing in and out, and for asking who one is.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;
use crate::domain::{Counts, Cursor, Role};

/// The person who is signed in, as the page shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// The name to sign in with.
    pub username: String,
    /// The name that others see.
    pub display_name: String,
    /// What they may do.
    pub role: Role,
    /// Badges at [`Self::cursor`].
    pub counts: Counts,
    /// The moment at which this was read; a page without a list opens its stream here.
    pub cursor: Cursor,
    /// The build that rendered the page; another one in `hello` offers a reload.
    pub build: String,
    /// Where the server is reached from outside, without a slash at the end.
    pub address: String,
}

/// Who am I?
#[server(name = WhoAmI, prefix = "/api", endpoint = "me")]
pub async fn me() -> Result<Me, ApiError> {
    use crate::server::{answer, auth};
    answer::with(async { answer::me(&auth::caller().await?).await }).await
}

/// Signs in. Every outcome is a redirect: to `next`, or back to the form with the reason.
#[server(prefix = "/api", endpoint = "sign_in")]
pub async fn sign_in(
    /// The username.
    #[server(default)]
    name: String,
    /// The password.
    #[server(default)]
    password: String,
    /// The local path to go on to.
    #[server(default)]
    next: String,
) -> Result<(), ApiError> {
    use crate::server::{answer, auth};
    let outcome = auth::sign_in(name.clone(), password).await;
    answer::redirect(&answer::after_sign_in(outcome, &name, &next));
    Ok(())
}

/// Signs out, ends the streams of the session, and goes to the sign-in page.
#[server(prefix = "/api", endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), ApiError> {
    use crate::server::{answer, auth};
    answer::with(auth::sign_out()).await?;
    answer::redirect("/sign-in");
    Ok(())
}
