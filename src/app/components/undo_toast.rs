//! Undo toast: what the reader did last, with the way back. Goes by itself, as the other toast does. A plain form, so it is there
//! without script, too.

use std::sync::atomic::{AtomicBool, Ordering};

use leptos::prelude::*;

use super::on_change;
use crate::app::live::Live;

/// The toast, when something was done. Screen readers are told by the announcer.
#[component]
pub fn UndoToast(
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    let did = live.did;
    let back = move || did.read().as_ref()?.undo.clone();
    // Each telling begins the time anew.
    let again = AtomicBool::new(true);
    let class = move || {
        did.track();
        if again.fetch_not(Ordering::Relaxed) { "toast" } else { "toast again" }
    };
    view! {
        <form
            class=class
            method="post"
            action="/api/act"
            data-testid="undo-toast"
            hidden=move || did.read().is_none()
            on:submit=move |event| on_change(live, &event)
            on:animationend=move |_| did.set(None)
            on:keydown=move |event| if event.key() == "Escape" { did.set(None) }
        >
            <i class="icon i-check" aria-hidden="true"></i>
            <span class="says">{move || did.read().as_ref().map(|did| did.sentence.clone())}</span>
            <button
                class="quiet"
                name="change"
                data-testid="undo"
                hidden=move || back().is_none()
                aria-keyshortcuts="z"
                value=back
            >
                "Undo"
                <kbd class="needs-script" aria-hidden="true">"z"</kbd>
            </button>
        </form>
    }
}
