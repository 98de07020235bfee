//! Message: one message with its body, in the pane beside the list; on phones instead of it.

use leptos::prelude::*;

use super::row::word;
use super::{Avatar, Loudness, Time, on_change};
use crate::api::inbox::change;
use crate::app::live::Live;
use crate::app::navigation::go;
use crate::app::place::Address;
use crate::app::whole::whole;
use crate::domain::item::Opened;
use crate::domain::{Action, Item, MessageId, State};

/// An open message.
#[component]
pub fn Message(
    /// The message.
    opened: Opened,
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    let Opened { item: Item { id, from, title, priority, sent_at, link, state: first, .. }, html, .. } = opened;
    let state = Memo::new(move |last: Option<&State>| {
        live.with(|inbox| inbox.item(id)).map(|item| item.state).or(last.copied()).unwrap_or(first)
    });
    view! {
        <div class="opened" data-testid="message" data-state=move || word(state.get())>
            <Bar live id state/>
            <article class="message" aria-labelledby="message-title">
                <p class="sender">
                    <Avatar name=from.clone()/>
                    <span class="names">
                        <b>{from}</b>
                        <small><Time live at=sent_at full=true/></small>
                    </span>
                    <Loudness priority/>
                </p>
                <h2 id="message-title" data-testid="message-title">{title}</h2>
                // Sanitised on the server when the message was sent.
                <div class="body" data-testid="message-body" inner_html=html></div>
                {link
                    .map(|href| {
                        view! {
                            <p class="link">
                                <a class="button" data-testid="message-link" href=href.clone() target="_blank" rel="noopener noreferrer">
                                    <i class="icon i-out" aria-hidden="true"></i>
                                    "Open the link"
                                </a>
                                <small class="address">{href}</small>
                            </p>
                        }
                    })}
            </article>
        </div>
    }
}

/// What can be done with the open message.
#[component]
fn Bar(live: Live, id: MessageId, state: Memo<State>) -> impl IntoView {
    let on_submit = move |event| {
        // What is deleted cannot stay open.
        if on_change(live, &event) == Some(Action::Delete) {
            go(live, Address::Inbox(live.place.get_untracked().list()));
        }
    };
    let (read, done) = (move || state.get().read, move || state.get().done);
    view! {
        <form class="acts-bar" method="post" action="/api/act" on:submit=on_submit>
            <a class="quiet close" data-testid="message-close" href=move || live.place.get().list().href()>
                <i class="icon i-back" aria-hidden="true"></i>
                <span class="word">"Back to the list"</span>
            </a>
            <button
                class="quiet"
                name="change"
                value=move || change(if done() { Action::Restore } else { Action::Done }, id)
                data-testid=move || if done() { "mark-restore" } else { "mark-done" }
            >
                <i class="icon i-check" aria-hidden="true"></i>
                {move || if done() { "Back to the inbox" } else { "Done" }}
            </button>
            <button
                class="quiet"
                name="change"
                value=move || change(if read() { Action::Unread } else { Action::Read }, id)
                data-testid=move || if read() { "mark-unread" } else { "mark-read" }
            >
                <i class="icon i-mail" aria-hidden="true"></i>
                {move || if read() { "Mark unread" } else { "Mark read" }}
            </button>
            <button class="quiet last" name="change" value=change(Action::Delete, id) data-testid="mark-delete">
                <i class="icon i-bin" aria-hidden="true"></i>
                "Delete"
            </button>
        </form>
    }
}

/// The pane without a message: none was chosen, or it is not there.
#[component]
pub fn NoMessage(
    /// One was asked for.
    missing: bool,
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    if missing {
        whole(view! {
            <div class="state" data-testid="message-missing">
                <i class="icon i-question" aria-hidden="true"></i>
                <h2>"This message is not here"</h2>
                <p>"It was deleted, or it was never yours."</p>
                <a class="button" href=move || live.place.get().list().href()>"Back to the list"</a>
            </div>
        })
    } else {
        whole(view! {
            <div class="state still">
                <i class="icon i-mail" aria-hidden="true"></i>
                <p>"Choose a message to read it here."</p>
            </div>
        })
    }
}
