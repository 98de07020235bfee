//! Acts: verbs of readers on items, what takes them back, and what comes back by itself.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::{Acted, Action, MessageId, Seq, UserId};

/// What readers do to their items.
#[async_trait]
pub trait Acts: Send + Sync {
    /// Applies the verb to these items, all in one change with one number. Items that are so already keep theirs; when all
    /// are, no number is taken. `None`: none of them is there.
    async fn act(&self, user: UserId, ids: &[MessageId], action: Action) -> Result<Option<Acted>, StoreError> {
        self.act_as_seen(user, ids, action, Seq(i64::MAX)).await
    }

    /// The same by somebody who had seen every change up to `seen`: what came to the top after it is left as it is.
    async fn act_as_seen(
        &self,
        user: UserId,
        ids: &[MessageId],
        action: Action,
        seen: Seq,
    ) -> Result<Option<Acted>, StoreError>;

    /// Marks everything in the inbox read whose number is at most this, in one change.
    async fn read_all(&self, user: UserId, up_to: Seq) -> Result<Acted, StoreError>;

    /// Takes back what the act with this number did, in one change: each item that has not changed since is as it was
    /// before, in its old place. Can itself be taken back. `None`: there is nothing of it left to take back.
    async fn undo(&self, user: UserId, act: Seq) -> Result<Option<Acted>, StoreError>;

    /// Brings back what was snoozed until `now` at the latest, at most `limit` items, the longest due first; answers how
    /// many. For each person one change.
    async fn wake(&self, now: i64, limit: usize) -> Result<usize, StoreError>;

    /// When the next item is due; milliseconds since the Unix epoch.
    async fn next_wake(&self) -> Result<Option<i64>, StoreError>;
}
