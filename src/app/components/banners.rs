//! Banners: what the page says of itself, over everything: the session ended, an action failed, a new version is
//! there, messages came out of sight. They are HTML that is put in when there is something to say, so that it is said.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent};

use super::{Toast, UndoToast};
use crate::app::html::Html;
use crate::app::link::Link;
use crate::app::live::Live;
use crate::app::place::escape;
use crate::domain::event::SignedOut;

/// All of them.
#[component]
pub fn Banners(
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    view! {
        <div class="notices">
            <div class="banners" on:click=move |event| press(live, &event)>
                <div class="as-is" inner_html=move || ended(live)></div>
                <div class="as-is" inner_html=move || notice(live)></div>
                <div class="as-is" inner_html=move || new_build(live).to_owned()></div>
            </div>
            <section class="toasts" aria-label="Notifications">
                <Toast live/>
                <UndoToast live/>
            </section>
        </div>
    }
}

/// What is shown stays readable; signing in leads back to where it was told. It is not told again wherever the reader goes then.
fn ended(live: Live) -> String {
    let (mut html, link) = (Html::default(), live.link.get());
    if link.is_out() {
        html.raw("<p class=\"banner\" role=\"alert\" data-testid=\"signed-out\"><i class=\"icon i-leave\" aria-hidden=\"true\"></i><span>");
        html.raw(why(link)).raw(" What you see is as it was.</span>");
        html.raw("<a class=\"button\" rel=\"external\" data-testid=\"sign-in-again\" href=\"/");
        match link {
            Link::Other => html.raw("\">Go to their inbox"),
            _ => html.raw("sign-in?next=").text(&escape(&live.address.read_untracked().href())).raw("\">Sign in"),
        };
        html.raw("</a></p>");
    }
    html.take()
}

fn why(link: Link) -> &'static str {
    match link {
        Link::Other => "Somebody else is signed in in this browser now.",
        Link::SignedOut(Some(SignedOut::EndedElsewhere)) => "You were signed out from another device.",
        Link::SignedOut(Some(SignedOut::PasswordChanged)) => "Your password was changed. Sign in with the new one.",
        Link::SignedOut(Some(SignedOut::Disabled)) => "Your account was disabled. Your admin knows more.",
        Link::SignedOut(Some(SignedOut::RoleChanged)) => "What you may do was changed. Sign in again to go on.",
        Link::SignedOut(Some(SignedOut::Idle)) => "You were signed out because this page was not used for long.",
        Link::SignedOut(Some(SignedOut::Expired)) => {
            "You were signed in for as long as is allowed. Sign in again to go on."
        }
        Link::SignedOut(Some(SignedOut::Revoked)) => "Your sign-in was revoked.",
        _ => "You are signed out.",
    }
}

/// An action failed: told by the page, or by a code in the address after a plain form came back.
fn notice(live: Live) -> String {
    let mut html = Html::default();
    if let Some(text) = &*live.notice.read() {
        html.raw("<p class=\"banner\" role=\"alert\" data-testid=\"notice\"><i class=\"icon i-urgent\" aria-hidden=\"true\"></i><span>");
        html.text(text).raw("</span><button type=\"button\" class=\"quiet needs-script\">Dismiss</button></p>");
    }
    html.take()
}

fn new_build(live: Live) -> &'static str {
    match live.new_build.get() {
        true => {
            "<section class=\"banner calm\" aria-label=\"New version\" data-testid=\"new-build\"><span>A new version is ready.</span>\
             <a class=\"button\" href=\"\" rel=\"external\">Reload</a></section>"
        }
        false => "",
    }
}

/// The one button there is takes the notice away.
fn press(live: Live, event: &MouseEvent) {
    let pressed = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    if pressed.is_some_and(|element| element.tag_name() == "BUTTON") {
        live.notice.set(None);
    }
}
