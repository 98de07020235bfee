//! Time: a moment in words, by the reader's clock; in the browser one hand rewrites all times of the page when it moves on.

use leptos::prelude::*;

use crate::app::clock::Clock;
use crate::app::html::Html;
use crate::app::when;

/// Writes a moment, in milliseconds since the Unix epoch. `kind` is one of [`Clock::words`].
pub fn time(html: &mut Html, at: i64, kind: &'static str, clock: &Clock) {
    html.raw("<time data-kind=\"").raw(kind).raw("\" datetime=\"").text(&when::iso(at));
    html.raw("\" title=\"").text(&clock.full(at)).raw("\">").text(&clock.words(at, kind)).raw("</time>");
}

/// A moment in full, on a page of the desk.
#[component]
pub fn Moment(
    /// In milliseconds since the Unix epoch.
    at: i64,
    /// The reader's.
    clock: Clock,
) -> impl IntoView {
    view! { <time datetime=when::iso(at)>{clock.words(at, "full")}</time> }
}

/// Writes every time of the page anew. In the browser only.
pub fn set_clocks(clock: &Clock) {
    let times = document().get_elements_by_tag_name("time");
    for time in (0..times.length()).filter_map(|nth| times.item(nth)) {
        let at = js_sys::Date::parse(&time.get_attribute("datetime").unwrap_or_default());
        if !at.is_finite() {
            continue;
        }
        let at = at as i64;
        let kind = time.get_attribute("data-kind");
        let words = clock.words(at, kind.as_deref().unwrap_or_default());
        // What is so already is left alone, and with it what the reader has marked.
        if time.text_content().as_deref() != Some(&words) {
            time.set_text_content(Some(&words));
        }
        let full = kind.map(|_| clock.full(at));
        if let Some(full) = full.filter(|full| time.get_attribute("title").as_ref() != Some(full)) {
            let _ = time.set_attribute("title", &full);
        }
    }
}
