//! Inbox: what a reader holds, an own model of it that shares no code with the product.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde::Deserialize;

/// One inbox as a reader knows it.
#[derive(Default)]
pub struct Inbox {
    pub rows: HashMap<i64, Row>,
    /// The database's life; empty until the first hello.
    pub epoch: String,
    /// The last number that was applied.
    pub cursor: i64,
    counts: Counts,
}

/// One item. Of its title only the digest is kept: there are millions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    pub seq: i64,
    /// Its place in lists, before its message's.
    pub surfaced: i64,
    pub title: u64,
    /// How many messages took the row.
    pub times: i64,
    pub resolved: bool,
    pub state: State,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct State {
    pub seen: bool,
    pub read: bool,
    pub done: bool,
    #[serde(default)]
    pub pinned: bool,
    #[serde(default)]
    pub snoozed: Option<i64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Counts {
    pub unread: i64,
    pub unseen: i64,
    pub pinned: i64,
    pub snoozed: i64,
}

/// The items of a `marked`.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    Ids(Vec<i64>),
    UpTo(i64),
}

/// An item as it comes in events and lists.
#[derive(Deserialize)]
pub struct Item<'a> {
    pub id: i64,
    pub seq: i64,
    pub sent_at: i64,
    pub surfaced: i64,
    #[serde(borrow)]
    pub title: Cow<'a, str>,
    #[serde(default = "once")]
    pub times: i64,
    #[serde(default)]
    pub resolved: bool,
    pub state: State,
}

fn once() -> i64 {
    1
}

impl Item<'_> {
    pub fn row(&self) -> Row {
        let Self { seq, surfaced, times, resolved, state, .. } = *self;
        Row { seq, surfaced, title: digest(&self.title), times, resolved, state }
    }
}

impl Counts {
    fn add(&mut self, row: Row, sign: i64) {
        let State { seen, read, pinned, snoozed, .. } = row.state;
        self.unread += sign * i64::from(!read && row.state.in_inbox());
        self.unseen += sign * i64::from(!seen && row.state.in_inbox());
        self.pinned += sign * i64::from(pinned);
        self.snoozed += sign * i64::from(snoozed.is_some());
    }
}

impl State {
    fn in_inbox(self) -> bool {
        !self.done && self.snoozed.is_none()
    }

    /// What `docs/PROTOCOL.md` says that a verb makes of it: `Ok(None)` when it is gone, an error for no verb.
    fn after(self, verb: &str) -> Result<Option<Self>, String> {
        let (word, until) = verb.split_once('@').unwrap_or((verb, ""));
        let seen = Self { seen: true, ..self };
        Ok(Some(match word {
            "see" => seen,
            "read" => Self { read: true, ..seen },
            "unread" => Self { read: false, done: false, ..seen },
            "done" => Self { read: true, done: true, snoozed: None, ..seen },
            "restore" => Self { done: false, snoozed: None, ..self },
            "pin" => Self { pinned: true, ..seen },
            "unpin" => Self { pinned: false, ..seen },
            "snooze" => {
                let until = until.parse().map_err(|_| format!("a snooze until {until:?}"))?;
                Self { done: false, snoozed: Some(until), ..seen }
            }
            "wake" if self.snoozed.is_some() => Self { seen: false, read: false, snoozed: None, ..self },
            "wake" => self,
            "delete" => return Ok(None),
            other => return Err(format!("{other:?} is no verb")),
        }))
    }
}

impl Inbox {
    /// The cursor as the wire writes it.
    pub fn cursor(&self) -> String {
        format!("{}-{}", self.epoch, self.cursor)
    }

    pub fn counts(&self) -> Counts {
        self.counts
    }

    pub fn put(&mut self, id: i64, row: Row) {
        self.remove(id);
        self.counts.add(row, 1);
        self.rows.insert(id, row);
    }

    /// What is so already keeps its number.
    pub fn mark(&mut self, seq: i64, which: &Which, verb: &str) -> Result<(), String> {
        let meant = |id: &i64, row: &Row| match which {
            Which::Ids(ids) => ids.contains(id),
            Which::UpTo(last) => row.seq <= *last && row.state.in_inbox(),
        };
        let rows: Vec<_> = self.rows.iter().map(|(id, row)| (*id, *row)).filter(|(id, row)| meant(id, row)).collect();
        for (id, row) in rows {
            match row.state.after(verb)? {
                Some(state) if state == row.state => {}
                Some(state) => {
                    let surfaced = if verb == "wake" { seq } else { row.surfaced };
                    self.put(id, Row { seq, surfaced, state, ..row });
                }
                None => self.remove(id),
            }
        }
        Ok(())
    }

    pub fn remove(&mut self, id: i64) {
        if let Some(row) = self.rows.remove(&id) {
            self.counts.add(row, -1);
        }
    }
}

/// A short stand-in for a title.
pub fn digest(title: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    title.hash(&mut hasher);
    hasher.finish()
}
