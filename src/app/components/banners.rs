//! Banners: what the page says of itself, over everything: the session ended, an action failed, a new version is
//! there, messages came out of sight.

use leptos::prelude::*;

use super::{Toast, UndoToast};
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
        <div class="banners">
            <Ended live/>
            <Notice live/>
            <NewBuild live/>
        </div>
        <section class="toasts" aria-label="Notifications">
            <Toast live/>
            <UndoToast live/>
        </section>
    }
}

/// What is shown stays readable; signing in leads back here.
#[component]
fn Ended(live: Live) -> impl IntoView {
    let link = live.link;
    let href = move || match link.get() {
        Link::Other => "/".to_owned(),
        _ => ["/sign-in?next=", &escape(&live.address.read().href())].concat(),
    };
    view! {
        <Show when=move || link.get().is_out()>
            <p class="banner" role="alert" data-testid="signed-out">
                <i class="icon i-leave" aria-hidden="true"></i>
                <span>{move || why(link.get())} " What you see is as it was."</span>
                <a class="button" rel="external" data-testid="sign-in-again" href=href>
                    {move || if link.get() == Link::Other { "Go to their inbox" } else { "Sign in" }}
                </a>
            </p>
        </Show>
    }
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
#[component]
fn Notice(live: Live) -> impl IntoView {
    let text = move || live.notice.get();
    view! {
        <Show when=move || text().is_some()>
            <p class="banner" role="alert" data-testid="notice">
                <i class="icon i-urgent" aria-hidden="true"></i>
                <span>{move || text().unwrap_or_default()}</span>
                <button
                    type="button"
                    class="quiet needs-script"
                    on:click=move |_| live.notice.set(None)
                >
                    "Dismiss"
                </button>
            </p>
        </Show>
    }
}

#[component]
fn NewBuild(live: Live) -> impl IntoView {
    view! {
        <Show when=move || live.new_build.get()>
            <p class="banner calm" data-testid="new-build">
                <span>"A new version is ready."</span>
                <a class="button" href="" rel="external">"Reload"</a>
            </p>
        </Show>
    }
}
