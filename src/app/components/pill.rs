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
    // Which button, and not how many seconds: it must keep the focus.
    let way_out = Memo::new(move |_| match link.get() {
        Link::Offline { .. } | Link::Busy { .. } => Some("Try now"),
        Link::Paused { .. } => Some("Resume"),
        _ => None,
    });
    view! {
        <div class="pill" data-testid="live" data-state=move || link.get().word() title=move || reason(link.get())>
            <i class="lamp" aria-hidden="true"></i>
            <span class="needs-script">
                {move || words(link.get())}
                <span class="more">{move || next_try(left.get())}</span>
            </span>
            <noscript>"Reload for news"</noscript>
            {move || {
                way_out
                    .get()
                    .map(|word| {
                        view! {
                            <button
                                type="button"
                                data-testid="try-now"
                                on:click=move |_| live.call.set(Some(Call::TryNow))
                            >
                                {word}
                            </button>
                        }
                    })
            }}
        </div>
    }
}

fn words(link: Link) -> String {
    match link {
        Link::Connecting => "Connecting".into(),
        Link::CatchingUp => "Catching up".into(),
        Link::Live => "Live".into(),
        Link::Polling => "Live, by asking".into(),
        Link::Offline { since, .. } => ["Offline since ", &when::clock(since, west(since))].concat(),
        Link::Busy { .. } => "Server is busy".into(),
        Link::Paused { .. } => "Paused".into(),
        Link::SignedOut(_) | Link::Other => "Signed out".into(),
    }
}

fn next_try(left: Option<u32>) -> String {
    match left {
        None => String::new(),
        Some(0) => ". Trying".into(),
        Some(seconds) => [". Next try in ", &seconds.to_string(), " s"].concat(),
    }
}

/// What a word alone does not explain.
fn reason(link: Link) -> Option<&'static str> {
    match link {
        Link::Polling => Some(
            "Something between this page and the server holds the stream back. The page asks for news again and again instead; nothing is lost.",
        ),
        Link::Paused { .. } => {
            Some("Too many pages of yours are open. The newest ones are live; this one comes back when you look at it.")
        }
        Link::Busy { .. } => Some("The server asked this page to come back later. Nothing is lost."),
        _ => None,
    }
}
