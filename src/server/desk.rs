//! Desk: the pages beside the inbox, as HTML: writing a message, which is for who may send, one's own sessions, and preferences. Comes after the
//! door `api::send::desk`; what they show is from `drafts`, `sessions` and `mutes`.

use leptos::prelude::*;

use super::answer;
use super::auth::Caller;
use super::{drafts, mutes, now_ms, preferences, sessions, zone};
use crate::api::ApiError;
use crate::app::pages::{
    ForbiddenPage, KeysPage, NotFoundPage, PreferencesAgain, PreferencesPage, ReviewPage, SendPage, SentPage,
    SessionsAgain, SessionsPage,
};
use crate::domain::MessageId;

/// The page with that address.
pub async fn page(caller: &Caller, address: &str) -> Result<String, ApiError> {
    let clock = || zone::clock(caller.user.zone.as_deref());
    let path = address.split('?').next().unwrap_or_default();
    if path == "/sessions" {
        let (sessions, again, now) = (sessions::list(caller).await?, SessionsAgain::of(address), now_ms());
        let clock = clock();
        let username = caller.user.username.to_string();
        return Ok(view! { <SessionsPage sessions again now clock username/> }.to_html());
    }
    if path == "/preferences" {
        let again = PreferencesAgain::of(address);
        let shown = preferences::shown(caller, now_ms(), again.wrong.is_some()).await?;
        let (mutes, clock) = (mutes::list(caller).await?, clock());
        return Ok(view! { <PreferencesPage shown again mutes clock/> }.to_html());
    }
    if path == "/keys" {
        return Ok(view! { <KeysPage/> }.to_html());
    }
    if !caller.user.role.may_send() {
        return Err(ApiError::Forbidden);
    }
    if let Some(id) = path.strip_prefix("/send/sent/") {
        let id = id.parse().map(MessageId).map_err(|_| ApiError::NotFound)?;
        let (message, clock) = (drafts::sent(caller, id).await?, clock());
        return Ok(view! { <SentPage message clock/> }.to_html());
    }
    match path {
        "/send" => {
            let composed = drafts::composed(caller).await?;
            Ok(view! { <SendPage composed/> }.to_html())
        }
        "/send/review" => {
            let draft = drafts::reviewed(caller).await?;
            Ok(view! { <ReviewPage draft/> }.to_html())
        }
        _ => Err(ApiError::NotFound),
    }
}

/// The page that says why there is none, with the status that fits; what is no page's own matter is passed on.
pub fn refused(error: ApiError) -> Result<String, ApiError> {
    let html = match error {
        ApiError::Forbidden => view! { <ForbiddenPage/> }.to_html(),
        ApiError::NotFound => view! { <NotFoundPage/> }.to_html(),
        error => return Err(error),
    };
    answer::mark(&error);
    Ok(html)
}
