//! Inbox: the doors for reading a list, opening a message, and changing an item.

use leptos::prelude::*;

use super::ApiError;
use crate::domain::item::Opened;
use crate::domain::{Action, MessageId, Page, Seq, View};

/// A page of a view, as of one moment.
#[server(name = ReadPage, prefix = "/api", endpoint = "page")]
pub async fn page(
    /// Which list.
    view: View,
    /// Only items older than this message.
    before: Option<MessageId>,
) -> Result<Page, ApiError> {
    use crate::server::{answer, auth};
    answer::with(async {
        let caller = auth::caller().await?;
        Ok(caller.state.store.page(caller.user.id, view, before).await?)
    })
    .await
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

/// Applies a verb to an item; the change comes back through the stream.
#[server(prefix = "/api", endpoint = "act")]
pub async fn act(
    /// A verb and a message, as in `read:12`, or `read-all:41` for everything up to that number: one word, so that it can
    /// be a button's value.
    #[server(default)]
    change: String,
) -> Result<(), ApiError> {
    use crate::domain::event::{Mark, Which};
    use crate::server::{answer, auth};
    answer::with(async {
        let caller = auth::caller().await?;
        if let Some(up_to) = parse_read_all(&change) {
            caller.state.store.mark(caller.user.id, Which::UpTo(up_to), Mark::Read).await?;
            answer::back();
            return Ok(());
        }
        let (action, id) = parse_change(&change).ok_or_else(|| ApiError::Invalid("That is no change.".into()))?;
        let found = caller.state.store.act(caller.user.id, id, action).await?;
        answer::back_after(action);
        found.then_some(()).ok_or(ApiError::NotFound)
    })
    .await
}

/// The value of a button that applies `action` to `id`.
pub fn change(action: Action, id: MessageId) -> String {
    format!("{}:{id}", action.as_str())
}

/// The value of a button that marks everything read up to the number that the page had: what came later was not there to
/// be read.
pub fn read_all(up_to: Seq) -> String {
    format!("read-all:{up_to}")
}

/// Reads [`read_all`] back.
pub fn parse_read_all(change: &str) -> Option<Seq> {
    change.strip_prefix("read-all:")?.parse().ok().map(Seq)
}

/// Reads [`change`] back.
pub fn parse_change(change: &str) -> Option<(Action, MessageId)> {
    let (action, id) = change.split_once(':')?;
    Some((Action::parse(action)?, MessageId(id.parse().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_reads_back_and_nothing_else_is_one() {
        for action in Action::ALL {
            assert_eq!(parse_change(&change(action, MessageId(12))), Some((action, MessageId(12))));
        }
        for bad in ["", ":", "read", "read:", ":1", "READ:1", "read:1:2", "read:x", "drop:1"] {
            assert_eq!(parse_change(bad), None, "{bad:?}");
        }
    }
}
