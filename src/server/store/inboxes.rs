//! Inboxes: lists as of one moment, and catching up after a number.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::item::Opened;
use crate::domain::{Counts, Event, MessageId, Page, Rank, Seq, UserId, View};

/// What people see in their inboxes.
#[async_trait]
pub trait Inboxes: Send + Sync {
    /// The first `rows` items of a view below a place, with the cursor and counts of the same moment.
    async fn page(&self, user: UserId, view: View, before: Option<Rank>, rows: usize) -> Result<Page, StoreError>;

    /// One message with its body; `None` when it is not in this person's inbox (any more).
    async fn opened(&self, user: UserId, id: MessageId) -> Result<Option<Opened>, StoreError>;

    /// The reader took note, at this moment, of the message that the row showed when it was had so many times; then it is
    /// read, too. Once more changes nothing.
    async fn take_note(&self, user: UserId, id: MessageId, times: u32, at: i64) -> Result<Noted, StoreError>;

    /// What changed after `seq`, each item once at its last change, in number order, read in one moment.
    async fn since(&self, user: UserId, seq: Seq, limit: usize) -> Result<Since, StoreError>;

    /// Forgets at most `limit` items that their readers deleted before this time, the oldest first; answers how many.
    /// Until then they are there as tombstones, and afterwards a reader who may have missed one starts afresh.
    async fn purge(&self, deleted_before: i64, limit: usize) -> Result<u64, StoreError>;

    /// Where the person's sequence stands, with the counts of that moment.
    async fn standing(&self, user: UserId) -> Result<(Seq, Counts), StoreError> {
        // After the greatest number there is nothing to read: the answer is the present.
        let (Since::Changes { seq, counts, .. } | Since::Reset { seq, counts }) =
            self.since(user, Seq(i64::MAX), 0).await?;
        Ok((seq, counts))
    }
}

/// What became of an acknowledgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noted {
    /// It is kept, now or since before.
    Done,
    /// The row shows another message by now, which they have not seen.
    Changed,
    /// There is no such item, or it does not ask for it.
    Missing,
}

/// The way from a number to now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Since {
    /// `item` and `gone` events in number order. Together they lead to `seq`.
    Changes {
        /// The changes; the counts in each are those at `seq`.
        events: Vec<Event>,
        /// The last number.
        seq: Seq,
        /// Counts at that number.
        counts: Counts,
    },
    /// More than the limit changed, the number is in the future, or what was deleted after it is forgotten: start afresh at
    /// `seq`.
    Reset {
        /// The last number.
        seq: Seq,
        /// Counts at that number.
        counts: Counts,
    },
}
