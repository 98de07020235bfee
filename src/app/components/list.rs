//! List: the rows of a view, live. Comes after the page loaded the first part of it into the inbox.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, MouseEvent};

use super::{Bulk, Down, Empty, Filters, Row, Search, on_change};
use crate::api::inbox::read_all;
use crate::app::command::Command;
use crate::app::focus;
use crate::app::inbox::Inbox;
use crate::app::layout::name;
use crate::app::live::{Live, row_of};
use crate::app::swipe;
use crate::domain::{MessageId, Seq, View};

/// The heading and the rows.
#[component]
pub fn List(
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    let Live { view, rows, .. } = live;
    // A row has the buttons of its view, so another view gets another row.
    let key = move |id: &MessageId| (view.get_untracked(), *id);
    live.keep_window();
    Effect::new(move |_| {
        let rows = rows.read();
        // Of a long list that is read anew, more is about to come.
        if !live.is_seeking() {
            live.selection.maybe_update(|selection| selection.keep(&rows));
        }
    });
    view! {
        <Heading live/>
        <Filters live/>
        <Bulk live/>
        <Above live/>
        <form id="rows" class="rows" method="post" action="/api/act" on:submit=move |event| on_change(live, &event)>
            <div
                id="feed"
                class="feed"
                role="feed"
                aria-labelledby="heading"
                data-testid="inbox-list"
                on:scroll=move |_| live.follow_scroll()
                on:focusin=move |event| event.target().map(JsCast::unchecked_into::<Element>).iter().for_each(|at| live.keep_row(at))
                on:keydown=move |event| walk(live, &event)
                on:click=move |event| pick(live, &event)
                on:pointerdown=move |event| swipe::begin(&event)
                on:pointermove=move |event| {
                    live.stir();
                    swipe::go_on(&event);
                }
                on:pointerup=move |event| swipe::end(live, &event)
                on:pointercancel=move |event| swipe::end(live, &event)
            >
                <For each=move || live.scroll.stand.get() key=key children=move |id| view! { <Row id live/> }/>
            </div>
        </form>
        <Empty live/>
        <Pager live/>
        <Down live/>
    }
}

#[component]
fn Heading(live: Live) -> impl IntoView {
    let inbox = move || live.view.get() == View::Inbox && !searched(live);
    view! {
        <header class="bar">
            <h1 id="heading">
                // A space of its own would not be said.
                {move || [name(&live.address.read(), live.view.get()), " "].concat()}
                <span class="unread" hidden=move || !inbox()>
                    <span data-testid="unread-count">{move || live.counts().unread}</span>
                    " unread"
                </span>
            </h1>
            <label class="quiet select needs-script" title="Select"><input type="checkbox"/><span>"Select"</span></label>
            <ReadAll live/>
            <Search live/>
        </header>
    }
}

/// Marks everything read that the page has: what comes while it is on the way stays unread.
#[component]
fn ReadAll(live: Live) -> impl IntoView {
    let up_to = move || live.with(|inbox| read_all(inbox.cursor().map_or(Seq(0), |cursor| cursor.seq)));
    let hidden = move || live.view.get() != View::Inbox || live.counts().unread == 0 || searched(live);
    view! {
        <button class="quiet read-all" form="rows" name="change" value=up_to hidden=hidden data-testid="read-all">
            "Mark all read"
        </button>
    }
}

/// Messages arrived out of sight.
#[component]
fn Above(live: Live) -> impl IntoView {
    view! {
        <button
            type="button"
            class="newer"
            hidden=move || live.above.get() == 0
            on:click=move |_| {
                // The row that had the focus may be far below.
                focus::leave_rows();
                live.to_the_top();
            }
        >
            <i class="icon i-up" aria-hidden="true"></i>
            {move || format!("{} new", live.above.get())}
        </button>
    }
}

#[component]
fn Pager(live: Live) -> impl IntoView {
    let place = live.place;
    let newest = move || place.get().before.map(|_| place.get().newest().href());
    // With script the list grows by itself, until it cannot.
    let grows =
        move || !live.client.read().is_empty() && !live.scroll.stuck.get() && live.with(|inbox| inbox.end().is_some());
    let older = move || live.with(Inbox::older).filter(|_| !grows()).map(|id| place.get().older(id).href());
    let link = |testid: &'static str, word: &'static str, href: Option<String>| {
        href.map(|href| view! { <a class="button" data-testid=testid href=href>{word}</a> })
    };
    view! {
        <nav class="pager" aria-label="Pages">
            {move || link("newest", "Newest", newest())}
            {move || link("older", "Older", older())}
        </nav>
    }
}

/// The list is what a search finds.
fn searched(live: Live) -> bool {
    live.with(|inbox| inbox.found().is_some())
}

/// The keys of a feed (WAI-ARIA Authoring Practices, «Feed»): page down and up go from row to row, with Ctrl home and end to what
/// stands before and after it.
fn walk(live: Live, event: &KeyboardEvent) {
    match event.key().as_str() {
        "PageDown" => live.run(Command::Next),
        "PageUp" => live.run(Command::Previous),
        "Home" if event.ctrl_key() => live.run(Command::Search),
        "End" if event.ctrl_key() => {
            // While the list grows by itself, nothing but the pane stands after it.
            if !focus::at(".pager a, article.message, .pane .failed a") {
                live.focus_row(live.rows.read_untracked().last().copied());
            }
        }
        _ => return,
    }
    event.prevent_default();
}

/// A press on the box of a row selects it; with Shift, everything from the last one on.
fn pick(live: Live, event: &MouseEvent) {
    let pressed = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let Some(id) = pressed.filter(|element| element.class_list().contains("pick")).as_ref().and_then(row_of) else {
        return;
    };
    live.selection.update(|selection| {
        if event.shift_key() { selection.extend(id, &live.rows.read_untracked()) } else { selection.toggle(id) }
    });
}
