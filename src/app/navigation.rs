//! Navigation: following a link inside the app without loading the page anew, so that the inbox and its stream stay.
//!
//! Only what a browser would follow in the same tab, and only to pages of the app; everything else is left to the
//! browser. Lives in the browser only.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, MouseEvent};

use super::live::Live;
use super::place::Address;

/// The path and query in the browser's bar.
pub fn location() -> String {
    let location = window().location();
    location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
}

/// Follows links and the back button for as long as the page is open.
pub fn follow(live: Live) {
    let _ = window_event_listener(ev::click, move |event| {
        if let Some(address) = target(&event) {
            event.prevent_default();
            go(live, address);
        }
    });
    let _ = window_event_listener(ev::popstate, move |_| {
        Address::of(&location()).into_iter().for_each(|address| live.go(address))
    });
}

/// Goes to an address, of the app or not.
pub fn follow_href(live: Live, href: &str) {
    match Address::of(href) {
        Some(address) => go(live, address),
        None => drop(window().location().set_href(href)),
    }
}

/// Goes to a page of the app.
pub fn go(live: Live, address: Address) {
    live.note_now();
    let history = window().history().ok();
    let pushed =
        history.and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(&address.href())).ok());
    match pushed {
        Some(()) => {
            live.go(address);
            // A reload leads to the same place, also where the list is out of the way.
            live.note_now();
        }
        None => drop(window().location().set_href(&address.href())),
    }
}

/// The page that a click leads to, when it is ours to follow.
fn target(event: &MouseEvent) -> Option<Address> {
    let modified = event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key();
    if event.default_prevented() || event.button() != 0 || modified {
        return None;
    }
    let link = event.target()?.dyn_into::<Element>().ok()?.closest("a[href]").ok()??;
    if link.has_attribute("target") || link.has_attribute("rel") || link.has_attribute("download") {
        return None;
    }
    // As it is written: a full URL in a message's body is for the browser, also when it leads here.
    Address::of(&link.get_attribute("href")?)
}
