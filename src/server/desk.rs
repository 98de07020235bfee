//! Desk: the pages of writing a message, as HTML. Comes after the door `api::send::desk`; the words are from `drafts`.

use leptos::prelude::*;

use super::answer;
use super::auth::Caller;
use super::drafts;
use crate::api::ApiError;
use crate::app::pages::{ForbiddenPage, NotFoundPage, ReviewPage, SendPage, SentPage};
use crate::domain::MessageId;

/// The page with that path.
pub async fn page(caller: &Caller, path: &str) -> Result<String, ApiError> {
    if let Some(id) = path.strip_prefix("/send/sent/") {
        let id = id.parse().map(MessageId).map_err(|_| ApiError::NotFound)?;
        let message = drafts::sent(caller, id).await?;
        return Ok(view! { <SentPage message/> }.to_html());
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
