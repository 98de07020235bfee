//! Kept: the searches that the reader keeps, beside the sources in the rail, each with how many unread messages it finds; and a form to keep
//! the one that is open. Made on the server; links and plain forms.

use leptos::prelude::*;

use crate::app::place::Place;

/// The id of the section in the rail; where there is no room for it, it is shown over the page.
pub const SEARCHES: &str = "searches";

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptSearch {
    /// Its number.
    pub id: i64,
    /// What its owner calls it.
    pub name: String,
    /// The query.
    pub query: String,
    /// How many unread messages in the inbox it finds; from a hundred on they are not counted. `None`: not known.
    pub unread: Option<u32>,
    /// It is what is shown.
    pub here: bool,
}

/// The section. Nothing at all without searches.
#[component]
pub fn KeptSearches(
    /// All of them, in order.
    searches: Vec<KeptSearch>,
    /// The search that is open and not kept.
    #[prop(optional_no_strip)]
    open: Option<String>,
) -> impl IntoView {
    if searches.is_empty() && open.is_none() {
        return ().into_any();
    }
    let list = (!searches.is_empty()).then(|| {
        let searches: Vec<_> = searches.into_iter().map(|search| view! { <Search search/> }).collect();
        view! { <ul aria-label="Kept searches" data-testid="filters">{searches}</ul> }
    });
    let keep = open.map(|q| {
        view! {
            <form class="keep" method="post" action="/api/keep_filter" data-testid="filter-form">
                <input type="hidden" name="q" value=q/>
                <label class="sr" for="filter-name">"Name of this search"</label>
                <input id="filter-name" name="name" maxlength="40" autocomplete="off" placeholder="Name" data-testid="filter-name"/>
                <button class="button" data-testid="filter-keep">"Keep search"</button>
            </form>
        }
    });
    view! {
        <span class="group">"Searches"</span>
        {list}
        {keep}
    }
    .into_any()
}

#[component]
fn Search(search: KeptSearch) -> impl IntoView {
    let KeptSearch { id, name, query, unread, here } = search;
    let count = unread.filter(|unread| *unread > 0).map(|unread| {
        let shown = if unread < 100 { unread.to_string() } else { "99+".into() };
        view! { <span class="count" data-testid="filter-count">{shown}<span class="sr">" unread"</span></span> }
    });
    let forget = format!("Forget the search {name}");
    view! {
        <li data-testid="filter">
            <a href=Place::search(&query).href() title=query aria-current=here.then_some("page") data-testid="filter-link">
                <i class="icon i-search" aria-hidden="true"></i>
                <span class="word">{name}</span>
                {count}
            </a>
            <form method="post" action="/api/forget_filter">
                <input type="hidden" name="id" value=id/>
                <button class="quiet" aria-label=forget.clone() title=forget data-testid="filter-forget">
                    <i class="icon i-bin" aria-hidden="true"></i>
                </button>
            </form>
        </li>
    }
}
