//! `kill -9`: a child process writes and says what was acknowledged; the parent kills it and looks.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use tidings::domain::{MessageId, UserId};
use tidings::server::store;

use crate::bench::{ENGINES, Heard, ears, inbox, message, person, to_everyone, url};

/// Tells the child where to write.
const PLACE: &str = "TIDINGS_TEST_STORE";

/// People in the database: a message to everyone takes three chunks.
const CROWD: i64 = 2100;

/// Not a test by itself: it writes until it is killed.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by the test below, which kills it"]
async fn child_that_writes_until_it_is_killed() {
    let Ok(place) = std::env::var(PLACE) else { return };
    let store = store::open(&place, ears(&Heard::default())).await.unwrap();
    let broadcasts = store.clone();
    tokio::spawn(async move {
        loop {
            let sent = broadcasts.publish(to_everyone(UserId(1))).await.unwrap();
            println!("\nacknowledged {}", sent.id);
            while broadcasts.deliver_chunk().await.unwrap() {}
        }
    });
    loop {
        let (one, two) = (message(UserId(1), &["u1"]), message(UserId(1), &["u1", "u2"]));
        let (one, two) = tokio::join!(store.publish(one), store.publish(two));
        println!("\nacknowledged {}\nacknowledged {}", one.unwrap().id, two.unwrap().id);
    }
}

/// Runs the child until it has acknowledged so many sends, and kills it in the middle of its work.
fn acknowledged_until_killed(url: &str, sends: usize) -> BTreeSet<MessageId> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::child_that_writes_until_it_is_killed", "--ignored", "--nocapture"])
        .env(PLACE, url)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut ids = lines.filter_map(|line| Some(MessageId(line.strip_prefix("acknowledged ")?.parse().unwrap())));
    let mut acknowledged: BTreeSet<_> = ids.by_ref().take(sends).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    // What it said before it died counts as well.
    acknowledged.extend(ids);
    assert!(acknowledged.len() >= sends);
    acknowledged
}

async fn make_crowd(url: &str) {
    let store = store::open(url, ears(&Heard::default())).await.unwrap();
    store.add_users((1..=CROWD).map(|n| person(&format!("u{n}"))).collect()).await.unwrap();
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kill_9_and_nothing_is_doubled() {
    for engine in ENGINES {
        let folder = tempfile::tempdir().unwrap();
        let url = url(engine, &folder.path().join("tidings.db"));
        make_crowd(&url).await;
        let mut acknowledged = BTreeSet::new();
        for sends in [3, 40, 90] {
            acknowledged.extend(acknowledged_until_killed(&url, sends));
        }
        check(&url, acknowledged).await;
    }
}

async fn check(url: &str, acknowledged: BTreeSet<MessageId>) {
    let store = store::open(url, ears(&Heard::default())).await.unwrap();
    while store.deliver_chunk().await.unwrap() {}
    let everyone: BTreeSet<MessageId> = inbox(&store, UserId(CROWD)).await.items.into_keys().collect();
    for user in (1..=CROWD).map(UserId) {
        let inbox = inbox(&store, user).await;
        assert_eq!(inbox.counts, inbox.recount());
        assert_eq!(inbox.seq.0, inbox.items.len() as i64, "each message took one number");
        assert!(everyone.iter().all(|id| inbox.items.contains_key(id)), "all have what went to everyone");
        if user == UserId(1) {
            assert!(acknowledged.iter().all(|id| inbox.items.contains_key(id)), "all that was acknowledged is there");
        }
    }
    assert!(!everyone.is_empty(), "some of it went to everyone");
    store.close().await;
}
