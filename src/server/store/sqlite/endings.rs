//! Endings in SQLite: one place where sessions and tokens end, so that none ends without its streams hearing of it.

use async_trait::async_trait;
use sqlx::SqliteConnection;

use super::Sqlite;
use super::writer::Transaction;
use crate::domain::UserId;
use crate::domain::event::SignedOut;
use crate::server::now_ms;
use crate::server::store::{Digest, Ended, Ending, Endings, StoreError, TokenId};

/// Number, person, session, token, reason.
type Columns = (i64, i64, Option<Vec<u8>>, Option<i64>, String);

fn ending((number, user, session, token, why): Columns) -> Result<(i64, Ending), StoreError> {
    let what = match (session, token) {
        (Some(digest), None) => Ended::Session(super::sessions::digest(digest)?),
        (None, Some(id)) => Ended::Token(TokenId(id)),
        _ => return Err(StoreError::unexpected("an ending of neither a session nor a token")),
    };
    Ok((number, Ending { user: UserId(user), what, why: reason(&why) }))
}

/// A later version on the same database may know more reasons.
fn reason(word: &str) -> SignedOut {
    SignedOut::parse(word).unwrap_or(SignedOut::Revoked)
}

#[async_trait]
impl Endings for Sqlite {
    async fn newest_ending(&self) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("SELECT coalesce(max(id), 0) FROM endings").fetch_one(&self.readers).await?)
    }

    async fn endings_after(&self, number: i64, limit: usize) -> Result<Vec<(i64, Ending)>, StoreError> {
        let rows: Vec<Columns> =
            sqlx::query_as("SELECT id, user_id, session, token_id, why FROM endings WHERE id > ? ORDER BY id LIMIT ?")
                .bind(number)
                .bind(i64::try_from(limit).unwrap_or(i64::MAX))
                .fetch_all(&self.readers)
                .await?;
        rows.into_iter().map(ending).collect()
    }

    async fn why_session_ended(&self, digest: Digest) -> Result<Option<SignedOut>, StoreError> {
        let why: Option<String> = sqlx::query_scalar("SELECT why FROM endings WHERE session = ?")
            .bind(digest.to_vec())
            .fetch_optional(&self.readers)
            .await?;
        Ok(why.as_deref().map(reason))
    }

    async fn sweep_endings(&self, before: i64) -> Result<u64, StoreError> {
        self.writer
            .write(move |transaction| {
                Box::pin(async move {
                    let swept = sqlx::query("DELETE FROM endings WHERE ended_at < ?")
                        .bind(before)
                        .execute(&mut transaction.connection)
                        .await?;
                    Ok(swept.rows_affected())
                })
            })
            .await
    }
}

/// Ends sessions and tokens: notes each for other processes, deletes them, and has this process told after the commit.
/// Tokens of a person who is kept out stay, for when they are let in again. Answers how many were deleted.
pub(super) async fn end(transaction: &mut Transaction, ending: Ending) -> Result<u64, StoreError> {
    let Ending { user, what, why } = ending;
    let connection = &mut transaction.connection;
    let ended = match what {
        Ended::Session(digest) => end_sessions(connection, user, Some(digest), None, why).await?,
        Ended::Sessions { except } => end_sessions(connection, user, None, except, why).await?,
        Ended::Token(id) => end_token(connection, user, id, why).await?,
        Ended::Everything => {
            note_tokens(connection, user, None, why).await?;
            end_sessions(connection, user, None, None, why).await?
        }
    };
    // Endings of many are told even of none: a stream may outlive the row of its session by a beat.
    if ended > 0 || matches!(what, Ended::Sessions { .. } | Ended::Everything) {
        transaction.end(ending);
    }
    Ok(ended)
}

/// This session, or all but one.
async fn end_sessions(
    connection: &mut SqliteConnection,
    user: UserId,
    only: Option<Digest>,
    except: Option<Digest>,
    why: SignedOut,
) -> Result<u64, StoreError> {
    let (only, except) = (only.map(|digest| digest.to_vec()), except.map(|digest| digest.to_vec()));
    sqlx::query(
        "INSERT INTO endings (user_id, session, why, ended_at) SELECT user_id, digest, ?4, ?5 FROM sessions
         WHERE user_id = ?1 AND digest = coalesce(?2, digest) AND digest IS NOT ?3",
    )
    .bind(user.0)
    .bind(&only)
    .bind(&except)
    .bind(why.as_str())
    .bind(now_ms())
    .execute(&mut *connection)
    .await?;
    let ended =
        sqlx::query("DELETE FROM sessions WHERE user_id = ?1 AND digest = coalesce(?2, digest) AND digest IS NOT ?3")
            .bind(user.0)
            .bind(&only)
            .bind(&except)
            .execute(connection)
            .await?;
    Ok(ended.rows_affected())
}

async fn end_token(
    connection: &mut SqliteConnection,
    user: UserId,
    id: TokenId,
    why: SignedOut,
) -> Result<u64, StoreError> {
    note_tokens(connection, user, Some(id), why).await?;
    let ended = sqlx::query("DELETE FROM tokens WHERE user_id = ? AND id = ?")
        .bind(user.0)
        .bind(id.0)
        .execute(connection)
        .await?;
    Ok(ended.rows_affected())
}

/// Notes this token, or all.
async fn note_tokens(
    connection: &mut SqliteConnection,
    user: UserId,
    only: Option<TokenId>,
    why: SignedOut,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO endings (user_id, token_id, why, ended_at)
         SELECT user_id, id, ?3, ?4 FROM tokens WHERE user_id = ?1 AND id = coalesce(?2, id)",
    )
    .bind(user.0)
    .bind(only.map(|id| id.0))
    .bind(why.as_str())
    .bind(now_ms())
    .execute(connection)
    .await?;
    Ok(())
}
