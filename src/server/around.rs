//! Around: what stands around the list, as HTML: chips over it, kept searches and sources in the rail, and the first steps
//! while nothing has come. Comes after the door `api::find::around` and the first page.

use leptos::prelude::*;

use super::auth::Caller;
use super::filters;
use crate::api::ApiError;
use crate::api::find::Around;
use crate::app::components::{Chips, KeptSearches, Source, Sources, Start};
use crate::domain::{Query, Seq};

/// All of it. `q` is the search that is open; empty: none.
pub async fn read(caller: &Caller, q: &str) -> Result<Around, ApiError> {
    let q = q.trim();
    let searches = filters::kept(caller, q).await?;
    let habits = caller.state.store.habits(caller.user.id).await?;
    let source = |sender: super::store::Sender| Source {
        username: sender.username,
        display_name: sender.display_name,
        unread: sender.unread,
        more: habits.more,
    };
    let (tags, seq) = (habits.tags, habits.seq);
    let sources: Vec<_> = habits.senders.into_iter().map(source).collect();
    let ways = searches.len() + sources.len();
    let known = searches.iter().any(|search| search.here) || sources.iter().any(|source| source.query() == q);
    let open = (!known && Query::parse(q).is_ok()).then(|| q.to_owned());
    let (typed, at) = (q.to_owned(), q.to_owned());
    let rail = (ways > 0 || open.is_some()).then(|| {
        let sections = view! {
            <KeptSearches searches open/>
            <Sources sources q=at/>
        };
        sections.to_html()
    });
    let first = (seq == Seq(0)).then(|| {
        let (username, address) = (caller.user.username.to_string(), caller.state.config.public_url());
        view! { <Start sends=caller.user.role.may_send() username address/> }.to_html()
    });
    Ok(Around {
        rail: rail.unwrap_or_default(),
        chips: view! { <Chips q=typed tags ways/> }.to_html(),
        start: first.unwrap_or_default(),
    })
}
