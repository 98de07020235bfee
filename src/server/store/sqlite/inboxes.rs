//! Inboxes in SQLite: pages and catching up, read in one moment.

use std::collections::BTreeMap;

use async_trait::async_trait;
use sqlx::SqliteConnection;

use super::Sqlite;
use super::acknowledgements::take_note;
use super::messages::{priority, words};
use super::opened::open;
use super::writer::Transaction;
use crate::domain::event::{Changed, Gone, Removed};
use crate::domain::item::{Acknowledge, Opened};
use crate::domain::{Counts, Cursor, Event, Item, MessageId, Page, Rank, Seq, State, UserId, View};
use crate::server::store::{Inboxes, Noted, Since, StoreError};

/// An item with its message and its sender's name.
#[derive(sqlx::FromRow)]
struct ItemRow {
    message_id: i64,
    seq: i64,
    sent_at: i64,
    display_name: String,
    title: String,
    preview: String,
    priority: String,
    link: Option<String>,
    category: Option<String>,
    tags: String,
    times: u32,
    resolved: bool,
    acknowledge: bool,
    acknowledged_at: Option<i64>,
    surfaced: i64,
    surfaced_at: i64,
    seen: bool,
    read: bool,
    done: bool,
    pinned: bool,
    snoozed: Option<i64>,
    deleted: bool,
}

impl TryFrom<ItemRow> for Item {
    type Error = StoreError;

    fn try_from(row: ItemRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: MessageId(row.message_id),
            seq: Seq(row.seq),
            sent_at: row.sent_at,
            from: row.display_name,
            title: row.title,
            preview: row.preview,
            priority: priority(&row.priority)?,
            link: row.link,
            category: row.category,
            tags: words(&row.tags),
            times: row.times,
            resolved: row.resolved,
            acknowledge: row.acknowledge.then(|| row.acknowledged_at.map_or(Acknowledge::Asked, Acknowledge::At)),
            surfaced: Seq(row.surfaced),
            surfaced_at: row.surfaced_at,
            state: State { seen: row.seen, read: row.read, done: row.done, pinned: row.pinned, snoozed: row.snoozed },
        })
    }
}

/// The columns of [`ItemRow`] from a way to read `items`, and what follows the joins. The first parameter is the user.
macro_rules! select_items {
    ($rest:literal) => {
        select_items!("items", $rest)
    };
    ($items:literal, $($rest:literal),+) => {
        concat!(
            "SELECT items.message_id, items.seq, sent_at, display_name, title, preview, priority, link, category, tags, times,
                    resolved, acknowledge, acknowledgements.at AS acknowledged_at, items.surfaced, items.surfaced_at,
                    items.seen, items.read, items.done, items.pinned, items.snoozed, items.deleted
             FROM ",
            $items,
            " JOIN messages ON messages.id = coalesce(items.shown_id, items.message_id)
             JOIN users ON users.id = messages.sender_id
             LEFT JOIN acknowledgements ON acknowledgements.message_id = messages.id
                                       AND acknowledgements.user_id = items.user_id
             WHERE items.user_id = ? ",
            $($rest),+
        )
    };
}

/// A page of a view. Without statistics SQLite takes the primary key and walks over all that the view does not show.
fn page_of(view: View) -> &'static str {
    macro_rules! page {
        ($items:literal, $shown:literal) => {
            select_items!(
                $items,
                $shown,
                " AND items.deleted = 0 AND (items.surfaced, items.message_id) < (?, ?)
                  ORDER BY items.surfaced DESC, items.message_id DESC LIMIT ?"
            )
        };
    }
    match view {
        View::Inbox => page!("items INDEXED BY items_in_inbox", "AND items.done = 0 AND items.snoozed IS NULL"),
        View::Pinned => page!("items INDEXED BY items_in_pinned", "AND items.pinned = 1"),
        View::Snoozed => page!("items INDEXED BY items_in_snoozed", "AND items.snoozed IS NOT NULL"),
        View::Done => page!("items INDEXED BY items_in_done", "AND items.done = 1"),
    }
}

/// Where a person's sequence stands, with the counts there, and below which number some tombstones are missing.
pub(super) async fn now(connection: &mut SqliteConnection, user: UserId) -> Result<(Seq, Counts, Seq), StoreError> {
    let now = sqlx::query_as("SELECT seq, unread, unseen, pinned, snoozed, floor FROM users WHERE id = ?");
    let (seq, unread, unseen, pinned, snoozed, floor) = now.bind(user.0).fetch_one(connection).await?;
    Ok((Seq(seq), Counts { unread, unseen, pinned, snoozed }, Seq(floor)))
}

#[async_trait]
impl Inboxes for Sqlite {
    async fn page(&self, user: UserId, view: View, before: Option<Rank>, limit: usize) -> Result<Page, StoreError> {
        let below = before.unwrap_or(Rank { surfaced: Seq(i64::MAX), id: MessageId(i64::MAX) });
        let mut moment = self.readers.begin().await?;
        let (seq, counts, _) = now(&mut moment, user).await?;
        let mut rows: Vec<ItemRow> = sqlx::query_as(page_of(view))
            .bind(user.0)
            .bind(below.surfaced.0)
            .bind(below.id.0)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1))
            .fetch_all(&mut *moment)
            .await?;
        moment.commit().await?;
        let older = rows.len() > limit;
        rows.truncate(limit);
        let items = rows.into_iter().map(Item::try_from).collect::<Result<_, _>>()?;
        Ok(Page { view, before, items, older, found: None, cursor: Cursor { epoch: self.epoch.clone(), seq }, counts })
    }

    async fn opened(&self, user: UserId, id: MessageId) -> Result<Option<Opened>, StoreError> {
        let mut moment = self.readers.begin().await?;
        let Some(item) = item(&mut moment, user, id).await? else { return Ok(None) };
        let opened = open(&mut moment, user, item).await?;
        moment.commit().await?;
        Ok(Some(opened))
    }

    async fn take_note(&self, user: UserId, id: MessageId, times: u32, at: i64) -> Result<Noted, StoreError> {
        self.writer.write(move |transaction| Box::pin(take_note(transaction, user, id, times, at))).await
    }

    async fn purge(&self, deleted_before: i64, limit: usize) -> Result<u64, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.writer.write(move |transaction| Box::pin(purge(transaction, deleted_before, limit))).await
    }

    async fn since(&self, user: UserId, seq: Seq, limit: usize) -> Result<Since, StoreError> {
        let mut moment = self.readers.begin().await?;
        let (last, counts, floor) = now(&mut moment, user).await?;
        let rows: Vec<ItemRow> = sqlx::query_as(select_items!("AND items.seq > ? ORDER BY items.seq LIMIT ?"))
            .bind(user.0)
            .bind(seq.0)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1))
            .fetch_all(&mut *moment)
            .await?;
        moment.commit().await?;
        if seq > last || seq < floor || rows.len() > limit {
            return Ok(Since::Reset { seq: last, counts });
        }
        let events = rows.into_iter().map(|row| replayed(row, counts)).collect::<Result<_, _>>()?;
        Ok(Since::Changes { events, seq: last, counts })
    }
}

/// Raises the floor of each person over the greatest number that is forgotten, in the same transaction.
async fn purge(transaction: &mut Transaction, deleted_before: i64, limit: i64) -> Result<u64, StoreError> {
    // Without statistics SQLite would look through all items of all people.
    let purged: Vec<(i64, i64)> = sqlx::query_as(
        "DELETE FROM items WHERE (user_id, message_id) IN (
             SELECT user_id, message_id FROM items INDEXED BY items_deleted
             WHERE deleted = 1 AND deleted_at < ? ORDER BY deleted_at LIMIT ?)
         RETURNING user_id, seq",
    )
    .bind(deleted_before)
    .bind(limit)
    .fetch_all(&mut transaction.connection)
    .await?;
    let mut floors = BTreeMap::new();
    for (user, seq) in &purged {
        floors.entry(*user).and_modify(|floor: &mut i64| *floor = (*floor).max(*seq)).or_insert(*seq);
    }
    sqlx::query(
        "UPDATE users SET floor = max(floor, floors.value ->> 1) FROM json_each(?) AS floors
         WHERE users.id = floors.value ->> 0",
    )
    .bind(sqlx::types::Json(floors.into_iter().collect::<Vec<_>>()))
    .execute(&mut transaction.connection)
    .await?;
    Ok(purged.len() as u64)
}

/// These items, in this order.
pub(super) async fn items_by_id(
    connection: &mut SqliteConnection,
    user: UserId,
    ids: &[i64],
) -> Result<Vec<Item>, StoreError> {
    let rows: Vec<ItemRow> = sqlx::query_as(select_items!("AND items.message_id IN (SELECT value FROM json_each(?))"))
        .bind(user.0)
        .bind(sqlx::types::Json(ids))
        .fetch_all(connection)
        .await?;
    let mut items = rows.into_iter().map(Item::try_from).collect::<Result<Vec<_>, _>>()?;
    items.sort_by_key(|item| ids.iter().position(|id| *id == item.id.0));
    Ok(items)
}

fn replayed(row: ItemRow, counts: Counts) -> Result<Event, StoreError> {
    let seq = Seq(row.seq);
    if row.deleted {
        return Ok(gone(seq, MessageId(row.message_id), counts));
    }
    Ok(Event::Item(Changed { seq, item: row.try_into()?, counts }))
}

pub(super) fn gone(seq: Seq, id: MessageId, counts: Counts) -> Event {
    Event::Gone(Removed { seq, id, why: Gone::Deleted, counts })
}

/// An item that is in the inbox or in another view, not a tombstone.
pub(super) async fn item(
    connection: &mut SqliteConnection,
    user: UserId,
    id: MessageId,
) -> Result<Option<Item>, StoreError> {
    let row: Option<ItemRow> = sqlx::query_as(select_items!("AND items.message_id = ? AND items.deleted = 0"))
        .bind(user.0)
        .bind(id.0)
        .fetch_optional(connection)
        .await?;
    row.map(Item::try_from).transpose()
}

/// The items whose last change has this number, and those among them that it deleted.
pub(super) async fn items_of(
    connection: &mut SqliteConnection,
    user: UserId,
    seq: Seq,
) -> Result<(Vec<Item>, Vec<MessageId>), StoreError> {
    let rows: Vec<ItemRow> = sqlx::query_as(select_items!("AND items.seq = ? ORDER BY items.message_id"))
        .bind(user.0)
        .bind(seq.0)
        .fetch_all(connection)
        .await?;
    let (gone, there): (Vec<ItemRow>, Vec<ItemRow>) = rows.into_iter().partition(|row| row.deleted);
    let items = there.into_iter().map(Item::try_from).collect::<Result<_, _>>()?;
    Ok((items, gone.into_iter().map(|row| MessageId(row.message_id)).collect()))
}
