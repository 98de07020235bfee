//! Row: one item of a list. Made once for an item; a change of its state changes attributes, so the focus stays.

use leptos::html::Article;
use leptos::prelude::*;

use super::time::time;
use super::verbs::{DELETE, DONE, PIN, READ, SNOOZE_VERB, WAKE, dress, once, toggle};
use super::{avatar, loudness};
use crate::app::clock::Clock;
use crate::app::html::Html;
use crate::app::live::Live;
use crate::app::marked::marked;
use crate::app::place::Place;
use crate::domain::{Hit, Item, MessageId, Seq, State, View};

/// The row of an item that is in the list.
#[component]
pub fn Row(
    /// Which item.
    id: MessageId,
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    let Live { rows, place, view, selection, .. } = live;
    let first = live.peek(|inbox| inbox.item(id))?;
    // A row that is about to leave keeps what it was.
    let item = Memo::new(move |last: Option<&Item>| {
        live.with(|inbox| inbox.item(id)).or_else(|| last.cloned()).unwrap_or_else(|| first.clone())
    });
    let state = move || item.read().state;
    // What it says changes seldom: when the message repeats, or is snoozed to another time. Which verbs its buttons offer is
    // written once, and follows by `dress`.
    let text = Memo::new(move |_| Item { seq: Seq(0), state: until(state()), acknowledge: None, ..item.get() });
    let list = Memo::new(move |_| place.get().list());
    let hit = Memo::new(move |_| live.with(|inbox| inbox.hit(id).cloned()));
    let inside = Memo::new(move |_| {
        let (hit, item) = (hit.read(), Item { state: untrack(state), ..text.get() });
        inside(&item, hit.as_ref(), view.get_untracked(), &list.read(), &live.clock.read_untracked())
    });
    let at = Memo::new(move |_| rows.read().iter().position(|row| *row == id).map_or(1, |at| at + 1));
    let fresh = live.arrived.get_untracked() == Some(id);
    let size =
        move || if live.with(|inbox| inbox.older().is_some()) { "-1".into() } else { rows.read().len().to_string() };
    let selected = move || selection.read().has(id);
    let row = NodeRef::<Article>::new();
    Effect::new(move |_| {
        inside.track();
        row.get().into_iter().for_each(|row| dress(&row, state(), selected()));
    });
    Some(view! {
        <article
            id=format!("item-{id}")
            class=if fresh { "item fresh" } else { "item" }
            tabindex="0"
            data-testid="item"
            data-id=id.0
            data-state=move || word(state())
            data-priority=item.read_untracked().priority.as_str()
            data-pinned=move || state().pinned.then_some("")
            data-selected=move || selected().then_some("")
            data-resolved=move || item.read().resolved.then_some("")
            aria-posinset=at
            aria-setsize=size
            aria-labelledby=format!("title-{id}")
            aria-describedby=format!("top-{id} preview-{id}")
            aria-current=move || (place.read().message == Some(id)).then_some("true")
            node_ref=row
        >
            <Day live item position=at/>
            <div class="row" inner_html=inside></div>
        </article>
    })
}

/// The part of the state that stands in the row in words.
fn until(state: State) -> State {
    State { snoozed: state.snoozed, ..State::default() }
}

/// What stands in the row.
fn inside(item: &Item, hit: Option<&Hit>, view: View, place: &Place, clock: &Clock) -> String {
    let mut html = Html::default();
    let id = item.id.0;
    html.raw("<i class=\"dot\" aria-hidden=\"true\"></i>");
    avatar(&mut html, &item.from);
    html.raw("<input type=\"checkbox\" class=\"pick needs-script\" aria-label=\"Select: ").text(&item.title);
    html.raw("\"><div class=\"text\"><p class=\"top\" id=\"top-").number(id).raw("\"><b class=\"from\" dir=\"auto\">");
    html.text(&item.from).raw("</b>");
    loudness(&mut html, item.priority);
    if item.resolved {
        html.raw("<span class=\"tag ok\">Resolved</span>");
    }
    for tag in item.tags.iter().take(2) {
        html.raw("<span class=\"tag\">").text(tag).raw("</span>");
    }
    html.raw("<span class=\"pinned\"><i class=\"icon i-pin\" aria-hidden=\"true\"></i><span class=\"sr\">Pinned</span></span>");
    if let Some(until) = item.state.snoozed {
        html.raw("<span class=\"until\" data-testid=\"until\"><i class=\"icon i-clock\" aria-hidden=\"true\"></i><span class=\"sr\">Snoozed until </span>");
        time(&mut html, until, "coming", clock);
        html.raw("</span>");
    }
    time(&mut html, item.surfaced_at, "short", clock);
    html.raw("</p><h3 class=\"title\" id=\"title-").number(id).raw("\"><span class=\"sr\">Unread: </span>");
    html.raw("<a dir=\"auto\" data-testid=\"item-link\" href=\"").text(&place.clone().with(item.id).href());
    html.raw("\"><span data-testid=\"item-title\">");
    match hit {
        Some(hit) => marked(&mut html, &hit.title),
        None => drop(html.text(&item.title)),
    }
    html.raw("</span></a>");
    if item.times > 1 {
        html.raw("<span class=\"times\" data-testid=\"times\">×").number(item.times.into());
        html.raw("<span class=\"sr\"> times</span></span>");
    }
    html.raw("</h3><p class=\"preview\" dir=\"auto\" id=\"preview-").number(id).raw("\">");
    match hit {
        Some(hit) => marked(&mut html, &hit.text),
        None => drop(html.text(&item.preview)),
    }
    html.raw("</p></div>");
    html.raw("<div class=\"acts\">");
    match view {
        View::Snoozed => once(&mut html, item, WAKE, false),
        View::Done => once(&mut html, item, DELETE, false),
        View::Inbox | View::Pinned => toggle(&mut html, item, READ, false),
    }
    toggle(&mut html, item, PIN, false);
    once(&mut html, item, SNOOZE_VERB, false);
    toggle(&mut html, item, DONE, false);
    html.raw("</div>");
    html.take()
}

/// The heading of a day, over its first row. It is hidden over the others.
#[component]
fn Day(live: Live, item: Memo<Item>, position: Memo<usize>) -> impl IntoView {
    let at = move || item.read().surfaced_at;
    let above = move || {
        // The clock may ask once more when the row has gone already.
        let id = live.rows.read().get(position.try_get()?.checked_sub(2)?).copied()?;
        live.with(|inbox| inbox.surfaced_at(id))
    };
    let begins = move || live.clock.read().begins_day(at(), above());
    view! {
        <h2 class="day" hidden=move || !begins()>
            {move || live.clock.read().day(at())}
        </h2>
    }
}

/// The state in one word, for tests and styles.
pub(super) fn word(state: State) -> &'static str {
    match state {
        State { done: true, .. } => "done",
        State { snoozed: Some(_), .. } => "snoozed",
        State { read: true, .. } => "read",
        State { .. } => "unread",
    }
}
