//! Tokens: what programs sign in with. Only digests are kept.

use async_trait::async_trait;
use std::str::FromStr;

use super::{Digest, StoreError};
use crate::domain::UserId;

/// The keys of programs.
#[async_trait]
pub trait Tokens: Send + Sync {
    /// Keeps new tokens, all or none.
    async fn add_tokens(&self, tokens: Vec<NewToken>) -> Result<Vec<TokenId>, StoreError>;

    /// Finds a live token of an enabled person.
    async fn token(&self, digest: Digest) -> Result<Option<TokenRow>, StoreError>;

    /// A person's tokens, oldest first.
    async fn tokens(&self, user: UserId) -> Result<Vec<TokenRow>, StoreError>;

    /// Kills a token. `false`: there is none with this number.
    async fn revoke_token(&self, id: TokenId) -> Result<bool, StoreError>;

    /// Remembers when a token was used last.
    async fn touch_token(&self, id: TokenId, now: i64) -> Result<(), StoreError>;
}

/// A token's number, to list and revoke it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenId(pub i64);

/// What a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Open the owner's stream.
    Read,
    /// Send messages in the owner's name.
    Send,
}

impl Scope {
    /// The word that is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Send => "send",
        }
    }
}

impl FromStr for Scope {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "read" => Ok(Self::Read),
            "send" => Ok(Self::Send),
            _ => Err("a scope is read or send"),
        }
    }
}

/// A token to keep.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// Whose.
    pub user: UserId,
    /// What it may do.
    pub scope: Scope,
    /// SHA-256 of the whole token.
    pub digest: Digest,
    /// Milliseconds since the Unix epoch.
    pub created_at: i64,
}

/// A token that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// Its number.
    pub id: TokenId,
    /// Whose.
    pub user: UserId,
    /// What it may do.
    pub scope: Scope,
    /// Milliseconds since the Unix epoch.
    pub created_at: i64,
    /// Milliseconds since the Unix epoch; to the minute.
    pub last_used_at: Option<i64>,
}
