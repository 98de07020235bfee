//! Inbox page: the list, and the message that is open beside it.

use leptos::prelude::*;

use crate::api::ApiError;
use crate::app::components::{Failed, List, Message, NoMessage};
use crate::app::live::{Live, Pane};
use crate::app::whole::whole;

/// The page.
#[component]
pub fn InboxPage(
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    let reading = move || live.place.get().message.is_some().then_some("");
    let pane = move || match live.pane.get() {
        Pane::Empty => whole(view! { <NoMessage missing=false live/> }),
        Pane::Message(opened) => whole(view! { <Message opened=*opened live/> }),
        Pane::Failed(ApiError::NotFound) => whole(view! { <NoMessage missing=true live/> }),
        Pane::Failed(error) => whole(view! { <Failed error/> }),
    };
    view! {
        <main id="main" class="inbox" data-testid="inbox-page" data-reading=reading>
            <section class="list">
                <List live/>
            </section>
            <section class="pane" aria-label="Message">
                // On phones the list and its heading are out of the way.
                <h1 class="sr narrow">"Message"</h1>
                {pane}
            </section>
        </main>
    }
}
