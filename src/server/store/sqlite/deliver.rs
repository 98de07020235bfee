//! Delivering in SQLite: what one message does to the inboxes of up to a thousand people, in a few statements for all.
//!
//! Comes after `messages`, which says to whom. [`arrive`] has the rules, row by row; here is only what it needs to know
//! and what it decided.

use std::collections::{HashMap, HashSet};

use sqlx::types::Json;
use sqlx::{FromRow, SqliteConnection};

use super::inboxes::item;
use super::messages::{priority, words};
use super::writer::Transaction;
use crate::domain::arrival::{Arrival, Arriving, Row, arrive};
use crate::domain::event::Changed;
use crate::domain::item::Acknowledge;
use crate::domain::{Counts, Event, Item, MessageId, Priority, Seq, State, UserId};
use crate::server::store::StoreError;

/// Most repeats of a row that are remembered one by one. An open message shows the latest 20.
const REPEATS_MAX: i64 = 200;

/// So many repeats more before the oldest are forgotten together.
const FORGET_EVERY: u32 = 50;

/// Gives the message to these people: each gets the next number, a row of their own or a repeat in one that they have, and
/// a change to be told.
pub(super) async fn deliver(transaction: &mut Transaction, id: MessageId, ids: &[i64]) -> Result<(), StoreError> {
    let connection = &mut transaction.connection;
    let message = Message::read(connection, id).await?;
    let muted = message.muted_by(connection, ids).await?;
    let rows = message.rows(connection, ids).await?;
    let steps: Vec<Step> = ids.iter().map(|user| message.step(*user, muted.contains(user), rows.get(user))).collect();
    let numbers = number(connection, &steps).await?;
    message.insert(connection, &steps).await?;
    message.join(connection, &steps, &numbers).await?;
    for step in steps {
        let Some((seq, counts)) = numbers.get(&step.user).copied() else { continue };
        let user = UserId(step.user);
        let item = match step.onto {
            Some(onto) if !step.shows => item(&mut transaction.connection, user, onto).await?,
            _ => Some(message.item(&step, seq)),
        };
        if let Some(item) = item {
            transaction.tell(user, Event::Item(Changed { seq, item, counts }));
        }
    }
    Ok(())
}

/// What everybody gets, and what decides where it goes.
struct Message {
    /// The row as it arrives, but for what is each person's own.
    item: Item,
    sender: i64,
    series: Option<i64>,
}

/// What happens in one inbox.
struct Step {
    user: i64,
    /// The row that it joins; `None`: a new one.
    onto: Option<MessageId>,
    /// How many messages are in the row then.
    times: u32,
    before: Counts,
    state: State,
    shows: bool,
    /// Where the row stays; `None`: it comes to the top.
    place: Option<(Seq, i64)>,
}

/// A row of the series that somebody has.
#[derive(FromRow)]
struct Known {
    user_id: i64,
    message_id: i64,
    shown: i64,
    times: u32,
    seen: bool,
    read: bool,
    done: bool,
    pinned: bool,
    snoozed: Option<i64>,
    surfaced: i64,
    surfaced_at: i64,
}

#[derive(FromRow)]
struct MessageRow {
    sender_id: i64,
    sent_at: i64,
    display_name: String,
    title: String,
    preview: String,
    priority: String,
    link: Option<String>,
    category: Option<String>,
    tags: String,
    series_id: Option<i64>,
    resolved: bool,
    acknowledge: bool,
}

impl Message {
    async fn read(connection: &mut SqliteConnection, id: MessageId) -> Result<Self, StoreError> {
        let row: MessageRow = sqlx::query_as(
            "SELECT sender_id, sent_at, display_name, title, preview, priority, link, category, tags, series_id, resolved,
                    acknowledge
             FROM messages JOIN users ON users.id = sender_id WHERE messages.id = ?",
        )
        .bind(id.0)
        .fetch_one(connection)
        .await?;
        let item = Item {
            id,
            seq: Seq(0),
            sent_at: row.sent_at,
            from: row.display_name,
            title: row.title,
            preview: row.preview,
            priority: priority(&row.priority)?,
            link: row.link,
            category: row.category,
            tags: words(&row.tags),
            times: 1,
            resolved: row.resolved,
            acknowledge: row.acknowledge.then_some(Acknowledge::Asked),
            surfaced: Seq(0),
            surfaced_at: row.sent_at,
            state: State::default(),
        };
        Ok(Self { item, sender: row.sender_id, series: row.series_id })
    }

    /// Those of them who do not want to hear of it. Urgent messages pass.
    async fn muted_by(&self, connection: &mut SqliteConnection, ids: &[i64]) -> Result<HashSet<i64>, StoreError> {
        if self.item.priority == Priority::Urgent {
            return Ok(HashSet::new());
        }
        let muted: Vec<i64> = sqlx::query_scalar(
            "SELECT value FROM json_each(?)
             WHERE EXISTS (SELECT 1 FROM mutes WHERE user_id = value AND sender_id = ?)
                OR EXISTS (SELECT 1 FROM mutes WHERE user_id = value AND category = ?)",
        )
        .bind(Json(ids))
        .bind(self.sender)
        .bind(&self.item.category)
        .fetch_all(connection)
        .await?;
        Ok(muted.into_iter().collect())
    }

    /// Each person's row of the series: the latest that is not done, else the latest that is.
    async fn rows(&self, connection: &mut SqliteConnection, ids: &[i64]) -> Result<HashMap<i64, Known>, StoreError> {
        let Some(series) = self.series else { return Ok(HashMap::new()) };
        let known: Vec<Known> = sqlx::query_as(
            "SELECT user_id, message_id, coalesce(shown_id, message_id) AS shown, times, seen, read, done, pinned, snoozed, surfaced,
                    surfaced_at
             FROM json_each(?1) AS people JOIN items ON items.user_id = people.value AND items.message_id = coalesce(
                 (SELECT max(message_id) FROM items INDEXED BY items_by_series
                  WHERE user_id = people.value AND series_id = ?2 AND done = 0 AND deleted = 0),
                 (SELECT max(message_id) FROM items INDEXED BY items_by_series
                  WHERE user_id = people.value AND series_id = ?2 AND done = 1 AND deleted = 0))",
        )
        .bind(Json(ids))
        .bind(series)
        .fetch_all(connection)
        .await?;
        Ok(known.into_iter().map(|row| (row.user_id, row)).collect())
    }

    fn step(&self, user: i64, muted: bool, known: Option<&Known>) -> Step {
        let urgent = self.item.priority == Priority::Urgent;
        let arriving = Arriving { id: self.item.id, resolved: self.item.resolved, urgent, muted };
        let state = |row: &Known| {
            let Known { seen, read, done, pinned, snoozed, .. } = *row;
            State { seen, read, done, pinned, snoozed }
        };
        let row = known.map(|row| Row { shown: MessageId(row.shown), state: state(row) });
        match (arrive(arriving, row), known) {
            (Arrival::Again { state: after, shows, surfaces }, Some(known)) => Step {
                user,
                onto: Some(MessageId(known.message_id)),
                times: known.times.saturating_add(1),
                before: Counts::of(state(known)),
                state: after,
                shows,
                place: (!surfaces).then_some((Seq(known.surfaced), known.surfaced_at)),
            },
            (Arrival::New(state) | Arrival::Again { state, .. }, _) => {
                Step { user, onto: None, times: 1, before: Counts::default(), state, shows: true, place: None }
            }
        }
    }

    /// The rows of those who had none.
    async fn insert(&self, connection: &mut SqliteConnection, steps: &[Step]) -> Result<(), StoreError> {
        let new = steps.iter().filter(|step| step.onto.is_none());
        let new: Vec<_> = new.map(|Step { user, state, .. }| (user, state.seen, state.read, state.done)).collect();
        if new.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "INSERT INTO items (user_id, message_id, seq, arrived, surfaced, surfaced_at, series_id, seen, read, done)
             SELECT users.id, ?, seq, seq, seq, ?, ?, new.value ->> 1, new.value ->> 2, new.value ->> 3
             FROM json_each(?) AS new JOIN users ON users.id = new.value ->> 0",
        )
        .bind(self.item.id.0)
        .bind(self.item.surfaced_at)
        .bind(self.series)
        .bind(Json(new))
        .execute(connection)
        .await?;
        Ok(())
    }

    /// The rows of those who had one.
    async fn join(
        &self,
        connection: &mut SqliteConnection,
        steps: &[Step],
        numbers: &HashMap<i64, (Seq, Counts)>,
    ) -> Result<(), StoreError> {
        let joined = |step: &Step| {
            let (seq, _) = numbers.get(&step.user)?;
            let State { seen, read, done, snoozed, .. } = step.state;
            let (surfaced, surfaced_at) = step.place.unwrap_or((*seq, self.item.surfaced_at));
            let shown = if step.shows { Some(self.item.id.0) } else { None };
            Some((
                step.user,
                step.onto?.0,
                seq.0,
                step.times,
                shown,
                seen,
                read,
                done,
                snoozed,
                surfaced.0,
                surfaced_at,
            ))
        };
        let joined: Vec<_> = steps.iter().filter_map(joined).collect();
        if joined.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "UPDATE items SET seq = onto.value ->> 2, acted = NULL, times = onto.value ->> 3,
                 shown_id = coalesce(onto.value ->> 4, shown_id),
                 seen = onto.value ->> 5, read = onto.value ->> 6, done = onto.value ->> 7,
                 snoozed = onto.value ->> 8, surfaced = onto.value ->> 9, surfaced_at = onto.value ->> 10
             FROM json_each(?) AS onto WHERE items.user_id = onto.value ->> 0 AND items.message_id = onto.value ->> 1",
        )
        .bind(Json(&joined))
        .execute(&mut *connection)
        .await?;
        sqlx::query(
            "INSERT INTO repeats (user_id, message_id, item_id) SELECT value ->> 0, ?, value ->> 1 FROM json_each(?)",
        )
        .bind(self.item.id.0)
        .bind(Json(&joined))
        .execute(&mut *connection)
        .await?;
        let long: Vec<_> = steps.iter().filter(|step| step.times.is_multiple_of(FORGET_EVERY)).collect();
        forget(connection, long.iter().filter_map(|step| Some((step.user, step.onto?.0))).collect()).await
    }

    /// The row that shows it.
    fn item(&self, step: &Step, seq: Seq) -> Item {
        let Step { onto, times, state, .. } = *step;
        let (surfaced, surfaced_at) = step.place.unwrap_or((seq, self.item.surfaced_at));
        Item { id: onto.unwrap_or(self.item.id), seq, times, surfaced, surfaced_at, state, ..self.item.clone() }
    }
}

/// Forgets the repeats of these rows but the latest. How many there were stays known.
async fn forget(connection: &mut SqliteConnection, rows: Vec<(i64, i64)>) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "DELETE FROM repeats WHERE (user_id, message_id) IN (
             SELECT user_id, message_id FROM json_each(?1) AS long
             JOIN repeats ON user_id = long.value ->> 0 AND item_id = long.value ->> 1
             WHERE message_id <= (SELECT message_id FROM repeats WHERE user_id = long.value ->> 0 AND item_id = long.value ->> 1
                                  ORDER BY message_id DESC LIMIT 1 OFFSET ?2))",
    )
    .bind(Json(rows))
    .bind(REPEATS_MAX)
    .execute(connection)
    .await?;
    Ok(())
}

/// The next number of each, with the counts moved.
async fn number(connection: &mut SqliteConnection, steps: &[Step]) -> Result<HashMap<i64, (Seq, Counts)>, StoreError> {
    let moves = |step: &Step| {
        let (before, after) = (step.before, Counts::of(step.state));
        (step.user, after.unread - before.unread, after.unseen - before.unseen, after.snoozed - before.snoozed)
    };
    let moves: Vec<_> = steps.iter().map(moves).collect();
    // Nothing that arrives is pinned or unpinned by that.
    let numbered: Vec<(i64, i64, i64, i64, i64, i64)> = sqlx::query_as(
        "UPDATE users SET seq = seq + 1, unread = unread + (step.value ->> 1), unseen = unseen + (step.value ->> 2),
             snoozed = snoozed + (step.value ->> 3)
         FROM json_each(?) AS step WHERE users.id = step.value ->> 0
         RETURNING users.id, seq, unread, unseen, pinned, snoozed",
    )
    .bind(Json(moves))
    .fetch_all(connection)
    .await?;
    let counted =
        |(user, seq, unread, unseen, pinned, snoozed)| (user, (Seq(seq), Counts { unread, unseen, pinned, snoozed }));
    Ok(numbered.into_iter().map(counted).collect())
}
