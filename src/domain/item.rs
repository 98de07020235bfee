//! Item: a message in one person's inbox, with its state there.

use serde::{Deserialize, Serialize};

use super::cursor::{Cursor, Seq};
use super::found::Found;
use super::message::{LinkAction, MessageId, Priority};

/// Items on one page of a list.
pub const PAGE: usize = 50;

/// What the reader has done with an item. `read` implies `seen`, `done` implies `read`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct State {
    /// It was in front of the reader's eyes.
    pub seen: bool,
    /// It was opened, or marked so.
    pub read: bool,
    /// It has left the inbox for the Done view.
    pub done: bool,
}

/// A verb of the reader on one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It was in front of the reader's eyes.
    See,
    /// Mark read.
    Read,
    /// Mark unread; a done item returns to the inbox.
    Unread,
    /// Take it out of the inbox.
    Done,
    /// Put it back into the inbox, read.
    Restore,
    /// Remove it for good; it leaves a tombstone.
    Delete,
}

impl Action {
    /// All verbs.
    pub const ALL: [Self; 6] = [Self::See, Self::Read, Self::Unread, Self::Done, Self::Restore, Self::Delete];

    /// The word in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::See => "see",
            Self::Read => "read",
            Self::Unread => "unread",
            Self::Done => "done",
            Self::Restore => "restore",
            Self::Delete => "delete",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == word)
    }

    /// The state after this verb; `None` when the item leaves for good. The one place that knows the rules:
    /// the store applies it inside its transaction, the browser ahead of the answer.
    pub fn apply(self, state: State) -> Option<State> {
        match self {
            Self::See => Some(State { seen: true, ..state }),
            Self::Read => Some(State { seen: true, read: true, ..state }),
            Self::Unread => Some(State { seen: true, read: false, done: false }),
            Self::Done => Some(State { seen: true, read: true, done: true }),
            Self::Restore => Some(State { done: false, ..state }),
            Self::Delete => None,
        }
    }
}

/// The row of a message in one inbox. The body is fetched when it is opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The message.
    pub id: MessageId,
    /// The number of the item's last change.
    pub seq: Seq,
    /// When it was sent, in milliseconds since the Unix epoch.
    pub sent_at: i64,
    /// The sender's display name.
    pub from: String,
    /// One line.
    pub title: String,
    /// The beginning of the body as plain text, at most [`PREVIEW_MAX`] characters.
    pub preview: String,
    /// How loud.
    pub priority: Priority,
    /// Where it leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// What it is about, as one word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Words to find it by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// How many messages took this row, one after the other; the row shows the latest.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub times: u32,
    /// What it told of is over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub resolved: bool,
    /// Whether the reader is asked to take note, and whether they have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledge: Option<Acknowledge>,
    /// What the reader has done with it.
    pub state: State,
}

fn once() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_once(times: &u32) -> bool {
    *times <= 1
}

/// Where the reader stands with a message that asks them to take note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Acknowledge {
    /// They have not said so yet.
    Asked,
    /// They took note at this moment, in milliseconds since the Unix epoch.
    At(i64),
}

/// Longest preview, in characters.
pub const PREVIEW_MAX: usize = 140;

/// Numbers for badges, computed in the transaction of the change that they travel with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Items in the inbox that are not read.
    pub unread: i64,
    /// Items in the inbox that are not seen.
    pub unseen: i64,
}

impl Counts {
    /// What one item in `state` adds.
    pub fn of(state: State) -> Self {
        Self { unread: i64::from(!state.read && !state.done), unseen: i64::from(!state.seen && !state.done) }
    }
}

/// A list that a person can look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum View {
    /// What is not done.
    #[default]
    Inbox,
    /// What is done.
    Done,
}

impl View {
    /// Whether an item in `state` is in this view.
    pub fn shows(self, state: State) -> bool {
        state.done == (self == Self::Done)
    }
}

/// A part of a view as of one moment: the first HTML is rendered from it, and the stream goes on at its cursor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Which list.
    pub view: View,
    /// Only items older than this message were asked for.
    pub before: Option<MessageId>,
    /// At most [`PAGE`] items, newest message first.
    pub items: Vec<Item>,
    /// Whether older items follow.
    pub older: bool,
    /// When it was searched for: what the view is does not matter then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Found>,
    /// The moment: every change up to this number is in the page.
    pub cursor: Cursor,
    /// Counts at that moment.
    pub counts: Counts,
}

/// A message as its reader sees it when it is opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// The row.
    pub item: Item,
    /// The body as sanitised HTML, made once when it was sent.
    pub html: String,
    /// The sender's username.
    pub sender: String,
    /// Why it is here.
    pub why: Why,
    /// The reader has muted its sender or its category.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub muted: bool,
    /// What can be followed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<LinkAction>,
    /// The messages that had this row before, the latest first, at most [`HISTORY`]; [`Item::times`] counts all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Earlier>,
}

/// Why a message is in an inbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Why {
    /// It was sent to this person by name.
    #[default]
    You,
    /// It was sent to everyone.
    Everyone,
}

/// Earlier messages that an open one shows.
pub const HISTORY: usize = 20;

/// A message that had the row before the one that it shows now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// When it was sent, in milliseconds since the Unix epoch.
    pub sent_at: i64,
    /// One line.
    pub title: String,
    /// The body as sanitised HTML.
    pub html: String,
    /// What it told of was over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub resolved: bool,
    /// When the reader took note of it, if they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_keeps_the_states_nested() {
        let all = |bits: u8| State { seen: bits & 1 > 0, read: bits & 2 > 0, done: bits & 4 > 0 };
        let nested = |state: State| (!state.done || state.read) && (!state.read || state.seen);
        for state in (0..8).map(all).filter(|state| nested(*state)) {
            for action in Action::ALL {
                assert!(action.apply(state).is_none_or(nested), "{action:?} on {state:?}");
            }
        }
    }

    #[test]
    fn words_of_verbs_read_back() {
        assert!(Action::ALL.into_iter().all(|action| Action::parse(action.as_str()) == Some(action)));
        assert_eq!(Action::parse("drop"), None);
    }

    #[test]
    fn done_items_count_nowhere() {
        let done = Action::Done.apply(State::default()).expect("still there");
        assert_eq!(Counts::of(done), Counts::default());
        assert_eq!(Counts::of(State::default()), Counts { unread: 1, unseen: 1 });
    }
}
