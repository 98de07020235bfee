//! Forbidden: the page is there, but not for this person.

use leptos::prelude::*;

/// Says who may, with the way back.
#[component]
pub fn ForbiddenPage() -> impl IntoView {
    view! {
        <main class="card-page" id="main" data-testid="forbidden-page">
            <section class="card state">
                <i class="icon i-lock" aria-hidden="true"></i>
                <h1>"This is for senders"</h1>
                <p>"Your account reads messages. To send some, ask an admin of this server to make you a sender."</p>
                <a class="button" href="/">"Go to the inbox"</a>
            </section>
        </main>
    }
}
