//! Chips: the filters over the inbox, and the way to searches and sources where there is no rail. Made on the server; links
//! that hold in the address.

use leptos::prelude::*;

use super::SEARCHES;
use crate::app::place::Place;

/// Everything in the inbox, what is unread, what is urgent, and the tags that come most.
#[component]
pub fn Chips(
    /// The search that is open; empty: none.
    q: String,
    /// Tags, as they stand.
    tags: Vec<String>,
    /// How many searches and sources there are to go to.
    ways: usize,
) -> impl IntoView {
    let usual = [("All", ""), ("Unread", "is:unread"), ("Urgent", "priority:urgent -is:done")];
    let usual = usual.map(|(word, query)| (word.to_owned(), query.to_owned()));
    let tagged = tags.into_iter().map(|tag| {
        let query = format!("tag:{tag} -is:done");
        (tag, query)
    });
    let chip = |(word, query): (String, String)| {
        let here = (query == q).then_some("page");
        let href = Place::search(&query).href();
        let title = (!query.is_empty()).then_some(query);
        view! {
            <li>
                <a class="filter" href=href title=title aria-current=here data-testid="chip">
                    <bdi>{word}</bdi>
                </a>
            </li>
        }
    };
    let ways = (ways > 0).then(|| {
        view! {
            <li class="ways">
                <button type="button" class="filter" popovertarget=SEARCHES data-testid="ways">
                    <i class="icon i-list" aria-hidden="true"></i>
                    <span class="sr">"Searches and sources"</span>
                </button>
            </li>
        }
    });
    view! { <ul>{ways}{usual.into_iter().chain(tagged).map(chip).collect_view()}</ul> }
}
