//! Row: one item of a list. Made once for an item; a change of its state changes attributes, so the focus stays.

use leptos::prelude::*;

use super::{Avatar, Loudness, Time};
use crate::api::inbox::change;
use crate::app::live::{Live, west};
use crate::app::when::{self, Wall};
use crate::domain::{Action, Item, MessageId, State, View};

/// The row of an item that is in the inbox.
#[component]
pub fn Row(
    /// Which item.
    id: MessageId,
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    let Live { rows, place, view, .. } = live;
    let item = live.peek(|inbox| inbox.item(id))?;
    let first = item.state;
    // A row that is about to leave keeps its last state.
    let state = Memo::new(move |last: Option<&State>| {
        live.with(|inbox| inbox.item(id)).map(|item| item.state).or(last.copied()).unwrap_or(first)
    });
    let at = Memo::new(move |_| rows.read().iter().position(|row| *row == id).map_or(1, |at| at + 1));
    let (priority, surfaced_at) = (item.priority.as_str(), item.surfaced_at);
    let fresh = live.arrived.get_untracked() == Some(id);
    let size =
        move || if live.with(|inbox| inbox.older().is_some()) { "-1".into() } else { rows.read().len().to_string() };
    Some(view! {
        <article
            id=format!("item-{id}")
            class=if fresh { "item fresh" } else { "item" }
            tabindex="0"
            data-testid="item"
            data-id=id.0
            data-state=move || word(state.get())
            data-priority=priority
            aria-posinset=at
            aria-setsize=size
            aria-labelledby=format!("title-{id}")
            aria-current=move || (place.get().message == Some(id)).then_some("true")
        >
            <Day live at=surfaced_at position=at/>
            <div class="row">
                <i class="dot" aria-hidden="true"></i>
                <Text live item state/>
                <Acts id state view=view.get_untracked()/>
            </div>
        </article>
    })
}

#[component]
fn Text(live: Live, item: Item, state: Memo<State>) -> impl IntoView {
    let Item { id, from, title, preview, priority, surfaced_at, .. } = item;
    view! {
        <Avatar name=from.clone()/>
        <div class="text">
            <p class="top">
                <b class="from">{from}</b>
                <Loudness priority/>
                <Time live at=surfaced_at/>
            </p>
            <h2 class="title" id=format!("title-{id}")>
                <span class="sr">{move || if state.get().read { "" } else { "Unread: " }}</span>
                <a data-testid="item-link" href=move || live.place.get().with(id).href()>
                    <span data-testid="item-title">{title}</span>
                </a>
            </h2>
            <p class="preview">{preview}</p>
        </div>
    }
}

/// The heading of a day, over its first row. The day is the reader's, so it is known after hydration only.
#[component]
fn Day(live: Live, at: i64, position: Memo<usize>) -> impl IntoView {
    let zone = move |at| live.now.get().map_or(0, |_| west(at));
    let above = move || {
        // The clock may ask once more when the row has gone already.
        let id = live.rows.read().get(position.try_get()?.checked_sub(2)?).copied()?;
        live.with(|inbox| inbox.surfaced_at(id))
    };
    let begins = move || above().is_none_or(|above| Wall::new(above, zone(above)).day != Wall::new(at, zone(at)).day);
    view! {
        <p class="day" hidden=move || !begins()>
            {move || when::day(at, live.now.get(), zone(at))}
        </p>
    }
}

/// The buttons of a row: always there, shown on hover, focus, and touch.
#[component]
fn Acts(id: MessageId, state: Memo<State>, view: View) -> impl IntoView {
    let [first, second] = match view {
        View::Inbox | View::Pinned => [None, Some((Action::Done, "icon i-check", "Done", "mark-done"))],
        View::Done | View::Snoozed => [
            Some((Action::Restore, "icon i-back", "Back to the inbox", "mark-restore")),
            Some((Action::Delete, "icon i-bin", "Delete", "mark-delete")),
        ],
    };
    let button = move |(action, icon, label, testid): (Action, &'static str, &'static str, &'static str)| {
        view! {
            <button name="change" value=change(action, id) data-testid=testid aria-label=label title=label>
                <i class=icon aria-hidden="true"></i>
            </button>
        }
    };
    view! {
        <div class="acts">
            {first.map(button)}
            {first.is_none().then(|| view! { <ReadToggle id state/> })}
            {second.map(button)}
        </div>
    }
}

/// One button for both ways, so that the focus stays on it.
#[component]
fn ReadToggle(id: MessageId, state: Memo<State>) -> impl IntoView {
    let read = move || state.get().read;
    let label = move || if read() { "Mark unread" } else { "Mark read" };
    view! {
        <button
            name="change"
            value=move || change(if read() { Action::Unread } else { Action::Read }, id)
            data-testid=move || if read() { "mark-unread" } else { "mark-read" }
            aria-label=label
            title=label
        >
            <i class="icon i-mail" aria-hidden="true"></i>
        </button>
    }
}

/// The state in one word, for tests and styles.
pub(super) fn word(state: State) -> &'static str {
    match state {
        State { done: true, .. } => "done",
        State { read: true, .. } => "read",
        State { .. } => "unread",
    }
}
