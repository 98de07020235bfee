//! Flash: what was just done, with a button that takes it back. A plain form, so it is there without script, too.

use leptos::prelude::*;

use super::on_change;
use crate::app::live::Live;
use crate::domain::Change;

/// What was just done, when something was.
#[component]
pub fn Flash(
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    let did = live.did;
    let sentence = move || did.read().as_ref().map(|did| did.sentence.clone());
    let undo = move || did.read().as_ref().and_then(|did| did.undo);
    view! {
        <form
            class="banner calm"
            method="post"
            action="/api/act"
            data-testid="flash"
            hidden=move || did.read().is_none()
            on:submit=move |event| on_change(live, &event).map_or((), |_| ())
        >
            <span role="status">{sentence}</span>
            <button
                class="quiet"
                name="change"
                data-testid="undo"
                hidden=move || undo().is_none()
                value=move || undo().map(|act| Change::Undo(act).to_string())
            >
                "Undo"
            </button>
        </form>
    }
}
