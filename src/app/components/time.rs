//! Time: a moment in words. The server writes UTC; in the browser one hand rewrites all times of the page to the reader's
//! clock, and again when it moves on.

use leptos::prelude::*;

use crate::app::html::Html;
use crate::app::live::west;
use crate::app::when;

/// Writes a moment, in milliseconds since the Unix epoch. `kind`: how the browser is to write it, see [`set_clocks`].
pub fn time(html: &mut Html, at: i64, kind: &'static str) {
    html.raw("<time data-kind=\"").raw(kind).raw("\" datetime=\"").text(&when::iso(at));
    html.raw("\" title=\"").text(&when::full(at, 0)).raw(" UTC\">").text(&when::utc(at)).raw("</time>");
}

/// Writes every time of the page on the reader's clock. In the browser only.
pub fn set_clocks(now: i64) {
    let times = document().get_elements_by_tag_name("time");
    for time in (0..times.length()).filter_map(|nth| times.item(nth)) {
        let at = js_sys::Date::parse(&time.get_attribute("datetime").unwrap_or_default());
        if !at.is_finite() {
            continue;
        }
        let at = at as i64;
        let words = match time.get_attribute("data-kind").as_deref() {
            Some("short") => when::short(at, now, west(at)),
            Some("coming") => when::coming(at, now, west),
            _ => when::full(at, west(at)),
        };
        // What is so already is left alone, and with it what the reader has marked.
        if time.text_content().as_deref() != Some(&words) {
            time.set_text_content(Some(&words));
            let _ = time.set_attribute("title", &when::full(at, west(at)));
        }
    }
}
