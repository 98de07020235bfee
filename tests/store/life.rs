//! Life: which database goes on with its epoch, and which begins another one. About files, hence about SQLite.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use tempfile::TempDir;
use tidings::domain::{Epoch, Seq, UserId};
use tidings::server::store::{self, OpenError, Store};

use crate::bench::{Heard, ears, inbox, message, person, url};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

const ANA: UserId = UserId(1);

/// A folder with a database in it.
struct Place {
    /// Holds the folder, which may move within it.
    around: TempDir,
    folder: PathBuf,
}

impl Place {
    /// A database that was served and has given two numbers.
    async fn new() -> (Self, Arc<dyn Store>) {
        let around = tempfile::tempdir().unwrap();
        let place = Self { folder: around.path().join("data"), around };
        let store = place.serve().await;
        store.add_user(person("ana")).await.unwrap();
        send(&store, 2).await;
        (place, store)
    }

    fn file(&self) -> PathBuf {
        self.folder.join("tidings.db")
    }

    fn note(&self) -> PathBuf {
        self.folder.join("tidings.db-life")
    }

    async fn serve(&self) -> Arc<dyn Store> {
        store::open_to_serve(&url("sqlite", &self.file()), ears(&Heard::default())).await.unwrap()
    }

    /// As the command line does.
    async fn open(&self) -> Result<Arc<dyn Store>, OpenError> {
        store::open(&url("sqlite", &self.file()), ears(&Heard::default())).await
    }

    /// Serves, looks at the epoch and what Ana has, and closes.
    async fn look(&self) -> (Epoch, usize, Seq) {
        let store = self.serve().await;
        let inbox = inbox(&store, ANA).await;
        store.close().await;
        (store.epoch().clone(), inbox.items.len(), inbox.seq)
    }

    async fn aside(&self) -> SqliteConnection {
        SqliteConnectOptions::new().filename(self.file()).connect().await.unwrap()
    }

    /// A copy as backups make it, while the database may be open.
    async fn back_up(&self) -> PathBuf {
        let copy = self.around.path().join("copy.db");
        let mut aside = self.aside().await;
        sqlx::query("VACUUM INTO ?").bind(copy.to_str()).execute(&mut aside).await.unwrap();
        aside.close().await.unwrap();
        copy
    }

    /// What the manual says: the log and its index go.
    fn forget_log(&self) {
        for file in ["tidings.db-wal", "tidings.db-shm"] {
            let _ = fs::remove_file(self.folder.join(file));
        }
    }
}

async fn send(store: &Arc<dyn Store>, count: usize) {
    for _ in 0..count {
        store.publish(message(ANA, &["ana"])).await.unwrap();
    }
}

/// Lets go without closing: what is in the log stays there.
async fn let_go(store: Arc<dyn Store>) {
    drop(store);
    // The writer's task ends when its queue is gone.
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
}

fn overwrite(copy: &Path, file: &Path) {
    fs::copy(copy, file).unwrap();
}

fn rename(copy: &Path, file: &Path) {
    fs::rename(copy, file).unwrap();
}

#[tokio::test]
async fn an_older_copy_that_is_put_back_has_another_epoch() {
    for (put_back, closed) in
        [(overwrite as fn(&Path, &Path), true), (rename, true), (overwrite, false), (rename, false)]
    {
        let (place, store) = Place::new().await;
        let epoch = store.epoch().clone();
        let copy = place.back_up().await;
        send(&store, 2).await;
        if closed {
            store.close().await;
        } else {
            let_go(store).await;
        }
        place.forget_log();
        put_back(&copy, &place.file());

        let (restored, items, seq) = place.look().await;

        assert_ne!(restored, epoch);
        assert_eq!((items, seq), (2, Seq(2)), "nothing else is lost");
        assert_eq!(place.look().await.0, restored, "and it goes on from there");
        // The numbers come again with other content.
        let store = place.serve().await;
        send(&store, 2).await;
        store.close().await;
        assert_eq!(place.look().await, (restored, 4, Seq(4)));
    }
}

#[tokio::test]
async fn the_newest_that_is_put_back_after_an_older_one_has_another_epoch() {
    let (place, store) = Place::new().await;
    let older = place.back_up().await;
    send(&store, 2).await;
    store.close().await;
    let newest = place.around.path().join("newest.db");
    fs::copy(place.file(), &newest).unwrap();
    fs::copy(older, place.file()).unwrap();
    let between = place.look().await.0;
    fs::copy(newest, place.file()).unwrap();
    let after = place.look().await.0;
    assert!(after != between && after != *store.epoch());
}

#[tokio::test]
async fn every_start_that_lost_nothing_keeps_the_epoch() {
    let (place, store) = Place::new().await;
    let epoch = store.epoch().clone();
    store.close().await;
    assert_eq!(place.look().await.0, epoch, "after it was closed");
    let store = place.serve().await;
    send(&store, 2).await;
    let_go(store).await;
    assert_eq!(place.look().await.0, epoch, "after it was not");
    let copy = place.back_up().await;
    fs::copy(copy, place.file()).unwrap();
    assert_eq!(place.look().await.0, epoch, "a copy that has all the numbers is as good");
    let elsewhere = place.around.path().join("elsewhere");
    fs::rename(&place.folder, &elsewhere).unwrap();
    let moved = Place { folder: elsewhere, around: place.around };
    assert_eq!(moved.look().await, (epoch, 4, Seq(4)), "in a folder that was moved");
}

#[tokio::test]
async fn what_cannot_be_known_to_be_the_newest_has_another_epoch() {
    let (place, store) = Place::new().await;
    store.close().await;
    let mut epochs = vec![store.epoch().clone()];
    for note in [None, Some(""), Some("nonsense"), Some("x 1 2\n"), Some("\u{0}\u{0}\n")] {
        fs::remove_file(place.note()).unwrap();
        if let Some(text) = note {
            fs::write(place.note(), text).unwrap();
        }
        epochs.push(place.look().await.0);
    }
    // The whole folder, note and all, as a backup of folders puts it back: both are old then.
    let copy = place.around.path().join("folder");
    fs::create_dir(&copy).unwrap();
    for file in [place.file(), place.note()] {
        fs::copy(&file, copy.join(file.file_name().unwrap())).unwrap();
    }
    fs::remove_dir_all(&place.folder).unwrap();
    fs::rename(copy, &place.folder).unwrap();
    epochs.push(place.look().await.0);
    let made = epochs.len();
    epochs.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    epochs.dedup();
    assert_eq!(epochs.len(), made, "each time another one");
    let last = place.look().await.0;
    assert!(epochs.contains(&last), "and only then");
}

#[tokio::test]
async fn commands_before_between_and_beside_serving_change_nothing() {
    let around = tempfile::tempdir().unwrap();
    let place = Place { folder: around.path().join("data"), around };
    let command = place.open().await.unwrap();
    command.add_user(person("ana")).await.unwrap();
    send(&command, 2).await;
    command.close().await;
    let (epoch, ..) = place.look().await;
    assert_eq!(epoch, *command.epoch(), "who makes it gives it its epoch");
    let store = place.serve().await;
    let command = place.open().await.unwrap();
    send(&command, 3).await;
    send(&store, 1).await;
    send(&command, 3).await;
    command.close().await;
    store.close().await;
    assert_eq!(place.look().await, (epoch, 9, Seq(9)));
}

#[tokio::test]
async fn a_command_on_an_older_copy_does_not_hide_that_it_is_one() {
    let (place, store) = Place::new().await;
    let copy = place.back_up().await;
    send(&store, 2).await;
    store.close().await;
    fs::copy(copy, place.file()).unwrap();
    let command = place.open().await.unwrap();
    send(&command, 1).await;
    command.close().await;
    assert_ne!(place.look().await.0, *store.epoch());
}

#[tokio::test]
async fn the_count_is_that_of_all_numbers_also_of_a_database_of_the_first_schema() {
    let (place, store) = Place::new().await;
    store.add_user(person("bob")).await.unwrap();
    store.publish(message(ANA, &["ana", "bob"])).await.unwrap();
    store.close().await;
    let mut aside = place.aside().await;
    let counts: (i64, i64) =
        sqlx::query_as("SELECT changes, (SELECT sum(seq) FROM users) FROM meta").fetch_one(&mut aside).await.unwrap();
    assert_eq!(counts, (4, 4));
    aside.close().await.unwrap();

    fs::remove_dir_all(&place.folder).unwrap();
    fs::create_dir(&place.folder).unwrap();
    let first = MIGRATIONS.iter().take(1).cloned().collect();
    let mut old = SqliteConnectOptions::new().filename(place.file()).create_if_missing(true).connect().await.unwrap();
    Migrator::with_migrations(first).run_direct(None, &mut old, false).await.unwrap();
    for filled in [
        "INSERT INTO meta VALUES (1, 'old')",
        "INSERT INTO users (id, username, name_key, display_name, role, created_at, seq)
         VALUES (1, 'ana', 'ana', '', 'reader', 0, 3), (2, 'bob', 'bob', '', 'admin', 0, 1)",
        "INSERT INTO messages (id, sender_id, title, body, html, preview, priority, sent_at, recipients)
         VALUES (1, 1, '', '', '', '', 'low', 0, 2)",
        "INSERT INTO items (user_id, message_id, seq, deleted) VALUES (1, 1, 3, 1), (2, 1, 1, 0)",
    ] {
        sqlx::query(filled).execute(&mut old).await.unwrap();
    }
    old.close().await.unwrap();
    assert_eq!(place.look().await.2, Seq(3));
    let kept = "SELECT changes, (SELECT count(*) FROM items WHERE deleted_at IS NULL) FROM meta";
    let kept: (i64, i64) = sqlx::query_as(kept).fetch_one(&mut place.aside().await).await.unwrap();
    assert_eq!(kept, (4, 1), "and what was deleted then counts as deleted now");
    let mut aside = place.aside().await;
    let roles: Vec<String> =
        sqlx::query_scalar("SELECT role FROM users ORDER BY id").fetch_all(&mut aside).await.unwrap();
    assert_eq!(roles, ["reader", "admin"]);
    for (role, is_one) in [("sender", true), ("boss", false)] {
        let given = sqlx::query("UPDATE users SET role = ? WHERE id = 1").bind(role).execute(&mut aside).await;
        assert_eq!(given.is_ok(), is_one, "{role}");
    }
}
