//! The index of words (FTS5): what each message is found by. Comes before `find`, which asks it.

use std::collections::HashMap;
use std::time::Instant;

use sqlx::types::Json;
use sqlx::{FromRow, SqliteConnection};

use super::messages::{priority, words as labels};
use crate::domain::{Details, MessageId, Priority, UserId};
use crate::server::hex::hex;
use crate::server::store::StoreError;
use crate::server::{markdown, words};

/// Messages that are read and indexed at once when the index is made anew: 16 MiB of bodies at most.
const CHUNK: i64 = 1000;

/// The words of a message, as its readers see them. Made before the writer takes the message, which others wait for.
pub(super) struct Words {
    title: String,
    body: String,
}

impl Words {
    pub(super) fn of(title: &str, body: &str) -> Self {
        Self { title: words::spaced(title), body: words::spaced(&markdown::text(body)) }
    }
}

/// A message, as the index has it.
pub(super) struct Entry {
    pub(super) message: MessageId,
    pub(super) sender: UserId,
    pub(super) words: Words,
    /// What it is found by beside its words.
    pub(super) facts: String,
}

/// A label as one word of the index, whatever is in it.
pub(super) fn fact(kind: char, label: &str) -> String {
    format!("{kind}{}", hex(label.to_lowercase().as_bytes()))
}

/// What a message is found by beside its words. `readers`: `None` when it is to everyone.
pub(super) fn facts(priority: Priority, details: &Details, readers: Option<&[i64]>) -> String {
    let mut facts = format!("p{}", priority.as_str());
    let labels = details.category.iter().map(|category| fact('c', category));
    for label in labels.chain(details.tags.iter().map(|tag| fact('t', tag))) {
        facts.push(' ');
        facts.push_str(&label);
    }
    match readers {
        None => facts.push_str(" everyone"),
        Some(ids) => ids.iter().for_each(|id| facts.push_str(&format!(" r{id}"))),
    }
    facts
}

/// Puts what a commit has published into the index. All at once and at its end: the index writes a piece of itself to the
/// file at every savepoint.
pub(super) async fn index(connection: &mut SqliteConnection, entries: &[Entry]) -> Result<(), StoreError> {
    let senders: Vec<i64> = entries.iter().map(|entry| entry.sender.0).collect();
    let names: Vec<(i64, String)> = sqlx::query_as(
        "SELECT id, username || ' ' || display_name FROM users WHERE id IN (SELECT value FROM json_each(?))",
    )
    .bind(Json(senders))
    .fetch_all(&mut *connection)
    .await?;
    let names: HashMap<i64, String> = names.into_iter().map(|(id, names)| (id, words::spaced(&names))).collect();
    let row = |entry: &Entry| {
        let Entry { message, sender, words: Words { title, body }, facts } = entry;
        (message.0, title.clone(), body.clone(), names.get(&sender.0).cloned(), facts.clone())
    };
    sqlx::query(
        "INSERT INTO search (rowid, title, body, sender, facts)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?)",
    )
    .bind(Json(entries.iter().map(row).collect::<Vec<_>>()))
    .execute(connection)
    .await?;
    Ok(())
}

#[derive(FromRow)]
struct Indexed {
    id: i64,
    sender_id: i64,
    title: String,
    body: String,
    priority: String,
    category: Option<String>,
    tags: String,
    everyone: bool,
    /// A JSON list of those who have it; an empty one for a message to everyone.
    readers: Json<Vec<i64>>,
}

/// Makes the index anew when it is empty and there are messages: a migration has emptied it.
pub(super) async fn fill_when_empty(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let empty: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM messages) AND NOT EXISTS (SELECT 1 FROM search)")
            .fetch_one(&mut *connection)
            .await?;
    if !empty {
        return Ok(());
    }
    let begin = Instant::now();
    let (mut messages, mut last) = (0, 0);
    loop {
        let some = after(connection, last).await?;
        let Some(latest) = some.last() else { break };
        last = latest.id;
        messages += some.len();
        let entries: Vec<Entry> = some.into_iter().map(Entry::try_from).collect::<Result<_, _>>()?;
        index(connection, &entries).await?;
    }
    tracing::info!(messages, duration_ms = begin.elapsed().as_millis(), "the index of words was made anew");
    Ok(())
}

/// The next messages after one. Who has them is asked person by person, which is how items are kept.
async fn after(connection: &mut SqliteConnection, last: i64) -> Result<Vec<Indexed>, StoreError> {
    let rows = sqlx::query_as(
        "WITH some AS (SELECT * FROM messages WHERE id > ?1 ORDER BY id LIMIT ?2),
              ends AS (SELECT max(id) AS last FROM some),
              had (id, user_id) AS (
                SELECT message_id, user_id FROM users CROSS JOIN items ON user_id = users.id
                WHERE message_id > ?1 AND message_id <= (SELECT last FROM ends)
                UNION ALL
                SELECT message_id, user_id FROM users CROSS JOIN repeats ON user_id = users.id
                WHERE message_id > ?1 AND message_id <= (SELECT last FROM ends)),
              readers AS (
                SELECT id, json_group_array(user_id) AS ids FROM had
                WHERE id NOT IN (SELECT message_id FROM broadcasts) GROUP BY id)
         SELECT some.id, sender_id, title, body, priority, category, tags,
                EXISTS (SELECT 1 FROM broadcasts WHERE message_id = some.id) AS everyone,
                coalesce(readers.ids, '[]') AS readers
         FROM some LEFT JOIN readers ON readers.id = some.id ORDER BY some.id",
    );
    Ok(rows.bind(last).bind(CHUNK).fetch_all(connection).await?)
}

impl TryFrom<Indexed> for Entry {
    type Error = StoreError;

    fn try_from(row: Indexed) -> Result<Self, StoreError> {
        let details = Details { category: row.category, tags: labels(&row.tags), ..Details::default() };
        let readers = (!row.everyone).then_some(row.readers.0.as_slice());
        Ok(Self {
            message: MessageId(row.id),
            sender: UserId(row.sender_id),
            words: Words::of(&row.title, &row.body),
            facts: facts(priority(&row.priority)?, &details, readers),
        })
    }
}
