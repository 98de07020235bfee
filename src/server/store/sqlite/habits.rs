//! Habits in SQLite: one walk over the latest items of an inbox tells who sends most and which tags come most.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::SqliteConnection;

use crate::domain::{Seq, UserId};
use crate::server::store::{HABITS_MAX, HABITS_OF, Habits, Sender, StoreError};

/// The habits of those who send to this person. `seq` and `unread` are the person's, at the same moment.
pub(super) async fn read(
    connection: &mut SqliteConnection,
    user: UserId,
    seq: Seq,
    unread: i64,
) -> Result<Habits, StoreError> {
    let rows: Vec<(i64, String, bool)> = sqlx::query_as(
        "SELECT sender_id, tags, read
         FROM (SELECT coalesce(shown_id, message_id) AS shown, read, surfaced, message_id FROM items
               WHERE user_id = ? AND done = 0 AND deleted = 0 AND snoozed IS NULL
               ORDER BY surfaced DESC, message_id DESC LIMIT ?)
              JOIN messages ON messages.id = shown",
    )
    .bind(user.0)
    .bind(HABITS_OF as i64)
    .fetch_all(&mut *connection)
    .await?;
    let (mut senders, mut tags, mut counted) = (BTreeMap::<i64, (usize, u32)>::new(), BTreeMap::new(), 0);
    for (sender, words, read) in &rows {
        let (all, theirs) = senders.entry(*sender).or_default();
        *all += 1;
        *theirs += u32::from(!read);
        counted += i64::from(!read);
        // A tag that a message has twice counts once.
        for tag in words.split_whitespace().collect::<BTreeSet<_>>() {
            *tags.entry(tag).or_insert(0_usize) += 1;
        }
    }
    let frequent: Vec<i64> = most(senders.iter().map(|(id, (all, _))| (*id, *all)));
    let names: Vec<(i64, String, String)> = sqlx::query_as(
        "SELECT id, username, display_name FROM users WHERE id IN (SELECT value FROM json_each(?)) ORDER BY display_name, id",
    )
    .bind(sqlx::types::Json(frequent))
    .fetch_all(connection)
    .await?;
    let sender = |(id, username, display_name)| Sender { unread: senders[&id].1, username, display_name };
    let mut tags: Vec<String> = most(tags).into_iter().map(str::to_owned).collect();
    tags.sort();
    Ok(Habits { senders: names.into_iter().map(sender).collect(), tags, more: counted < unread, seq })
}

/// Those that come most; of two that come as often, the first.
fn most<T>(counted: impl IntoIterator<Item = (T, usize)>) -> Vec<T> {
    let mut counted: Vec<(T, usize)> = counted.into_iter().collect();
    counted.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    counted.into_iter().take(HABITS_MAX).map(|(one, _)| one).collect()
}
