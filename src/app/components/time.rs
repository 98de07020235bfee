//! Time: a moment in words. UTC from the server; the reader's clock after hydration, kept fresh.

use leptos::prelude::*;

use crate::app::live::{Live, west};
use crate::app::when;

/// When a message was sent.
#[component]
pub fn Time(
    /// The state of the page.
    live: Live,
    /// Milliseconds since the Unix epoch.
    at: i64,
    /// In full, for a page that has the room.
    #[prop(optional)]
    full: bool,
) -> impl IntoView {
    let now = live.now;
    let words = move || match now.get() {
        None => when::utc(at),
        Some(_) if full => when::full(at, west(at)),
        Some(now) => when::short(at, now, west(at)),
    };
    let title = move || match now.get() {
        None => format!("{} UTC", when::full(at, 0)),
        Some(_) => when::full(at, west(at)),
    };
    view! { <time datetime=when::iso(at) title=title>{words}</time> }
}
