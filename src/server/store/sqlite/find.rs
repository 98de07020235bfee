//! Finding in SQLite: an index of words (FTS5) says which messages, the reader's items say which of them are theirs.
//!
//! What was typed is never syntax here: words go into the index's language between quotes, everything else is bound. The
//! index is walked from the reader's own messages, so its cost is bounded by how many those are.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use sqlx::{QueryBuilder, SqliteConnection};

use super::found::{latest, repeats, select};
use super::inboxes::{items_by_id, now};
use super::index::fact;
use super::{Sqlite, habits};
use crate::domain::query::{Query, Term, What};
use crate::domain::{Cursor, Found, Hit, MessageId, Page, Rank, UserId, View};
use crate::server::store::{COUNTED_MAX, FILTERS_MAX, Filter, FilterId, Find, Habits, Kept, Sought, StoreError};
use crate::server::{markdown, snippet, words};

/// How long counting may take for one page. A page must not wait for its rail.
const COUNTING: Duration = Duration::from_millis(30);

/// Unread messages, the latest, among which a kept search is counted. Who has more unread is shown «99+» or no number.
const COUNTED_AMONG: i64 = 5_000;

#[async_trait]
impl Find for Sqlite {
    async fn find(&self, user: UserId, sought: &Sought, before: Option<Rank>, rows: usize) -> Result<Page, StoreError> {
        let mut moment = self.readers.begin().await?;
        let (seq, counts, _) = now(&mut moment, user).await?;
        let mut ids = latest(&mut moment, user, sought, before, rows + 1).await?;
        let older = ids.len() > rows;
        ids.truncate(rows);
        let items = items_by_id(&mut moment, user, &ids).await?;
        let hits = hits(&mut moment, user, &ids, &sought.query).await?;
        moment.commit().await?;
        let found = Some(Found { query: sought.query.to_string(), hits, ..Found::default() });
        let cursor = Cursor { epoch: self.epoch.clone(), seq };
        Ok(Page { view: View::default(), before, items, older, found, cursor, counts })
    }

    async fn count_unread(&self, user: UserId, sought: &[Sought]) -> Result<Vec<Option<u32>>, StoreError> {
        let mut moment = self.readers.begin().await?;
        let (_, counts, _) = now(&mut moment, user).await?;
        if counts.unread == 0 {
            return Ok(vec![Some(0); sought.len()]);
        }
        // Unread items are mostly among the newest: nothing before the oldest one needs to be looked at. Of very many, the latest.
        let oldest: i64 = sqlx::query_scalar(
            "SELECT coalesce(min(message_id), 0) FROM
                 (SELECT message_id FROM items WHERE user_id = ? AND read = 0 AND done = 0 AND deleted = 0 AND snoozed IS NULL
                  ORDER BY message_id DESC LIMIT ?)",
        )
        .bind(user.0)
        .bind(counts.unread.min(COUNTED_AMONG))
        .fetch_one(&mut *moment)
        .await?;
        let repeats = repeats(&mut moment, user).await?;
        let begin = Instant::now();
        let mut counted = Vec::with_capacity(sought.len());
        for sought in sought {
            if begin.elapsed() > COUNTING {
                counted.push(None);
                continue;
            }
            let mut unread = QueryBuilder::new("SELECT count(*) FROM (");
            select(&mut unread, user, sought, repeats);
            unread
                .push(" AND items.read = 0 AND items.done = 0 AND items.snoozed IS NULL AND items.message_id >= ")
                .push_bind(oldest);
            if full_text(user, &sought.query).is_some() {
                // A repeat is later than the message that its row came with.
                unread.push(" AND search.rowid >= ").push_bind(oldest);
            }
            unread.push(" LIMIT ").push_bind(COUNTED_MAX).push(")");
            let count: u32 = unread.build_query_scalar().fetch_one(&mut *moment).await?;
            // Fewer than «99+» among the latest may be more among all.
            let whole = counts.unread <= COUNTED_AMONG || i64::from(count) >= i64::from(COUNTED_MAX);
            counted.push(whole.then_some(count));
        }
        Ok(counted)
    }

    async fn habits(&self, user: UserId) -> Result<Habits, StoreError> {
        let mut moment = self.readers.begin().await?;
        let (seq, counts, _) = now(&mut moment, user).await?;
        let habits = habits::read(&mut moment, user, seq, counts.unread).await?;
        moment.commit().await?;
        Ok(habits)
    }

    async fn filters(&self, user: UserId) -> Result<Vec<Filter>, StoreError> {
        let rows: Vec<(i64, String, String)> =
            sqlx::query_as("SELECT id, name, query FROM filters WHERE user_id = ? ORDER BY id")
                .bind(user.0)
                .fetch_all(&self.readers)
                .await?;
        Ok(rows.into_iter().map(|(id, name, query)| Filter { id: FilterId(id), name, query }).collect())
    }

    async fn keep_filter(&self, user: UserId, name: &str, query: &str, at: i64) -> Result<Kept, StoreError> {
        let (name, query) = (name.to_owned(), query.to_owned());
        self.writer
            .write(move |transaction| {
                Box::pin(async move {
                    let kept = sqlx::query(
                        "INSERT INTO filters (user_id, name, query, made_at)
                         SELECT ?1, ?2, ?3, ?4
                         WHERE (SELECT count(*) FROM filters WHERE user_id = ?1 AND name <> ?2) < ?5
                         ON CONFLICT (user_id, name) DO UPDATE SET query = excluded.query",
                    )
                    .bind(user.0)
                    .bind(name)
                    .bind(query)
                    .bind(at)
                    .bind(FILTERS_MAX as i64)
                    .execute(&mut transaction.connection)
                    .await?;
                    Ok(if kept.rows_affected() > 0 { Kept::Kept } else { Kept::Full })
                })
            })
            .await
    }

    async fn forget_filter(&self, user: UserId, id: FilterId) -> Result<bool, StoreError> {
        self.writer
            .write(move |transaction| {
                Box::pin(async move {
                    let gone = sqlx::query("DELETE FROM filters WHERE user_id = ? AND id = ?")
                        .bind(user.0)
                        .bind(id.0)
                        .execute(&mut transaction.connection)
                        .await?;
                    Ok(gone.rows_affected() > 0)
                })
            })
            .await
    }
}

/// The query in the language of FTS5 (<https://www.sqlite.org/fts5.html>, §3), about the messages that this reader may have.
/// `None`: nothing in it is about the message, only about what the reader did with it.
pub(super) fn full_text(user: UserId, query: &Query) -> Option<String> {
    let mut all = format!("facts : (r{} OR everyone)", user.0);
    let mut any = false;
    for Term { not, what } in query.terms() {
        let Some(expression) = expression(what) else { continue };
        any = true;
        // One after the other and not `NOT (… OR …)`, which walks over all of them for each message: of what the first has
        // taken away, the next is not asked.
        all = if *not { format!("({all}) NOT {expression}") } else { format!("{all} AND {expression}") };
    }
    any.then_some(all)
}

fn expression(what: &What) -> Option<String> {
    Some(match what {
        What::Word(word) => format!("{{title body}} : {}", begun(word)),
        What::Phrase(words) => format!("{{title body}} : {}", quoted(words)),
        What::From(name) => format!("sender : {}", begun(name)),
        What::FromExactly(name) => format!("sender : {}", quoted(name)),
        What::Tag(tag) => format!("facts : {}", fact('t', tag)),
        What::Category(category) => format!("facts : {}", fact('c', category)),
        What::Priority(priority) => format!("facts : p{}", priority.as_str()),
        What::Is(_) | What::Before(_) | What::After(_) => return None,
    })
}

/// Words next to each other, the last of them perhaps only begun.
fn begun(typed: &str) -> String {
    let star = if words::is_beginning(typed) { " *" } else { "" };
    quoted(typed) + star
}

/// Words next to each other as a string of that language: between quotes only a quote means something, and words have none.
fn quoted(text: &str) -> String {
    format!("\"{}\"", words::spaced(text))
}

/// Where the words stand in what these items show.
async fn hits(
    connection: &mut SqliteConnection,
    user: UserId,
    ids: &[i64],
    query: &Query,
) -> Result<Vec<Hit>, StoreError> {
    let marks = snippet::marks(query);
    if marks.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(i64, String, String)> = sqlx::query_as(
        "SELECT message_id, title, body FROM items JOIN messages ON messages.id = coalesce(shown_id, message_id)
             WHERE user_id = ? AND message_id IN (SELECT value FROM json_each(?))",
    )
    .bind(user.0)
    .bind(sqlx::types::Json(ids))
    .fetch_all(connection)
    .await?;
    let hit = |(id, title, body): (i64, String, String)| Hit {
        id: MessageId(id),
        title: snippet::marked(&title, &marks),
        text: snippet::snippet(&markdown::text(&body), &marks),
    };
    Ok(rows.into_iter().map(hit).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_never_syntax() {
        let of = |text: &str| full_text(UserId(7), &Query::parse(text).expect(text));
        assert_eq!(of("is:unread"), None);
        assert_eq!(of("ab"), Some("facts : (r7 OR everyone) AND {title body} : \"ab\"".into()));
        assert_eq!(
            of("a\"b*c OR -NEAR(x)"),
            Some(
                "(facts : (r7 OR everyone) AND {title body} : \"a b c\" AND {title body} : \"or\") NOT {title body} : \"near x\""
                    .into()
            )
        );
        assert_eq!(of("from:Olga"), Some("facts : (r7 OR everyone) AND sender : \"olga\" *".into()));
        assert_eq!(of("tag:A-1"), Some("facts : (r7 OR everyone) AND facts : t612d31".into()));
    }
}
