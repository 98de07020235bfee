//! Rail: where one can go, who one is, and whether the page is live. A column on wide screens; on phones a bar at the
//! top and tabs at the bottom.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, MouseEvent};

use super::{Avatar, Pill, SEARCHES};
use crate::api::session::Me;
use crate::app::live::Live;
use crate::app::place::Address;
use crate::domain::{Counts, Role, View};

/// A place in the rail.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spot {
    List(View),
    Send,
    Sessions,
    Preferences,
    Elsewhere,
}

/// The rail.
#[component]
pub fn Rail(
    /// The state of the page.
    live: Live,
    /// Who is signed in.
    me: Me,
) -> impl IntoView {
    view! {
        <header class="rail">
            <a class="brand" href="/">
                <img src="/favicon.svg" alt="" width="28" height="28"/>
                <span>"Tidings"</span>
            </a>
            <Spots live role=me.role/>
            // Made by our own server from escaped text.
            <nav
                id=SEARCHES
                class="kept"
                aria-label="Searches and sources"
                popover
                hidden=move || live.around.read().rail.is_empty()
                on:click=|event| leave(&event)
                inner_html=move || live.around.read().rail.clone()></nav>
            <Person live me/>
        </header>
    }
}

/// Where the section stands over the page, it goes when a link in it is followed.
fn leave(event: &MouseEvent) {
    let link = event.target().and_then(|target| target.dyn_into::<Element>().ok()?.closest("a").ok()?);
    let section = link.and_then(|link| link.closest("nav").ok()?);
    section.into_iter().for_each(|section| drop(section.unchecked_into::<HtmlElement>().hide_popover()));
}

#[component]
fn Spots(live: Live, role: Role) -> impl IntoView {
    let current = move |spot| current(live, spot);
    let spot = move |view: View, icon: &'static str, word: &'static str, count: fn(Counts) -> i64, of: &'static str| {
        let href = if view == View::Inbox { "/".to_owned() } else { ["/?view=", view.as_str()].concat() };
        let count = move || count(live.counts());
        view! {
            <li>
                <a href=href data-testid=["nav-", view.as_str()].concat() aria-current=current(Spot::List(view))>
                    <i class=icon aria-hidden="true"></i>
                    <span class="word">{word}</span>
                    <span class=if view == View::Inbox { "count" } else { "count still" } data-zero=move || (count() == 0).then_some("")>
                        {count}
                        <span class="sr">{of}</span>
                    </span>
                </a>
            </li>
        }
    };
    view! {
        <nav class="views" aria-label="Main">
            <ul>
                {spot(View::Inbox, "icon i-inbox", "Inbox", |counts| counts.unread, " unread")}
                {spot(View::Pinned, "icon i-pin", "Pinned", |counts| counts.pinned, "")}
                {spot(View::Snoozed, "icon i-clock", "Snoozed", |counts| counts.snoozed, "")}
                {spot(View::Done, "icon i-check", "Done", |_| 0, "")}
                {role.may_send()
                    .then(|| {
                        view! {
                            <li class="desk">
                                <span class="group">"Desk"</span>
                                <a href="/send" data-testid="nav-send" aria-current=current(Spot::Send)>
                                    <i class="icon i-send" aria-hidden="true"></i>
                                    <span class="word">"Send"</span>
                                </a>
                            </li>
                        }
                    })}
            </ul>
        </nav>
    }
}

/// What the link to a place says of itself.
fn current(live: Live, spot: Spot) -> impl Fn() -> Option<&'static str> {
    let here = move || match &*live.address.read() {
        Address::Inbox(place) if !place.query.is_empty() => Spot::Elsewhere,
        Address::Inbox(place) => Spot::List(place.view),
        Address::Desk(path) => match path.as_str() {
            "/sessions" => Spot::Sessions,
            "/preferences" => Spot::Preferences,
            "/keys" => Spot::Elsewhere,
            _ => Spot::Send,
        },
    };
    move || (here() == spot).then_some("page")
}

#[component]
fn Person(live: Live, me: Me) -> impl IntoView {
    let role = match me.role {
        Role::Admin => "Admin",
        Role::Sender => "Sender",
        Role::Reader => "Reader",
    };
    let title = format!("{} ({})", me.display_name, me.username);
    view! {
        <div class="person">
            <Pill live/>
            <a class="who" href="/sessions" data-testid="me" title=title aria-current=current(live, Spot::Sessions)>
                <Avatar name=me.display_name.clone()/>
                <span class="names">
                    <b>{me.display_name}</b>
                    <small>{role}</small>
                </span>
                <span class="sr">" Your sessions and password"</span>
            </a>
            <a class="quiet prefs" href="/preferences" data-testid="nav-preferences" aria-current=current(live, Spot::Preferences)>
                <i class="icon i-tune" aria-hidden="true"></i>
                <span class="word">"Preferences"</span>
            </a>
            <form method="post" action="/api/sign_out">
                <button class="quiet" data-testid="sign-out">
                    <i class="icon i-leave" aria-hidden="true"></i>
                    <span class="word">"Sign out"</span>
                </button>
            </form>
        </div>
    }
}
