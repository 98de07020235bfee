//! Message: one message with its body, in the pane beside the list; on phones instead of it.

use leptos::html::Div;
use leptos::prelude::*;

use super::row::word;
use super::time::time;
use super::verbs::{DELETE, DONE, PIN, READ, SNOOZE_VERB, WAKE, dress, once, toggle};
use super::{avatar, loudness, on_change};
use crate::api::note::noting;
use crate::app::clock::Clock;
use crate::app::html::Html;
use crate::app::live::Live;
use crate::app::place::Place;
use crate::app::whole::whole;
use crate::domain::State;
use crate::domain::item::{Acknowledge, Opened, Why};

/// An open message.
#[component]
pub fn Message(
    /// The message.
    opened: Opened,
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    let id = opened.item.id;
    let first = opened.item.state;
    let state = Memo::new(move |last: Option<&State>| {
        live.with(|inbox| inbox.item(id)).map(|item| item.state).or(last.copied()).unwrap_or(first)
    });
    let around = NodeRef::<Div>::new();
    Effect::new(move |_| around.get().into_iter().for_each(|around| dress(&around, state.get(), false)));
    let html = inside(&opened, &live.place.read_untracked(), &live.clock.read_untracked());
    view! {
        <div
            class="opened"
            data-testid="message"
            data-state=move || word(state.get())
            on:submit=move |event| on_change(live, &event)
            inner_html=html
            node_ref=around
        ></div>
    }
}

fn inside(opened: &Opened, place: &Place, clock: &Clock) -> String {
    let mut html = Html::default();
    bar(&mut html, opened, place);
    content(&mut html, opened, clock);
    html.take()
}

/// What can be done with the open message.
fn bar(html: &mut Html, Opened { item, .. }: &Opened, place: &Place) {
    html.raw("<form class=\"acts-bar\" method=\"post\" action=\"/api/act\"><a class=\"quiet close\" data-testid=\"message-close\" href=\"");
    html.text(&place.clone().list().href());
    html.raw("\"><i class=\"icon i-back\" aria-hidden=\"true\"></i><span class=\"word\">Back to the list</span></a>");
    toggle(html, item, DONE, true);
    once(html, item, SNOOZE_VERB, true);
    once(html, item, WAKE, true);
    toggle(html, item, PIN, true);
    toggle(html, item, READ, true);
    html.raw("<span class=\"last needs-script\">");
    html.raw("<button type=\"button\" class=\"quiet\" data-key=\"k\" data-testid=\"previous-message\" title=\"Previous message\" aria-label=\"Previous message\"><i class=\"icon i-previous\" aria-hidden=\"true\"></i></button>");
    html.raw("<button type=\"button\" class=\"quiet\" data-key=\"j\" data-testid=\"next-message\" title=\"Next message\" aria-label=\"Next message\"><i class=\"icon i-next\" aria-hidden=\"true\"></i></button>");
    html.raw("<button type=\"button\" class=\"quiet\" data-key=\"c\" data-testid=\"copy-link\" title=\"Copy the link\" aria-label=\"Copy the link\"><i class=\"icon i-link\" aria-hidden=\"true\"></i></button></span>");
    once(html, item, DELETE, false);
    html.raw("</form>");
}

fn content(html: &mut Html, opened: &Opened, clock: &Clock) {
    let item = &opened.item;
    html.raw("<article class=\"message\" tabindex=\"-1\" aria-labelledby=\"message-title\"><p class=\"sender\">");
    avatar(html, &item.from);
    html.raw("<span class=\"names\"><b>").text(&item.from).raw("</b><small>");
    time(html, item.sent_at, "full", clock);
    html.raw("</small></span>");
    loudness(html, item.priority);
    if item.resolved {
        html.raw("<span class=\"tag ok\">Resolved</span>");
    }
    for tag in item.category.iter().chain(&item.tags) {
        html.raw("<span class=\"tag\">").text(tag).raw("</span>");
    }
    html.raw("</p><h2 id=\"message-title\" dir=\"auto\" data-testid=\"message-title\">").text(&item.title);
    html.raw("</h2><div class=\"body\" dir=\"auto\" data-testid=\"message-body\">")
        .sanitised(&opened.html)
        .raw("</div>");
    ask(html, opened, clock);
    links(html, opened);
    history(html, opened, clock);
    why(html, opened);
    html.raw("</article>");
}

/// Whether the reader is asked to take note, and whether they have.
fn ask(html: &mut Html, Opened { item, .. }: &Opened, clock: &Clock) {
    match item.acknowledge {
        None => {}
        Some(Acknowledge::Asked) => {
            html.raw("<form class=\"ask\" method=\"post\" action=\"/api/note\"><b>Please acknowledge this.</b>");
            html.raw("<button class=\"primary\" name=\"note\" data-testid=\"acknowledge\" value=\"")
                .text(&noting(item));
            html.raw("\">Acknowledge</button></form>");
        }
        Some(Acknowledge::At(at)) => {
            html.raw("<p class=\"ask\" data-testid=\"acknowledged\"><i class=\"icon i-check\" aria-hidden=\"true\"></i><span>You acknowledged this: ");
            time(html, at, "full", clock);
            html.raw("</span></p>");
        }
    }
}

/// Where the message leads: what each link says, and the address that it really is.
fn links(html: &mut Html, Opened { item, actions, .. }: &Opened) {
    let link = item.link.iter().map(|url| ("Open the link", url));
    let links = link.chain(actions.iter().map(|action| (action.label.as_str(), &action.url)));
    html.raw("<ul class=\"links\">");
    for (label, url) in links {
        html.raw("<li class=\"link\"><a class=\"button\" data-testid=\"message-link\" target=\"_blank\" rel=\"noopener noreferrer\" href=\"").text(url);
        html.raw("\"><i class=\"icon i-out\" aria-hidden=\"true\"></i>").text(label);
        html.raw("</a><small class=\"address\">").text(url).raw("</small></li>");
    }
    html.raw("</ul>");
}

/// The messages that had the row before.
fn history(html: &mut Html, Opened { item, history, .. }: &Opened, clock: &Clock) {
    if history.is_empty() {
        return;
    }
    html.raw("<details class=\"history\" data-testid=\"history\"><summary>").number(i64::from(item.times) - 1);
    html.raw(" earlier</summary><ol>");
    for earlier in history {
        html.raw("<li><h3>").text(&earlier.title).raw("</h3><small>");
        time(html, earlier.sent_at, "full", clock);
        html.raw(if earlier.resolved { " · Resolved" } else { "" });
        html.raw("</small><div class=\"body\">").sanitised(&earlier.html).raw("</div></li>");
    }
    html.raw("</ol></details>");
}

/// Why the message is here, and how to get no more of its kind.
fn why(html: &mut Html, Opened { item, why, muted, .. }: &Opened) {
    html.raw("<form class=\"why\" method=\"post\" action=\"/api/mute\" data-testid=\"why\"><span>");
    html.raw(match why {
        Why::You => "You get this because it was sent to you by name.",
        Why::Everyone => "You get this because it was sent to everyone.",
    });
    if *muted {
        html.raw(" You have muted this. <a href=\"/preferences\">Preferences</a></span></form>");
        return;
    }
    html.raw("</span><button class=\"quiet\" name=\"mute\" data-testid=\"mute\" value=\"sender-of:").number(item.id.0);
    html.raw("\"><i class=\"icon i-mute\" aria-hidden=\"true\"></i>Mute ").text(&item.from).raw("</button>");
    if let Some(category) = &item.category {
        html.raw("<button class=\"quiet\" name=\"mute\" data-testid=\"mute-category\" value=\"category-of:")
            .number(item.id.0);
        html.raw("\">Mute «").text(category).raw("»</button>");
    }
    html.raw("</form>");
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
