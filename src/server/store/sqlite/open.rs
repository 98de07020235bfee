//! Opening: finds or makes the file, brings its schema up to date, and sets every connection up the same way.

use std::path::Path;
use std::time::{Duration, Instant};
use std::{fs, io};

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};

use super::Sqlite;
use super::index;
use super::life::{self, Note};
use super::writer::Writer;
use crate::domain::Epoch;
use crate::server::hex::hex;
use crate::server::store::{OnCommit, OpenError, StoreError};

/// The schema's history, inside the binary.
static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// Connections for reading. Reads are short and served from the page cache; more would only wait for the processor.
const READERS: u32 = 4;

/// Making a database takes some milliseconds; to ask more often would only disturb who makes it.
const COME_BACK: Duration = Duration::from_millis(10);

/// How the engine treats its file.
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    /// How long to wait for a lock that another process holds (a backup, the command line) before saying busy.
    pub busy_timeout: Duration,
    /// Greatest size of the file in pages of 4 KiB; the disk counts as full then.
    pub max_pages: Option<u32>,
    /// Readers are told of what is here, so an older copy that was put back must have a new epoch.
    pub serving: bool,
}

impl Default for SqliteOptions {
    /// Five seconds: longer than any command of ours holds the lock, shorter than a person's patience.
    fn default() -> Self {
        Self { busy_timeout: Duration::from_secs(5), max_pages: None, serving: false }
    }
}

impl Sqlite {
    /// Opens the file, which is made if it is missing, with its folders. Must be called inside a tokio runtime.
    pub async fn open(path: &Path, on_commit: OnCommit) -> Result<Self, OpenError> {
        Self::open_with(path, SqliteOptions::default(), on_commit).await
    }

    /// The same with other limits.
    pub async fn open_with(path: &Path, options: SqliteOptions, on_commit: OnCommit) -> Result<Self, OpenError> {
        start(path, &options, on_commit)
            .await
            .map_err(|source| OpenError::Engine { path: path.display().to_string(), source })
    }
}

async fn start(path: &Path, options: &SqliteOptions, on_commit: OnCommit) -> Result<Sqlite, StoreError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(not_writable)?;
    }
    make(path).map_err(not_writable)?;
    let mut writing = connect_options(path, options).journal_mode(SqliteJournalMode::Wal);
    if let Some(pages) = options.max_pages {
        writing = writing.pragma("max_page_count", pages.to_string());
    }
    let mut connection = connect_patiently(&writing, options.busy_timeout).await.map_err(|why| explain(path, why))?;
    let (epoch, note) = match prepare(&mut connection, path, options.serving).await {
        Ok(prepared) => prepared,
        Err(why) => {
            let _ = connection.close().await;
            return Err(why);
        }
    };
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(options.busy_timeout)
        .test_before_acquire(false)
        .connect_lazy_with(connect_options(path, options).pragma("query_only", "ON"));
    let writer = Writer::start(connection, writing, epoch.clone(), note, on_commit);
    Ok(Sqlite { epoch, readers, writer })
}

/// Turning a new file to WAL wants the whole file for itself and does not wait for it by itself
/// (<https://www.sqlite.org/wal.html>, §2.3), so of two processes that start together one has to come back.
async fn connect_patiently(options: &SqliteConnectOptions, patience: Duration) -> Result<SqliteConnection, StoreError> {
    let deadline = Instant::now() + patience;
    loop {
        match options.connect().await.map_err(StoreError::from) {
            Err(StoreError::Busy) if Instant::now() < deadline => tokio::time::sleep(COME_BACK).await,
            settled => return settled,
        }
    }
}

/// Makes an empty file, which is a database without tables, if there is none. Only its owner may read it: it has the
/// digests of secrets and everybody's messages. SQLite gives the log beside it the same permissions.
fn make(path: &Path) -> io::Result<()> {
    let mut options = fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// SQLite says «unable to open» of a file or folder that must not be written as of any other; writing tells why.
fn explain(path: &Path, why: StoreError) -> StoreError {
    if !matches!(why, StoreError::Unexpected(_)) {
        return why;
    }
    let probe = path.with_extension("probe");
    let folder = fs::File::create_new(&probe).and_then(|_| fs::remove_file(&probe));
    let file = fs::File::options().append(true).open(path);
    match folder.and(file.map(drop)).map_err(not_writable) {
        Err(known @ (StoreError::ReadOnly | StoreError::Full)) => known,
        _ => why,
    }
}

fn not_writable(error: io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly,
        io::ErrorKind::StorageFull => StoreError::Full,
        _ => StoreError::unexpected(error),
    }
}

/// `synchronous=FULL` syncs the log at every commit; in WAL mode, NORMAL could lose acknowledged sends with the power.
fn connect_options(path: &Path, options: &SqliteOptions) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(options.busy_timeout)
        .disable_statement_logging()
}

/// Migrates and settles the epoch under the write lock, so that two processes that start together do it one by one.
async fn prepare(connection: &mut SqliteConnection, path: &Path, serving: bool) -> Result<(Epoch, Note), StoreError> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    // Not `run`: its generic `Acquire` hides from the compiler that the future may move between threads (rust#110338).
    match MIGRATIONS.run_direct(None, &mut *transaction, false).await {
        Ok(()) => {}
        Err(MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..)) => {
            return Err(newer(&mut transaction).await?);
        }
        Err(other) => return Err(other.into()),
    }
    index::fill_when_empty(&mut transaction).await?;
    let made = sqlx::query("INSERT INTO meta (one, epoch) VALUES (1, ?) ON CONFLICT (one) DO NOTHING")
        .bind(new_epoch()?)
        .execute(&mut *transaction)
        .await?;
    let new = made.rows_affected() > 0;
    let (mut epoch, changes): (String, i64) =
        sqlx::query_as("SELECT epoch, changes FROM meta").fetch_one(&mut *transaction).await?;
    let mut anew = new;
    if serving
        && !new
        && let Err(why) = life::goes_on(path, &epoch, changes)
    {
        tracing::warn!(%why, "the database may be a copy that was put back; every reader reloads their list");
        (epoch, anew) = (new_epoch()?, true);
        sqlx::query("UPDATE meta SET epoch = ?").bind(&epoch).execute(&mut *transaction).await?;
    }
    let epoch: Epoch = epoch.parse().map_err(StoreError::unexpected)?;
    // Before the commit: when it fails, the two differ, and whoever comes next makes another epoch.
    let noted = || Note::begin(path, epoch.clone(), changes, anew);
    let silent = || Note::silent(path, epoch.clone());
    let note = match (serving, new) {
        (true, _) => noted(),
        // Who makes a database for others leaves them its note.
        (false, true) => {
            drop(noted());
            silent()
        }
        (false, false) => silent(),
    };
    transaction.commit().await?;
    Ok((epoch, note))
}

async fn newer(connection: &mut SqliteConnection) -> Result<StoreError, StoreError> {
    let found = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(connection).await?;
    let known = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
    Ok(StoreError::Newer { found, known })
}

/// 48 random bits: two lives of a database never share a cursor.
fn new_epoch() -> Result<String, StoreError> {
    let mut bytes = [0; 6];
    getrandom::fill(&mut bytes).map_err(StoreError::unexpected)?;
    Ok(hex(&bytes))
}
