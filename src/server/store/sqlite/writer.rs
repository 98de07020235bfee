//! Writer: the one task that changes the file. It takes what waits, commits it at once, tells, then answers.
//!
//! Group commit: a sync to disk costs the same for one write as for many, so whatever came while the last commit was
//! being synced shares the next one. Each write has its own savepoint; one that is refused leaves the others alone.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Instant;

use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::error::{Refusal, again};
use super::index::{Entry, index};
use super::life::{self, Note};
use crate::domain::{Epoch, Event, UserId};
use crate::server::store::{Change, Committed, Ending, OnCommit, StoreError, Watch};

/// Writes that may wait. At some thousand writes a second this is less than a second of waiting; more is refused as
/// busy, with nothing half-done, because a caller that waited longer would have given up anyway.
pub(super) const QUEUE: usize = 1024;

/// Most writes in one commit: bounds how long the first of them waits for the last.
const GROUP: usize = 256;

/// What a write borrows while it runs.
pub(super) struct Transaction {
    /// The connection, inside the write's savepoint.
    pub(super) connection: SqliteConnection,
    told: Committed,
    /// Published messages, as the index is to have them.
    published: Vec<Entry>,
    /// Where the count of all numbers stands, when this commit gave some.
    counted: Option<i64>,
}

impl Transaction {
    /// Notes a change, to be told after the commit.
    pub(super) fn tell(&mut self, user: UserId, event: Event) {
        self.told.changes.push(Change { user, event });
    }

    /// Notes that sessions or tokens ended, to be told after the commit. For `endings`, where all of them end.
    pub(super) fn end(&mut self, ending: Ending) {
        self.told.ended.push(ending);
    }

    /// Notes a message that is to be found from this commit on.
    pub(super) fn publish(&mut self, entry: Entry) {
        self.published.push(entry);
    }

    async fn index(&mut self) -> Result<(), StoreError> {
        if self.published.is_empty() {
            return Ok(());
        }
        index(&mut self.connection, &std::mem::take(&mut self.published)).await
    }

    async fn count(&mut self) -> Result<(), StoreError> {
        let numbers = self.told.changes.len();
        if numbers > 0 {
            self.counted = Some(life::count(&mut self.connection, numbers).await?);
        }
        Ok(())
    }

    async fn run(&mut self, statement: &'static str) -> Result<(), StoreError> {
        sqlx::query(statement).execute(&mut self.connection).await?;
        Ok(())
    }
}

/// What a write promises: its outcome, which is the caller's only after the commit.
pub(super) type Outcome<'a, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>;

/// The handle to the task.
pub(super) struct Writer {
    queue: Mutex<Option<mpsc::Sender<Box<dyn Write>>>>,
    task: Mutex<Option<JoinHandle<()>>>,
    watch: Watched,
}

/// Who hears how writing goes, once somebody wants to.
type Watched = Arc<OnceLock<Arc<dyn Watch>>>;

impl Writer {
    /// Starts the task on `connection`; `options` open another one when that is lost.
    pub(super) fn start(
        connection: SqliteConnection,
        options: SqliteConnectOptions,
        epoch: Epoch,
        note: Note,
        on_commit: OnCommit,
    ) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let watch = Watched::default();
        let committer = Committer { options, epoch, note: Arc::new(note), on_commit, watch: Arc::clone(&watch) };
        let task = tokio::spawn(write_all(waiting, Some(connection), committer));
        Self { queue: Mutex::new(Some(queue)), task: Mutex::new(Some(task)), watch }
    }

    /// Queues a write and waits until it is on disk. Once queued, it happens as a whole or not at all, even when the
    /// caller stops waiting.
    pub(super) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: Refusal,
        F: for<'a> FnOnce(&'a mut Transaction) -> Outcome<'a, T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let write = Box::new(Pending { work: Some(work), outcome: None, reply });
        {
            let queue = self.queue.lock().expect("no code panics under this lock");
            let queue = queue.as_ref().ok_or(StoreError::Closed)?;
            queue.try_send(write).map_err(|refused| match refused {
                mpsc::error::TrySendError::Full(_) => {
                    self.watch.get().inspect(|watch| watch.refused());
                    StoreError::Busy
                }
                mpsc::error::TrySendError::Closed(_) => StoreError::Closed,
            })?;
        }
        answer.await.map_err(|_| StoreError::unexpected("the writer broke off before it answered"))?
    }

    /// Writes that wait to be taken.
    pub(super) fn waiting(&self) -> usize {
        let queue = self.queue.lock().expect("no code panics under this lock");
        queue.as_ref().map_or(0, |queue| queue.max_capacity() - queue.capacity())
    }

    /// Tells from now on how it goes; only the first call counts.
    pub(super) fn watch(&self, watch: Arc<dyn Watch>) {
        let _ = self.watch.set(watch);
    }

    /// Takes no more writes, finishes those that wait, and closes the connection.
    pub(super) async fn close(&self) {
        drop(self.queue.lock().expect("no code panics under this lock").take());
        let task = self.task.lock().expect("no code panics under this lock").take();
        if let Some(task) = task {
            // It ends by itself when the queue is empty; an error here was logged where it happened.
            let _ = task.await;
        }
    }
}

/// A write in the queue, whatever its types.
#[async_trait]
trait Write: Send {
    /// Runs the work and keeps its outcome.
    async fn run(&mut self, transaction: &mut Transaction) -> Ran;

    /// Sends the outcome to the caller, or the reason why the whole commit failed.
    fn answer(self: Box<Self>, failed: Option<&StoreError>);
}

/// How a write went, as far as the others in the commit are concerned.
enum Ran {
    /// To be kept.
    Done,
    /// To be taken back; the caller's own matter.
    Refused,
    /// To be taken back; it may have hit the others, too.
    Failed(StoreError),
}

struct Pending<F, T, E> {
    work: Option<F>,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

#[async_trait]
impl<T, E, F> Write for Pending<F, T, E>
where
    T: Send + 'static,
    E: Refusal,
    F: for<'a> FnOnce(&'a mut Transaction) -> Outcome<'a, T, E> + Send + 'static,
{
    async fn run(&mut self, transaction: &mut Transaction) -> Ran {
        let work = self.work.take().expect("each write runs once");
        let outcome = work(transaction).await;
        let ran = match &outcome {
            Ok(_) => Ran::Done,
            Err(why) => why.store().map_or(Ran::Refused, |reason| Ran::Failed(again(reason))),
        };
        self.outcome = Some(outcome);
        ran
    }

    fn answer(self: Box<Self>, failed: Option<&StoreError>) {
        let answer = match (self.outcome, failed) {
            (Some(Err(why)), _) => Err(why),
            (_, Some(reason)) => Err(again(reason).into()),
            (Some(Ok(value)), None) => Ok(value),
            (None, None) => Err(StoreError::unexpected("a write was passed over").into()),
        };
        // A caller that does not wait any more is no error: the write stands.
        let _ = self.reply.send(answer);
    }
}

/// What every commit needs.
#[derive(Clone)]
struct Committer {
    options: SqliteConnectOptions,
    epoch: Epoch,
    note: Arc<Note>,
    on_commit: OnCommit,
    watch: Watched,
}

/// The task. Each commit runs in a task of its own, so that a panic in one write fails that commit and no later one.
async fn write_all(
    mut queue: mpsc::Receiver<Box<dyn Write>>,
    mut connection: Option<SqliteConnection>,
    committer: Committer,
) {
    let mut waiting = Vec::new();
    while queue.recv_many(&mut waiting, GROUP).await > 0 {
        let group = std::mem::take(&mut waiting);
        connection = match tokio::spawn(committer.clone().commit(connection, group)).await {
            Ok(connection) => connection,
            Err(error) => {
                tracing::error!(%error, "a commit broke off; its callers were told that it failed");
                None
            }
        };
    }
    if let Some(mut connection) = connection {
        // Leaves one tidy file behind. When a reader is still busy, the log stays and is read at the next start.
        let _ = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await;
        let _ = connection.close().await;
    }
}

impl Committer {
    /// Commits the group, tells, answers. Gives the connection back when it is still good.
    async fn commit(
        self,
        connection: Option<SqliteConnection>,
        mut group: Vec<Box<dyn Write>>,
    ) -> Option<SqliteConnection> {
        let begin = Instant::now();
        let connection = match connection {
            Some(connection) => Ok(connection),
            None => self.options.connect().await.map_err(StoreError::from),
        };
        let committed = match connection {
            Ok(connection) => attempt(connection, &mut group).await,
            Err(why) => Err(why),
        };
        self.watch.get().inspect(|watch| watch.group(group.len(), begin.elapsed(), committed.is_ok()));
        match committed {
            Ok(Transaction { connection, told, counted, .. }) => {
                counted.inspect(|changes| self.note.write(*changes));
                self.tell(told);
                group.into_iter().for_each(|write| write.answer(None));
                Some(connection)
            }
            Err(why) => {
                tracing::warn!(error = %why, writes = group.len(), "a commit failed; nothing of it was stored");
                group.into_iter().for_each(|write| write.answer(Some(&why)));
                None
            }
        }
    }

    /// Tells what is on disk. Whatever happens to who listens, the callers must not hear that it failed.
    fn tell(&self, told: Committed) {
        if told == Committed::default() {
            return;
        }
        // Nothing of ours is left half-done by a panic in there; what is theirs is theirs to keep right.
        if catch_unwind(AssertUnwindSafe(|| (self.on_commit)(&self.epoch, told))).is_err() {
            tracing::error!("telling of a commit panicked; the commit stands, open streams may have missed it");
        }
    }
}

/// All or nothing. After a failure the connection is closed: whatever state it was in goes with it.
async fn attempt(connection: SqliteConnection, group: &mut [Box<dyn Write>]) -> Result<Transaction, StoreError> {
    let mut transaction = Transaction { connection, told: Committed::default(), published: Vec::new(), counted: None };
    match run_group(&mut transaction, group).await {
        Ok(()) => Ok(transaction),
        Err(why) => {
            let _ = transaction.run("ROLLBACK").await;
            let _ = transaction.connection.close().await;
            Err(why)
        }
    }
}

async fn run_group(transaction: &mut Transaction, group: &mut [Box<dyn Write>]) -> Result<(), StoreError> {
    // IMMEDIATE takes the lock now and waits for it; a lock wanted in the middle could only be refused.
    transaction.run("BEGIN IMMEDIATE").await?;
    for write in group {
        transaction.run("SAVEPOINT one_write").await?;
        let (changes, ended) = (transaction.told.changes.len(), transaction.told.ended.len());
        let published = transaction.published.len();
        let ran = write.run(transaction).await;
        if !matches!(ran, Ran::Done) {
            transaction.told.changes.truncate(changes);
            transaction.told.ended.truncate(ended);
            transaction.published.truncate(published);
            let taken_back = transaction.run("ROLLBACK TO one_write").await;
            // SQLite itself rolls the whole transaction back after some errors, such as a full disk
            // (https://www.sqlite.org/lang_transaction.html §3.3); then there is no savepoint to return to.
            if let (Err(_), Ran::Failed(why)) = (&taken_back, ran) {
                return Err(why);
            }
            taken_back?;
        }
        transaction.run("RELEASE one_write").await?;
    }
    transaction.index().await?;
    transaction.count().await?;
    transaction.run("COMMIT").await
}
