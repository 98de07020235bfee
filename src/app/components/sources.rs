//! Sources: who sends most of what is in the inbox, in the rail. Made on the server; links.

use leptos::prelude::*;

use crate::app::place::Place;

/// One who sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The name to look for.
    pub username: String,
    /// The name that others see.
    pub display_name: String,
    /// How many unread messages of theirs are among the latest of the inbox.
    pub unread: u32,
    /// There are older ones that were not counted.
    pub more: bool,
}

impl Source {
    /// The search that finds all of theirs, and nobody's whose name begins as theirs.
    pub fn query(&self) -> String {
        format!("from:\"{}\"", self.username)
    }

    /// The number as it is shown.
    fn count(&self) -> Option<String> {
        match self.unread {
            0 => None,
            100.. => Some("99+".into()),
            unread if self.more => Some(format!("{unread}+")),
            unread => Some(unread.to_string()),
        }
    }
}

/// The section. Nothing at all before anything has come.
#[component]
pub fn Sources(
    /// All of them, in order.
    sources: Vec<Source>,
    /// The search that is open; empty: none.
    q: String,
) -> impl IntoView {
    if sources.is_empty() {
        return ().into_any();
    }
    let one = |source: Source| {
        let query = source.query();
        let here = (query == q).then_some("page");
        let count = source.count().map(|count| {
            view! { <span class="count still" data-testid="source-count">{count}<span class="sr">" unread"</span></span> }
        });
        view! {
            <li>
                <a href=Place::search(&query).href() title=query aria-current=here data-testid="source">
                    <i class="icon i-people" aria-hidden="true"></i>
                    <bdi class="word">{source.display_name}</bdi>
                    {count}
                </a>
            </li>
        }
    };
    view! {
        <span class="group">"Sources"</span>
        <ul aria-label="Sources">{sources.into_iter().map(one).collect_view()}</ul>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_says_when_it_is_not_all() {
        let source = |unread, more| Source { username: "ci".into(), display_name: "CI".into(), unread, more };
        let shown =
            [(0, true), (7, false), (7, true), (99, false), (100, false)].map(|(n, more)| source(n, more).count());
        assert_eq!(shown.map(Option::unwrap_or_default), ["", "7", "7+", "99", "99+"]);
    }
}
