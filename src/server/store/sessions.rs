//! Sessions: who is signed in, from which device. `session_store` fits this to tower-sessions.

use std::fmt;

use async_trait::async_trait;

use super::{Digest, Redacted, StoreError};
use crate::domain::UserId;
use crate::domain::event::SignedOut;

/// Open sessions of people.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Keeps a new session, and ends the one used least lately when the person has more than [`SESSIONS_MAX`]. `false`: the
    /// digest is taken, nothing was changed.
    async fn create_session(&self, session: SessionRow) -> Result<bool, StoreError>;

    /// Moves the end of a session that was used at `used_at`, never back: the latest use counts. Touches nothing else of it,
    /// and one that has ended meanwhile stays ended.
    async fn touch_session(&self, digest: Digest, used_at: i64, expires_at: i64) -> Result<(), StoreError>;

    /// Replaces the session's values when they still are `old`, and touches nothing else of it. `false`: another request was
    /// quicker, or the session has ended and stays so.
    async fn replace_values(&self, digest: Digest, old: String, new: String) -> Result<bool, StoreError>;

    /// Finds a session that is good at `now` and whose person is enabled.
    async fn session(&self, digest: Digest, now: i64) -> Result<Option<SessionRow>, StoreError>;

    /// A person's sessions that are good at `now`, the one used last first.
    async fn sessions(&self, user: UserId, now: i64) -> Result<Vec<SessionRow>, StoreError>;

    /// Ends a session, and tells its streams why.
    async fn end_session(&self, digest: Digest, why: SignedOut) -> Result<(), StoreError>;

    /// The same, but only a session of this person. `false`: they have none with this digest.
    async fn end_session_of(&self, user: UserId, digest: Digest, why: SignedOut) -> Result<bool, StoreError>;

    /// Ends all sessions of a person but this one; answers how many.
    async fn end_sessions(&self, user: UserId, except: Option<Digest>, why: SignedOut) -> Result<u64, StoreError>;

    /// Forgets sessions that have expired.
    async fn sweep_sessions(&self, now: i64) -> Result<u64, StoreError>;
}

/// Most sessions in a list. More devices than anybody has; a page must not grow with what a script signs in.
pub const SESSIONS_MAX: usize = 100;

/// A session that is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of the session id; the id itself is only in the browser.
    pub digest: Digest,
    /// Who is signed in.
    pub user: UserId,
    /// Browser and system, read from the user agent when signing in.
    pub device: String,
    /// Where the sign-in came from.
    pub address: String,
    /// When it was made; milliseconds since the Unix epoch, as all times here.
    pub created_at: i64,
    /// When it was used last, to the minute.
    pub last_used_at: i64,
    /// When it ends unless it is used again.
    pub expires_at: i64,
    /// The session's values, as JSON.
    pub data: String,
}

impl fmt::Debug for SessionRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionRow")
            .field("digest", &Redacted)
            .field("user", &self.user)
            .field("device", &self.device)
            .field("address", &self.address)
            .field("created_at", &self.created_at)
            .field("last_used_at", &self.last_used_at)
            .field("expires_at", &self.expires_at)
            .field("data", &Redacted)
            .finish()
    }
}
