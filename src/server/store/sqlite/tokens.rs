//! Tokens in SQLite. A revoked token has no row, so finding one is all there is to check but its owner.

use async_trait::async_trait;

use super::Sqlite;
use super::endings::end;
use super::writer::Transaction;
use crate::domain::UserId;
use crate::domain::event::SignedOut;
use crate::server::store::{Digest, Ended, Ending, NewToken, StoreError, TokenId, TokenRow, Tokens};

/// The columns that others may see; never the digest.
type Columns = (i64, i64, String, i64, Option<i64>);

fn token_row((id, user, scope, created_at, last_used_at): Columns) -> Result<TokenRow, StoreError> {
    let scope = scope.parse().map_err(|why: &str| StoreError::unexpected(why))?;
    Ok(TokenRow { id: TokenId(id), user: UserId(user), scope, created_at, last_used_at })
}

#[async_trait]
impl Tokens for Sqlite {
    async fn add_tokens(&self, tokens: Vec<NewToken>) -> Result<Vec<TokenId>, StoreError> {
        self.writer.write(move |transaction| Box::pin(add_all(transaction, tokens))).await
    }

    async fn token(&self, digest: Digest) -> Result<Option<TokenRow>, StoreError> {
        let row: Option<Columns> = sqlx::query_as(
            "SELECT tokens.id, user_id, scope, tokens.created_at, last_used_at
             FROM tokens JOIN users ON users.id = user_id WHERE digest = ? AND enabled = 1",
        )
        .bind(digest.to_vec())
        .fetch_optional(&self.readers)
        .await?;
        row.map(token_row).transpose()
    }

    async fn tokens(&self, user: UserId) -> Result<Vec<TokenRow>, StoreError> {
        let rows: Vec<Columns> = sqlx::query_as(
            "SELECT id, user_id, scope, created_at, last_used_at FROM tokens WHERE user_id = ? ORDER BY id",
        )
        .bind(user.0)
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(token_row).collect()
    }

    async fn revoke_token(&self, id: TokenId) -> Result<bool, StoreError> {
        self.writer
            .write(move |transaction| {
                Box::pin(async move {
                    let user: Option<i64> = sqlx::query_scalar("SELECT user_id FROM tokens WHERE id = ?")
                        .bind(id.0)
                        .fetch_optional(&mut transaction.connection)
                        .await?;
                    if let Some(user) = user {
                        let what = Ended::Token(id);
                        end(transaction, Ending { user: UserId(user), what, why: SignedOut::Revoked }).await?;
                    }
                    Ok(user.is_some())
                })
            })
            .await
    }

    async fn touch_token(&self, id: TokenId, now: i64) -> Result<(), StoreError> {
        self.writer
            .write(move |transaction| {
                Box::pin(async move {
                    sqlx::query("UPDATE tokens SET last_used_at = ? WHERE id = ?")
                        .bind(now)
                        .bind(id.0)
                        .execute(&mut transaction.connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }
}

async fn add_all(transaction: &mut Transaction, tokens: Vec<NewToken>) -> Result<Vec<TokenId>, StoreError> {
    let mut ids = Vec::with_capacity(tokens.len());
    for token in tokens {
        let id = sqlx::query_scalar(
            "INSERT INTO tokens (user_id, scope, digest, created_at) VALUES (?, ?, ?, ?) RETURNING id",
        )
        .bind(token.user.0)
        .bind(token.scope.as_str())
        .bind(token.digest.to_vec())
        .bind(token.created_at)
        .fetch_one(&mut transaction.connection)
        .await?;
        ids.push(TokenId(id));
    }
    Ok(ids)
}
