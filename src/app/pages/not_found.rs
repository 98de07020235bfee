//! Not found: the address leads nowhere.

use leptos::prelude::*;

/// Says so, with the way back.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <main class="card-page" id="main" data-testid="not-found-page">
            <section class="card state">
                <i class="icon i-question" aria-hidden="true"></i>
                <h1>"There is nothing here"</h1>
                <p>"The address is wrong, or what was here is gone."</p>
                <a class="button" href="/" rel="external">"Go to the inbox"</a>
            </section>
        </main>
    }
}
