//! Find: from what was typed to a page of what it finds. Comes after the door of lists and the first page, before the store.

use super::auth::Caller;
use super::now_ms;
use super::store::Sought;
use super::zone::Zone;
use crate::api::ApiError;
use crate::domain::query::When;
use crate::domain::{Cursor, Found, Page, Query, Rank, View};

/// Milliseconds in an hour.
const HOUR: i64 = 3_600_000;

/// A page of a view, or of what is found when something was asked.
pub async fn page(caller: &Caller, view: View, before: Option<Rank>, q: &str) -> Result<Page, ApiError> {
    let (store, user, q) = (&caller.state.store, caller.user.id, q.trim());
    if q.is_empty() {
        return Ok(store.page(user, view, before).await?);
    }
    let zone = Zone::of(caller.user.zone.as_deref());
    match Query::parse(q) {
        Ok(query) => {
            let mut page = store.find(user, &sought(query, now_ms(), &zone), before).await?;
            page.found.iter_mut().for_each(|found| q.clone_into(&mut found.query));
            Ok(page)
        }
        Err(why) => {
            let (seq, counts) = store.standing(user).await?;
            let found = Found { query: q.to_owned(), problem: Some(format!("{why}.")), hits: Vec::new() };
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

/// The query with its days on the reader's clock.
pub(super) fn sought(query: Query, now: i64, zone: &Zone) -> Sought {
    Sought::new(query, |when| match when {
        When::Day(day) => zone.moment(day.since_epoch() * 24 * HOUR),
        When::Hours(hours) => now - i64::from(hours) * HOUR,
        When::Days(days) => now - i64::from(days) * 24 * HOUR,
    })
}
