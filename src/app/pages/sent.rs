//! Sent: what was sent, and to how many.

use leptos::prelude::*;

use super::review::people;
use crate::api::send::SentMessage;
use crate::app::clock::Clock;
use crate::app::components::{Loudness, Moment};

/// What was sent.
#[component]
pub fn SentPage(
    /// The message.
    message: SentMessage,
    /// The reader's.
    clock: Clock,
) -> impl IntoView {
    let SentMessage { title, priority, sent_at, everyone, recipients, delivered } = message;
    let to = if everyone { format!("Everyone: {}", people(recipients)) } else { people(recipients) };
    // A message to everyone is delivered in chunks; the page tells how far it was when it was made.
    let way = (delivered < recipients).then(
        || view! { <p class="way">{format!("In {delivered} inboxes so far; the others follow within moments.")}</p> },
    );
    view! {
        <main class="desk-page" id="main" data-testid="sent-page">
            <section class="card wide state">
                <i class="icon i-check" aria-hidden="true"></i>
                <h1>"Sent"</h1>
                <p class="sent-title"><b data-testid="sent-title">{title}</b> <Loudness priority/></p>
                <p>"To " <span data-testid="sent-recipients">{to}</span> ", " <Moment at=sent_at clock/></p>
                {way}
                <p class="buttons">
                    <a class="primary" href="/send" data-testid="send-another">"Send another"</a>
                    <a class="button" href="/">"Go to the inbox"</a>
                </p>
            </section>
        </main>
    }
}
