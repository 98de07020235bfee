//! What only SQLite can suffer: files that are newer, locked, full, read-only or no database at all.

use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use tempfile::TempDir;
use tidings::domain::event::Which;
use tidings::domain::item::PAGE;
use tidings::domain::{Counts, Details, Event, Query, Seq, UserId, View};
use tidings::server::store::{
    Acts, Change, Find, Inboxes, Messages, NewMessage, OpenError, People, PublishError, Sought, Sqlite, SqliteOptions,
    Store, StoreError,
};

use crate::bench::{Heard, ears, message, person, to_everyone};

/// A place for a database.
struct Place {
    folder: TempDir,
    heard: Heard,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), heard: Heard::default() }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("tidings.db")
    }

    async fn open(&self, options: SqliteOptions) -> Result<Sqlite, OpenError> {
        Sqlite::open_with(&self.file(), options, ears(&self.heard)).await
    }

    /// A connection past the engine, as a backup or a curious person would have.
    async fn aside(&self) -> SqliteConnection {
        SqliteConnectOptions::new().filename(self.file()).connect().await.unwrap()
    }

    /// Makes a database with one person and one message, and closes it.
    async fn with_ana(&self) -> UserId {
        let store = self.open(SqliteOptions::default()).await.unwrap();
        let ana = store.add_user(person("ana")).await.unwrap();
        store.publish(message(ana, &["ana"])).await.unwrap();
        store.close().await;
        ana
    }
}

fn hasty() -> SqliteOptions {
    SqliteOptions { busy_timeout: Duration::from_millis(100), ..SqliteOptions::default() }
}

/// The reason, and the sentence that a person reads.
fn refusal(opened: Result<Sqlite, OpenError>) -> (StoreError, String) {
    let Err(error) = opened else { panic!("must be refused") };
    let sentence = error.to_string();
    let OpenError::Engine { source, .. } = error else { panic!("{error:?}") };
    (source, sentence)
}

#[tokio::test]
async fn a_newer_database_is_refused_with_what_to_do() {
    let place = Place::new();
    place.with_ana().await;
    let mut aside = place.aside().await;
    sqlx::query("INSERT INTO _sqlx_migrations VALUES (4000, 'later', 0, TRUE, x'00', 0)")
        .execute(&mut aside)
        .await
        .unwrap();
    aside.close().await.unwrap();
    let (reason, sentence) = refusal(place.open(hasty()).await);
    assert!(matches!(reason, StoreError::Newer { found: 4000, known: ..4000 }), "{reason:?}");
    assert!(sentence.contains("newer than this binary") && sentence.contains("tidings.db"), "{sentence}");
}

#[tokio::test]
async fn a_locked_file_is_busy_for_writers_and_open_to_readers() {
    let place = Place::new();
    let ana = place.with_ana().await;
    let store = place.open(hasty()).await.unwrap();
    let mut aside = place.aside().await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut aside).await.unwrap();
    let refused = store.publish(message(ana, &["ana"])).await;
    assert!(matches!(refused, Err(PublishError::Store(StoreError::Busy))), "{refused:?}");
    assert!(matches!(store.ready().await, Err(StoreError::Busy)));
    assert!(matches!(refusal(place.open(hasty()).await).0, StoreError::Busy));
    assert_eq!(store.page(ana, View::Inbox, None, PAGE).await.unwrap().items.len(), 1);
    sqlx::query("ROLLBACK").execute(&mut aside).await.unwrap();
    store.publish(message(ana, &["ana"])).await.unwrap();
    let numbers: Vec<_> =
        place.heard.lock().unwrap().changes.iter().map(|change| change.event.seq().unwrap()).collect();
    assert_eq!(numbers, [Seq(1), Seq(2)], "the refused one was not told and took no number");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_clearly_and_loses_nothing() {
    let place = Place::new();
    let ana = place.with_ana().await;
    let store = place.open(SqliteOptions { max_pages: Some(100), ..hasty() }).await.unwrap();
    let large = |n: usize| NewMessage { body: "x".repeat(16 * 1024), title: n.to_string(), ..message(ana, &["ana"]) };
    // In groups, so that one that fits and one that does not share a commit.
    let mut acknowledged = Vec::new();
    let mut refused = Vec::new();
    for group in 0..5 {
        let sends = (0..20).map(|n| store.publish(large(group * 20 + n)));
        for answer in futures_util::future::join_all(sends).await {
            match answer {
                Ok(published) => acknowledged.push(published.id),
                Err(PublishError::Store(why)) => refused.push(why),
                Err(other) => panic!("{other}"),
            }
        }
    }
    assert!(!refused.is_empty() && refused.iter().all(|why| matches!(why, StoreError::Full)), "{refused:?}");
    let page = store.page(ana, View::Inbox, None, PAGE).await.unwrap();
    assert!(acknowledged.iter().all(|id| page.items.iter().any(|item| item.id == *id)), "what was stored is there");
    assert_eq!(page.items.len(), acknowledged.len() + 1, "and nothing else");
    store.close().await;
    let store = place.open(hasty()).await.unwrap();
    store.publish(large(0)).await.unwrap();
    let numbers: Vec<_> =
        place.heard.lock().unwrap().changes.iter().map(|change| change.event.seq().unwrap().0).collect();
    assert_eq!(numbers, (1..=acknowledged.len() as i64 + 2).collect::<Vec<_>>(), "without holes when space is back");
}

#[tokio::test]
async fn a_read_only_file_is_refused_clearly() {
    let place = Place::new();
    place.with_ana().await;
    // Permissions do not bind root, so the file itself says that it must not be written: its header asks for a later
    // write version than SQLite knows (https://www.sqlite.org/fileformat2.html §1.3.3).
    let mut file = std::fs::File::options().write(true).open(place.file()).unwrap();
    file.seek(SeekFrom::Start(18)).unwrap();
    file.write_all(&[3]).unwrap();
    drop(file);
    let (reason, sentence) = refusal(place.open(hasty()).await);
    assert!(matches!(reason, StoreError::ReadOnly), "{reason:?}");
    assert!(sentence.contains("read-only"), "{sentence}");
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_may_read_the_file_and_its_log() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let store = place.open(SqliteOptions::default()).await.unwrap();
    store.add_user(person("ana")).await.unwrap();
    let files = std::fs::read_dir(place.folder.path()).unwrap().map(Result::unwrap);
    let modes: Vec<_> = files.map(|file| file.metadata().unwrap().permissions().mode() & 0o777).collect();
    assert_eq!(modes, [0o600; 4], "the database, its log, the log's index, and the note of its life");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_folder_that_must_not_be_written_is_refused_clearly() {
    // Nobody, not even root, makes files in this one.
    for path in ["/sys/tidings.db", "/sys/tidings/tidings.db"] {
        let (reason, sentence) = refusal(Sqlite::open(path.as_ref(), ears(&Heard::default())).await);
        assert!(matches!(reason, StoreError::ReadOnly), "{reason:?}");
        assert!(sentence.contains(path) && sentence.contains("read-only"), "{sentence}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let place = Place::new();
    std::fs::write(place.file(), "Dear diary, ".repeat(100)).unwrap();
    let (_, sentence) = refusal(place.open(hasty()).await);
    assert!(sentence.contains("not a database"), "{sentence}");
    assert!(std::fs::read_to_string(place.file()).unwrap().starts_with("Dear diary"));
}

#[tokio::test]
async fn a_path_that_cannot_be_a_file_is_refused() {
    let place = Place::new();
    std::fs::create_dir(place.file()).unwrap();
    let (_, sentence) = refusal(place.open(hasty()).await);
    assert!(sentence.contains("tidings.db") && sentence.contains("unable to open"), "{sentence}");
    std::fs::write(place.folder.path().join("file"), "").unwrap();
    let below = place.folder.path().join("file/tidings.db");
    assert!(Sqlite::open(&below, ears(&place.heard)).await.is_err());
}

#[tokio::test]
async fn closing_leaves_one_file_in_wal_mode_its_note_and_nothing_in_the_log() {
    let place = Place::new();
    place.with_ana().await;
    let files = std::fs::read_dir(place.folder.path()).unwrap().map(|file| file.unwrap().file_name());
    let files: std::collections::BTreeSet<_> = files.collect();
    assert!(files.iter().eq(["tidings.db", "tidings.db-life"]), "{files:?}");
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut place.aside().await).await.unwrap();
    assert_eq!(mode, "wal");
}

#[tokio::test]
async fn two_processes_that_start_together_make_one_database() {
    let place = Place::new();
    let (one, two) = tokio::join!(place.open(SqliteOptions::default()), place.open(SqliteOptions::default()));
    assert_eq!(one.unwrap().epoch(), two.unwrap().epoch());
}

#[tokio::test]
async fn the_database_itself_refuses_states_that_cannot_be() {
    let place = Place::new();
    place.with_ana().await;
    let mut aside = place.aside().await;
    for nonsense in [
        "UPDATE items SET read = 1",
        "UPDATE items SET seen = 1, done = 1",
        "UPDATE items SET seen = 2",
        "UPDATE users SET unseen = unread + 1",
        "UPDATE users SET unread = -1, unseen = -1",
        "UPDATE messages SET priority = 'loud'",
        "UPDATE items SET user_id = 99",
        "UPDATE users SET seq = 'one'",
        "DELETE FROM messages",
    ] {
        assert!(sqlx::query(nonsense).execute(&mut aside).await.is_err(), "{nonsense}");
    }
}

/// A hundred thousand items of one reader, past the store: sending them takes minutes.
async fn multiply(place: &Place, many: i64) {
    let mut aside = place.aside().await;
    for statement in [
        "INSERT INTO messages (sender_id, title, body, html, preview, priority, sent_at, recipients)
         WITH RECURSIVE n (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM n WHERE n < ?)
         SELECT sender_id, title, body, html, preview, priority, sent_at, 1 FROM messages JOIN n",
        "INSERT INTO items (user_id, message_id, seq, arrived, surfaced)
         SELECT sender_id, id, id, id, id FROM messages WHERE id BETWEEN 2 AND ?",
        "UPDATE users SET (seq, unread, unseen) = (SELECT ?1, ?1, ?1)",
        "UPDATE meta SET changes = ?",
    ] {
        sqlx::query(statement).bind(many).execute(&mut aside).await.unwrap();
    }
}

#[tokio::test]
async fn a_hundred_thousand_are_marked_read_and_taken_back_in_seconds() {
    const MANY: i64 = 100_000;
    let place = Place::new();
    let ana = place.with_ana().await;
    multiply(&place, MANY).await;
    let store = place.open(SqliteOptions::default()).await.unwrap();

    let begin = Instant::now();
    let acted = store.read_all(ana, Seq(MANY)).await.unwrap();
    let marked = begin.elapsed();
    let undone = store.undo(ana, Seq(MANY + 1)).await.unwrap().unwrap();
    let both = begin.elapsed();

    assert_eq!((acted.items, undone.items), (MANY, MANY));
    let page = store.page(ana, View::Inbox, None, PAGE).await.unwrap();
    assert_eq!(page.counts, Counts { unread: MANY, unseen: MANY, ..Counts::default() });
    let told = std::mem::take(&mut place.heard.lock().unwrap().changes);
    let [.., Change { event: Event::Marked(all), .. }, Change { event: Event::Items(back), .. }] = &told[..] else {
        panic!("one event each: {told:?}")
    };
    assert_eq!((&all.which, back.anew, back.items.len()), (&Which::UpTo(Seq(MANY)), true, 0), "and both are small");
    println!("marked in {marked:?}, taken back in {:?}", both - marked);
    assert!(both < Duration::from_secs(20), "{marked:?}, then {:?}", both - marked);
    store.close().await;
}

#[tokio::test]
async fn an_index_of_words_that_a_migration_emptied_is_made_anew() {
    let place = Place::new();
    let store = place.open(SqliteOptions::default()).await.unwrap();
    let ana = store.add_user(person("ana")).await.unwrap();
    let bob = store.add_user(person("bob")).await.unwrap();
    let details = Details { collapse_key: Some("disk".into()), tags: vec!["prod".into()], ..Details::default() };
    for (to, title) in [("ana", "disk 85 %"), ("bob", "theirs"), ("ana", "disk 90 %")] {
        let details = if to == "ana" { details.clone() } else { Details::default() };
        store.publish(NewMessage { title: title.into(), details, ..message(ana, &[to]) }).await.unwrap();
    }
    store.publish(NewMessage { title: "all".into(), ..to_everyone(bob) }).await.unwrap();
    while store.deliver_chunk().await.unwrap() {}
    let found = async |store: &Sqlite, user, query: &str| {
        let sought = Sought::new(Query::parse(query).unwrap(), |_| 0);
        let page = store.find(user, &sought, None, PAGE).await.unwrap();
        page.items.iter().map(|item| item.id.0).collect::<Vec<_>>()
    };
    let queries = ["disk", "90", "theirs", "all", "tag:prod", "from:bob", "priority:normal", "-disk"];
    let mut before = Vec::new();
    for (user, query) in [ana, bob].into_iter().flat_map(|user| queries.map(|query| (user, query))) {
        before.push(found(&store, user, query).await);
    }
    assert_eq!(before[..4], [vec![1], vec![1], vec![], vec![4]]);
    store.close().await;
    let mut aside = place.aside().await;
    sqlx::query("INSERT INTO search (search) VALUES ('delete-all')").execute(&mut aside).await.unwrap();
    aside.close().await.unwrap();

    let store = place.open(SqliteOptions::default()).await.unwrap();
    let mut after = Vec::new();
    for (user, query) in [ana, bob].into_iter().flat_map(|user| queries.map(|query| (user, query))) {
        after.push(found(&store, user, query).await);
    }
    assert_eq!(after, before);
}
