//! Messages in SQLite: one row for the message, one statement for all its numbers, one for all its items.

use std::collections::HashMap;

use async_trait::async_trait;
use sqlx::SqliteConnection;

use super::Sqlite;
use super::deliver::deliver;
use super::index::{Entry, Words, facts};
use super::writer::Transaction;
use crate::domain::{Audience, MessageId, Priority, UserId, Username};
use crate::server::store::{Idempotency, Messages, NewMessage, PublishError, Published, Reach, Sent, StoreError};

/// People in one chunk of a message to everyone: some ten milliseconds, so that other writes hardly wait for it.
const CHUNK: i64 = 1000;

#[async_trait]
impl Messages for Sqlite {
    async fn publish(&self, message: NewMessage) -> Result<Published, PublishError> {
        let words = Words::of(&message.title, &message.body);
        self.writer.write(move |transaction| Box::pin(publish(transaction, message, words))).await
    }

    async fn deliver_chunk(&self) -> Result<bool, StoreError> {
        self.writer.write(move |transaction| Box::pin(deliver_chunk(transaction))).await
    }

    async fn reach(&self, audience: &Audience) -> Result<Reach, StoreError> {
        let mut moment = self.readers.begin().await?;
        match audience {
            Audience::Everyone => {
                Ok(Reach { recipients: count_enabled(&mut moment).await?.unsigned_abs(), unknown: Vec::new() })
            }
            Audience::Users(names) => {
                let (ids, unknown) = resolve(&mut moment, names).await?;
                Ok(Reach { recipients: ids.len() as u64, unknown })
            }
        }
    }

    async fn sent(&self, id: MessageId) -> Result<Option<Sent>, StoreError> {
        let row: Option<SentRow> = sqlx::query_as(
            "SELECT id, sender_id, title, priority, sent_at, recipients, delivered
             FROM messages LEFT JOIN broadcasts ON message_id = id WHERE id = ?",
        )
        .bind(id.0)
        .fetch_optional(&self.readers)
        .await?;
        row.map(Sent::try_from).transpose()
    }
}

/// Reads a stored word back.
pub(super) fn priority(word: &str) -> Result<Priority, StoreError> {
    Priority::parse(word).ok_or_else(|| StoreError::unexpected("a priority that this build does not know"))
}

/// Reads words that are stored with a space between them.
pub(super) fn words(stored: &str) -> Vec<String> {
    stored.split_whitespace().map(str::to_owned).collect()
}

/// A message, and how far its broadcast is when it is one.
#[derive(sqlx::FromRow)]
struct SentRow {
    id: i64,
    sender_id: i64,
    title: String,
    priority: String,
    sent_at: i64,
    recipients: i64,
    delivered: Option<i64>,
}

impl TryFrom<SentRow> for Sent {
    type Error = StoreError;

    fn try_from(row: SentRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: MessageId(row.id),
            sender: UserId(row.sender_id),
            title: row.title,
            priority: priority(&row.priority)?,
            sent_at: row.sent_at,
            everyone: row.delivered.is_some(),
            recipients: row.recipients.unsigned_abs(),
            delivered: row.delivered.unwrap_or(row.recipients).unsigned_abs(),
        })
    }
}

/// Nothing is written before the key and all names are found good, so a refusal leaves nothing to take back.
async fn publish(transaction: &mut Transaction, message: NewMessage, words: Words) -> Result<Published, PublishError> {
    if let Some(key) = &message.idempotency
        && let Some(published) = earlier(&mut transaction.connection, message.sender, key).await?
    {
        return Ok(published);
    }
    let (published, facts) = match &message.audience {
        Audience::Everyone => {
            let published = begin_broadcast(&mut transaction.connection, &message).await?;
            (published, facts(message.priority, &message.details, None))
        }
        Audience::Users(names) => {
            let (ids, unknown) = resolve(&mut transaction.connection, names).await?;
            if !unknown.is_empty() {
                return Err(PublishError::UnknownPeople(unknown));
            }
            let id = insert(&mut transaction.connection, &message, ids.len() as i64).await?;
            deliver(transaction, id, &ids).await?;
            let published = Published { id, recipients: ids.len() as u64, repeated: false };
            (published, facts(message.priority, &message.details, Some(&ids)))
        }
    };
    transaction.publish(Entry { message: published.id, sender: message.sender, words, facts });
    if let Some(key) = message.idempotency {
        remember(&mut transaction.connection, message.sender, key, published).await?;
    }
    Ok(published)
}

/// The answer that the same request got before.
async fn earlier(
    connection: &mut SqliteConnection,
    sender: UserId,
    given: &Idempotency,
) -> Result<Option<Published>, PublishError> {
    let row: Option<(Vec<u8>, i64, i64)> =
        sqlx::query_as("SELECT fingerprint, message_id, recipients FROM idempotency WHERE sender_id = ? AND key = ?")
            .bind(sender.0)
            .bind(&given.key)
            .fetch_optional(connection)
            .await?;
    let Some((fingerprint, id, recipients)) = row else { return Ok(None) };
    if fingerprint != given.fingerprint {
        return Err(PublishError::KeyReused);
    }
    Ok(Some(Published { id: MessageId(id), recipients: recipients.unsigned_abs(), repeated: true }))
}

async fn remember(
    connection: &mut SqliteConnection,
    sender: UserId,
    given: Idempotency,
    published: Published,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO idempotency (sender_id, key, fingerprint, message_id, recipients) VALUES (?, ?, ?, ?, ?)")
        .bind(sender.0)
        .bind(given.key)
        .bind(given.fingerprint.to_vec())
        .bind(published.id.0)
        .bind(published.recipients as i64)
        .execute(connection)
        .await?;
    Ok(())
}

/// The people with these names, each once, and the names that no enabled person has.
async fn resolve(
    connection: &mut SqliteConnection,
    names: &[Username],
) -> Result<(Vec<i64>, Vec<Username>), StoreError> {
    let keys: Vec<String> = names.iter().map(Username::key).collect();
    let found: Vec<(String, i64)> = sqlx::query_as(
        "SELECT name_key, id FROM users WHERE name_key IN (SELECT value FROM json_each(?)) AND enabled = 1",
    )
    .bind(sqlx::types::Json(&keys))
    .fetch_all(connection)
    .await?;
    let known: HashMap<String, i64> = found.into_iter().collect();
    let unknown = names.iter().zip(&keys).filter(|(_, key)| !known.contains_key(*key));
    let unknown = unknown.map(|(name, _)| name.clone()).collect();
    Ok((known.into_values().collect(), unknown))
}

async fn insert(
    connection: &mut SqliteConnection,
    message: &NewMessage,
    recipients: i64,
) -> Result<MessageId, StoreError> {
    let details = &message.details;
    let series = match &details.collapse_key {
        Some(key) => Some(series(connection, message.sender, key).await?),
        None => None,
    };
    let id = sqlx::query_scalar(
        "INSERT INTO messages (sender_id, title, body, html, preview, priority, link, sent_at, recipients,
                               category, tags, series_id, resolved, actions, acknowledge)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
    )
    .bind(message.sender.0)
    .bind(&message.title)
    .bind(&message.body)
    .bind(&message.html)
    .bind(&message.preview)
    .bind(message.priority.as_str())
    .bind(&message.link)
    .bind(message.sent_at)
    .bind(recipients)
    .bind(&details.category)
    .bind(details.tags.join(" "))
    .bind(series)
    .bind(details.resolved)
    .bind(sqlx::types::Json(&details.actions))
    .bind(details.acknowledge)
    .fetch_one(connection)
    .await?;
    Ok(MessageId(id))
}

/// The series of this sender's messages with this key; the first of them begins it.
async fn series(connection: &mut SqliteConnection, sender: UserId, key: &str) -> Result<i64, StoreError> {
    // An update that changes nothing, because a conflict that does nothing returns nothing.
    let id = sqlx::query_scalar(
        "INSERT INTO series (sender_id, key) VALUES (?, ?)
         ON CONFLICT (sender_id, key) DO UPDATE SET key = key RETURNING id",
    );
    Ok(id.bind(sender.0).bind(key).fetch_one(connection).await?)
}

async fn count_enabled(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("SELECT count(*) FROM users WHERE enabled = 1").fetch_one(connection).await?)
}

/// Fixes who gets it, those who are enabled now; the chunks follow.
async fn begin_broadcast(connection: &mut SqliteConnection, message: &NewMessage) -> Result<Published, StoreError> {
    let recipients = count_enabled(connection).await?;
    let id = insert(connection, message, recipients).await?;
    sqlx::query(
        "INSERT INTO broadcasts (message_id, next_user_id, last_user_id)
         SELECT ?, coalesce(min(id), 1), coalesce(max(id), 0) FROM users WHERE enabled = 1",
    )
    .bind(id.0)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "INSERT INTO broadcast_absentees (message_id, user_id)
         SELECT message_id, id FROM broadcasts JOIN users ON id BETWEEN next_user_id AND last_user_id
         WHERE message_id = ? AND enabled = 0",
    )
    .bind(id.0)
    .execute(connection)
    .await?;
    Ok(Published { id, recipients: recipients.unsigned_abs(), repeated: false })
}

async fn deliver_chunk(transaction: &mut Transaction) -> Result<bool, StoreError> {
    let job: Option<(i64, i64, i64)> = sqlx::query_as(
        "SELECT message_id, next_user_id, last_user_id FROM broadcasts
         WHERE next_user_id <= last_user_id ORDER BY message_id LIMIT 1",
    )
    .fetch_optional(&mut transaction.connection)
    .await?;
    let Some((id, next, last)) = job else { return Ok(false) };
    let ids: Vec<i64> = sqlx::query_scalar(
        "SELECT id FROM users WHERE id BETWEEN ? AND ?
             AND NOT EXISTS (SELECT 1 FROM broadcast_absentees WHERE message_id = ? AND user_id = id)
         ORDER BY id LIMIT ?",
    )
    .bind(next)
    .bind(last)
    .bind(id)
    .bind(CHUNK)
    .fetch_all(&mut transaction.connection)
    .await?;
    let reached = ids.last().map_or(last, |reached| *reached);
    deliver(transaction, MessageId(id), &ids).await?;
    move_on(&mut transaction.connection, id, reached, ids.len() as i64).await?;
    if reached == last {
        sqlx::query("DELETE FROM broadcast_absentees WHERE message_id = ?")
            .bind(id)
            .execute(&mut transaction.connection)
            .await?;
    }
    Ok(true)
}

async fn move_on(connection: &mut SqliteConnection, id: i64, reached: i64, people: i64) -> Result<(), StoreError> {
    sqlx::query("UPDATE broadcasts SET next_user_id = ? + 1, delivered = delivered + ? WHERE message_id = ?")
        .bind(reached)
        .bind(people)
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}
