//! Feed: the list as it stands in the page, and the reader's place in it as the browser's history has it. Browser only.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, FocusOptions, HtmlElement};

use crate::domain::{MessageId, Rank};

/// The message of the row in which an element is.
pub fn row_of(element: &Element) -> Option<MessageId> {
    id_of(&element.closest("article.item").ok()??)
}

fn id_of(row: &Element) -> Option<MessageId> {
    row.id().strip_prefix("item-")?.parse().ok().map(MessageId)
}

/// The list's element.
fn feed() -> Option<Element> {
    document().get_element_by_id("feed")
}

/// The list's element while it is in sight, how far it is scrolled, and how much of it shows.
pub(super) fn feed_in_sight() -> Option<(Element, f64, f64)> {
    let feed = feed().filter(|feed| feed.client_height() > 0)?;
    let (top, tall) = (feed.scroll_top().into(), feed.client_height().into());
    Some((feed, top, tall))
}

/// The rows that stand.
pub(super) fn standing() -> Vec<(MessageId, HtmlElement)> {
    let Some(feed) = feed() else { return Vec::new() };
    let children = feed.children();
    let row = |nth| children.item(nth).and_then(|row| Some((id_of(&row)?, row.dyn_into().ok()?)));
    (0..children.length()).filter_map(row).collect()
}

/// Gives each row that stands the room before it, and the last one the room below.
pub(super) fn give_room(rows: &[(MessageId, HtmlElement)], (rooms, below): &(Vec<(MessageId, f64)>, f64)) {
    for (nth, ((_, row), (_, room))) in rows.iter().zip(rooms).enumerate() {
        let below = if nth + 1 == rows.len() { *below } else { 0.0 };
        if *room > 0.0 || below > 0.0 {
            stretch(row, "margin-top", *room);
            stretch(row, "margin-bottom", below);
        } else {
            let _ = row.remove_attribute("style");
        }
    }
}

/// Gives an element room, in CSS pixels; whole ones, as writing fractions would cost the client 30 KB.
fn stretch(element: &HtmlElement, side: &str, room: f64) {
    let _ = element.style().set_property(side, &[&(room.round() as i64).to_string(), "px"].concat());
}

/// Moves the focus to a row that stands; `still`: without scrolling to it.
pub(super) fn focus_standing(id: MessageId, still: bool) -> Option<()> {
    let row: HtmlElement = document().get_element_by_id(&["item-", &id.0.to_string()].concat())?.dyn_into().ok()?;
    let how = FocusOptions::new();
    how.set_prevent_scroll(still);
    row.focus_with_options(&how).ok()
}

/// The place that was written into the entry of the browser's history that is shown.
pub(super) fn noted_place() -> Option<(Rank, i32)> {
    let state = window().history().ok()?.state().ok()?.as_string()?;
    let (rank, part) = state.split_once(' ')?;
    rank.parse().ok().zip(part.parse().ok())
}

/// Writes it there.
pub(super) fn note(place: Option<(Rank, i32)>) {
    let place = place.map_or(JsValue::NULL, |(rank, part)| [&rank.to_string(), " ", &part.to_string()].concat().into());
    let _ = window().history().and_then(|history| history.replace_state(&place, ""));
}
