//! Routes: which address shows which page. Pages that everybody may see are plain HTML and not here
//! (`server::plain_pages`).

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{SsrMode, path};

use super::layout::Layout;
use super::live::{Live, clock};
use super::pages::{DeskPage, InboxPage, NotFoundPage};
use super::whole::whole;

/// The app.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let live = Live::new();
    provide_context(live);
    // Tells tests that clicks are heard now. The clock is set after hydration, so that both sides rendered the same.
    Effect::new(move |_| {
        live.now.set(Some(clock()));
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-hydrated", "");
        }
    });
    // The whole page is rendered before its head leaves: a redirect or a status can still be said, and every page is
    // complete without script.
    view! {
        <Router>
            <Routes fallback=|| whole(view! { <NotFoundPage/> })>
                <ParentRoute path=path!("") view=|| whole(view! { <Layout/> })>
                    <Route path=path!("/") view=|| whole(view! { <InboxPage/> }) ssr=SsrMode::Async/>
                    <Route path=path!("/send") view=desk ssr=SsrMode::Async/>
                    <Route path=path!("/send/review") view=desk ssr=SsrMode::Async/>
                    <Route path=path!("/send/sent/:id") view=desk ssr=SsrMode::Async/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

fn desk() -> AnyView {
    whole(view! { <DeskPage/> })
}
