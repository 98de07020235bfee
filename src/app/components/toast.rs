//! Toast: what arrived out of sight, in one corner of one tab. Goes by itself, but not while the reader is at it: the time
//! is that of an animation, which stands still under the pointer and the focus.

use leptos::prelude::*;

use crate::app::live::Live;

/// The toast, when there is one. Screen readers are told by the announcer.
#[component]
pub fn Toast(
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    let toast = live.toast;
    let close = move || toast.set(None);
    // Each arrival begins the time anew.
    let class = move || if live.toasts.get().is_multiple_of(2) { "toast" } else { "toast again" };
    view! {
        <div
            class=class
            data-testid="toast"
            hidden=move || toast.read().is_none()
            on:animationend=move |_| close()
            on:keydown=move |event| if event.key() == "Escape" { close() }
            on:click=move |_| close()
        >
            <i class="icon i-mail" aria-hidden="true"></i>
            <a data-testid="toast-link" href=move || live.toast_href.get()>
                {move || toast.get()}
            </a>
            <button type="button" class="quiet" data-testid="toast-close">
                "Dismiss"
            </button>
        </div>
    }
}
