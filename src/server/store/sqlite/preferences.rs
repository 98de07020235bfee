//! Preferences in SQLite: a row for the person, and rows for their days and categories.

use async_trait::async_trait;
use sqlx::{Connection, SqliteConnection};

use super::Sqlite;
use crate::domain::preferences::{Choice, Loud};
use crate::domain::quiet::{Hours, Week};
use crate::domain::theme::Theme;
use crate::domain::{Preferences, UserId};
use crate::server::store::{CATEGORIES_OF, Prefer, StoreError};

#[async_trait]
impl Prefer for Sqlite {
    async fn preferences(&self, user: UserId) -> Result<(i64, Preferences), StoreError> {
        // One moment for all rows.
        let mut reader = self.readers.acquire().await?;
        let mut moment = reader.begin().await?;
        let read = read(&mut moment, user).await?;
        moment.commit().await?;
        Ok(read)
    }

    async fn preferences_version(&self, user: UserId) -> Result<i64, StoreError> {
        let version = sqlx::query_scalar("SELECT version FROM preferences WHERE user_id = ?").bind(user.0);
        Ok(version.fetch_optional(&self.readers).await?.unwrap_or(0))
    }

    async fn prefer(&self, user: UserId, preferences: Preferences) -> Result<i64, StoreError> {
        self.writer.write(move |transaction| Box::pin(replace(&mut transaction.connection, user, preferences))).await
    }

    async fn settle_zone(&self, user: UserId, zone: String) -> Result<(), StoreError> {
        let settle = move |kept: Preferences| Preferences { zone: kept.zone.clone().or(Some(zone)), ..kept };
        self.change(user, settle).await
    }

    async fn prefer_theme(&self, user: UserId, theme: Theme) -> Result<(), StoreError> {
        self.change(user, move |kept| Preferences { theme, ..kept }).await
    }

    async fn categories(&self, user: UserId) -> Result<Vec<String>, StoreError> {
        let categories = sqlx::query_scalar(
            "SELECT DISTINCT category FROM
                 (SELECT category FROM items JOIN messages ON messages.id = coalesce(shown_id, items.message_id)
                  WHERE items.user_id = ? AND deleted = 0 ORDER BY items.message_id DESC LIMIT ?)
             WHERE category IS NOT NULL ORDER BY category",
        )
        .bind(user.0)
        .bind(CATEGORIES_OF as i64);
        Ok(categories.fetch_all(&self.readers).await?)
    }
}

impl Sqlite {
    /// Replaces what is kept by something made of it, in one transaction.
    async fn change(
        &self,
        user: UserId,
        next: impl FnOnce(Preferences) -> Preferences + Send + 'static,
    ) -> Result<(), StoreError> {
        let write = async move |connection: &mut SqliteConnection| {
            let (_, kept) = read(connection, user).await?;
            replace(connection, user, next(kept)).await?;
            Ok(())
        };
        self.writer.write(move |transaction| Box::pin(write(&mut transaction.connection))).await
    }
}

async fn read(connection: &mut SqliteConnection, user: UserId) -> Result<(i64, Preferences), StoreError> {
    let mut preferences = Preferences::default();
    let zone: Option<Option<String>> =
        sqlx::query_scalar("SELECT zone FROM users WHERE id = ?").bind(user.0).fetch_optional(&mut *connection).await?;
    preferences.zone = zone.flatten();
    let row: Option<(i64, bool, bool, bool, String)> =
        sqlx::query_as("SELECT version, keys, toast, sound, theme FROM preferences WHERE user_id = ?")
            .bind(user.0)
            .fetch_optional(&mut *connection)
            .await?;
    let Some((version, keys, toast, sound, theme)) = row else { return Ok((0, preferences)) };
    preferences.keys = keys;
    preferences.theme = Theme::parse(&theme).unwrap_or_default();
    preferences.other = Loud { toast, sound };
    preferences.week = week(connection, user).await?;
    preferences.choices = choices(connection, user).await?;
    Ok((version, preferences))
}

async fn week(connection: &mut SqliteConnection, user: UserId) -> Result<Week, StoreError> {
    let rows: Vec<(u32, u16, u16)> = sqlx::query_as("SELECT weekday, begins, ends FROM quiet_hours WHERE user_id = ?")
        .bind(user.0)
        .fetch_all(connection)
        .await?;
    let mut week = Week::default();
    for (weekday, from, to) in rows {
        let day =
            week.0.get_mut(weekday as usize).ok_or_else(|| StoreError::unexpected("an eighth day of the week"))?;
        *day = Hours::new(from, to);
    }
    Ok(week)
}

async fn choices(connection: &mut SqliteConnection, user: UserId) -> Result<Vec<Choice>, StoreError> {
    let rows: Vec<(String, bool, bool)> =
        sqlx::query_as("SELECT category, toast, sound FROM loudness WHERE user_id = ? ORDER BY category")
            .bind(user.0)
            .fetch_all(connection)
            .await?;
    let choice = |(category, toast, sound)| Choice { category, loud: Loud { toast, sound } };
    Ok(rows.into_iter().map(choice).collect())
}

async fn replace(connection: &mut SqliteConnection, user: UserId, new: Preferences) -> Result<i64, StoreError> {
    let (version, old) = read(connection, user).await?;
    if old == new {
        return Ok(version);
    }
    let version = version + 1;
    sqlx::query("UPDATE users SET zone = ? WHERE id = ?").bind(new.zone).bind(user.0).execute(&mut *connection).await?;
    sqlx::query(
        "INSERT OR REPLACE INTO preferences (user_id, version, keys, toast, sound, theme) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(user.0)
    .bind(version)
    .bind(new.keys)
    .bind(new.other.toast)
    .bind(new.other.sound)
    .bind(new.theme.as_str())
    .execute(&mut *connection)
    .await?;
    sqlx::query("DELETE FROM quiet_hours WHERE user_id = ?").bind(user.0).execute(&mut *connection).await?;
    sqlx::query("DELETE FROM loudness WHERE user_id = ?").bind(user.0).execute(&mut *connection).await?;
    for (weekday, hours) in new.week.0.into_iter().enumerate() {
        let Some(hours) = hours else { continue };
        sqlx::query("INSERT INTO quiet_hours (user_id, weekday, begins, ends) VALUES (?, ?, ?, ?)")
            .bind(user.0)
            .bind(weekday as i64)
            .bind(hours.from())
            .bind(hours.to())
            .execute(&mut *connection)
            .await?;
    }
    for Choice { category, loud } in new.choices {
        sqlx::query("INSERT INTO loudness (user_id, category, toast, sound) VALUES (?, ?, ?, ?)")
            .bind(user.0)
            .bind(category)
            .bind(loud.toast)
            .bind(loud.sound)
            .execute(&mut *connection)
            .await?;
    }
    Ok(version)
}
