//! Sent: what was sent, and to how many.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::review::people;
use crate::api::ApiError;
use crate::api::send::{SentMessage, sent};
use crate::app::components::{Failed, Icon, Loudness, Time};
use crate::app::live::Live;
use crate::app::news::title;
use crate::domain::MessageId;

/// The page.
#[component]
pub fn SentPage() -> impl IntoView {
    let live = expect_context::<Live>();
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get_str("id").and_then(|id| id.parse().ok()).map(MessageId));
    // What is no number names no message; the server answers so, with the right status.
    let message = Resource::new(move || id.get(), |id| sent(id.unwrap_or(MessageId(0))));
    view! {
        <Title text=move || title(live.counts().unread, "Sent")/>
        <Transition fallback=|| ()>
            {move || Suspend::new(async move { shown(message.await) })}
        </Transition>
    }
}

fn shown(message: Result<SentMessage, ApiError>) -> AnyView {
    match message {
        Ok(message) => view! { <Sent message/> }.into_any(),
        Err(error) => view! { <Failed error/> }.into_any(),
    }
}

#[component]
fn Sent(message: SentMessage) -> impl IntoView {
    let SentMessage { title, priority, sent_at, everyone, recipients, delivered } = message;
    let to = if everyone { format!("Everyone: {}", people(recipients)) } else { people(recipients) };
    // A message to everyone is delivered in chunks; the page tells how far it was when it was made.
    let way = (delivered < recipients).then(
        || view! { <p class="way">{format!("In {delivered} inboxes so far; the others follow within moments.")}</p> },
    );
    view! {
        <main class="desk-page" id="main" data-testid="sent-page">
            <section class="card wide state">
                <Icon name="check"/>
                <h1>"Sent"</h1>
                <p class="sent-title"><b data-testid="sent-title">{title}</b> <Loudness priority/></p>
                <p>"To " <span data-testid="sent-recipients">{to}</span> ", " <Time at=sent_at/></p>
                {way}
                <p class="buttons">
                    <a class="primary" href="/send" data-testid="send-another">"Send another"</a>
                    <a class="button" href="/">"Go to the inbox"</a>
                </p>
            </section>
        </main>
    }
}
