//! Find: from what was typed to a page of what it finds. Comes after the door of lists and the first page, before the store.

use super::auth::Caller;
use super::now_ms;
use super::store::Sought;
use super::zone::Zone;
use crate::api::ApiError;
use crate::domain::item::PAGE_MAX;
use crate::domain::query::{What, When};
use crate::domain::{Cursor, Found, Page, Query, Rank, View};

/// Milliseconds in an hour.
const HOUR: i64 = 3_600_000;

/// The first rows of a view below a place, or of what is found when something was asked; at most [`PAGE_MAX`].
pub async fn page(caller: &Caller, view: View, before: Option<Rank>, rows: usize, q: &str) -> Result<Page, ApiError> {
    let (store, user, q) = (&caller.state.store, caller.user.id, q.trim());
    let rows = rows.clamp(1, PAGE_MAX);
    if q.is_empty() {
        return Ok(store.page(user, view, before, rows).await?);
    }
    let zone = Zone::of(caller.user.zone.as_deref());
    match Query::parse(q) {
        Ok(query) => {
            let wider = wider(&query);
            let mut page = store.find(user, &sought(query, now_ms(), &zone), before, rows).await?;
            if let Some(found) = &mut page.found {
                q.clone_into(&mut found.query);
                found.wider = wider.filter(|_| page.items.is_empty());
            }
            Ok(page)
        }
        Err(why) => {
            let (seq, counts) = store.standing(user).await?;
            let found = Found { query: q.to_owned(), problem: Some(format!("{why}.")), ..Found::default() };
            let cursor = Cursor { epoch: store.epoch().clone(), seq };
            Ok(Page {
                view: View::default(),
                before,
                items: Vec::new(),
                older: false,
                found: Some(found),
                cursor,
                counts,
            })
        }
    }
}

/// The query without what narrows it to a state or a time. `None`: that is the same, or nothing.
fn wider(query: &Query) -> Option<String> {
    let narrows = |what: &What| matches!(what, What::Is(_) | What::Before(_) | What::After(_));
    let kept: Vec<String> = query.terms().iter().filter(|term| !narrows(&term.what)).map(ToString::to_string).collect();
    (!kept.is_empty() && kept.len() < query.terms().len()).then(|| kept.join(" "))
}

/// The query with its days on the reader's clock.
pub(super) fn sought(query: Query, now: i64, zone: &Zone) -> Sought {
    Sought::new(query, |when| match when {
        When::Day(day) => zone.moment(day.since_epoch() * 24 * HOUR),
        When::Hours(hours) => now - i64::from(hours) * HOUR,
        When::Days(days) => now - i64::from(days) * 24 * HOUR,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wider_search_is_the_words_alone() {
        let of = |text: &str| wider(&Query::parse(text).expect(text));
        assert_eq!(of("disk -is:done after:7d tag:ci").as_deref(), Some("disk tag:ci"));
        assert_eq!([of("disk tag:ci"), of("is:unread")], [None, None]);
    }
}
