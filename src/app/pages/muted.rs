//! Muted: the part of `/preferences` that lists what one does not want to hear of. Plain forms; made on the server.

use leptos::prelude::*;

use crate::api::mute::MyMute;
use crate::app::clock::Clock;
use crate::app::components::Moment;

/// The section.
#[component]
pub fn Muted(
    /// What is muted, the latest first.
    mutes: Vec<MyMute>,
    /// The reader's.
    clock: Clock,
) -> impl IntoView {
    let list = if mutes.is_empty() {
        view! {
            <p class="alone" data-testid="nothing-muted">
                <i class="icon i-check" aria-hidden="true"></i>
                "You hear of everything. Mute a sender or a category where you read a message of theirs."
            </p>
        }
        .into_any()
    } else {
        let rows = mutes.into_iter().map(|mute| view! { <Row mute clock=clock.clone()/> }).collect_view();
        view! { <ul class="sessions" data-testid="mutes">{rows}</ul> }.into_any()
    };
    view! {
        <section class="card wide" aria-labelledby="muted">
            <h2 id="muted">"Muted"</h2>
            <p class="lead">
                "What comes from here goes to Done at once, read, and stays there to be found. Urgent messages arrive as always."
            </p>
            {list}
        </section>
    }
}

#[component]
fn Row(mute: MyMute, clock: Clock) -> impl IntoView {
    let MyMute { word, sender, shown, since } = mute;
    let kind = if sender { "Sender" } else { "Category" };
    let mute_of = word.clone();
    let which = format!(" {shown}");
    view! {
        <li data-testid="muted" data-mute=mute_of>
            <div>
                <p class="device">
                    <b>{shown}</b>
                    <span class="chip">{kind}</span>
                </p>
                <p class="from">"Since " <Moment at=since clock/></p>
            </div>
            <form method="post" action="/api/unmute">
                <button class="button" name="unmute" value=word data-testid="unmute">
                    "Hear again"
                    <span class="sr">{which}</span>
                </button>
            </form>
        </li>
    }
}
