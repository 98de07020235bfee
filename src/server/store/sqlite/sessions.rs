//! Sessions in SQLite. An ended session has no row: saving one late updates nothing, so it stays ended.

use async_trait::async_trait;

use super::Sqlite;
use super::writer::Transaction;
use crate::domain::UserId;
use crate::domain::event::SignedOut;
use crate::server::store::{Digest, Ended, Ending, SessionRow, Sessions, StoreError};

/// All columns but the digest, which the caller knows.
type Columns = (i64, String, String, i64, i64, i64, String);

fn session_row(digest: Digest, columns: Columns) -> SessionRow {
    let (user, device, address, created_at, last_used_at, expires_at, data) = columns;
    SessionRow { digest, user: UserId(user), device, address, created_at, last_used_at, expires_at, data }
}

#[async_trait]
impl Sessions for Sqlite {
    async fn create_session(&self, session: SessionRow) -> Result<bool, StoreError> {
        const CREATE: &str = "INSERT INTO sessions
                (user_id, device, address, created_at, last_used_at, expires_at, data, digest)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING";
        self.writer.write(move |transaction| Box::pin(keep(transaction, CREATE, session))).await
    }

    async fn save_session(&self, session: SessionRow) -> Result<bool, StoreError> {
        const SAVE: &str = "UPDATE sessions SET user_id = ?, device = ?, address = ?, created_at = ?,
             last_used_at = ?, expires_at = ?, data = ? WHERE digest = ?";
        self.writer.write(move |transaction| Box::pin(keep(transaction, SAVE, session))).await
    }

    async fn session(&self, digest: Digest, now: i64) -> Result<Option<SessionRow>, StoreError> {
        let columns: Option<Columns> = sqlx::query_as(
            "SELECT user_id, device, address, sessions.created_at, last_used_at, expires_at, data
             FROM sessions JOIN users ON users.id = user_id WHERE digest = ? AND expires_at > ? AND enabled = 1",
        )
        .bind(digest.to_vec())
        .bind(now)
        .fetch_optional(&self.readers)
        .await?;
        Ok(columns.map(|columns| session_row(digest, columns)))
    }

    async fn end_session(&self, digest: Digest, why: SignedOut) -> Result<(), StoreError> {
        self.writer
            .write(move |transaction| {
                Box::pin(async move {
                    let user: Option<i64> =
                        sqlx::query_scalar("DELETE FROM sessions WHERE digest = ? RETURNING user_id")
                            .bind(digest.to_vec())
                            .fetch_optional(&mut transaction.connection)
                            .await?;
                    if let Some(user) = user {
                        transaction.end(Ending { user: UserId(user), what: Ended::Session(digest), why });
                    }
                    Ok(())
                })
            })
            .await
    }

    async fn sweep_sessions(&self, now: i64) -> Result<u64, StoreError> {
        self.writer
            .write(move |transaction| {
                Box::pin(async move {
                    let swept = sqlx::query("DELETE FROM sessions WHERE expires_at <= ?")
                        .bind(now)
                        .execute(&mut transaction.connection)
                        .await?;
                    Ok(swept.rows_affected())
                })
            })
            .await
    }
}

/// Runs a statement that takes the columns in the order of [`Columns`], then the digest. `false`: it touched no row.
async fn keep(transaction: &mut Transaction, statement: &'static str, session: SessionRow) -> Result<bool, StoreError> {
    let kept = sqlx::query(statement)
        .bind(session.user.0)
        .bind(session.device)
        .bind(session.address)
        .bind(session.created_at)
        .bind(session.last_used_at)
        .bind(session.expires_at)
        .bind(session.data)
        .bind(session.digest.to_vec())
        .execute(&mut transaction.connection)
        .await?;
    Ok(kept.rows_affected() > 0)
}
