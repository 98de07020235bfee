//! Tests of the writer that need writes which no trait offers: ones that panic, wait, or fail at the commit.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tempfile::TempDir;

use super::{Sqlite, SqliteOptions};
use crate::domain::event::{Gone, Removed};
use crate::domain::{Counts, Event, MessageId, Seq, UserId};
use crate::server::store::{AddUserError, Change, OnCommit, Store, StoreError};

type Heard = Arc<Mutex<Vec<Vec<Change>>>>;

/// A store, and what each of its commits told.
async fn store() -> (TempDir, Sqlite, Heard) {
    let heard = Heard::default();
    let ears = heard.clone();
    let (folder, store) =
        store_that_tells(Arc::new(move |_, committed| ears.lock().expect("no panic here").push(committed.changes)))
            .await;
    (folder, store, heard)
}

async fn store_that_tells(on_commit: OnCommit) -> (TempDir, Sqlite) {
    let folder = tempfile::tempdir().expect("a place for tests");
    let options = SqliteOptions { busy_timeout: Duration::from_millis(500), ..SqliteOptions::default() };
    let store = Sqlite::open_with(&folder.path().join("t.db"), options, on_commit).await.expect("it opens");
    (folder, store)
}

fn event(seq: i64) -> Event {
    Event::Gone(Removed { seq: Seq(seq), id: MessageId(1), why: Gone::Deleted, counts: Counts::default() })
}

/// Adds a person past the traits and tells a change with this number.
async fn add(store: &Sqlite, n: i64) -> Result<(), StoreError> {
    store
        .writer
        .write(move |transaction| {
            Box::pin(async move {
                sqlx::query(
                    "INSERT INTO users (id, username, name_key, display_name, role, created_at)
                     VALUES (?1, ?1, ?1, '', 'reader', 0)",
                )
                .bind(n)
                .execute(&mut transaction.connection)
                .await?;
                transaction.tell(UserId(n), event(n));
                Ok(())
            })
        })
        .await
}

async fn count(store: &Sqlite) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM users").fetch_one(&store.readers).await.expect("a count")
}

fn told(heard: &Heard) -> Vec<i64> {
    heard.lock().expect("no panic here").iter().flatten().map(|change| change.user.0).collect()
}

/// Holds the writer in a write of its own until the guard is dropped, so that the next writes form one group.
async fn hold(store: &Arc<Sqlite>) -> tokio::sync::oneshot::Sender<()> {
    let (began, begun) = tokio::sync::oneshot::channel();
    let (release, released) = tokio::sync::oneshot::channel::<()>();
    let store = store.clone();
    tokio::spawn(async move {
        let held = store.writer.write(move |_| {
            Box::pin(async move {
                let _ = began.send(());
                let _ = released.await;
                Ok::<_, StoreError>(())
            })
        });
        held.await
    });
    begun.await.expect("the writer runs");
    release
}

#[tokio::test]
async fn a_refused_write_leaves_the_others_of_its_commit_alone() {
    let (_folder, store, heard) = store().await;
    let store = Arc::new(store);
    let release = hold(&store).await;
    let refused = store.writer.write(|transaction| {
        Box::pin(async move {
            sqlx::query("INSERT INTO setup_link VALUES (1, zeroblob(32), 0)")
                .execute(&mut transaction.connection)
                .await?;
            transaction.tell(UserId(9), event(9));
            Err::<(), _>(AddUserError::NameTaken)
        })
    });
    // The same person twice: the second fails in the database itself.
    let writes =
        async { tokio::join!(add(&store, 1), refused, add(&store, 1), add(&store, 2), async { drop(release) }) };
    let (one, refused, again, two, ()) = writes.await;
    assert!(one.is_ok() && two.is_ok());
    assert!(matches!(refused, Err(AddUserError::NameTaken)));
    assert!(matches!(again, Err(StoreError::Unexpected(_))));
    assert_eq!((count(&store).await, told(&heard)), (2, vec![1, 2]));
    assert_eq!(heard.lock().expect("no panic here").len(), 1, "one commit, told at once");
    let links: i64 =
        sqlx::query_scalar("SELECT count(*) FROM setup_link").fetch_one(&store.readers).await.expect("a count");
    assert_eq!(links, 0, "what the refused write did is taken back");
}

#[tokio::test]
async fn when_the_commit_fails_all_fail_and_nothing_is_told() {
    let (_folder, store, heard) = store().await;
    let store = Arc::new(store);
    let release = hold(&store).await;
    // A deferred foreign key is checked by COMMIT only.
    let spoils = store.writer.write(|transaction| {
        Box::pin(async move {
            sqlx::query("PRAGMA defer_foreign_keys = ON").execute(&mut transaction.connection).await?;
            sqlx::query("INSERT INTO items (user_id, message_id, seq) VALUES (98, 99, 1)")
                .execute(&mut transaction.connection)
                .await?;
            Ok::<_, StoreError>(())
        })
    });
    let (one, spoils, ()) = tokio::join!(add(&store, 1), spoils, async { drop(release) });
    assert!(one.is_err() && spoils.is_err());
    assert_eq!((count(&store).await, told(&heard)), (0, vec![]));
    add(&store, 1).await.expect("the next commit is on a new connection");
    assert_eq!((count(&store).await, told(&heard)), (1, vec![1]));
}

#[tokio::test]
async fn a_panic_fails_its_commit_and_no_later_one() {
    let (_folder, store, heard) = store().await;
    let panics = store.writer.write(|transaction| {
        Box::pin(async move {
            sqlx::query("INSERT INTO setup_link VALUES (1, zeroblob(32), 0)")
                .execute(&mut transaction.connection)
                .await?;
            panic!("on purpose");
            #[expect(unreachable_code, reason = "says what the write would have returned")]
            Ok::<(), StoreError>(())
        })
    });
    assert!(matches!(panics.await, Err(StoreError::Unexpected(_))));
    add(&store, 1).await.expect("the writer goes on");
    assert_eq!((count(&store).await, told(&heard)), (1, vec![1]));
    store.close().await;
}

#[tokio::test]
async fn a_panic_of_who_listens_fails_no_write() {
    let (_folder, store) = store_that_tells(Arc::new(|_, _| panic!("on purpose"))).await;
    for n in 1..=2 {
        add(&store, n).await.expect("it is on disk");
    }
    assert_eq!(count(&store).await, 2);
    store.close().await;
}

#[tokio::test]
async fn a_full_queue_refuses_at_once_and_what_was_taken_is_done() {
    let (_folder, store, _heard) = store().await;
    let store = Arc::new(store);
    let release = hold(&store).await;
    let mut writes: Vec<_> = (0..super::writer::QUEUE as i64).map(|n| Box::pin(add(&store, n))).collect();
    for write in &mut writes {
        assert!(futures_util::poll!(write).is_pending());
    }
    assert!(matches!(add(&store, -1).await, Err(StoreError::Busy)));
    drop(release);
    for write in writes {
        write.await.expect("it was taken");
    }
    assert_eq!(count(&store).await, super::writer::QUEUE as i64);
}
