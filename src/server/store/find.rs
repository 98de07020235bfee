//! Find: what a query finds in one inbox, and the searches that people keep.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::query::What;
use crate::domain::{Page, Query, Rank, Seq, UserId};

/// Most searches that one person keeps. Each is counted when their page is opened.
pub const FILTERS_MAX: usize = 30;

/// Unread matches are counted up to here; more are «99+».
pub const COUNTED_MAX: u32 = 100;

/// Looking for messages.
#[async_trait]
pub trait Find: Send + Sync {
    /// The first `rows` items below a place that are found in all views, the latest first, as of one moment.
    ///
    /// It takes no longer than the reader's inbox is large: not what others got, nor how rare or common a word is.
    async fn find(&self, user: UserId, sought: &Sought, before: Option<Rank>, rows: usize) -> Result<Page, StoreError>;

    /// How many unread items in the inbox each of these finds, at most [`COUNTED_MAX`]; `None` when counting took too long.
    async fn count_unread(&self, user: UserId, sought: &[Sought]) -> Result<Vec<Option<u32>>, StoreError>;

    /// Who sends most of the latest in the person's inbox, and its most frequent tags; each by the alphabet.
    async fn habits(&self, user: UserId) -> Result<Habits, StoreError>;

    /// The searches that a person keeps, the first one first.
    async fn filters(&self, user: UserId) -> Result<Vec<Filter>, StoreError>;

    /// Keeps a search under a name. One of the same name is replaced, and stays where it is.
    async fn keep_filter(&self, user: UserId, name: &str, query: &str, at: i64) -> Result<Kept, StoreError>;

    /// Forgets a search. `false`: this person has no such one.
    async fn forget_filter(&self, user: UserId, id: FilterId) -> Result<bool, StoreError>;
}

/// So many of the latest items in the inbox tell the habits of those who send.
pub const HABITS_OF: usize = 500;

/// Most senders, and most tags, in [`Habits`].
pub const HABITS_MAX: usize = 5;

/// What mostly comes, by the latest [`HABITS_OF`] items of an inbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Habits {
    /// Who sends most.
    pub senders: Vec<Sender>,
    /// The most frequent tags.
    pub tags: Vec<String>,
    /// There are older unread items, which were not counted.
    pub more: bool,
    /// The number of the last change of the inbox; 0: nothing has ever come.
    pub seq: Seq,
}

/// One who sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The name to look for.
    pub username: String,
    /// The name that others see.
    pub display_name: String,
    /// How many of theirs are unread.
    pub unread: u32,
}

/// A query, with its times as moments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sought {
    /// What was typed.
    pub query: Query,
    /// Only what came at this moment or later, in milliseconds since the Unix epoch.
    pub from: i64,
    /// Only what came before this moment.
    pub until: i64,
}

impl Sought {
    /// Asks for the moment at which each border is.
    pub fn new(query: Query, moment: impl Fn(crate::domain::query::When) -> i64) -> Self {
        let (mut from, mut until) = (i64::MIN, i64::MAX);
        for term in query.terms() {
            // Not before a moment is from it on.
            match (&term.what, term.not) {
                (What::After(when), false) | (What::Before(when), true) => from = from.max(moment(*when)),
                (What::Before(when), false) | (What::After(when), true) => until = until.min(moment(*when)),
                _ => {}
            }
        }
        Self { query, from, until }
    }
}

/// The number of a kept search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilterId(pub i64);

/// A search that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Its number.
    pub id: FilterId,
    /// What its owner calls it.
    pub name: String,
    /// The query, as it was typed.
    pub query: String,
}

/// What came of keeping a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is there.
    Kept,
    /// There are [`FILTERS_MAX`] already.
    Full,
}
