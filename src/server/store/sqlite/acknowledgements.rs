//! Acknowledgements in SQLite: a reader says that they have taken note. It is a change of the item like any verb.

use super::acts::next;
use super::inboxes::item;
use super::writer::Transaction;
use crate::domain::event::Changed;
use crate::domain::item::Acknowledge;
use crate::domain::{Action, Counts, Event, Item, MessageId, UserId};
use crate::server::store::{Noted, StoreError};

pub(super) async fn take_note(
    transaction: &mut Transaction,
    user: UserId,
    id: MessageId,
    times: u32,
    at: i64,
) -> Result<Noted, StoreError> {
    let Some(item) = item(&mut transaction.connection, user, id).await? else { return Ok(Noted::Missing) };
    match item.acknowledge {
        None => return Ok(Noted::Missing),
        Some(_) if item.times != times => return Ok(Noted::Changed),
        Some(Acknowledge::At(_)) => return Ok(Noted::Done),
        Some(Acknowledge::Asked) => {}
    }
    sqlx::query(
        "INSERT INTO acknowledgements (message_id, user_id, at)
         SELECT coalesce(shown_id, message_id), user_id, ? FROM items WHERE user_id = ? AND message_id = ?",
    )
    .bind(at)
    .bind(user.0)
    .bind(id.0)
    .execute(&mut transaction.connection)
    .await?;
    // Who took note has read it, and it stays so when what they did before is taken back. The verb keeps the item, so there is a state after it.
    let state = Action::Read.apply(item.state).unwrap_or(item.state);
    let by = Counts::moved(Some(item.state), Some(state));
    let (seq, counts) = next(&mut transaction.connection, user, by).await?;
    let item = Item { seq, state, acknowledge: Some(Acknowledge::At(at)), ..item };
    sqlx::query("UPDATE items SET seq = ?, seen = ?, read = ?, was = was | 3 WHERE user_id = ? AND message_id = ?")
        .bind(seq.0)
        .bind(state.seen)
        .bind(state.read)
        .bind(user.0)
        .bind(id.0)
        .execute(&mut transaction.connection)
        .await?;
    transaction.tell(user, Event::Item(Changed { seq, item, counts }));
    Ok(Noted::Done)
}
