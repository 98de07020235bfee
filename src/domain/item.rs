//! Item: a message in one person's inbox, with its state there and its place in lists.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::cursor::{Cursor, Seq};
use super::found::Found;
use super::message::{LinkAction, MessageId, Priority};
use super::state::{Counts, State, View, number};

/// Items on the first page of a list, and on one that nothing else was said of.
pub const PAGE: usize = 50;

/// Most items that are read at once.
pub const PAGE_MAX: usize = 500;

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
    /// The number of the change that brought it to the top last: its arrival, a repeat, the end of a snooze. Lists are in
    /// this order.
    pub surfaced: Seq,
    /// When that was, in milliseconds since the Unix epoch.
    pub surfaced_at: i64,
    /// What the reader has done with it.
    pub state: State,
}

impl Item {
    /// Its place in lists, whatever view they are of.
    pub fn rank(&self) -> Rank {
        Rank { surfaced: self.surfaced, id: self.id }
    }
}

/// A place in the order of lists, the greatest first: `SURFACED-ID` in addresses. Items that surfaced in one change, such as
/// those that were snoozed until the same moment, are in the order of their messages, so no page begins between equals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rank {
    /// The number of the change that brought the item to the top.
    pub surfaced: Seq,
    /// The message.
    pub id: MessageId,
}

/// A text that is no rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a place in a list is «number-message»")]
pub struct NotARank;

impl fmt::Display for Rank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.surfaced, self.id)
    }
}

impl FromStr for Rank {
    type Err = NotARank;

    fn from_str(text: &str) -> Result<Self, NotARank> {
        let (surfaced, id) = text.split_once('-').ok_or(NotARank)?;
        let read = |digits| number(digits).ok_or(NotARank);
        Ok(Self { surfaced: Seq(read(surfaced)?), id: MessageId(read(id)?) })
    }
}

impl TryFrom<String> for Rank {
    type Error = NotARank;

    fn try_from(text: String) -> Result<Self, NotARank> {
        text.parse()
    }
}

impl From<Rank> for String {
    fn from(rank: Rank) -> Self {
        rank.to_string()
    }
}

/// What an act of the reader came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acted {
    /// What takes it back, which is the number of the change; `None`: everything was so already.
    pub undo: Option<Seq>,
    /// How many items it changed.
    pub items: i64,
    /// How many it left as they are, because they came to the top after what the reader had seen.
    #[serde(default, skip_serializing_if = "none")]
    pub left: i64,
}

fn none(left: &i64) -> bool {
    *left == 0
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

/// A part of a view as of one moment: the first HTML is rendered from it, and the stream goes on at its cursor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Which list.
    pub view: View,
    /// Only items below this place were asked for.
    pub before: Option<Rank>,
    /// The items, in the order of [`Item::rank`], the greatest first.
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
    fn a_rank_reads_back_and_nothing_else_is_one() {
        let rank = Rank { surfaced: Seq(41), id: MessageId(12) };
        assert_eq!(rank.to_string(), "41-12");
        assert_eq!("41-12".parse(), Ok(rank));
        for bad in ["", "-", "41", "41-", "-12", "41--12", "+41-12", "41-12-1", "41-99999999999999999999", "4 1-2"] {
            assert_eq!(bad.parse::<Rank>(), Err(NotARank), "{bad:?}");
        }
    }

    #[test]
    fn of_equals_the_later_message_is_the_greater() {
        let rank = |surfaced, id| Rank { surfaced: Seq(surfaced), id: MessageId(id) };
        assert!(rank(5, 1) > rank(4, 9) && rank(4, 9) > rank(4, 8));
    }
}
