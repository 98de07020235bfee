//! Loudness: a priority as an icon with a word. The usual one is not worth a mark.

use leptos::prelude::*;

use crate::app::html::Html;
use crate::domain::Priority;

/// The mark of a priority.
#[component]
pub fn Loudness(
    /// How loud the message is.
    priority: Priority,
) -> impl IntoView {
    let mut html = Html::default();
    loudness(&mut html, priority);
    view! { <span inner_html=html.take()></span> }
}

/// The same, written.
pub fn loudness(html: &mut Html, priority: Priority) {
    html.raw(match priority {
        Priority::Normal => "",
        Priority::Low => "<span class=\"loudness low\"><i class=\"icon i-down\" aria-hidden=\"true\"></i>Low</span>",
        Priority::High => "<span class=\"loudness high\"><i class=\"icon i-up\" aria-hidden=\"true\"></i>High</span>",
        Priority::Urgent => {
            "<span class=\"loudness urgent\"><i class=\"icon i-urgent\" aria-hidden=\"true\"></i>Urgent</span>"
        }
    });
}
