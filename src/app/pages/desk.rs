//! Desk: the pages of writing a message, and of one's sessions. They are made on the server and only put here, inside the
//! layout, so that the inbox stays live around them; their forms are plain ones. Their times are written as UTC, and get the
//! reader's clock here.

use leptos::prelude::*;

use crate::app::components::Failed;
use crate::app::here;
use crate::app::live::{Live, west};
use crate::app::when;
use crate::app::whole::whole;

/// The page of the address.
#[component]
pub fn DeskPage(
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    Effect::new(move |_| {
        live.desk.track();
        request_animation_frame(|| {
            set_clocks();
            here::fill();
        });
    });
    move || match live.desk.get() {
        // Made by our own server from escaped text.
        Ok(html) => whole(view! { <div class="desk" inner_html=html on:click=|event| here::press(&event)></div> }),
        Err(error) => whole(view! { <Failed error/> }),
    }
}

/// Rewrites the times that are not yet on the reader's clock.
fn set_clocks() {
    while let Ok(Some(time)) = document().query_selector(".desk time:not([data-local])") {
        let at = js_sys::Date::parse(&time.get_attribute("datetime").unwrap_or_default());
        if time.set_attribute("data-local", "").is_err() {
            return;
        }
        if at.is_finite() {
            time.set_text_content(Some(&when::full(at as i64, west(at as i64))));
        }
    }
}
