//! People in SQLite: accounts by number or by the unique form of their name, and the set-up link.

use async_trait::async_trait;
use sqlx::SqliteConnection;

use super::Sqlite;
use super::endings::end;
use super::writer::Transaction;
use crate::domain::event::SignedOut;
use crate::domain::{Role, UserId, Username};
use crate::server::store::{
    AddUserError, Digest, Ended, Ending, ManageError, NewUser, PasswordHash, People, StoreError, User, UserRef,
};

/// A row of `users`, without what belongs to the inbox.
#[derive(sqlx::FromRow)]
struct UserRow {
    id: i64,
    username: String,
    display_name: String,
    role: String,
    enabled: bool,
    password: Option<String>,
    created_at: i64,
    zone: Option<String>,
}

impl TryFrom<UserRow> for User {
    type Error = StoreError;

    fn try_from(row: UserRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: UserId(row.id),
            username: Username::parse(&row.username).map_err(StoreError::unexpected)?,
            display_name: row.display_name,
            role: row.role.parse().map_err(StoreError::unexpected)?,
            enabled: row.enabled,
            password: row.password.map(PasswordHash),
            created_at: row.created_at,
            zone: row.zone,
        })
    }
}

/// The columns of [`UserRow`], and what follows `FROM users`.
macro_rules! select_users {
    ($rest:literal) => {
        concat!("SELECT id, username, display_name, role, enabled, password, created_at, zone FROM users ", $rest)
    };
}

#[async_trait]
impl People for Sqlite {
    async fn add_user(&self, user: NewUser) -> Result<UserId, AddUserError> {
        self.writer.write(move |transaction| Box::pin(add(&mut transaction.connection, user))).await
    }

    async fn add_users(&self, users: Vec<NewUser>) -> Result<Vec<UserId>, AddUserError> {
        self.writer.write(move |transaction| Box::pin(add_all(transaction, users))).await
    }

    async fn user(&self, who: UserRef<'_>) -> Result<Option<User>, StoreError> {
        let row: Option<UserRow> = match who {
            UserRef::Id(id) => sqlx::query_as(select_users!("WHERE id = ?")).bind(id.0),
            UserRef::Name(name) => sqlx::query_as(select_users!("WHERE name_key = ?")).bind(name.key()),
        }
        .fetch_optional(&self.readers)
        .await?;
        row.map(User::try_from).transpose()
    }

    async fn users(&self) -> Result<Vec<User>, StoreError> {
        let rows: Vec<UserRow> = sqlx::query_as(select_users!("ORDER BY name_key")).fetch_all(&self.readers).await?;
        rows.into_iter().map(User::try_from).collect()
    }

    async fn count_users(&self) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM users").fetch_one(&self.readers).await?;
        Ok(count.unsigned_abs())
    }

    async fn set_password(&self, user: UserId, hash: PasswordHash) -> Result<(), StoreError> {
        self.writer
            .write(move |transaction| {
                Box::pin(async move {
                    sqlx::query("UPDATE users SET password = ? WHERE id = ?")
                        .bind(hash.0)
                        .bind(user.0)
                        .execute(&mut transaction.connection)
                        .await?;
                    let what = Ended::Sessions { except: None };
                    end(transaction, Ending { user, what, why: SignedOut::PasswordChanged }).await?;
                    Ok(())
                })
            })
            .await
    }

    /// Enabling ends sessions as well: one that a sign-in made while the person was being disabled must not revive.
    async fn set_enabled(&self, user: UserId, enabled: bool) -> Result<(), ManageError> {
        self.writer.write(move |transaction| Box::pin(set_enabled(transaction, user, enabled))).await
    }

    async fn set_role(&self, user: UserId, role: Role) -> Result<(), ManageError> {
        self.writer.write(move |transaction| Box::pin(set_role(transaction, user, role))).await
    }

    async fn offer_setup(&self, link: Digest, expires_at: i64) -> Result<(), StoreError> {
        self.writer
            .write(move |transaction| {
                Box::pin(async move {
                    sqlx::query("INSERT OR REPLACE INTO setup_link (one, digest, expires_at) VALUES (1, ?, ?)")
                        .bind(link.to_vec())
                        .bind(expires_at)
                        .execute(&mut transaction.connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }

    async fn setup_offered(&self, link: Digest, now: i64) -> Result<bool, StoreError> {
        let good = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM setup_link WHERE digest = ? AND expires_at > ?)
                AND NOT EXISTS (SELECT 1 FROM users)",
        );
        Ok(good.bind(link.to_vec()).bind(now).fetch_one(&self.readers).await?)
    }

    async fn set_up(&self, link: Digest, now: i64, user: NewUser) -> Result<Option<UserId>, StoreError> {
        let set_up = self.writer.write(move |transaction| Box::pin(set_up(transaction, link, now, user))).await;
        match set_up {
            Ok(id) => Ok(id),
            Err(AddUserError::Store(why)) => Err(why),
            // Cannot be, as there was nobody; if it were, somebody would have an account.
            Err(AddUserError::NameTaken) => Ok(None),
        }
    }
}

async fn add(connection: &mut SqliteConnection, user: NewUser) -> Result<UserId, AddUserError> {
    let id: Option<i64> = sqlx::query_scalar(
        "INSERT INTO users (username, name_key, display_name, role, password, created_at) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (name_key) DO NOTHING RETURNING id",
    )
    .bind(user.username.to_string())
    .bind(user.username.key())
    .bind(user.display_name)
    .bind(user.role.as_str())
    .bind(user.password.map(|hash| hash.0))
    .bind(user.created_at)
    .fetch_optional(connection)
    .await?;
    id.map(UserId).ok_or(AddUserError::NameTaken)
}

async fn add_all(transaction: &mut Transaction, users: Vec<NewUser>) -> Result<Vec<UserId>, AddUserError> {
    let mut ids = Vec::with_capacity(users.len());
    for user in users {
        ids.push(add(&mut transaction.connection, user).await?);
    }
    Ok(ids)
}

async fn set_up(
    transaction: &mut Transaction,
    link: Digest,
    now: i64,
    user: NewUser,
) -> Result<Option<UserId>, AddUserError> {
    let used =
        sqlx::query("DELETE FROM setup_link WHERE digest = ? AND expires_at > ? AND NOT EXISTS (SELECT 1 FROM users)")
            .bind(link.to_vec())
            .bind(now)
            .execute(&mut transaction.connection)
            .await?;
    if used.rows_affected() == 0 {
        return Ok(None);
    }
    add(&mut transaction.connection, user).await.map(Some)
}

async fn set_enabled(transaction: &mut Transaction, user: UserId, enabled: bool) -> Result<(), ManageError> {
    let admin: Option<bool> =
        sqlx::query_scalar("UPDATE users SET enabled = ?1 WHERE id = ?2 AND enabled <> ?1 RETURNING role = 'admin'")
            .bind(enabled)
            .bind(user.0)
            .fetch_optional(&mut transaction.connection)
            .await?;
    let Some(admin) = admin else { return Ok(()) };
    if admin && !enabled {
        still_managed(&mut transaction.connection).await?;
    }
    end(transaction, Ending { user, what: Ended::Everything, why: SignedOut::Disabled }).await?;
    Ok(())
}

async fn set_role(transaction: &mut Transaction, user: UserId, role: Role) -> Result<(), ManageError> {
    let changed = sqlx::query("UPDATE users SET role = ?1 WHERE id = ?2 AND role <> ?1")
        .bind(role.as_str())
        .bind(user.0)
        .execute(&mut transaction.connection)
        .await?;
    if changed.rows_affected() == 0 {
        return Ok(());
    }
    if role != Role::Admin {
        still_managed(&mut transaction.connection).await?;
    }
    end(transaction, Ending { user, what: Ended::Sessions { except: None }, why: SignedOut::RoleChanged }).await?;
    Ok(())
}

/// Refuses a change that left nobody who may manage people; the savepoint of the write takes it back.
async fn still_managed(connection: &mut SqliteConnection) -> Result<(), ManageError> {
    let managed: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM users WHERE role = 'admin' AND enabled = 1)")
        .fetch_one(connection)
        .await?;
    if managed { Ok(()) } else { Err(ManageError::LastAdmin) }
}
