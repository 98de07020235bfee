//! Bulk: what can be done with the selected rows, over the list for as long as there are any. Each button is a key, see
//! `app::keys`, and says what that key would do with these rows.

use leptos::prelude::*;

use super::verbs::{DELETE, DONE, Face, PIN, READ, SNOOZE_VERB, Toggle, WAKE};
use crate::app::html::Html;
use crate::app::inbox::Inbox;
use crate::app::live::Live;
use crate::domain::{MessageId, State};

const ALL: Face = Face { word: "", icon: "icon i-all", label: "Select all, or none", testid: "all" };
const NONE: Face = Face { word: "", icon: "icon i-cross", label: "Select nothing", testid: "none" };

/// The bar.
#[component]
pub fn Bulk(
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    let count = move || live.selection.read().ids().len();
    let buttons = move || live.with(|inbox| buttons(inbox, live.selection.read().ids()));
    view! {
        <div class="bulk" role="toolbar" aria-label="Selected messages" data-testid="bulk" hidden=move || count() == 0>
            <b>{count} " selected"</b>
            <span inner_html=buttons></span>
        </div>
    }
}

/// A verb's opposite stands there where all of them are so already.
fn buttons(inbox: &Inbox, ids: &[MessageId]) -> String {
    let all = |is: fn(State) -> bool| ids.iter().filter_map(|id| inbox.item(*id)).all(|item| is(item.state));
    let mut html = Html::default();
    let toggle = |html: &mut Html, Toggle { faces, is }: Toggle, keys: [&'static str; 2]| {
        let opposite = usize::from(all(is));
        button(html, keys[opposite], faces[0].testid, faces[opposite]);
    };
    toggle(&mut html, DONE, ["e"; 2]);
    button(&mut html, "h", SNOOZE_VERB.testid, SNOOZE_VERB);
    if all(|state| state.snoozed.is_some()) {
        button(&mut html, "H", WAKE.testid, WAKE);
    }
    toggle(&mut html, PIN, ["s"; 2]);
    toggle(&mut html, READ, ["I", "U"]);
    for (key, face) in [("#", DELETE), ("*", ALL), ("Escape", NONE)] {
        button(&mut html, key, face.testid, face);
    }
    html.take()
}

fn button(html: &mut Html, key: &'static str, name: &'static str, face: Face) {
    html.raw("<button type=\"button\" class=\"quiet\" data-key=\"").raw(key);
    html.raw("\" data-testid=\"bulk-").raw(name).raw("\" title=\"").raw(face.label);
    html.raw("\" aria-label=\"").raw(face.label).raw("\"><i class=\"").raw(face.icon);
    html.raw("\" aria-hidden=\"true\"></i></button>");
}
