//! Inbox: the doors for reading a list, opening a message, and changing an item.

use leptos::prelude::*;

use super::ApiError;
use crate::domain::item::Opened;
use crate::domain::{Acted, Action, Change, MessageId, Page, Rank, Seq, View};

/// Rows of a view, or of what a query finds, as of one moment.
#[server(name = ReadPage, prefix = "/api", endpoint = "page")]
pub async fn page(
    /// Which list.
    view: View,
    /// Only items below this place.
    before: Option<Rank>,
    /// At most so many.
    #[server(default)]
    rows: Option<usize>,
    /// A query, as it was typed; then what it finds in all views.
    #[server(default)]
    q: String,
) -> Result<Page, ApiError> {
    use crate::domain::item::PAGE;
    use crate::server::{answer, auth, find};
    answer::with(async { find::page(&auth::caller().await?, view, before, rows.unwrap_or(PAGE), &q).await }).await
}

/// A message with its body. Reading it changes nothing; the page marks it read by [`act`].
#[server(prefix = "/api", endpoint = "open")]
pub async fn open(
    /// Which message.
    id: MessageId,
) -> Result<Opened, ApiError> {
    use crate::server::{answer, auth};
    answer::with(async {
        let caller = auth::caller().await?;
        caller.state.store.opened(caller.user.id, id).await?.ok_or(ApiError::NotFound)
    })
    .await
}

/// Changes items; the change comes back through the stream.
#[server(prefix = "/api", endpoint = "act")]
pub async fn act(
    /// A [`Change`] as one word, so that it can be a button's value.
    #[server(default)]
    change: String,
    /// Until when to snooze, for a form with a field for it: then `change` is `snooze:12`.
    #[server(default)]
    until: String,
    /// Of which messages, for a form with boxes named `ids[]`: then `change` is a verb only.
    #[server(default)]
    ids: Vec<i64>,
) -> Result<Acted, ApiError> {
    use crate::server::acts::Asked;
    use crate::server::{acts, answer, auth};
    let asked = Asked { change, until, ids };
    answer::with(async { acts::act(&auth::caller().await?, &asked).await }).await
}

/// The value of a button that applies `action` to `id`.
pub fn change(action: Action, id: MessageId) -> String {
    Change::Act(action, vec![id]).to_string()
}

/// The value of a button that marks everything read up to the number that the page had.
pub fn read_all(up_to: Seq) -> String {
    Change::ReadAll(up_to).to_string()
}
