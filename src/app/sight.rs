//! Sight: which rows have stood before the reader's eyes: half of the row or more, for a second, on a page that is shown.
//!
//! Comes after the list shows its rows; what was seen goes to `receipts`. Lives in the browser only.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, IntersectionObserver};

use super::live::Live;
use crate::domain::MessageId;

/// How long a row must stay in sight (what delivery receipts of mail and chat programs take for seen).
const LONG_ENOUGH: Duration = Duration::from_secs(1);

/// Watches the rows of the list for as long as the page's layout lives.
pub fn watch(live: Live) {
    // Whatever comes into sight or leaves it: then those in sight are looked at, and again a second later.
    let look = Closure::<dyn FnMut()>::new(move || {
        let before = in_sight(live);
        if !before.is_empty() {
            set_timeout(
                move || {
                    let after = in_sight(live);
                    before.iter().filter(|id| after.contains(id)).for_each(|id| live.saw(*id));
                },
                LONG_ENOUGH,
            );
        }
    });
    let Ok(observer) = IntersectionObserver::new(look.as_ref().unchecked_ref()) else { return };
    let (rows, now) = (live.rows, live.now);
    Effect::new(move |_| {
        rows.track();
        // The page is shown again, or time has passed.
        now.track();
        observer.disconnect();
        unseen(live).for_each(|(_, row)| observer.observe(&row));
        // Kept alive as long as the effect.
        let _ = &look;
    });
}

/// The rows of what is not seen yet.
fn unseen(live: Live) -> impl Iterator<Item = (MessageId, Element)> {
    let ids = live.peek(|inbox| {
        inbox.rows().into_iter().filter(|id| inbox.item(*id).is_some_and(|item| !item.state.seen)).collect::<Vec<_>>()
    });
    ids.into_iter().filter_map(|id| Some((id, document().get_element_by_id(&["item-", &id.0.to_string()].concat())?)))
}

/// Those of them that the reader has before their eyes.
fn in_sight(live: Live) -> Vec<MessageId> {
    let Some(feed) = document().get_element_by_id("feed").filter(|_| !document().hidden()) else { return Vec::new() };
    let feed = feed.get_bounding_client_rect();
    let (top, bottom) = (feed.top().max(0.0), feed.bottom().min(height()));
    let shown = |(id, row): (MessageId, Element)| {
        let row = row.get_bounding_client_rect();
        let middle = f64::midpoint(row.top(), row.bottom());
        (row.height() > 0.0 && middle >= top && middle <= bottom).then_some(id)
    };
    unseen(live).filter_map(shown).collect()
}

fn height() -> f64 {
    window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0)
}
