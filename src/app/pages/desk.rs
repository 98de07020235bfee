//! Desk: the pages of writing a message. They are made on the server and only put here, inside the layout, so that the
//! inbox stays live around them; their forms are plain ones.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use crate::api::send::desk;
use crate::app::components::Failed;
use crate::app::live::Live;
use crate::app::news::title;
use crate::app::whole::whole;
use crate::app::wire::ask;

/// The page of the address.
#[component]
pub fn DeskPage() -> impl IntoView {
    let live = expect_context::<Live>();
    // A later address is another page, which this one does not live to see.
    let path = use_location().pathname.get_untracked();
    let html = ask(|| (), move |()| desk(path.clone()));
    view! {
        <Title text=move || title(live.counts().unread, "Send")/>
        <Suspense>
            {move || Suspend::new(async move {
                match html.await {
                    // Made by our own server from escaped text.
                    Ok(html) => whole(view! { <main class="desk-page" id="main" inner_html=html></main> }),
                    Err(error) => whole(view! { <Failed error/> }),
                }
            })}
        </Suspense>
    }
}
