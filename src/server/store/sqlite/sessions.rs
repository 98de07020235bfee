//! Sessions in SQLite. An ended session has no row: touching one late updates nothing, so it stays ended.

use async_trait::async_trait;

use super::Sqlite;
use super::endings::end;
use super::writer::Transaction;
use crate::domain::UserId;
use crate::domain::event::SignedOut;
use crate::server::store::{Digest, Ended, Ending, SESSIONS_MAX, SessionRow, Sessions, StoreError};

/// All columns but the digest, which the caller knows.
type Columns = (i64, String, String, i64, i64, i64, String);

fn session_row(digest: Digest, columns: Columns) -> SessionRow {
    let (user, device, address, created_at, last_used_at, expires_at, data) = columns;
    SessionRow { digest, user: UserId(user), device, address, created_at, last_used_at, expires_at, data }
}

/// A row of a list: the digest, then [`Columns`].
type Listed = (Vec<u8>, i64, String, String, i64, i64, i64, String);

fn listed(
    (digest, user, device, address, created_at, last_used_at, expires_at, data): Listed,
) -> Result<SessionRow, StoreError> {
    let digest = self::digest(digest)?;
    Ok(session_row(digest, (user, device, address, created_at, last_used_at, expires_at, data)))
}

/// Reads stored bytes back.
pub(super) fn digest(bytes: Vec<u8>) -> Result<Digest, StoreError> {
    bytes.try_into().map_err(|_| StoreError::unexpected("a digest of another length"))
}

#[async_trait]
impl Sessions for Sqlite {
    async fn create_session(&self, session: SessionRow) -> Result<bool, StoreError> {
        self.writer.write(move |transaction| Box::pin(create(transaction, session))).await
    }

    async fn touch_session(&self, digest: Digest, used_at: i64, expires_at: i64) -> Result<(), StoreError> {
        self.writer
            .write(move |transaction| {
                Box::pin(async move {
                    sqlx::query(
                        "UPDATE sessions SET last_used_at = ?1, expires_at = ?2 WHERE digest = ?3 AND last_used_at < ?1",
                    )
                    .bind(used_at)
                    .bind(expires_at)
                    .bind(digest.to_vec())
                    .execute(&mut transaction.connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    async fn replace_values(&self, digest: Digest, old: String, new: String) -> Result<bool, StoreError> {
        self.writer
            .write(move |transaction| {
                Box::pin(async move {
                    let replaced = sqlx::query("UPDATE sessions SET data = ? WHERE digest = ? AND data = ?")
                        .bind(new)
                        .bind(digest.to_vec())
                        .bind(old)
                        .execute(&mut transaction.connection)
                        .await?;
                    Ok(replaced.rows_affected() > 0)
                })
            })
            .await
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

    async fn sessions(&self, user: UserId, now: i64) -> Result<Vec<SessionRow>, StoreError> {
        let rows: Vec<Listed> = sqlx::query_as(
            "SELECT digest, user_id, device, address, sessions.created_at, last_used_at, expires_at, data
             FROM sessions JOIN users ON users.id = user_id WHERE user_id = ? AND expires_at > ? AND enabled = 1
             ORDER BY last_used_at DESC, sessions.created_at DESC LIMIT ?",
        )
        .bind(user.0)
        .bind(now)
        .bind(SESSIONS_MAX as i64)
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(listed).collect()
    }

    async fn end_session(&self, digest: Digest, why: SignedOut) -> Result<(), StoreError> {
        self.writer
            .write(move |transaction| {
                Box::pin(async move {
                    let user: Option<i64> = sqlx::query_scalar("SELECT user_id FROM sessions WHERE digest = ?")
                        .bind(digest.to_vec())
                        .fetch_optional(&mut transaction.connection)
                        .await?;
                    if let Some(user) = user {
                        end(transaction, Ending { user: UserId(user), what: Ended::Session(digest), why }).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    async fn end_session_of(&self, user: UserId, digest: Digest, why: SignedOut) -> Result<bool, StoreError> {
        let ending = Ending { user, what: Ended::Session(digest), why };
        Ok(self.writer.write(move |transaction| Box::pin(end(transaction, ending))).await? > 0)
    }

    async fn end_sessions(&self, user: UserId, except: Option<Digest>, why: SignedOut) -> Result<u64, StoreError> {
        let ending = Ending { user, what: Ended::Sessions { except }, why };
        self.writer.write(move |transaction| Box::pin(end(transaction, ending))).await
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

async fn create(transaction: &mut Transaction, session: SessionRow) -> Result<bool, StoreError> {
    let created = sqlx::query(
        "INSERT INTO sessions (digest, user_id, device, address, created_at, last_used_at, expires_at, data)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING",
    )
    .bind(session.digest.to_vec())
    .bind(session.user.0)
    .bind(session.device)
    .bind(session.address)
    .bind(session.created_at)
    .bind(session.last_used_at)
    .bind(session.expires_at)
    .bind(session.data)
    .execute(&mut transaction.connection)
    .await?;
    if created.rows_affected() == 0 {
        return Ok(false);
    }
    let too_many: Vec<Vec<u8>> = sqlx::query_scalar(
        "SELECT digest FROM sessions WHERE user_id = ? ORDER BY last_used_at DESC, created_at DESC LIMIT -1 OFFSET ?",
    )
    .bind(session.user.0)
    .bind(SESSIONS_MAX as i64)
    .fetch_all(&mut transaction.connection)
    .await?;
    for old in too_many {
        let what = Ended::Session(digest(old)?);
        end(transaction, Ending { user: session.user, what, why: SignedOut::EndedElsewhere }).await?;
    }
    Ok(true)
}
