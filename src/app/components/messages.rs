//! Messages of the page itself, over everything: the session ended, an action failed, a new version is there.

use leptos::prelude::*;

use crate::app::live::{Link, Live};

/// All of them.
#[component]
pub fn Messages(
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    view! {
        <div class="messages">
            <Ended live/>
            <Notice live/>
            <NewBuild live/>
        </div>
    }
}

/// What is shown stays readable; signing in leads back here.
#[component]
fn Ended(live: Live) -> impl IntoView {
    let href = move || format!("/sign-in?next={}", escape(&live.address.read().href()));
    view! {
        <Show when=move || live.link.get() == Link::SignedOut>
            <p class="banner" role="alert" data-testid="signed-out">
                <i class="icon i-leave" aria-hidden="true"></i>
                <span>"You are signed out. What you see is as it was."</span>
                <a class="button" rel="external" data-testid="sign-in-again" href=href>"Sign in"</a>
            </p>
        </Show>
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

/// Percent-encodes a local path for a query value.
fn escape(path: &str) -> String {
    let mut escaped = String::with_capacity(path.len() * 3);
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => escaped.push(byte.into()),
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_a_query_stays_one_value() {
        assert_eq!(escape("/?view=done&m=3"), "/%3Fview%3Ddone%26m%3D3");
    }
}
