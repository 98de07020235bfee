//! Mutes in SQLite: a row for each.

use async_trait::async_trait;
use sqlx::SqliteConnection;

use super::Sqlite;
use crate::domain::mute::MUTES_MAX;
use crate::domain::{Mute, UserId, Username};
use crate::server::store::{MuteRow, Muted, Mutes, StoreError};

#[async_trait]
impl Mutes for Sqlite {
    async fn mute(&self, user: UserId, mute: Mute, at: i64) -> Result<Muted, StoreError> {
        self.writer.write(move |transaction| Box::pin(add(&mut transaction.connection, user, mute, at))).await
    }

    async fn unmute(&self, user: UserId, mute: Mute) -> Result<bool, StoreError> {
        self.writer.write(move |transaction| Box::pin(remove(&mut transaction.connection, user, mute))).await
    }

    async fn mutes(&self, user: UserId) -> Result<Vec<MuteRow>, StoreError> {
        let rows: Vec<(Option<String>, Option<String>, Option<String>, i64)> = sqlx::query_as(
            "SELECT username, display_name, category, since FROM mutes LEFT JOIN users ON users.id = sender_id
             WHERE user_id = ? ORDER BY since DESC, mutes.rowid DESC",
        )
        .bind(user.0)
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(row).collect()
    }
}

fn row(
    (username, name, category, since): (Option<String>, Option<String>, Option<String>, i64),
) -> Result<MuteRow, StoreError> {
    let (mute, shown) = match (username, category) {
        (Some(username), _) => (Mute::Sender(Username::parse(&username).map_err(StoreError::unexpected)?), name),
        (None, Some(category)) => (Mute::Category(category.clone()), Some(category)),
        (None, None) => return Err(StoreError::unexpected("a mute of nothing")),
    };
    Ok(MuteRow { mute, shown: shown.unwrap_or_default(), since })
}

async fn add(connection: &mut SqliteConnection, user: UserId, mute: Mute, at: i64) -> Result<Muted, StoreError> {
    let (sender, category) = match mute {
        Mute::Sender(name) => match id_of(connection, &name).await? {
            Some(sender) => (Some(sender), None),
            None => return Ok(Muted::Nobody),
        },
        Mute::Category(category) => (None, Some(category)),
    };
    let known: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM mutes WHERE user_id = ?1 AND sender_id IS ?2 AND category IS ?3)",
    )
    .bind(user.0)
    .bind(sender)
    .bind(&category)
    .fetch_one(&mut *connection)
    .await?;
    if known {
        return Ok(Muted::Done);
    }
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM mutes WHERE user_id = ?")
        .bind(user.0)
        .fetch_one(&mut *connection)
        .await?;
    if count >= MUTES_MAX as i64 {
        return Ok(Muted::TooMany);
    }
    sqlx::query("INSERT INTO mutes (user_id, sender_id, category, since) VALUES (?, ?, ?, ?)")
        .bind(user.0)
        .bind(sender)
        .bind(category)
        .bind(at)
        .execute(connection)
        .await?;
    Ok(Muted::Done)
}

async fn remove(connection: &mut SqliteConnection, user: UserId, mute: Mute) -> Result<bool, StoreError> {
    let removed = match mute {
        Mute::Sender(name) => {
            let Some(sender) = id_of(connection, &name).await? else { return Ok(false) };
            sqlx::query("DELETE FROM mutes WHERE user_id = ? AND sender_id = ?").bind(user.0).bind(sender)
        }
        Mute::Category(category) => {
            sqlx::query("DELETE FROM mutes WHERE user_id = ? AND category = ?").bind(user.0).bind(category)
        }
    }
    .execute(connection)
    .await?;
    Ok(removed.rows_affected() > 0)
}

async fn id_of(connection: &mut SqliteConnection, name: &Username) -> Result<Option<i64>, StoreError> {
    let id = sqlx::query_scalar("SELECT id FROM users WHERE name_key = ?").bind(name.key());
    Ok(id.fetch_optional(connection).await?)
}
