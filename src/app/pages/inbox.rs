//! Inbox page: the list, and the message that is open beside it.

use leptos::prelude::*;

use crate::api::ApiError;
use crate::app::components::{List, Message, NoMessage, Trouble};
use crate::app::live::{Live, Pane};
use crate::app::whole::whole;

/// The page.
#[component]
pub fn InboxPage(
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    let reading = move || live.place.get().message.is_some().then_some("");
    // Another list than the one that is shown is on the way, or another message. What is there stays while nothing can come.
    let up = move || live.link.get().is_up();
    let list = move || (up() && !live.with(|inbox| inbox.is_at(&live.place.read()))).then_some("true");
    let message = move || {
        let asked = live.place.read().message;
        let there = live.pane.with(|pane| match pane {
            Pane::Empty => asked.is_none(),
            Pane::Message(opened) => asked.is_none_or(|asked| asked == opened.item.id),
            Pane::Failed(_) => true,
        });
        (up() && !there).then_some("true")
    };
    let pane = move || match live.pane.get() {
        Pane::Empty => whole(view! { <NoMessage missing=false live/> }),
        Pane::Message(opened) => whole(view! { <Message opened=*opened live/> }),
        Pane::Failed(ApiError::NotFound) => whole(view! { <NoMessage missing=true live/> }),
        Pane::Failed(error) => whole(view! { <Trouble error href=live.address.read_untracked().href()/> }),
    };
    view! {
        <main id="main" class="inbox" data-testid="inbox-page" data-reading=reading>
            <section class="list" aria-busy=list>
                <List live/>
            </section>
            <section class="pane" aria-label="Message" aria-busy=message>
                // On phones the list and its heading are out of the way.
                <h1 class="sr narrow">"Message"</h1>
                {pane}
            </section>
        </main>
    }
}
