//! Root: the app. Waits for the answer that comes with the page, then everything is signals.
//!
//! One answer holds what the first paint shows, as of one moment: the server renders from it, the browser hydrates
//! from it, and nothing can be between the two.

use leptos::prelude::*;
use leptos::tachys::reactive_graph::OwnedView;
use leptos_meta::provide_meta_context;

use super::components::Trouble;
use super::layout::Layout;
use super::live::Live;
use super::navigation::location;
use super::pages::NotFoundPage;
use super::place::Address;
use super::whole::whole;
use super::wire::ask;
use crate::api::session::first;

/// The path and query of the page, which the server gives as context.
#[derive(Clone, Debug)]
pub struct Here(pub String);

/// The app at the address that the server gives, or that the browser is at.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let here = use_context::<Here>().map_or_else(location, |Here(here)| here);
    let Some(address) = Address::of(&here) else { return whole(view! { <NotFoundPage/> }) };
    let answer = ask(|| (), move |()| first(here.clone()));
    whole(Suspend::new(async move {
        let page = match answer.await {
            Ok(first) => {
                let me = first.me.clone();
                let live = Live::new(address, first);
                whole(view! { <Layout live me/> })
            }
            Err(error) => whole(view! { <Trouble error/> }),
        };
        // The server renders what comes out of here later, when no owner is current any more.
        OwnedView::new(page)
    }))
}
