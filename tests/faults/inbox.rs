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
    pub title: u64,
    pub state: State,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct State {
    pub seen: bool,
    pub read: bool,
    pub done: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Counts {
    pub unread: i64,
    pub unseen: i64,
}

/// The items of a `marked`.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    Ids(Vec<i64>),
    UpTo(i64),
}

/// What they are now.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    Seen,
    Read,
}

/// An item as it comes in events and lists.
#[derive(Deserialize)]
pub struct Item<'a> {
    pub id: i64,
    pub seq: i64,
    pub sent_at: i64,
    #[serde(borrow)]
    pub title: Cow<'a, str>,
    pub state: State,
}

impl Item<'_> {
    pub fn row(&self) -> Row {
        Row { seq: self.seq, title: digest(&self.title), state: self.state }
    }
}

impl Counts {
    fn add(&mut self, row: Row, sign: i64) {
        self.unread += sign * i64::from(!row.state.read && !row.state.done);
        self.unseen += sign * i64::from(!row.state.seen && !row.state.done);
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

    /// What is so already keeps its number; what is done is left alone.
    pub fn mark(&mut self, seq: i64, which: &Which, mark: Mark) {
        let meant = |id: &i64, row: &Row| match which {
            Which::Ids(ids) => ids.contains(id),
            Which::UpTo(last) => row.seq <= *last && !row.state.done,
        };
        let fresh = |row: &Row| if mark == Mark::Seen { !row.state.seen } else { !row.state.read };
        let rows = self.rows.iter().map(|(id, row)| (*id, *row));
        let changed: Vec<_> = rows.filter(|(id, row)| meant(id, row) && fresh(row)).collect();
        for (id, row) in changed {
            let state = State { seen: true, read: row.state.read || mark == Mark::Read, ..row.state };
            self.put(id, Row { seq, state, ..row });
        }
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
