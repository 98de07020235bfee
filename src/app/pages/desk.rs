//! Desk: the pages of writing a message, and of one's sessions. They are made on the server and only put here, inside the
//! layout, so that the inbox stays live around them; their forms are plain ones.

use leptos::prelude::*;

use crate::app::components::Failed;
use crate::app::here;
use crate::app::live::Live;
use crate::app::whole::whole;

/// The page of the address.
#[component]
pub fn DeskPage(
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    Effect::new(move |_| {
        live.desk.track();
        request_animation_frame(here::fill);
    });
    move || match live.desk.get() {
        // Made by our own server from escaped text.
        Ok(html) => whole(view! { <div class="desk" inner_html=html on:click=|event| here::press(&event)></div> }),
        Err(error) => whole(view! { <Failed error href=live.address.read_untracked().href()/> }),
    }
}
