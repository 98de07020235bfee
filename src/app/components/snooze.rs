//! Snooze: until when messages stay away, in a dialog. Without script a button snoozes until tomorrow.

use leptos::prelude::*;

use crate::app::dialog;
use crate::app::live::{Live, now_ms, west};
use crate::app::when;
use crate::domain::Action;
use crate::domain::snooze::When;

/// Its id.
pub const SNOOZE: &str = "snooze";

/// The dialog.
#[component]
pub fn Snooze(
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    let snooze = move |when: When| {
        let (ids, now) = (live.snoozing.get_untracked(), now_ms());
        dialog::close(SNOOZE);
        let until = when.until(now, west);
        if until > now {
            live.act_and_go_on(ids, Action::Snooze(until));
        } else {
            live.notice.set(Some("Nothing was snoozed: that moment has gone by.".into()));
        }
    };
    let choice = move |(choice, label): (When, &'static str)| {
        // As it is when the dialog opens; before, nothing is to be snoozed.
        let words = move || {
            let at = (!live.snoozing.read().is_empty()).then(|| choice.until(now_ms(), west))?;
            let words = when::coming(at, now_ms(), west);
            // The day stands before it.
            Some(words.strip_prefix("tomorrow, ").filter(|_| choice == When::Tomorrow).unwrap_or(&words).to_owned())
        };
        view! {
            <li>
                <button type="button" data-testid="snooze-choice" on:click=move |_| snooze(choice)>
                    <span>{label}</span>
                    <small>{words}</small>
                </button>
            </li>
        }
    };
    let chosen = NodeRef::<leptos::html::Input>::new();
    let custom = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        chosen.get_untracked().and_then(|input| When::parse(&input.value())).into_iter().for_each(snooze);
    };
    let choices = [(When::Hour, "In an hour"), (When::Tomorrow, "Tomorrow"), (When::Week, "Next week")];
    view! {
        <dialog id=SNOOZE class="snooze" closedby="any" aria-labelledby="snooze-title" data-testid="snooze">
            <h2 id="snooze-title">"Snooze until"</h2>
            <ul>{choices.map(choice).collect_view()}</ul>
            <form on:submit=custom>
                <label for="snooze-at">"Another time"</label>
                <input id="snooze-at" type="datetime-local" required node_ref=chosen/>
                <button class="button" data-testid="snooze-at">"Snooze"</button>
            </form>
            <form class="away" method="dialog">
                <button class="quiet" data-testid="snooze-cancel">"Cancel"</button>
            </form>
        </dialog>
    }
}
