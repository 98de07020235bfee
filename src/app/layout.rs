//! Layout: what stands around every page of the app. Outlives navigation, and with it the one event stream.

use leptos::prelude::*;
use leptos_router::components::Outlet;

use super::components::{Announcer, Messages, Rail};
use super::line::Line;
use super::live::Live;
use super::wire::ask;
use crate::api::session::me;

/// Rail, page, and the messages over them.
#[component]
pub fn Layout() -> impl IntoView {
    let live = expect_context::<Live>();
    let me = ask(|| (), |()| me());
    // The line is the effect's value: it is made once, in the browser, and dropped with the layout.
    Effect::new(move |line: Option<Option<Line>>| {
        line.flatten().or_else(|| me.get()?.ok().map(|me| Line::start(live, &me)))
    });
    provide_context(me);
    view! {
        <a class="skip" href="#main" rel="external">"Skip to content"</a>
        <div class="app">
            <Rail me/>
            <Messages/>
            <Outlet/>
        </div>
        <Announcer/>
    }
}
