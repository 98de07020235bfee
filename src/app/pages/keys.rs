//! Keys: what can be done by key, from the table of commands. Made on the server.

use leptos::prelude::*;

use crate::app::command::{COMMANDS, Entry, GROUPS, words};

/// The page.
#[component]
pub fn KeysPage() -> impl IntoView {
    let group = |(at, name): (usize, &'static str)| {
        let rows = COMMANDS.iter().filter(|entry| entry.group == at && !entry.keys.is_empty()).map(row).collect_view();
        view! {
            <section class="keys">
                <h2>{name}</h2>
                <dl>{rows}</dl>
            </section>
        }
    };
    view! {
        <main class="desk-page" id="main" data-testid="keys-page">
            <h1>"Keys"</h1>
            <p class="lead">
                "They work wherever no text is typed, on the selected rows, else on the row that has the focus, else on the open message; copying, muting and acknowledging always on one message. Single letters can be switched off in your "
                <a href="/preferences">"preferences"</a> "."
            </p>
            <div class="key-groups">{GROUPS.into_iter().enumerate().map(group).collect_view()}</div>
        </main>
    }
}

fn row(entry: &Entry) -> impl IntoView {
    let one = |(at, keys): (usize, &&'static str)| {
        view! {
            {(at > 0).then_some(" or ")}
            <kbd>{words(keys)}</kbd>
        }
    };
    view! {
        <div>
            <dt>{entry.label}</dt>
            <dd>{entry.keys.iter().enumerate().map(one).collect_view()}</dd>
        </div>
    }
}
