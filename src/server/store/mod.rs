//! Store: what is durable. It numbers every change, and a send is acknowledged only after its commit is on disk.
//!
//! Comes after `publish`, before `broker`: each engine calls [`OnCommit`] with the changes of a commit, in commit order,
//! after the commit and before it answers the callers, so the broker sees every person's changes in number order.
//!
//! The trait is eleven small ones, a noun each, and [`Store`] is all of them. An engine passes `tests/store.rs`.

mod messages;

mod inboxes;

mod acts;

mod mutes;

mod preferences;

mod find;

mod people;

mod tokens;

mod sessions;

mod receipts;

mod endings;

mod committed;

mod sqlite;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::domain::Epoch;

pub use acts::Acts;
pub use committed::{Change, Committed, Ended, Ending};
pub use endings::Endings;
pub use find::{COUNTED_MAX, FILTERS_MAX, Filter, FilterId, Find, HABITS_MAX, HABITS_OF, Habits, Kept, Sender, Sought};
pub use inboxes::{Inboxes, Noted, Since};
pub use messages::{Idempotency, Messages, NewMessage, PublishError, Published, Reach, Sent};
pub use mutes::{MuteRow, Muted, Mutes};
pub use people::{AddUserError, ManageError, NewUser, PasswordHash, People, User, UserRef};
pub use preferences::{CATEGORIES_OF, Prefer};
pub use receipts::{ACKNOWLEDGED_MAX, Acknowledged, Device, Receipt, Receipts};
pub use sessions::{SESSIONS_MAX, SessionRow, Sessions};
pub use sqlite::{Sqlite, SqliteOptions};
pub use tokens::{NewToken, Scope, TokenId, TokenRow, Tokens};

/// Everything that Tidings keeps.
///
/// Rules for engines: numbers of one person are contiguous and commit in order; a method that answered `Ok` survives
/// `kill -9` and power loss; one that answered `Err` changed nothing; no method waits for a reader of streams.
#[async_trait]
pub trait Store:
    Messages + Inboxes + Acts + Mutes + Prefer + Find + People + Tokens + Sessions + Receipts + Endings
{
    /// This database's life.
    fn epoch(&self) -> &Epoch;

    /// Whether it can be read and written now.
    async fn ready(&self) -> Result<(), StoreError>;

    /// Writes that wait for their commit.
    fn waiting(&self) -> usize;

    /// Tells from now on how writing goes. Only the first call counts.
    fn watch(&self, watch: Arc<dyn Watch>);

    /// Finishes what was accepted and closes. Later calls answer [`StoreError::Closed`].
    async fn close(&self);
}

/// Hears of every commit that changed inboxes or ended sessions, in commit order. Must not block.
pub type OnCommit = Arc<dyn Fn(&Epoch, Committed) + Send + Sync>;

/// Hears how writing goes. Must not block.
pub trait Watch: Send + Sync {
    /// So many writes shared one commit, which took so long and is on disk, or failed as a whole.
    fn group(&self, writes: usize, took: Duration, committed: bool);

    /// A write was refused, because too many wait.
    fn refused(&self);
}

/// SHA-256 of a secret that its holder brings: session ids, tokens and links are only kept so.
pub type Digest = [u8; 32];

/// Why the store could not do it. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The queue of writes is full, or another process held the database for too long. Come back in a moment.
    #[error("the database is busy")]
    Busy,
    /// No space is left for the database.
    #[error("the disk is full; nothing was stored")]
    Full,
    /// The database file or its folder cannot be written.
    #[error("the database is read-only; nothing was stored")]
    ReadOnly,
    /// The database was made by a later version.
    #[error(
        "the database is newer than this binary (it has migration {found}, this binary knows up to {known}); run the later version, or restore a backup from before the upgrade"
    )]
    Newer {
        /// The greatest migration in the database.
        found: i64,
        /// The greatest one in this binary.
        known: i64,
    },
    /// The server is stopping.
    #[error("the database is closed")]
    Closed,
    /// Anything else; for the log, not for people.
    #[error("the database failed")]
    Unexpected(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    /// Wraps what is nobody's fault but ours.
    pub fn unexpected(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unexpected(source.into())
    }
}

/// Opens the engine that the scheme of `url` names and brings its schema up to date.
///
/// `sqlite:PATH` is the embedded one. Errors say in one sentence what to do.
pub async fn open(url: &str, on_commit: OnCommit) -> Result<Arc<dyn Store>, OpenError> {
    open_with(url, SqliteOptions::default(), on_commit).await
}

/// The same for who serves readers: an older copy that was put back gets a new epoch.
pub async fn open_to_serve(url: &str, on_commit: OnCommit) -> Result<Arc<dyn Store>, OpenError> {
    open_with(url, SqliteOptions { serving: true, ..SqliteOptions::default() }, on_commit).await
}

async fn open_with(url: &str, options: SqliteOptions, on_commit: OnCommit) -> Result<Arc<dyn Store>, OpenError> {
    match url.split_once(':') {
        // `sqlite://PATH` is the same file: a path needs no host, but people write URLs so.
        Some(("sqlite", path)) => {
            let path = path.strip_prefix("//").unwrap_or(path);
            Ok(Arc::new(Sqlite::open_with(path.as_ref(), options, on_commit).await?))
        }
        _ => Err(OpenError::Scheme),
    }
}

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL's scheme names no engine.
    #[error("the database URL must be sqlite:PATH")]
    Scheme,
    /// The engine's reason.
    #[error("cannot open the database {path}: {}", in_full(source))]
    Engine {
        /// Where it was looked for.
        path: String,
        /// The reason.
        #[source]
        source: StoreError,
    },
}

/// Who opens a database reads the reason in the terminal, so an unexpected one is told, too.
fn in_full(error: &StoreError) -> String {
    match error {
        StoreError::Unexpected(reason) => reason.to_string(),
        known => known.to_string(),
    }
}

/// Redacts the bytes of secrets in `Debug`.
struct Redacted;

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
