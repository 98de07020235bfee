//! Which items match, the latest first: the index of words says which messages, the reader's items say the rest.
//!
//! Lists are in the order of what surfaced last, the index is in the order of messages, and the two are nearly the same. So a
//! page is looked for among messages near to where it begins, and only what is not found there among all. What surfaced among its rows
//! from elsewhere, such as what was snoozed, is looked at one by one. So a word that all messages have is found as soon as a rare one.

use sqlx::sqlite::Sqlite as Engine;
use sqlx::{QueryBuilder, SqliteConnection};

use super::find::full_text;
use crate::domain::query::{Is, What};
use crate::domain::{MessageId, Rank, Seq, UserId};
use crate::server::store::{Sought, StoreError};

/// How many of the reader's messages the window has, to either side of where the page begins.
const WINDOW: i64 = 4_000;

/// Most items from outside the window that are looked at one by one; with more, everything is looked through.
const STRAYS_MAX: usize = 64;

/// The messages between two, both included.
#[derive(Clone, Copy)]
struct Window {
    from: i64,
    to: i64,
}

/// Where in the index to look.
enum Look<'a> {
    Everywhere,
    In(Window),
    At(&'a [i64]),
}

/// The ids of the first `limit` items below `before` that match.
pub(super) async fn latest(
    connection: &mut SqliteConnection,
    user: UserId,
    sought: &Sought,
    before: Option<Rank>,
    limit: usize,
) -> Result<Vec<i64>, StoreError> {
    let before = before.unwrap_or(Rank { surfaced: Seq(i64::MAX), id: MessageId(i64::MAX) });
    let search = Search { user, sought, repeats: repeats(connection, user).await?, before, limit };
    let ids = |found: Vec<(i64, i64)>| found.into_iter().map(|(_, id)| id).collect();
    if full_text(user, &sought.query).is_some() {
        let window = window(connection, user, before.id).await?;
        let mut found = search.run(connection, Look::In(window)).await?;
        if let Some(last) = found.get(limit - 1).copied() {
            let strays = search.strays(connection, window, last).await?;
            if !strays.is_empty() && strays.len() <= STRAYS_MAX {
                found.extend(search.run(connection, Look::At(&strays)).await?);
                found.sort_unstable_by(|one, other| other.cmp(one));
                found.truncate(limit);
            }
            if strays.len() <= STRAYS_MAX {
                return Ok(ids(found));
            }
        }
    }
    Ok(ids(search.run(connection, Look::Everywhere).await?))
}

/// The reader's messages around one.
async fn window(connection: &mut SqliteConnection, user: UserId, around: MessageId) -> Result<Window, StoreError> {
    let (from, to) = sqlx::query_as(
        "SELECT coalesce((SELECT message_id FROM items WHERE user_id = ?1 AND message_id <= ?2
                          ORDER BY message_id DESC LIMIT 1 OFFSET ?3), 0),
                coalesce((SELECT message_id FROM items WHERE user_id = ?1 AND message_id > ?2
                          ORDER BY message_id LIMIT 1 OFFSET ?3), ?4)",
    )
    .bind(user.0)
    .bind(around.0)
    .bind(WINDOW)
    .bind(i64::MAX)
    .fetch_one(connection)
    .await?;
    Ok(Window { from, to })
}

/// A page that is looked for.
struct Search<'a> {
    user: UserId,
    sought: &'a Sought,
    repeats: bool,
    before: Rank,
    limit: usize,
}

impl Search<'_> {
    /// What matches in that part of the index, the latest first, each with the number of what brought it to the top.
    async fn run(&self, connection: &mut SqliteConnection, look: Look<'_>) -> Result<Vec<(i64, i64)>, StoreError> {
        let mut found = QueryBuilder::new("");
        select(&mut found, self.user, self.sought, self.repeats);
        match look {
            Look::Everywhere => {}
            Look::In(Window { from, to }) => {
                found.push(" AND search.rowid BETWEEN ").push_bind(from).push(" AND ").push_bind(to);
            }
            Look::At(messages) => {
                found.push(" AND search.rowid IN (SELECT value FROM json_each(");
                found.push_bind(sqlx::types::Json(messages.to_vec())).push("))");
            }
        }
        found.push(" AND (items.surfaced, items.message_id) < (").push_bind(self.before.surfaced.0);
        found.push(", ").push_bind(self.before.id.0).push(")");
        // The signs keep SQLite from walking an index in this order, with a look at each item from there.
        found.push(" ORDER BY +items.surfaced DESC, +items.message_id DESC LIMIT ").push_bind(self.limit as i64);
        Ok(found.build_query_as().fetch_all(connection).await?)
    }

    /// The messages shown by items that surfaced between `last` and the beginning of the page and are not in the window.
    async fn strays(
        &self,
        connection: &mut SqliteConnection,
        window: Window,
        last: (i64, i64),
    ) -> Result<Vec<i64>, StoreError> {
        // Every item that is there is in one of these three.
        macro_rules! outside {
            ($index:literal, $there:literal) => {
                concat!(
                    "SELECT coalesce(shown_id, message_id) AS shown FROM items INDEXED BY ",
                    $index,
                    " WHERE user_id = ?1 AND ",
                    $there,
                    " AND (surfaced, message_id) < (?2, ?3) AND (surfaced, message_id) > (?4, ?5) AND shown NOT BETWEEN ?6 AND ?7"
                )
            };
        }
        let strays = concat!(
            "SELECT shown FROM (",
            outside!("items_in_inbox", "done = 0 AND deleted = 0 AND snoozed IS NULL"),
            " UNION ALL ",
            outside!("items_in_snoozed", "snoozed IS NOT NULL"),
            " UNION ALL ",
            outside!("items_in_done", "done = 1 AND deleted = 0"),
            ") LIMIT ?8"
        );
        let strays = sqlx::query_scalar(strays)
            .bind(self.user.0)
            .bind(self.before.surfaced.0)
            .bind(self.before.id.0)
            .bind(last.0)
            .bind(last.1)
            .bind(window.from)
            .bind(window.to)
            .bind(STRAYS_MAX as i64 + 1);
        Ok(strays.fetch_all(connection).await?)
    }
}

/// Whether some rows of this inbox show another message than the one that they came with.
pub(super) async fn repeats(connection: &mut SqliteConnection, user: UserId) -> Result<bool, StoreError> {
    let repeats = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM repeats WHERE user_id = ?)");
    Ok(repeats.bind(user.0).fetch_one(connection).await?)
}

/// All items that show a message that matches, still to be ordered and cut. `repeats`: see [`repeats()`].
pub(super) fn select(found: &mut QueryBuilder<Engine>, user: UserId, sought: &Sought, repeats: bool) {
    // CROSS JOIN is SQLite's word for «in this order»: it knows nothing of how many rows the index answers.
    match full_text(user, &sought.query) {
        Some(expression) if repeats => {
            found.push("SELECT items.surfaced, items.message_id FROM search LEFT JOIN repeats ON repeats.message_id = search.rowid");
            found.push(" AND repeats.user_id = ").push_bind(user.0);
            found.push(" CROSS JOIN items ON items.message_id = coalesce(repeats.item_id, search.rowid)");
            found.push(" WHERE search MATCH ").push_bind(expression).push(" AND items.user_id = ").push_bind(user.0);
            found.push(" AND coalesce(items.shown_id, items.message_id) = search.rowid");
        }
        Some(expression) => {
            found.push("SELECT items.surfaced, items.message_id FROM search CROSS JOIN items ON items.message_id = search.rowid");
            found.push(" WHERE search MATCH ").push_bind(expression).push(" AND items.user_id = ").push_bind(user.0);
        }
        None => {
            found.push("SELECT items.surfaced, items.message_id FROM items WHERE items.user_id = ").push_bind(user.0);
        }
    }
    found.push(" AND items.deleted = 0");
    for term in sought.query.terms() {
        if let What::Is(is) = term.what {
            found.push(if term.not { " AND NOT (" } else { " AND (" }).push(condition(is)).push(")");
        }
    }
    if sought.from > i64::MIN || sought.until < i64::MAX {
        found
            .push(" AND items.surfaced_at BETWEEN ")
            .push_bind(sought.from)
            .push(" AND ")
            .push_bind(sought.until.saturating_sub(1));
    }
}

fn condition(is: Is) -> &'static str {
    match is {
        Is::Unread => "items.read = 0",
        Is::Read => "items.read = 1",
        Is::Unseen => "items.seen = 0",
        Is::Pinned => "items.pinned = 1",
        Is::Snoozed => "items.snoozed IS NOT NULL",
        Is::Done => "items.done = 1",
    }
}
