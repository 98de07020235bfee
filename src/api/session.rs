//! Session: the doors for signing in and out, and for asking who one is.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;
use super::find::Around;
use crate::app::did::Did;
use crate::domain::item::Opened;
use crate::domain::read::fields;
use crate::domain::{Counts, Cursor, Page, Role, Wishes};

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
    /// How they want to be told of what comes.
    pub wishes: Wishes,
}

fields!(Me { username, display_name, role, counts, cursor, build, address, wishes });

fields!(First { me, page, opened, desk, around, notice, did });

/// Who am I?
#[server(name = WhoAmI, prefix = "/api", endpoint = "me")]
pub async fn me() -> Result<Me, ApiError> {
    use crate::server::{answer, auth};
    answer::with(async { answer::me(&auth::caller().await?).await }).await
}

/// What the first paint of a page shows, as of one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct First {
    /// Who is signed in.
    pub me: Me,
    /// The list, on a page that has one.
    pub page: Option<Page>,
    /// The message that the address opens, or why it cannot be opened.
    pub opened: Option<Result<Opened, ApiError>>,
    /// A page of the desk, as HTML.
    pub desk: Option<String>,
    /// What stands around the list.
    pub around: Around,
    /// Why a plain form did not do what was asked, when it led here.
    pub notice: Option<String>,
    /// What a plain form did that led here.
    pub did: Option<Did>,
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

/// One of the places where somebody is signed in, as they see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MySession {
    /// What it is ended by. No secret.
    pub name: String,
    /// Browser and system.
    pub device: String,
    /// Where the sign-in came from.
    pub address: String,
    /// When; milliseconds since the Unix epoch.
    pub since: i64,
    /// When it was used last, to the minute.
    pub used_at: i64,
    /// It is the one that asks.
    pub here: bool,
    /// A page of it is open now.
    pub open: bool,
}

/// Ends one of one's own sessions, and the streams that it opened.
#[server(prefix = "/api", endpoint = "end_session")]
pub async fn end_session(
    /// [`MySession::name`].
    #[server(default)]
    name: String,
) -> Result<(), ApiError> {
    use crate::server::{answer, auth, sessions};
    let next = answer::with(async { sessions::end(&auth::caller().await?, &name).await }).await?;
    answer::redirect(next);
    Ok(())
}

/// Ends all of one's sessions but this one, or this one too.
#[server(prefix = "/api", endpoint = "end_sessions")]
pub async fn end_sessions(
    /// `true`: this one too.
    #[server(default)]
    here: String,
) -> Result<(), ApiError> {
    use crate::server::{answer, auth, sessions};
    let next = answer::with(async { sessions::end_all(&auth::caller().await?, here == "true").await }).await?;
    answer::redirect(next);
    Ok(())
}

/// Changes one's own password, ends all other sessions, and gives this one a new id. Every outcome is a redirect.
#[server(prefix = "/api", endpoint = "change_password")]
pub async fn change_password(
    /// The password until now.
    #[server(default)]
    current: String,
    /// The new one.
    #[server(default)]
    new: String,
    /// The new one once more.
    #[server(default)]
    again: String,
) -> Result<(), ApiError> {
    use crate::server::{answer, auth};
    let caller = answer::with(auth::caller()).await?;
    answer::redirect(&answer::after_password(auth::change_password(&caller, current, new, again).await));
    Ok(())
}
