//! Review: who gets the message and how it will look, before anything is sent.

use leptos::prelude::*;

use super::details::DetailList;
use crate::api::send::Reviewed;
use crate::app::components::{Avatar, Loudness};

/// The draft, or that there is none.
#[component]
pub fn ReviewPage(
    /// What is about to be sent.
    #[prop(optional_no_strip)]
    draft: Option<Reviewed>,
) -> impl IntoView {
    match draft {
        Some(draft) => view! { <Review draft/> }.into_any(),
        None => view! { <NoDraft/> }.into_any(),
    }
}

#[component]
fn Review(draft: Reviewed) -> impl IntoView {
    let people = people(draft.recipients);
    view! {
        <main class="desk-page" id="main" data-testid="review-page">
            <h1>"Ready to send?"</h1>
            <p class="recipients" data-testid="recipients">
                <i class="icon i-people" aria-hidden="true"></i>
                <span>{recipients(&draft)}</span>
            </p>
            <Preview draft=draft.clone()/>
            <form class="buttons" method="post" action="/api/send">
                <input type="hidden" name="key" value=draft.key/>
                <button class="primary" data-testid="send">
                    <i class="icon i-send" aria-hidden="true"></i>
                    {format!("Send to {people}")}
                </button>
                <a class="button" href="/send" data-testid="edit">"Edit"</a>
            </form>
        </main>
    }
}

#[component]
fn Preview(draft: Reviewed) -> impl IntoView {
    view! {
        <article class="card wide message preview-card" aria-label="Preview" data-testid="preview">
            <p class="sender">
                <Avatar name=draft.from.clone()/>
                <span class="names">
                    <b>{draft.from}</b>
                    <small>"now"</small>
                </span>
                <Loudness priority=draft.priority/>
            </p>
            <h2>{draft.title}</h2>
            // Sanitised on the server, as it will be when it is sent.
            <div class="body" inner_html=draft.html></div>
            {draft
                .link
                .map(|link| {
                    view! {
                        <p class="link">
                            <span class="button"><i class="icon i-out" aria-hidden="true"></i>"Open the link"</span>
                            <small class="address">{link}</small>
                        </p>
                    }
                })}
            <DetailList details=draft.details/>
        </article>
    }
}

#[component]
fn NoDraft() -> impl IntoView {
    view! {
        <main class="desk-page" id="main" data-testid="review-page">
            <section class="state">
                <i class="icon i-send" aria-hidden="true"></i>
                <h1>"There is nothing to review"</h1>
                <p>"The draft was sent already, or something in it is not right yet."</p>
                <a class="button" href="/send" data-testid="edit">"Write a message"</a>
            </section>
        </main>
    }
}

fn recipients(draft: &Reviewed) -> String {
    let people = people(draft.recipients);
    if draft.everyone {
        return format!("Everyone: {people} now");
    }
    let shown = draft.names.join(", ");
    match draft.recipients.saturating_sub(draft.names.len() as u64) {
        0 => format!("{people}: {shown}"),
        more => format!("{people}: {shown} and {more} more"),
    }
}

/// «1 person», «7 people».
pub(crate) fn people(n: u64) -> String {
    if n == 1 { "1 person".into() } else { format!("{n} people") }
}
