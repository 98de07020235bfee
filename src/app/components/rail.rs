//! Rail: where one can go, who one is, and whether the page is live. A column on wide screens; on phones a bar at the
//! top and tabs at the bottom.

use leptos::prelude::*;

use super::{Avatar, Pill};
use crate::api::session::Me;
use crate::app::live::Live;
use crate::app::place::Address;
use crate::domain::{Role, View};

/// A place in the rail.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spot {
    Inbox,
    Done,
    Send,
    Sessions,
    Preferences,
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
            <Person live me/>
        </header>
    }
}

#[component]
fn Spots(live: Live, role: Role) -> impl IntoView {
    let current = move |spot| current(live, spot);
    let unread = move || live.counts().unread;
    view! {
        <nav class="views" aria-label="Main">
            <ul>
                <li>
                    <a href="/" data-testid="nav-inbox" aria-current=current(Spot::Inbox)>
                        <i class="icon i-inbox" aria-hidden="true"></i>
                        <span class="word">"Inbox"</span>
                        <span class="count" data-zero=move || (unread() == 0).then_some("")>
                            {unread}
                            <span class="sr">" unread"</span>
                        </span>
                    </a>
                </li>
                <li>
                    <a href="/?view=done" data-testid="nav-done" aria-current=current(Spot::Done)>
                        <i class="icon i-check" aria-hidden="true"></i>
                        <span class="word">"Done"</span>
                    </a>
                </li>
                {(role == Role::Admin)
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
        Address::Inbox(place) if place.view == View::Done => Spot::Done,
        Address::Inbox(_) => Spot::Inbox,
        Address::Desk(path) if path == "/sessions" => Spot::Sessions,
        Address::Desk(path) if path == "/preferences" => Spot::Preferences,
        Address::Desk(_) => Spot::Send,
    };
    move || (here() == spot).then_some("page")
}

#[component]
fn Person(live: Live, me: Me) -> impl IntoView {
    let role = match me.role {
        Role::Admin => "Admin",
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
