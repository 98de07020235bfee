//! Layout: what stands around every page of the app. Outlives navigation, and with it the one event stream.

use leptos::prelude::*;

use super::acknowledge::acknowledge;
use super::badge::{self, title};
use super::components::{Announcer, Banners, Palette, Rail, Snooze, set_clocks};
use super::focus;
use super::keys::hear;
use super::line::Line;
use super::live::Live;
use super::navigation::follow;
use super::pages::{DeskPage, InboxPage};
use super::place::Address;
use super::whole::whole;
use super::zone;
use crate::api::session::Me;
use crate::domain::View;

/// Rail, page, and the messages over them.
#[component]
pub fn Layout(
    /// The state of the page.
    live: Live,
    /// Who is signed in.
    me: Me,
) -> impl IntoView {
    provide_context(me.clone());
    start(live, me.clone());
    let inbox = Memo::new(move |_| matches!(&*live.address.read(), Address::Inbox(_)));
    let page = move || if inbox.get() { whole(view! { <InboxPage live/> }) } else { whole(view! { <DeskPage live/> }) };
    Effect::new(move |_| {
        document().set_title(&title(live.counts().unread, name(&live.address.read(), live.view.get())))
    });
    Effect::new(move |_| {
        let (theme, zone) = live.wishes.with(|wishes| (wishes.theme.as_str(), wishes.zone.clone()));
        document().document_element().into_iter().for_each(|root| drop(root.set_attribute("data-theme", theme)));
        zone::follow(live, zone);
        live.look_at_the_clock();
    });
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        <div class="app">
            <Rail live me/>
            <Banners live/>
            {page}
        </div>
        <Announcer live/>
        <Palette live/>
        <Snooze live/>
    }
}

/// What a page is called.
pub(super) fn name(address: &Address, view: View) -> &'static str {
    match (address, view) {
        (Address::Desk(path), _) if path == "/sessions" => "Sessions",
        (Address::Desk(path), _) if path == "/preferences" => "Preferences",
        (Address::Desk(path), _) if path == "/keys" => "Keys",
        (Address::Desk(_), _) => "Send",
        (Address::Inbox(place), _) if !place.query.is_empty() => "Search",
        (_, View::Inbox) => "Inbox",
        (_, View::Pinned) => "Pinned",
        (_, View::Snoozed) => "Snoozed",
        (_, View::Done) => "Done",
    }
}

/// Runs it in the next frame whenever something has changed that `follows` reads; once, however much changes before.
fn in_a_frame(follows: impl Fn() + 'static, run: impl Fn() + Copy + 'static) {
    let soon = StoredValue::new(false);
    Effect::new(move |_| {
        follows();
        if soon.try_update_value(|soon| std::mem::replace(soon, true)) == Some(false) {
            request_animation_frame(move || {
                soon.set_value(false);
                run();
            });
        }
    });
}

/// Every time of the page on the reader's clock. What is drawn here is drawn by it; so when it moves on, and when HTML came
/// that was made on the server.
fn keep_time(live: Live) {
    let follows = move || {
        live.clock.track();
        live.desk.track();
    };
    in_a_frame(follows, move || set_clocks(&live.clock.read_untracked()));
}

/// The focus where it belongs, whenever something else is shown.
fn keep_focus(live: Live) {
    let follows = move || {
        live.address.track();
        live.around.track();
        live.desk.track();
        live.did.track();
        live.link.track();
        live.notice.track();
        live.pane.track();
        live.selection.track();
        live.toast.track();
        live.inbox_changed();
        live.scroll.stand.track();
    };
    in_a_frame(follows, move || focus::mend(live));
}

/// What only the browser does, once the page is hydrated.
fn start(live: Live, me: Me) {
    // The line is the effect's value: it is made once, and dropped with the layout.
    Effect::new(move |line: Option<Line>| {
        line.unwrap_or_else(|| {
            focus::keep(live);
            keep_time(live);
            keep_focus(live);
            follow(live);
            hear(live);
            live.look();
            let _ = window_event_listener_untyped("visibilitychange", move |_| live.look());
            let _ = window_event_listener_untyped("resize", move |_| live.resize());
            acknowledge(live);
            badge::show(live);
            // Tells tests that clicks are heard now.
            if let Some(root) = document().document_element() {
                let _ = root.set_attribute("data-hydrated", "");
            }
            Line::start(live, &me)
        })
    });
}
