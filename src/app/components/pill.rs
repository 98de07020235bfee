//! Pill: whether what is shown is what is. Without script it says how to find out.

use leptos::prelude::*;

use crate::app::live::{Link, Live, west};
use crate::app::when;

/// The state of the connection, in words; the lamp only repeats them.
#[component]
pub fn Pill(
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    let link = live.link;
    view! {
        <p class="pill" data-testid="live" data-state=move || state(link.get())>
            <i class="lamp" aria-hidden="true"></i>
            <span class="needs-script">{move || words(link.get())}</span>
            <noscript>"Reload for news"</noscript>
        </p>
    }
}

fn state(link: Link) -> &'static str {
    match link {
        Link::Connecting => "connecting",
        Link::CatchingUp => "catching-up",
        Link::Live => "live",
        Link::Offline(_) => "offline",
        Link::SignedOut => "signed-out",
    }
}

fn words(link: Link) -> String {
    match link {
        Link::Connecting => "Connecting".into(),
        Link::CatchingUp => "Catching up".into(),
        Link::Live => "Live".into(),
        Link::Offline(since) => format!("Offline since {}", when::clock(since, west(since))),
        Link::SignedOut => "Signed out".into(),
    }
}
