//! Commands: what each of them does on this page. Comes after `app::keys` and the palette, which know them by key and by name.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::Live;
use super::feed::{feed_in_sight, row_of};
use crate::api::ApiError;
use crate::api::note::noting;
use crate::app::clipboard::copy;
use crate::app::command::Command;
use crate::app::components::{PALETTE, SNOOZE};
use crate::app::dialog;
use crate::app::did::Did;
use crate::app::navigation::{follow_href, go};
use crate::app::palette::Palette;
use crate::app::place::{Address, Place};
use crate::domain::item::Acknowledge;
use crate::domain::theme::Theme;
use crate::domain::{Action, MessageId, State};

/// Doing what a command says.
impl Live {
    /// Does it.
    pub fn run(self, command: Command) {
        match command {
            Command::Next => drop(self.step(true)),
            Command::Previous => drop(self.step(false)),
            Command::Open => self.focused().into_iter().for_each(|id| self.visit(id)),
            Command::Close => self.close(),
            Command::Done => self.toggle(self.targets(), |state| state.done, Action::Done, Action::Restore),
            Command::Read => self.act_and_go_on(self.targets(), Action::Read),
            Command::Unread => self.act_and_go_on(self.targets(), Action::Unread),
            Command::Pin => self.toggle(self.targets(), |state| state.pinned, Action::Pin, Action::Unpin),
            Command::Snooze => self.snooze(self.targets()),
            Command::Wake => self.act_and_go_on(self.targets(), Action::Wake),
            Command::Delete => self.act_and_go_on(self.targets(), Action::Delete),
            Command::Select => self.focused().into_iter().for_each(|id| self.selection.update(|all| all.toggle(id))),
            Command::SelectNext => self.select_on(true),
            Command::SelectPrevious => self.select_on(false),
            Command::SelectAll if !self.list_shown() => {}
            Command::SelectAll => self.selection.update(|all| all.toggle_all(&self.rows.read_untracked())),
            Command::Undo => self.undo(),
            Command::ReadAll => self.read_all(),
            Command::Acknowledge => self.acknowledge(),
            Command::Mute => {
                self.target()
                    .into_iter()
                    .for_each(|id| self.knock("mute".into(), ["sender-of:", &id.to_string()].concat()));
            }
            Command::CopyLink => self.target().into_iter().for_each(|id| self.copy_link(id)),
            Command::Search => drop(element("search").map(|field| field.focus())),
            Command::GoInbox => follow_href(self, "/"),
            Command::GoPinned => follow_href(self, "/?view=pinned"),
            Command::GoSnoozed => follow_href(self, "/?view=snoozed"),
            Command::GoDone => follow_href(self, "/?view=done"),
            Command::GoPreferences => follow_href(self, "/preferences"),
            Command::GoSessions => follow_href(self, "/sessions"),
            Command::Palette => {
                self.palette.set(Palette::default());
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
            if let Err(error) = self.keep("theme", theme.as_str()).await {
                self.fail(error);
            }
        });
    }

    /// Has one of the preferences kept, by the door of its name.
    pub async fn keep(self, name: &str, value: &str) -> Result<(), ApiError> {
        self.ask_mine(name, &[name, "=", value].concat()).await
    }

    /// What the next verb is for: the selected rows, where they can be seen, else the one with the focus, else the open message.
    fn targets(self) -> Vec<MessageId> {
        let selected = self.selection.with_untracked(|all| all.ids().to_vec());
        if !selected.is_empty() && self.list_shown() {
            return selected;
        }
        self.target().into_iter().collect()
    }

    /// The message of the row with the focus, else the open one.
    fn target(self) -> Option<MessageId> {
        self.focused().or(self.place.read_untracked().message)
    }

    /// The row in which the focus is.
    fn focused(self) -> Option<MessageId> {
        row_of(&document().active_element()?)
    }

    /// Whether the reader has the rows before them: on a phone an open message is in their place.
    pub fn list_shown(self) -> bool {
        feed_in_sight().is_some()
    }

    /// To the row below or above. Who reads a message without being in the list goes on to the next one, also when it has left.
    fn step(self, down: bool) -> Option<MessageId> {
        let from = self.target().and_then(|id| self.peek(|inbox| inbox.rank(id)));
        let to = match from {
            Some(at) => self.peek(|inbox| if down { inbox.below(at) } else { inbox.above(at) }),
            None => self.rows.read_untracked().first().copied(),
        };
        if from.is_none() || self.focused().is_some() {
            self.focus_row(to);
        } else {
            to.into_iter().for_each(|id| self.visit(id));
        }
        to
    }

    fn select_on(self, down: bool) {
        let here = self.focused();
        let there = self.step(down).filter(|_| here.is_some());
        for id in here.into_iter().chain(there) {
            self.selection.update(|all| all.extend(id, &self.rows.read_untracked()));
        }
    }

    fn visit(self, id: MessageId) {
        go(self, Address::Inbox(self.place.get_untracked().with(id)));
    }

    /// One step back: from the selection, from the message, from the search.
    fn close(self) {
        if !self.selection.read_untracked().ids().is_empty() && self.list_shown() {
            return self.selection.update(|all| all.clear());
        }
        let place = self.place.get_untracked();
        if place.message.is_some() {
            go(self, Address::Inbox(place.list()));
        } else if !place.query.is_empty() {
            go(self, Address::Inbox(Place::default()));
        }
    }

    /// The verb, or its opposite where all are so already.
    pub fn toggle(self, ids: Vec<MessageId>, is: impl Fn(State) -> bool, verb: Action, back: Action) {
        let all = self.peek(|inbox| ids.iter().filter_map(|id| inbox.item(*id)).all(|item| is(item.state)));
        self.act_and_go_on(ids, if all { back } else { verb });
    }

    fn acknowledge(self) {
        let item = self.target().and_then(|id| self.peek(|inbox| inbox.item(id)));
        match item.filter(|item| item.acknowledge == Some(Acknowledge::Asked)) {
            Some(item) => self.knock("note".into(), noting(&item)),
            None => self.say("This message does not ask for it.".into()),
        }
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

fn element(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}
