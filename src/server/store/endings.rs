//! Endings: the sessions and tokens that ended, told to every process on this database and not only to the one that
//! ended them, which hears it in its commit.

use async_trait::async_trait;

use super::{Digest, Ending, StoreError};
use crate::domain::event::SignedOut;

/// What ended lately. Each ending is one of a session or of a token; what ends many leaves many.
#[async_trait]
pub trait Endings: Send + Sync {
    /// The number of the newest ending that is kept; 0 when there is none.
    async fn newest_ending(&self) -> Result<i64, StoreError>;

    /// The endings after this number, with their numbers, in commit order; at most `limit`.
    async fn endings_after(&self, number: i64, limit: usize) -> Result<Vec<(i64, Ending)>, StoreError>;

    /// Why this session ended; `None` when it has not, when it only ran out, and when that is forgotten.
    async fn why_session_ended(&self, digest: Digest) -> Result<Option<SignedOut>, StoreError>;

    /// Forgets the endings before this time, in milliseconds since the Unix epoch.
    async fn sweep_endings(&self, before: i64) -> Result<u64, StoreError>;
}
