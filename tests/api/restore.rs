//! A backup that is put back: readers who know more than the database start afresh, and nobody else loses anything.

use std::fs;
use std::path::Path;

use serde_json::json;
use sqlx::Connection;
use tempfile::TempDir;

use crate::app::TestApp;

async fn served_from(folder: &Path) -> TestApp {
    TestApp::with(|config| config.storage.data_dir = folder.to_owned()).await
}

async fn stopped(mut app: TestApp) {
    app.stop().await;
    app.store.close().await;
}

#[tokio::test]
async fn a_reader_from_before_a_restore_resets_though_its_number_exists_again() {
    let folder = TempDir::new().expect("a temporary folder");
    let app = served_from(folder.path()).await;
    let send = app.sender("ops").await;
    let ann = app.reader("ann").await;
    app.send(&send, "ann", "one").await;
    let copy = folder.path().join("copy.db");
    let mut aside = app.database_in(folder.path()).await;
    sqlx::query("VACUUM INTO ?").bind(copy.to_str()).execute(&mut aside).await.expect("a copy");
    aside.close().await.expect("closed");
    let mut stream = app.stream(&ann, None).await;
    stream.opening().await;
    app.send(&send, "ann", "two").await;
    let cursor = stream.expect("item").await.id.expect("a cursor");
    drop(stream);
    stopped(app).await;

    // Not put back: the reader goes on.
    let app = served_from(folder.path()).await;
    let (hello, _) = app.stream(&ann, Some(&cursor)).await.opening().await;
    assert_eq!((&hello.data["verdict"], &hello.data["to"]), (&json!("resumed"), &json!(2)));
    stopped(app).await;

    fs::copy(&copy, folder.path().join("tidings.db")).expect("put back");
    let app = served_from(folder.path()).await;
    app.send(&send, "ann", "another two").await;
    let mut stream = app.stream(&ann, Some(&cursor)).await;
    let (hello, replayed) = stream.opening().await;

    assert_eq!((&hello.data["verdict"], &hello.data["to"]), (&json!("reset"), &json!(2)));
    assert!(replayed.is_empty(), "it reloads the list instead");
    let titles: Vec<_> = app.inbox(&ann).await.into_iter().map(|item| item["title"].clone()).collect();
    assert_eq!(titles, ["one", "another two"]);
    app.send(&send, "ann", "three").await;
    let item = stream.expect("item").await;
    assert_eq!(item.data["seq"], 3, "and the stream goes on");
    let (hello, _) = app.stream(&ann, item.id.as_deref()).await.opening().await;
    assert_eq!(hello.data["verdict"], "resumed", "with cursors of the new epoch");
}

#[tokio::test]
async fn a_reader_that_may_have_missed_a_deletion_resets() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    let ann = app.reader("ann").await;
    app.send(&send, "ann", "one").await;
    app.send(&send, "ann", "two").await;
    let (hello, _) = app.stream(&ann, None).await.opening().await;
    let cursor = |seq| format!("{}-{seq}", hello.data["epoch"].as_str().expect("an epoch"));
    let owner = app.user("ann").await.id;
    let one = app.inbox(&ann).await[0]["id"].as_i64().expect("a number");
    let deleted = app.store.act(owner, &[tidings::domain::MessageId(one)], tidings::domain::Action::Delete).await;
    assert!(deleted.expect("an answer").is_some());
    let verdict = async |seq| app.stream(&ann, Some(&cursor(seq))).await.opening().await.0.data["verdict"].clone();
    assert_eq!(verdict(2).await, "resumed", "while it is kept");

    app.store.purge(i64::MAX, 100).await.expect("forgotten");

    assert_eq!((verdict(2).await, verdict(3).await), (json!("reset"), json!("resumed")));
}
