//! Empty: a list without rows says why, and what comes next.

use leptos::prelude::*;

use crate::api::session::Me;
use crate::app::whole::whole;
use crate::domain::{Role, View};

/// The empty state of a view.
#[component]
pub fn Empty(
    /// Which list is empty.
    view: View,
) -> impl IntoView {
    match view {
        View::Inbox => whole(view! {
            <section class="state" data-testid="empty" data-state="inbox">
                <i class="icon i-mark" aria-hidden="true"></i>
                <h2>"All caught up"</h2>
                <p>"New messages appear here by themselves, the moment they are sent."</p>
                <FirstSteps/>
            </section>
        }),
        View::Pinned => whole(view! {
            <section class="state" data-testid="empty" data-state="pinned">
                <i class="icon i-mark" aria-hidden="true"></i>
                <h2>"Nothing is pinned"</h2>
                <p>"What you pin stays at hand here, also after it is done."</p>
            </section>
        }),
        View::Snoozed => whole(view! {
            <section class="state" data-testid="empty" data-state="snoozed">
                <i class="icon i-mark" aria-hidden="true"></i>
                <h2>"Nothing is snoozed"</h2>
                <p>"What you snooze leaves the inbox and comes back by itself, unread, when you said."</p>
            </section>
        }),
        View::Done => whole(view! {
            <section class="state" data-testid="empty" data-state="done">
                <i class="icon i-check" aria-hidden="true"></i>
                <h2>"Nothing is done yet"</h2>
                <p>"What you mark done leaves the inbox and waits here."</p>
            </section>
        }),
    }
}

/// How admins send themselves a first message.
#[component]
fn FirstSteps() -> impl IntoView {
    let me = use_context::<Me>().filter(|me| me.role == Role::Admin);
    me.map(|me| view! { <Test me/> })
}

#[component]
fn Test(me: Me) -> impl IntoView {
    let Me { username, address, .. } = me;
    let token = format!("tidings token create {username} --scope send");
    let curl = format!(
        "curl {address}/api/v1/messages \\\n  -H 'Authorization: Bearer td_…' \\\n  -H 'Content-Type: application/json' \\\n  -d '{{\"to\": [\"{username}\"], \"title\": \"Hello from curl\"}}'"
    );
    view! {
        <div class="first-steps">
            <p>"Send yourself a test: by "<a href="/send">"the form"</a>", or from a terminal with a token."</p>
            <pre tabindex="0"><code>{token}</code></pre>
            <pre tabindex="0"><code>{curl}</code></pre>
        </div>
    }
}
