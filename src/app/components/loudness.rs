//! Loudness: a priority as an icon with a word. The usual one is not worth a mark.

use leptos::prelude::*;

use crate::domain::Priority;

/// The mark of a priority.
#[component]
pub fn Loudness(
    /// How loud the message is.
    priority: Priority,
) -> impl IntoView {
    let (class, icon, word) = match priority {
        Priority::Normal => return None,
        Priority::Low => ("loudness low", "icon i-down", "Low"),
        Priority::High => ("loudness high", "icon i-up", "High"),
        Priority::Urgent => ("loudness urgent", "icon i-urgent", "Urgent"),
    };
    Some(view! { <span class=class><i class=icon aria-hidden="true"></i>{word}</span> })
}
