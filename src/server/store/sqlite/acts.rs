//! Acts in SQLite: the states of few items are worked out by the words' own rules, those of many inside the database.

use std::collections::BTreeMap;

use async_trait::async_trait;
use sqlx::SqliteConnection;
use sqlx::types::Json;

use super::Sqlite;
use super::inboxes::{gone, items_of};
use super::writer::Transaction;
use crate::domain::event::{Changed, ChangedMany, Marked, Which};
use crate::domain::{Acted, Action, Counts, Event, MessageId, Seq, State, UserId};
use crate::server::now_ms;
use crate::server::store::{Acts, StoreError};

/// Most items that one event brings whole; some ten kilobytes. Of more, readers are told to read their lists anew.
const TOLD_MAX: i64 = 25;

#[async_trait]
impl Acts for Sqlite {
    async fn act_as_seen(
        &self,
        user: UserId,
        ids: &[MessageId],
        action: Action,
        seen: Seq,
    ) -> Result<Option<Acted>, StoreError> {
        let ids = ids.to_vec();
        self.writer.write(move |transaction| Box::pin(act(transaction, user, ids, action, seen))).await
    }

    async fn read_all(&self, user: UserId, up_to: Seq) -> Result<Acted, StoreError> {
        self.writer.write(move |transaction| Box::pin(read_all(transaction, user, up_to))).await
    }

    async fn undo(&self, user: UserId, act: Seq) -> Result<Option<Acted>, StoreError> {
        self.writer.write(move |transaction| Box::pin(undo(transaction, user, act))).await
    }

    async fn wake(&self, now: i64, limit: usize) -> Result<usize, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.writer.write(move |transaction| Box::pin(wake(transaction, now, limit))).await
    }

    async fn next_wake(&self) -> Result<Option<i64>, StoreError> {
        let next = sqlx::query_scalar(
            "SELECT snoozed FROM items INDEXED BY items_by_wake WHERE snoozed IS NOT NULL ORDER BY snoozed LIMIT 1",
        );
        Ok(next.fetch_optional(&self.readers).await?)
    }
}

/// What a change of several items came to.
struct Moved {
    seq: Seq,
    counts: Counts,
    ids: Vec<MessageId>,
}

async fn act(
    transaction: &mut Transaction,
    user: UserId,
    ids: Vec<MessageId>,
    action: Action,
    seen: Seq,
) -> Result<Option<Acted>, StoreError> {
    let (states, news) = states(&mut transaction.connection, user, &ids, seen).await?;
    if states.is_empty() && news == 0 {
        return Ok(None);
    }
    let at = now_ms();
    let Some(moved) = change(&mut transaction.connection, user, states, action, at).await? else {
        return Ok(Some(Acted { left: news, ..Acted::default() }));
    };
    // Nobody takes back that they looked.
    let undo = (!action.looks()).then_some(moved.seq);
    let acted = Acted { undo, items: moved.ids.len() as i64, left: news };
    let event = match moved.ids[..] {
        [id] if action == Action::Delete => gone(moved.seq, id, moved.counts),
        [_] => came_back(&mut transaction.connection, user, moved.seq, moved.counts, 1).await?,
        _ => marked(moved, if action == Action::Open { Action::Read } else { action }, at),
    };
    transaction.tell(user, event);
    Ok(Some(acted))
}

/// Marks items seen that stood before the reader's eyes.
pub(super) async fn see(transaction: &mut Transaction, user: UserId, ids: &[MessageId]) -> Result<(), StoreError> {
    let (states, _) = states(&mut transaction.connection, user, ids, Seq(i64::MAX)).await?;
    let at = now_ms();
    if let Some(moved) = change(&mut transaction.connection, user, states, Action::See, at).await? {
        transaction.tell(user, marked(moved, Action::See, at));
    }
    Ok(())
}

fn marked(Moved { seq, counts, ids }: Moved, verb: Action, at: i64) -> Event {
    Event::Marked(Marked { seq, which: Which::Ids(ids), verb, at, counts })
}

#[derive(sqlx::FromRow)]
struct StateRow {
    message_id: i64,
    seen: bool,
    read: bool,
    done: bool,
    pinned: bool,
    snoozed: Option<i64>,
    surfaced: i64,
}

/// The states of those items of a list that are there, in the order of their messages, and how many more came to the top after
/// the number that was seen.
async fn states(
    connection: &mut SqliteConnection,
    user: UserId,
    ids: &[MessageId],
    seen: Seq,
) -> Result<(Vec<(MessageId, State)>, i64), StoreError> {
    let rows: Vec<StateRow> = sqlx::query_as(
        "SELECT message_id, seen, read, done, pinned, snoozed, surfaced FROM items
         WHERE user_id = ? AND message_id IN (SELECT value FROM json_each(?)) AND deleted = 0 ORDER BY message_id",
    )
    .bind(user.0)
    .bind(Json(ids.iter().map(|id| id.0).collect::<Vec<_>>()))
    .fetch_all(connection)
    .await?;
    let all = rows.len();
    let known = rows.into_iter().filter(|row| row.surfaced <= seen.0);
    let state = |StateRow { message_id, seen, read, done, pinned, snoozed, .. }| {
        (MessageId(message_id), State { seen, read, done, pinned, snoozed })
    };
    let states: Vec<_> = known.map(state).collect();
    let news = all - states.len();
    Ok((states, news as i64))
}

/// Applies the verb to items that are there: one number, the counts move once. `None`: all are so already.
async fn change(
    connection: &mut SqliteConnection,
    user: UserId,
    states: Vec<(MessageId, State)>,
    action: Action,
    at: i64,
) -> Result<Option<Moved>, StoreError> {
    let (mut ids, mut rows, mut by) = (Vec::new(), Vec::new(), Counts::default());
    for (id, before) in states {
        let after = action.apply(before);
        if after == Some(before) {
            continue;
        }
        by = by.plus(Counts::moved(Some(before), after));
        // What is deleted keeps its state, but does not wake.
        let State { seen, read, done, pinned, snoozed } = after.unwrap_or(State { snoozed: None, ..before });
        rows.push((id.0, seen, read, done, pinned, snoozed, after.is_none().then_some(at)));
        ids.push(id);
    }
    if ids.is_empty() {
        return Ok(None);
    }
    let (seq, counts) = next(connection, user, by).await?;
    sqlx::query(
        "UPDATE items SET seq = ?2, acted = iif(?6, acted, ?2),
             was = iif(?6, was | ?6, items.seen + 2 * items.read + 4 * items.done + 8 * items.pinned),
             was_snoozed = iif(?6, was_snoozed, items.snoozed),
             seen = new.value ->> 1, read = new.value ->> 2, done = new.value ->> 3, pinned = new.value ->> 4,
             snoozed = new.value ->> 5, deleted = new.value ->> 6 IS NOT NULL, deleted_at = new.value ->> 6,
             surfaced = iif(?4, ?2, surfaced), surfaced_at = iif(?4, ?5, surfaced_at)
         FROM json_each(?3) AS new WHERE items.user_id = ?1 AND items.message_id = new.value ->> 0",
    )
    .bind(user.0)
    .bind(seq.0)
    .bind(Json(rows))
    .bind(action.surfaces())
    .bind(at)
    .bind(looked(action))
    .execute(connection)
    .await?;
    Ok(Some(Moved { seq, counts, ids }))
}

/// What a look adds to what the item was before its reader's last act, so that it stays when that is taken back.
fn looked(action: Action) -> i64 {
    match action {
        Action::See => 1,
        Action::Open => 3,
        _ => 0,
    }
}

/// Takes the next number and moves the counts.
pub(super) async fn next(
    connection: &mut SqliteConnection,
    user: UserId,
    by: Counts,
) -> Result<(Seq, Counts), StoreError> {
    let (seq, unread, unseen, pinned, snoozed) = sqlx::query_as(
        "UPDATE users SET seq = seq + 1, unread = unread + ?, unseen = unseen + ?, pinned = pinned + ?, snoozed = snoozed + ?
         WHERE id = ? RETURNING seq, unread, unseen, pinned, snoozed",
    )
    .bind(by.unread)
    .bind(by.unseen)
    .bind(by.pinned)
    .bind(by.snoozed)
    .bind(user.0)
    .fetch_one(connection)
    .await?;
    Ok((Seq(seq), Counts { unread, unseen, pinned, snoozed }))
}

/// Those of the inbox up to a number that are not read. What is unseen is unread, too.
macro_rules! unread_up_to {
    ($what:literal) => {
        concat!(
            $what,
            " WHERE user_id = ?1 AND seq <= ?2 AND read = 0 AND done = 0 AND deleted = 0 AND snoozed IS NULL"
        )
    };
}

/// The items are never brought out of the database: «all» may be a hundred thousand.
async fn read_all(transaction: &mut Transaction, user: UserId, up_to: Seq) -> Result<Acted, StoreError> {
    let (items, unseen): (i64, i64) = sqlx::query_as(unread_up_to!(
        "SELECT count(*), coalesce(sum(seen = 0), 0) FROM items INDEXED BY items_in_inbox"
    ))
    .bind(user.0)
    .bind(up_to.0)
    .fetch_one(&mut transaction.connection)
    .await?;
    if items == 0 {
        return Ok(Acted::default());
    }
    let by = Counts { unread: -items, unseen: -unseen, ..Counts::default() };
    let (seq, counts) = next(&mut transaction.connection, user, by).await?;
    sqlx::query(unread_up_to!(
        "UPDATE items INDEXED BY items_in_inbox
         SET seq = ?3, acted = ?3, was = seen + 8 * pinned, was_snoozed = NULL, seen = 1, read = 1"
    ))
    .bind(user.0)
    .bind(up_to.0)
    .bind(seq.0)
    .execute(&mut transaction.connection)
    .await?;
    let marked = Marked { seq, which: Which::UpTo(up_to), verb: Action::Read, at: now_ms(), counts };
    transaction.tell(user, Event::Marked(marked));
    Ok(Acted { undo: Some(seq), items, left: 0 })
}

/// Swaps what the items are and what they were, inside the database. Those that were looked at since have a later number.
async fn undo(transaction: &mut Transaction, user: UserId, act: Seq) -> Result<Option<Acted>, StoreError> {
    leave_followed(&mut transaction.connection, user, act).await?;
    let (items, unread, unseen, pinned, snoozed): (i64, i64, i64, i64, i64) = sqlx::query_as(
        "SELECT count(*),
                coalesce(sum((was & 22 = 0 AND was_snoozed IS NULL)
                           - (read = 0 AND done = 0 AND deleted = 0 AND snoozed IS NULL)), 0),
                coalesce(sum((was & 21 = 0 AND was_snoozed IS NULL)
                           - (seen = 0 AND done = 0 AND deleted = 0 AND snoozed IS NULL)), 0),
                coalesce(sum((was & 24 = 8) - (pinned = 1 AND deleted = 0)), 0),
                coalesce(sum((was_snoozed IS NOT NULL) - (snoozed IS NOT NULL)), 0)
         FROM items INDEXED BY items_by_seq WHERE user_id = ?1 AND seq >= ?2 AND acted = ?2",
    )
    .bind(user.0)
    .bind(act.0)
    .fetch_one(&mut transaction.connection)
    .await?;
    if items == 0 {
        return Ok(None);
    }
    let by = Counts { unread, unseen, pinned, snoozed };
    let (seq, counts) = next(&mut transaction.connection, user, by).await?;
    sqlx::query(
        "UPDATE items INDEXED BY items_by_seq SET seq = ?3, acted = ?3,
             was = seen + 2 * read + 4 * done + 8 * pinned + 16 * deleted, was_snoozed = snoozed,
             seen = was & 1, read = was >> 1 & 1, done = was >> 2 & 1, pinned = was >> 3 & 1,
             deleted = was >> 4 & 1, deleted_at = iif(was & 16, ?4, NULL), snoozed = was_snoozed
         WHERE user_id = ?1 AND seq >= ?2 AND acted = ?2",
    )
    .bind(user.0)
    .bind(act.0)
    .bind(seq.0)
    .bind(now_ms())
    .execute(&mut transaction.connection)
    .await?;
    let event = came_back(&mut transaction.connection, user, seq, counts, items).await?;
    transaction.tell(user, event);
    Ok(Some(Acted { undo: Some(seq), items, left: 0 }))
}

/// What left the inbox by this act and was followed there by a repeat does not come back to the inbox, or one collapse key would
/// have two rows: what is done stays so, and what was deleted comes back as done.
async fn leave_followed(connection: &mut SqliteConnection, user: UserId, act: Seq) -> Result<(), StoreError> {
    let followed: Vec<i64> = sqlx::query_scalar(
        "SELECT message_id FROM items INDEXED BY items_by_seq
         WHERE user_id = ?1 AND seq >= ?2 AND acted = ?2 AND was & 20 = 0 AND (done = 1 OR deleted = 1)
             AND EXISTS (SELECT 1 FROM items AS later INDEXED BY items_by_series
                         WHERE later.user_id = ?1 AND later.series_id = items.series_id AND later.done = 0 AND later.deleted = 0)",
    )
    .bind(user.0)
    .bind(act.0)
    .fetch_all(&mut *connection)
    .await?;
    if followed.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "UPDATE items SET acted = iif(deleted, acted, NULL), was = was | 7, was_snoozed = NULL
         WHERE user_id = ? AND message_id IN (SELECT value FROM json_each(?))",
    )
    .bind(user.0)
    .bind(Json(followed))
    .execute(connection)
    .await?;
    Ok(())
}

/// Tells of a change after which each of its items is in a state of its own.
async fn came_back(
    connection: &mut SqliteConnection,
    user: UserId,
    seq: Seq,
    counts: Counts,
    changed: i64,
) -> Result<Event, StoreError> {
    if changed > TOLD_MAX {
        return Ok(Event::Items(ChangedMany { seq, items: Vec::new(), anew: true, counts }));
    }
    let (mut items, gone_again) = items_of(connection, user, seq).await?;
    Ok(match (items.len(), gone_again.as_slice()) {
        (1, []) => Event::Item(Changed { seq, item: items.remove(0), counts }),
        (0, [id]) => gone(seq, *id, counts),
        // Deleted together, hence together again.
        (0, _) => marked(Moved { seq, counts, ids: gone_again }, Action::Delete, now_ms()),
        _ => Event::Items(ChangedMany { seq, items, anew: false, counts }),
    })
}

async fn wake(transaction: &mut Transaction, now: i64, limit: i64) -> Result<usize, StoreError> {
    let due: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT user_id, message_id FROM items INDEXED BY items_by_wake
         WHERE snoozed IS NOT NULL AND snoozed <= ? ORDER BY snoozed LIMIT ?",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(&mut transaction.connection)
    .await?;
    let mut people: BTreeMap<UserId, Vec<MessageId>> = BTreeMap::new();
    for (user, id) in &due {
        people.entry(UserId(*user)).or_default().push(MessageId(*id));
    }
    for (user, ids) in people {
        let (states, _) = states(&mut transaction.connection, user, &ids, Seq(i64::MAX)).await?;
        let Some(moved) = change(&mut transaction.connection, user, states, Action::Wake, now).await? else { continue };
        // Time is not taken back.
        sqlx::query("UPDATE items SET acted = NULL WHERE user_id = ? AND seq = ?")
            .bind(user.0)
            .bind(moved.seq.0)
            .execute(&mut transaction.connection)
            .await?;
        let woken = moved.ids.len() as i64;
        let event = came_back(&mut transaction.connection, user, moved.seq, moved.counts, woken).await?;
        transaction.tell(user, event);
    }
    Ok(due.len())
}
