//! Commands: what each of them does on this page. Comes after `app::keys` and the palette, which know them by key and by name.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::Live;
use crate::app::ask::ask;
use crate::app::clipboard::copy;
use crate::app::command::Command;
use crate::app::components::{PALETTE, SNOOZE, focus_row};
use crate::app::dialog;
use crate::app::did::Did;
use crate::app::inbox::Inbox;
use crate::app::navigation::{follow_href, go};
use crate::app::palette::Palette;
use crate::app::place::{Address, Place};
use crate::domain::theme::Theme;
use crate::domain::{Action, MessageId, State};

/// Doing what a command says.
impl Live {
    /// Does it.
    pub fn run(self, command: Command) {
        match command {
            Command::Next => self.step(true),
            Command::Previous => self.step(false),
            Command::Open => self.focused().into_iter().for_each(|id| self.visit(id)),
            Command::Close => self.close(),
            Command::Done => self.toggle(|state| state.done, Action::Done, Action::Restore),
            Command::Read => self.act_and_go_on(self.targets(), Action::Read),
            Command::Unread => self.act_and_go_on(self.targets(), Action::Unread),
            Command::Pin => self.toggle(|state| state.pinned, Action::Pin, Action::Unpin),
            Command::Snooze => self.snooze(self.targets()),
            Command::Delete => self.act_and_go_on(self.targets(), Action::Delete),
            Command::Select => self.focused().into_iter().for_each(|id| self.selection.update(|all| all.toggle(id))),
            Command::SelectNext => self.select_on(true),
            Command::SelectPrevious => self.select_on(false),
            Command::SelectAll => self.selection.update(|all| all.toggle_all(&self.rows.read_untracked())),
            Command::Undo => self.undo(),
            Command::ReadAll => self.read_all(),
            Command::Acknowledge => press("acknowledge"),
            Command::Mute => press("mute"),
            Command::CopyLink => self.place.read_untracked().message.into_iter().for_each(|id| self.copy_link(id)),
            Command::Search => focus("search"),
            Command::GoInbox => follow_href(self, "/"),
            Command::GoPinned => follow_href(self, "/?view=pinned"),
            Command::GoSnoozed => follow_href(self, "/?view=snoozed"),
            Command::GoDone => follow_href(self, "/?view=done"),
            Command::GoPreferences => follow_href(self, "/preferences"),
            Command::GoSessions => follow_href(self, "/sessions"),
            Command::Palette => {
                self.palette.set(Palette::new(Vec::new()));
                dialog::show(PALETTE);
            }
            Command::Help => follow_href(self, "/keys"),
            Command::Colours(theme) => self.colour(theme),
        }
    }

    /// Shows other colours at once, and has them kept.
    fn colour(self, theme: Theme) {
        self.wishes.update(|wishes| wishes.theme = theme);
        spawn_local(async move {
            if let Err(error) = ask::<()>("theme", &["theme=", theme.as_str()].concat()).await {
                self.fail(error);
            }
        });
    }

    /// What the next verb is for: the selected rows, else the one with the focus, else the open message.
    fn targets(self) -> Vec<MessageId> {
        let selected = self.selection.with_untracked(|all| all.ids().to_vec());
        if !selected.is_empty() {
            return selected;
        }
        self.focused().or(self.place.read_untracked().message).into_iter().collect()
    }

    /// The row in which the focus is.
    pub(super) fn focused(self) -> Option<MessageId> {
        row_of(&document().active_element()?)
    }

    /// To the row below or above; from outside the list to the open message, or the first.
    fn step(self, down: bool) {
        let rows = self.peek(Inbox::rows);
        let at = |id| rows.iter().position(|row| *row == id);
        let to = match self.focused().and_then(at) {
            Some(here) if down => here + 1,
            Some(here) => here.saturating_sub(1),
            None => {
                let open = self.place.read_untracked().message.and_then(at);
                // Who reads a message goes on to the next one.
                return match open {
                    Some(here) => {
                        let next = if down { Some(here + 1) } else { here.checked_sub(1) };
                        next.and_then(|next| rows.get(next)).into_iter().for_each(|id| self.visit(*id));
                    }
                    None => focus_row(rows.first().copied()),
                };
            }
        };
        focus_row(rows.get(to).copied());
    }

    fn select_on(self, down: bool) {
        let Some(here) = self.focused() else { return self.step(down) };
        self.selection.update(|all| all.extend(here, &self.rows.read_untracked()));
        self.step(down);
        if let Some(there) = self.focused() {
            self.selection.update(|all| all.extend(there, &self.rows.read_untracked()));
        }
    }

    fn visit(self, id: MessageId) {
        go(self, Address::Inbox(self.place.get_untracked().with(id)));
    }

    /// One step back: from the selection, from the message, from the search.
    fn close(self) {
        if !self.selection.read_untracked().ids().is_empty() {
            return self.selection.update(|all| all.clear());
        }
        let place = self.place.get_untracked();
        if let Some(id) = place.message {
            go(self, Address::Inbox(place.list()));
            request_animation_frame(move || focus_row(Some(id)));
        } else if !place.query.is_empty() {
            go(self, Address::Inbox(Place::default()));
        }
    }

    /// The verb, or its opposite where all are so already.
    fn toggle(self, is: impl Fn(State) -> bool, verb: Action, back: Action) {
        let ids = self.targets();
        let all = self.peek(|inbox| ids.iter().filter_map(|id| inbox.item(*id)).all(|item| is(item.state)));
        self.act_and_go_on(ids, if all { back } else { verb });
    }

    /// Puts the message's address where it can be pasted.
    fn copy_link(self, id: MessageId) {
        let href = Place::default().with(id).href();
        let address = window().location().origin().unwrap_or_default() + &href;
        // Elsewhere the bar of the browser has it, too.
        let copied = copy(&address);
        let told =
            if copied { "The link is copied." } else { "This page cannot copy. The link is in the address bar." };
        self.did.set(Some(Did { sentence: told.into(), undo: None }));
        self.say(told.into());
    }

    /// Asks until when.
    pub fn snooze(self, ids: Vec<MessageId>) {
        if !ids.is_empty() {
            self.snoozing.set(ids);
            dialog::show(SNOOZE);
        }
    }
}

/// The message of the row in which an element is.
pub fn row_of(element: &Element) -> Option<MessageId> {
    let row = element.closest("article.item").ok()??;
    row.id().strip_prefix("item-")?.parse().ok().map(MessageId)
}

/// Presses a control of the page: what a key does is what it does.
fn press(testid: &str) {
    control(testid).into_iter().for_each(|control| control.click());
}

fn focus(testid: &str) {
    control(testid).into_iter().for_each(|control| drop(control.focus()));
}

/// Keeps the focus while the message is drawn anew: on the control of the same name, else on the message. `came`: the reader has
/// just come to it and goes on reading there, also from its row.
pub(super) fn keep_focus(came: bool) {
    let active = document().active_element();
    let held = active.as_ref().and_then(|element| element.get_attribute("data-testid"));
    let in_row = came && active.as_ref().is_some_and(|element| row_of(element).is_some());
    request_animation_frame(move || {
        if in_row || came && lost() {
            find("article.message").into_iter().for_each(|message| drop(message.focus()));
        }
        if let Some(held) = held.filter(|_| lost()) {
            control(&held).or_else(|| find("article.message")).into_iter().for_each(|control| drop(control.focus()));
        }
    });
}

/// Puts a focus that went with what had it where its reader goes on: on this row, else on the first one, else on the page. One
/// that was nowhere before stays so.
pub(super) fn mend_focus(had: bool, row: Option<MessageId>) {
    if !had {
        return;
    }
    request_animation_frame(move || {
        if lost() {
            focus_row(row);
        }
        if let Some(next) = find("article.item").or_else(|| find("#main")).filter(|_| lost()) {
            next.set_tab_index(next.tab_index()); // `main` is not to be tabbed to, and takes it only so
            let _ = next.focus();
        }
    });
}

/// Nothing has the focus.
pub(super) fn lost() -> bool {
    document().active_element().is_none_or(|element| element.tag_name() == "BODY")
}

fn control(testid: &str) -> Option<HtmlElement> {
    find(&["[data-testid=", testid, "]"].concat())
}

fn find(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok()??.dyn_into().ok()
}
