//! Note: the door for taking note of a message that asks for it.

use leptos::prelude::*;

use super::ApiError;
use crate::domain::{Item, MessageId};

/// Remembers that the reader took note, and when; the change comes back through the stream. Nobody takes note of what they
/// have not seen: when another message took the row meanwhile, nothing is kept.
#[server(prefix = "/api", endpoint = "note")]
pub async fn note(
    /// [`noting`] of the item as it was shown.
    #[server(default)]
    note: String,
) -> Result<(), ApiError> {
    use crate::server::store::Noted;
    use crate::server::{answer, auth, now_ms};
    answer::with(async {
        let caller = auth::caller().await?;
        let (id, times) = parse(&note).ok_or_else(|| ApiError::Invalid("That is no message.".into()))?;
        match caller.state.store.take_note(caller.user.id, id, times, now_ms()).await? {
            Noted::Done => Ok(()),
            Noted::Changed => Err(ApiError::Invalid("A later message is there by now. Please read it first.".into())),
            Noted::Missing => Err(ApiError::NotFound),
        }
    })
    .await?;
    answer::back();
    Ok(())
}

/// The value of a button that takes note of the message that the item shows: `12:3`.
pub fn noting(item: &Item) -> String {
    format!("{}:{}", item.id, item.times)
}

/// Reads [`noting`] back.
pub fn parse(note: &str) -> Option<(MessageId, u32)> {
    let (id, times) = note.split_once(':')?;
    Some((MessageId(id.parse().ok()?), times.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_reads_back_and_nothing_else_is_one() {
        let item = Item { id: MessageId(12), times: 3, ..Item::default() };
        assert_eq!(parse(&noting(&item)), Some((MessageId(12), 3)));
        for bad in ["", ":", "12", "12:", ":3", "12:-1", "12:3:4", "x:1", "12:99999999999"] {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
    }
}
