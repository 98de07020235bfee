//! State: what a reader has done with an item, the verbs that change it, and what follows from it: views and counts.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What the reader has done with an item. `read` implies `seen`, `done` implies `read`, and what is snoozed is seen and not
/// done. `pinned` goes with all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct State {
    /// It was in front of the reader's eyes.
    pub seen: bool,
    /// It was opened, or marked so.
    pub read: bool,
    /// It has left the inbox for the Done view.
    pub done: bool,
    /// It is kept at hand in the Pinned view, wherever it is otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pinned: bool,
    /// It has left the inbox until then; milliseconds since the Unix epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snoozed: Option<i64>,
}

/// A verb of the reader on items. On the wire it is the text of its `Display`: `read`, `snooze@1764000000000`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// It was in front of the reader's eyes.
    See,
    /// Mark read.
    Read,
    /// It was opened, which makes it read and is no act of its own: what was done before can still be taken back.
    Open,
    /// Mark unread; a done item returns to the inbox.
    Unread,
    /// Take it out of the inbox.
    Done,
    /// Put it back into the inbox, where it was and as it was.
    Restore,
    /// Keep it at hand.
    Pin,
    /// No longer.
    Unpin,
    /// Take it out of the inbox until then; milliseconds since the Unix epoch.
    Snooze(i64),
    /// Bring it back before its time, as its time would: unread and unseen, at the top. Only what is snoozed.
    Wake,
    /// Remove it; it leaves a tombstone.
    Delete,
}

impl Action {
    /// All verbs; the time of the snooze is some time.
    pub const ALL: [Self; 11] = [
        Self::See,
        Self::Read,
        Self::Open,
        Self::Unread,
        Self::Done,
        Self::Restore,
        Self::Pin,
        Self::Unpin,
        Self::Snooze(1_900_000_000_000),
        Self::Wake,
        Self::Delete,
    ];

    /// The verb's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::See => "see",
            Self::Read => "read",
            Self::Open => "open",
            Self::Unread => "unread",
            Self::Done => "done",
            Self::Restore => "restore",
            Self::Pin => "pin",
            Self::Unpin => "unpin",
            Self::Snooze(_) => "snooze",
            Self::Wake => "wake",
            Self::Delete => "delete",
        }
    }

    /// Reads its `Display` back.
    pub fn parse(word: &str) -> Option<Self> {
        if let Some(until) = word.strip_prefix("snooze@") {
            return number(until).map(Self::Snooze);
        }
        Self::ALL.into_iter().find(|action| action.as_str() == word && !matches!(action, Self::Snooze(_)))
    }

    /// The state after this verb; `None` when the item leaves for good. The one place that knows the rules:
    /// the store applies it inside its transaction, the browser ahead of the answer.
    pub fn apply(self, state: State) -> Option<State> {
        // Whoever changes an item by hand has seen it. Else what is told of its sight would follow as another change.
        let seen = State { seen: true, ..state };
        Some(match self {
            Self::See => seen,
            Self::Read | Self::Open => State { read: true, ..seen },
            Self::Unread => State { read: false, done: false, ..seen },
            Self::Done => State { read: true, done: true, snoozed: None, ..seen },
            Self::Restore => State { done: false, snoozed: None, ..state },
            Self::Pin => State { pinned: true, ..seen },
            Self::Unpin => State { pinned: false, ..seen },
            Self::Snooze(until) => State { done: false, snoozed: Some(until), ..seen },
            Self::Wake if state.snoozed.is_some() => State { seen: false, read: false, snoozed: None, ..state },
            Self::Wake => state,
            Self::Delete => return None,
        })
    }

    /// Whether the reader only looked.
    pub fn looks(self) -> bool {
        matches!(self, Self::See | Self::Open)
    }

    /// Whether what it changes comes to the top of its list.
    pub fn surfaces(self) -> bool {
        self == Self::Wake
    }

    /// The view that it may bring items into which were not there.
    pub fn brings_into(self) -> Option<View> {
        match self {
            Self::See | Self::Read | Self::Open | Self::Unpin | Self::Delete => None,
            Self::Unread | Self::Restore | Self::Wake => Some(View::Inbox),
            Self::Done => Some(View::Done),
            Self::Pin => Some(View::Pinned),
            Self::Snooze(_) => Some(View::Snoozed),
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())?;
        if let Self::Snooze(until) = self { write!(f, "@{until}") } else { Ok(()) }
    }
}

impl Serialize for Action {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Action {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::parse(&word).ok_or_else(|| serde::de::Error::custom("no verb"))
    }
}

/// Reads digits; `parse` alone would also take a sign.
pub(super) fn number(text: &str) -> Option<i64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// Numbers for badges, computed in the transaction of the change that they travel with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Items in the inbox that are not read.
    pub unread: i64,
    /// Items in the inbox that are not seen.
    pub unseen: i64,
    /// Items that are pinned, in whatever other view.
    pub pinned: i64,
    /// Items that are snoozed.
    pub snoozed: i64,
}

impl Counts {
    /// What one item in `state` adds.
    pub fn of(state: State) -> Self {
        let inbox = View::Inbox.shows(state);
        Self {
            unread: i64::from(inbox && !state.read),
            unseen: i64::from(inbox && !state.seen),
            pinned: i64::from(state.pinned),
            snoozed: i64::from(state.snoozed.is_some()),
        }
    }

    /// Both together.
    pub fn plus(self, other: Self) -> Self {
        Self {
            unread: self.unread + other.unread,
            unseen: self.unseen + other.unseen,
            pinned: self.pinned + other.pinned,
            snoozed: self.snoozed + other.snoozed,
        }
    }

    /// What an item that was so and is so now moves them by; `None`: it is not there.
    pub fn moved(before: Option<State>, after: Option<State>) -> Self {
        let (before, after) = (before.map(Self::of).unwrap_or_default(), after.map(Self::of).unwrap_or_default());
        let minus =
            Self { unread: -before.unread, unseen: -before.unseen, pinned: -before.pinned, snoozed: -before.snoozed };
        after.plus(minus)
    }
}

/// A list that a person can look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum View {
    /// What is neither done nor snoozed.
    #[default]
    Inbox,
    /// What is pinned, also when it is done or snoozed.
    Pinned,
    /// What comes back later.
    Snoozed,
    /// What is done.
    Done,
}

impl View {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Inbox, Self::Pinned, Self::Snoozed, Self::Done];

    /// The word in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Pinned => "pinned",
            Self::Snoozed => "snoozed",
            Self::Done => "done",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.as_str() == word)
    }

    /// Whether an item in `state` is in this view.
    pub fn shows(self, state: State) -> bool {
        match self {
            Self::Inbox => !state.done && state.snoozed.is_none(),
            Self::Pinned => state.pinned,
            Self::Snoozed => state.snoozed.is_some(),
            Self::Done => state.done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states() -> impl Iterator<Item = State> {
        let all = |bits: u8| State {
            seen: bits & 1 > 0,
            read: bits & 2 > 0,
            done: bits & 4 > 0,
            pinned: bits & 8 > 0,
            snoozed: (bits & 16 > 0).then_some(7),
        };
        (0..32).map(all).filter(|state| nested(*state))
    }

    fn nested(state: State) -> bool {
        let awake = state.snoozed.is_none() || (state.seen && !state.done);
        (!state.done || state.read) && (!state.read || state.seen) && awake
    }

    #[test]
    fn every_verb_keeps_the_states_nested() {
        for state in states() {
            for action in Action::ALL {
                assert!(action.apply(state).is_none_or(nested), "{action:?} on {state:?}");
            }
        }
    }

    #[test]
    fn a_verb_a_second_time_changes_nothing() {
        for state in states() {
            for after in Action::ALL.into_iter().filter_map(|action| Some((action, action.apply(state)?))) {
                assert_eq!(after.0.apply(after.1), Some(after.1), "{:?} on {state:?}", after.0);
            }
        }
    }

    #[test]
    fn what_enters_a_view_was_brought_there_by_its_verb() {
        for state in states() {
            for action in Action::ALL {
                let Some(after) = action.apply(state) else { continue };
                for view in View::ALL.into_iter().filter(|view| view.shows(after) && !view.shows(state)) {
                    assert_eq!(action.brings_into(), Some(view), "{action:?} on {state:?}");
                }
            }
        }
    }

    #[test]
    fn words_of_verbs_and_views_read_back() {
        assert!(Action::ALL.into_iter().all(|action| Action::parse(&action.to_string()) == Some(action)));
        assert!(View::ALL.into_iter().all(|view| View::parse(view.as_str()) == Some(view)));
        for bad in
            ["drop", "", "snooze", "snooze@", "snooze@-1", "snooze@+1", "snooze@1h", "snooze@99999999999999999999"]
        {
            assert_eq!(Action::parse(bad), None, "{bad:?}");
        }
        assert_eq!(serde_json::to_string(&Action::Snooze(5)).ok().as_deref(), Some("\"snooze@5\""));
    }

    #[test]
    fn what_is_not_in_the_inbox_is_neither_unread_nor_unseen() {
        let counted = |action: Action| Counts::of(action.apply(State::default()).expect("still there"));
        assert_eq!(counted(Action::Done), Counts::default());
        assert_eq!(counted(Action::Snooze(9)), Counts { snoozed: 1, ..Counts::default() });
        assert_eq!(counted(Action::Pin), Counts { unread: 1, pinned: 1, ..Counts::default() });
        assert_eq!(Counts::of(State::default()), Counts { unread: 1, unseen: 1, ..Counts::default() });
    }

    #[test]
    fn what_wakes_is_as_new() {
        let pinned = State { pinned: true, ..State::default() };
        let slept = Action::Snooze(9).apply(pinned).and_then(|state| Action::Wake.apply(state));
        assert_eq!(slept, Some(pinned));
        assert_eq!(Action::Wake.apply(State { seen: true, ..pinned }), Some(State { seen: true, ..pinned }));
    }

    #[test]
    fn the_usual_state_takes_no_room_on_the_wire() {
        let text = serde_json::to_string(&State::default()).expect("JSON");
        assert_eq!(text, r#"{"seen":false,"read":false,"done":false}"#);
    }
}
