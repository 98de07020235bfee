//! Pill: whether what is shown is what is, and what the reader can do if not. Without script it says how to find out.

use leptos::prelude::*;

use crate::app::link::Link;
use crate::app::live::{Call, Live, west};
use crate::app::when;

/// The state of the connection, in words; the lamp only repeats them.
#[component]
pub fn Pill(
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    let Live { link, left, .. } = live;
    let waits = move || link.get().retry().is_some();
    view! {
        <div class="pill" data-testid="live" data-state=move || link.get().word() title=move || reason(link.get())>
            <i class="lamp" aria-hidden="true"></i>
            <span class="sr">"Connection: "</span>
            <span class="needs-script">
                {move || words(link.get())}
                <span class="since">{move || since(link.get())}</span>
                <span class="more" hidden=move || !waits()>
                    " Next try in "
                    {move || left.get()}
                    " s"
                </span>
            </span>
            <noscript>"Reload for news"</noscript>
            <button
                type="button"
                data-testid="try-now"
                hidden=move || !waits()
                on:click=move |_| live.call(Call::TryNow)
            >
                "Try now"
            </button>
        </div>
    }
}

/// The list while nothing can come: since when it is as it was. It stays readable, and nothing in it moves for this.
#[component]
pub fn Down(
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    let link = live.link;
    view! {
        <p class="down" data-testid="down" hidden=move || !matches!(link.get(), Link::Offline { .. })>
            <i class="icon i-offline" aria-hidden="true"></i>
            <span><b>{move || [words(link.get()), &since(link.get())].concat()}</b> "This is how it was then. It comes up to date by itself."</span>
        </p>
    }
}

fn words(link: Link) -> &'static str {
    match link {
        Link::Connecting => "Connecting",
        Link::CatchingUp => "Catching up",
        Link::Live => "Live",
        Link::Polling => "Live, by asking",
        Link::Offline { .. } => "Offline",
        Link::Busy { .. } => "Server is busy",
        Link::Paused { .. } => "Paused",
        Link::SignedOut(_) | Link::Other => "Signed out",
    }
}

/// Since when nothing can come, on the reader's clock.
fn since(link: Link) -> String {
    let Link::Offline { since, .. } = link else { return String::new() };
    [" since ", &when::clock(since, west(since))].concat()
}

/// What a word alone does not explain.
fn reason(link: Link) -> &'static str {
    match link {
        Link::Polling => {
            "Something between this page and the server holds the stream back. The page asks for news again and again instead; nothing is lost."
        }
        Link::Paused { .. } => {
            "Too many pages of yours are open. The newest ones are live; this one comes back when you look at it."
        }
        Link::Busy { .. } => "The server asked this page to come back later. Nothing is lost.",
        _ => "",
    }
}
