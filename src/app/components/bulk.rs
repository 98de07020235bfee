//! Bulk: what can be done with the selected rows, over the list for as long as there are any. Each button is a key, see
//! `app::keys`.

use leptos::prelude::*;

use crate::app::live::Live;

/// The bar.
#[component]
pub fn Bulk(
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    let count = move || live.selection.read().ids().len();
    view! {
        <div class="bulk" role="toolbar" aria-label="Selected messages" data-testid="bulk" hidden=move || count() == 0>
            <b>{count} " selected"</b>
            <button type="button" class="quiet" data-key="e" title="Done" aria-label="Done"><i class="icon i-check" aria-hidden="true"></i></button>
            <button type="button" class="quiet" data-key="h" title="Snooze" aria-label="Snooze"><i class="icon i-clock" aria-hidden="true"></i></button>
            <button type="button" class="quiet" data-key="s" title="Pin" aria-label="Pin"><i class="icon i-pin" aria-hidden="true"></i></button>
            <button type="button" class="quiet" data-key="I" title="Mark read" aria-label="Mark read"><i class="icon i-mail" aria-hidden="true"></i></button>
            <button type="button" class="quiet" data-key="#" title="Delete" aria-label="Delete"><i class="icon i-bin" aria-hidden="true"></i></button>
            <button type="button" class="quiet" data-key="*" title="Select all, or none" aria-label="Select all, or none"><i class="icon i-all" aria-hidden="true"></i></button>
            <button type="button" class="quiet" data-key="Escape" title="Select nothing" aria-label="Select nothing"><i class="icon i-cross" aria-hidden="true"></i></button>
        </div>
    }
}
