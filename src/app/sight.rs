//! Sight: which rows the reader has before their eyes: the middle of the row inside the list, on a page that is shown.
//!
//! Comes after the list shows its rows; `acknowledge` looks every second. Lives in the browser only.

use leptos::prelude::*;

use super::live::Live;
use crate::domain::MessageId;

/// The rows in sight of what is not seen yet.
pub fn in_sight(live: Live) -> Vec<MessageId> {
    let document = document();
    let Some(feed) = document.get_element_by_id("feed").filter(|_| !document.hidden()) else { return Vec::new() };
    // What does not stand in the page is not in sight.
    let unseen = live.peek(|inbox| {
        let rows = live.scroll.stand.read_untracked();
        rows.iter().copied().filter(|id| inbox.item(*id).is_some_and(|item| !item.state.seen)).collect::<Vec<_>>()
    });
    if unseen.is_empty() {
        return unseen;
    }
    let feed = feed.get_bounding_client_rect();
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0);
    let (top, bottom) = (feed.top().max(0.0), feed.bottom().min(height));
    let shown = |id: &MessageId| {
        document.get_element_by_id(&["item-", &id.0.to_string()].concat()).is_some_and(|row| {
            let row = row.get_bounding_client_rect();
            let middle = f64::midpoint(row.top(), row.bottom());
            row.height() > 0.0 && middle >= top && middle <= bottom
        })
    };
    unseen.into_iter().filter(shown).collect()
}
