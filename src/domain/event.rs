//! Event: everything that a stream says, one shape for each. `docs/PROTOCOL.md` is the contract; `wire` writes and reads it.

use serde::{Deserialize, Serialize};

use super::cursor::{Epoch, Seq};
use super::item::Item;
use super::message::MessageId;
use super::state::{Action, Counts, View};

/// How a stream begins with respect to the cursor that was brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// No cursor was brought; the stream begins now.
    Fresh,
    /// Everything after the cursor follows.
    Resumed,
    /// The cursor cannot be continued: reload the list. The stream goes on at `to`.
    Reset,
}

/// Why an item is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gone {
    /// Its reader deleted it.
    Deleted,
}

/// Why a stream ended with the session or token that opened it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignedOut {
    /// The person signed out in this session.
    SignedOut,
    /// The person ended this session from another one.
    EndedElsewhere,
    /// The password was changed.
    PasswordChanged,
    /// The account was disabled.
    Disabled,
    /// The person may do other things now than when they signed in.
    RoleChanged,
    /// The session was not used for too long.
    Idle,
    /// The session reached its lifetime.
    Expired,
    /// The token was revoked. Also what a reader takes for a word of a later build.
    #[serde(other)]
    Revoked,
}

impl SignedOut {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::SignedOut,
        Self::EndedElsewhere,
        Self::PasswordChanged,
        Self::Disabled,
        Self::RoleChanged,
        Self::Idle,
        Self::Expired,
        Self::Revoked,
    ];

    /// The word on the wire and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "signed-out",
            Self::EndedElsewhere => "ended-elsewhere",
            Self::PasswordChanged => "password-changed",
            Self::Disabled => "disabled",
            Self::RoleChanged => "role-changed",
            Self::Idle => "idle",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }

    /// Reads the word back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.as_str() == word)
    }
}

/// Why the server ends a stream whose session is good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DrainWhy {
    /// The person has too many streams; a newer one took the place.
    Replaced,
    /// A newer stream of the same client took over: this one need not come back.
    Superseded,
    /// The store could not be read.
    Store,
    /// The server stops. Also what a reader takes for a word of a later build.
    #[default]
    #[serde(other)]
    Stopping,
}

/// Everything that a stream says. One variant, one name, one shape of data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Event {
    /// `hello`: first on every stream.
    Hello(Hello),
    /// `item`: upsert this item.
    Item(Changed),
    /// `items`: upsert these items.
    Items(ChangedMany),
    /// `marked`: a verb on many items at once.
    Marked(Marked),
    /// `gone`: remove this item.
    Gone(Removed),
    /// `caught-up`: the replay is over; from here numbers are contiguous.
    CaughtUp(CaughtUp),
    /// `beat`: a sign of life.
    Beat(Beat),
    /// `drain`: the server is going away.
    Drain(Drain),
    /// `signed-out`: the session ended; the stream closes.
    SignedOut(Ended),
}

/// What a stream says first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The database's life.
    pub epoch: Epoch,
    /// The number that the reader brought; 0 when none could be continued.
    pub from: Seq,
    /// The last number at this moment.
    pub to: Seq,
    /// How it goes on.
    pub verdict: Verdict,
    /// Changed items that follow as replay.
    pub missed: usize,
    /// Milliseconds between two beats, at most.
    pub beat_ms: u64,
    /// The server's build; another one than the page's offers a reload.
    pub build: String,
    /// When the session ends at the latest, milliseconds since the Unix epoch; absent for tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_ends: Option<i64>,
}

/// An item that arrived or changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// The change's number.
    pub seq: Seq,
    /// The item after the change.
    pub item: Item,
    /// Counts after the change.
    pub counts: Counts,
}

/// Items that came back together, each in a state of its own: what was undone, what was snoozed until one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedMany {
    /// The change's number.
    pub seq: Seq,
    /// The items after the change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
    /// There are too many to be told: read the list anew. Such an event moves no cursor.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub anew: bool,
    /// Counts after the change.
    pub counts: Counts,
}

/// A verb on many items at once: one change, one number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marked {
    /// The change's number, which is now that of every item it touched.
    pub seq: Seq,
    /// Which items.
    pub which: Which,
    /// The verb.
    pub verb: Action,
    /// When; milliseconds since the Unix epoch.
    pub at: i64,
    /// Counts after the change.
    pub counts: Counts,
}

impl Marked {
    /// Changes the item if it is meant and is not so already. `false`: it is not there any more.
    pub fn touch(&self, item: &mut Item) -> bool {
        let meant = match &self.which {
            Which::Ids(ids) => ids.contains(&item.id),
            Which::UpTo(seq) => item.seq <= *seq && View::Inbox.shows(item.state),
        };
        if !meant || item.seq >= self.seq {
            return true;
        }
        let Some(state) = self.verb.apply(item.state) else { return false };
        if state != item.state {
            (item.seq, item.state) = (self.seq, state);
            if self.verb.surfaces() {
                (item.surfaced, item.surfaced_at) = (self.seq, self.at);
            }
        }
        true
    }
}

/// Which items a [`Marked`] touches; those that are already so keep their number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// These.
    Ids(Vec<MessageId>),
    /// All in the inbox, neither done nor snoozed, whose number is at most this.
    UpTo(Seq),
}

/// An item that left for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// The change's number.
    pub seq: Seq,
    /// The item.
    pub id: MessageId,
    /// The reason.
    pub why: Gone,
    /// Counts after the change.
    pub counts: Counts,
}

/// The end of a replay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaughtUp {
    /// The number reached.
    pub seq: Seq,
    /// Counts at that number.
    pub counts: Counts,
}

/// A sign of life. An event, because comments never reach a page's script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beat {
    /// The server's clock, milliseconds since the Unix epoch.
    pub now: i64,
    /// The last number that this stream was sent; it exposes a gap when there is no traffic.
    pub seq: Seq,
    /// The version of the reader's preferences, as a page that goes by another one asks for them anew.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub preferences: i64,
}

fn is_zero(version: &i64) -> bool {
    *version == 0
}

/// The server is going away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drain {
    /// When to come back, chosen at random for each stream so that not all come at once.
    pub reconnect_ms: u64,
    /// The reason.
    #[serde(default)]
    pub why: DrainWhy,
}

/// The session or token behind the stream is no longer good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// The reason.
    pub why: SignedOut,
}
