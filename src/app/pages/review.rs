//! Review: who gets the message and how it will look, before anything is sent.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::send::{Reviewed, reviewed};
use crate::app::components::{Avatar, Failed, Icon, Loudness};
use crate::app::live::Live;
use crate::app::news::title;

/// The page.
#[component]
pub fn ReviewPage() -> impl IntoView {
    let live = expect_context::<Live>();
    let draft = Resource::new(|| (), |()| reviewed());
    view! {
        <Title text=move || title(live.counts().unread, "Review")/>
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                match draft.await {
                    Ok(Some(draft)) => view! { <Review draft/> }.into_any(),
                    Ok(None) => view! { <NoDraft/> }.into_any(),
                    Err(error) => view! { <Failed error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Review(draft: Reviewed) -> impl IntoView {
    let people = people(draft.recipients);
    view! {
        <main class="desk-page" id="main" data-testid="review-page">
            <h1>"Ready to send?"</h1>
            <p class="recipients" data-testid="recipients">
                <Icon name="people"/>
                <span>{recipients(&draft)}</span>
            </p>
            <Preview draft=draft.clone()/>
            <form class="buttons" method="post" action="/api/send">
                <input type="hidden" name="key" value=draft.key/>
                <button class="primary" data-testid="send">
                    <Icon name="send"/>
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
                            <span class="button"><Icon name="out"/>"Open the link"</span>
                            <small class="address">{link}</small>
                        </p>
                    }
                })}
        </article>
    }
}

#[component]
fn NoDraft() -> impl IntoView {
    view! {
        <main class="desk-page" id="main" data-testid="review-page">
            <section class="state">
                <Icon name="send"/>
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
