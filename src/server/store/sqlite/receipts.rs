//! Receipts in SQLite: one transaction keeps an acknowledgement and marks what was seen.

use async_trait::async_trait;
use sqlx::SqliteConnection;

use super::Sqlite;
use super::acts::see;
use super::writer::Transaction;
use crate::domain::{MessageId, Seq, UserId};
use crate::server::store::{ACKNOWLEDGED_MAX, Acknowledged, Device, Receipt, Receipts, StoreError};

/// Most devices of one person. More browsers than a person has; a program that takes a new name each time is bounded.
const DEVICES_MAX: i64 = 50;

/// Most moments that are kept of one device. A page that is open for a whole working day has some hundreds.
const PROGRESS_MAX: i64 = 1000;

#[async_trait]
impl Receipts for Sqlite {
    async fn acknowledge(&self, user: UserId, ack: Acknowledged) -> Result<(), StoreError> {
        self.writer.write(move |transaction| Box::pin(acknowledge(transaction, user, ack))).await
    }

    async fn devices(&self, user: UserId) -> Result<Vec<Device>, StoreError> {
        let rows: Vec<(String, String, i64, i64, i64)> = sqlx::query_as(
            "SELECT client, name, first_at, last_at, applied FROM devices WHERE user_id = ? ORDER BY last_at DESC, id DESC",
        )
        .bind(user.0)
        .fetch_all(&self.readers)
        .await?;
        let device = |(client, name, first_at, last_at, applied)| Device {
            client,
            name,
            first_at,
            last_at,
            applied: Seq(applied),
        };
        Ok(rows.into_iter().map(device).collect())
    }

    async fn receipts(&self, user: UserId, id: MessageId) -> Result<Vec<Receipt>, StoreError> {
        let rows: Vec<(String, Option<i64>, Option<i64>, Option<i64>)> = sqlx::query_as(
            "SELECT client,
                    (SELECT min(at) FROM progress
                     WHERE progress.device_id = devices.id AND progress.applied >= items.arrived
                       AND items.arrived > devices.forgotten) AS delivered_at,
                    seen_at, read_at
             FROM items JOIN devices ON devices.user_id = items.user_id
             LEFT JOIN receipts ON receipts.user_id = items.user_id AND receipts.message_id = items.message_id
                               AND receipts.device_id = devices.id
             WHERE items.user_id = ? AND items.message_id = ? AND (delivered_at IS NOT NULL OR seen_at IS NOT NULL)
             ORDER BY devices.id",
        )
        .bind(user.0)
        .bind(id.0)
        .fetch_all(&self.readers)
        .await?;
        let receipt = |(client, delivered_at, seen_at, read_at)| Receipt { client, delivered_at, seen_at, read_at };
        Ok(rows.into_iter().map(receipt).collect())
    }
}

async fn acknowledge(transaction: &mut Transaction, user: UserId, mut ack: Acknowledged) -> Result<(), StoreError> {
    ack.seen.truncate(ACKNOWLEDGED_MAX);
    ack.read.truncate(ACKNOWLEDGED_MAX);
    let device = device(&mut transaction.connection, user, &ack).await?;
    if let Some(applied) = ack.applied {
        advance(&mut transaction.connection, device, user, applied, ack.at).await?;
    }
    // What was read stood before the reader's eyes, too.
    ack.seen.extend(&ack.read);
    keep(&mut transaction.connection, device, user, &ack).await?;
    if ack.seen.is_empty() {
        return Ok(());
    }
    see(transaction, user, &ack.seen).await
}

/// Finds the device or begins it; one too many lets go of the one that was silent for longest.
async fn device(connection: &mut SqliteConnection, user: UserId, ack: &Acknowledged) -> Result<i64, StoreError> {
    let known: Option<i64> = sqlx::query_scalar(
        "UPDATE devices SET last_at = max(last_at, ?) WHERE user_id = ? AND client = ? RETURNING id",
    )
    .bind(ack.at)
    .bind(user.0)
    .bind(&ack.client)
    .fetch_optional(&mut *connection)
    .await?;
    if let Some(known) = known {
        return Ok(known);
    }
    sqlx::query(
        "DELETE FROM devices WHERE id IN
             (SELECT id FROM devices WHERE user_id = ? ORDER BY last_at DESC, id DESC LIMIT -1 OFFSET ?)",
    )
    .bind(user.0)
    .bind(DEVICES_MAX - 1)
    .execute(&mut *connection)
    .await?;
    let id = sqlx::query_scalar(
        "INSERT INTO devices (user_id, client, name, first_at, last_at) VALUES (?1, ?2, ?3, ?4, ?4) RETURNING id",
    )
    .bind(user.0)
    .bind(&ack.client)
    .bind(&ack.device)
    .bind(ack.at)
    .fetch_one(connection)
    .await?;
    Ok(id)
}

/// Only forwards, and never beyond what there is.
async fn advance(
    connection: &mut SqliteConnection,
    device: i64,
    user: UserId,
    applied: Seq,
    at: i64,
) -> Result<(), StoreError> {
    let advanced = sqlx::query(
        "UPDATE devices SET applied = ?1
         WHERE id = ?2 AND applied < ?1 AND ?1 <= (SELECT seq FROM users WHERE users.id = ?3)",
    )
    .bind(applied.0)
    .bind(device)
    .bind(user.0)
    .execute(&mut *connection)
    .await?;
    if advanced.rows_affected() == 0 {
        return Ok(());
    }
    sqlx::query("INSERT INTO progress (device_id, applied, at) VALUES (?, ?, ?)")
        .bind(device)
        .bind(applied.0)
        .bind(at)
        .execute(&mut *connection)
        .await?;
    let forgotten: Vec<i64> = sqlx::query_scalar(
        "DELETE FROM progress WHERE device_id = ?1 AND applied <=
             (SELECT applied FROM progress WHERE device_id = ?1 ORDER BY applied DESC LIMIT 1 OFFSET ?2)
         RETURNING applied",
    )
    .bind(device)
    .bind(PROGRESS_MAX)
    .fetch_all(&mut *connection)
    .await?;
    if let Some(forgotten) = forgotten.into_iter().max() {
        sqlx::query("UPDATE devices SET forgotten = ? WHERE id = ?")
            .bind(forgotten)
            .bind(device)
            .execute(connection)
            .await?;
    }
    Ok(())
}

/// Keeps the first time of each.
async fn keep(
    connection: &mut SqliteConnection,
    device: i64,
    user: UserId,
    ack: &Acknowledged,
) -> Result<(), StoreError> {
    for (ids, read_at) in [(&ack.seen, None), (&ack.read, Some(ack.at))] {
        if ids.is_empty() {
            continue;
        }
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        sqlx::query(
            "INSERT INTO receipts (user_id, message_id, device_id, seen_at, read_at)
             SELECT user_id, message_id, ?, ?, ? FROM items
             WHERE user_id = ? AND message_id IN (SELECT value FROM json_each(?))
             ON CONFLICT (user_id, message_id, device_id)
             DO UPDATE SET read_at = coalesce(read_at, excluded.read_at) WHERE read_at IS NULL",
        )
        .bind(device)
        .bind(ack.at)
        .bind(read_at)
        .bind(user.0)
        .bind(sqlx::types::Json(&ids))
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
