//! Filters: the searches that one keeps. Comes after the doors in `api::find`; `around` shows them.

use super::auth::Caller;
use super::find::sought;
use super::now_ms;
use super::store::{FilterId, Kept};
use super::zone::Zone;
use crate::api::ApiError;
use crate::app::components::KeptSearch;
use crate::app::place::Place;
use crate::domain::Query;
use crate::domain::line::is_plain_line;

/// Longest name of a kept search, in characters. The rail is not wider.
const NAME_MAX: usize = 40;

/// The searches that the caller keeps, with their numbers. `q` is the search that is open, if any.
pub async fn kept(caller: &Caller, q: &str) -> Result<Vec<KeptSearch>, ApiError> {
    let (store, user, now) = (&caller.state.store, caller.user.id, now_ms());
    let zone = Zone::of(caller.user.zone.as_deref());
    let kept = store.filters(user).await?;
    // One that cannot be read (any more) finds nothing, and its page says why.
    let readable: Vec<_> = kept.iter().map(|filter| Query::parse(&filter.query).ok()).collect();
    let asked: Vec<_> = readable.iter().flatten().map(|query| sought(query.clone(), now, &zone)).collect();
    let mut counted = store.count_unread(user, &asked).await?.into_iter();
    let searches = kept.into_iter().zip(readable).map(|(filter, query)| KeptSearch {
        id: filter.id.0,
        here: filter.query == q,
        name: filter.name,
        query: filter.query,
        unread: query.and_then(|_| counted.next().flatten()),
    });
    Ok(searches.collect())
}

/// Keeps a search. Answers where to go on: to the search.
pub async fn keep(caller: &Caller, name: &str, q: &str) -> Result<String, ApiError> {
    let q = q.trim();
    Query::parse(q).map_err(|why| ApiError::Invalid(format!("{why}.")))?;
    let name: String = match name.trim() {
        "" => q.chars().filter(|letter| !letter.is_control()).take(NAME_MAX).collect(),
        name => name.to_owned(),
    };
    if name.chars().count() > NAME_MAX || !is_plain_line(&name) {
        let told = format!("A search is called by one line of at most {NAME_MAX} characters.");
        return Err(ApiError::Invalid(told));
    }
    let here = Place::search(q).href();
    Ok(match caller.state.store.keep_filter(caller.user.id, &name, q, now_ms()).await? {
        Kept::Kept => here,
        Kept::Full => format!("{here}&problem=filters-full"),
    })
}

/// Forgets a search. One that is gone already is as good.
pub async fn forget(caller: &Caller, id: &str) -> Result<(), ApiError> {
    let id = id.parse().map(FilterId).map_err(|_| ApiError::Invalid("That is no search of yours.".into()))?;
    caller.state.store.forget_filter(caller.user.id, id).await?;
    Ok(())
}
