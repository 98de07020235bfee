//! `kill -9` at random moments: a child process writes and says what was acknowledged, the parent kills it and looks at
//! everything. Again and again on one database; `TIDINGS_TEST_KILLS` and `TIDINGS_TEST_SEED` choose how often and when.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::types::Json;
use sqlx::{ConnectOptions, Connection};
use tidings::domain::event::SignedOut;
use tidings::domain::{Action, Details, Mute, Role, Seq, UserId};
use tidings::server::store::{
    self, Digest, Idempotency, Muted, NewMessage, NewToken, NewUser, PasswordHash, Scope, SessionRow, Store,
};

use crate::bench::{Heard, NOW, ears, inbox, message, person, session, to_everyone, url};

/// Tells the child where to write, and which life it is.
const PLACE: &str = "TIDINGS_TEST_STORE";
const LIFE: &str = "TIDINGS_TEST_LIFE";

/// Kills in the suite; each takes a third of a second.
const KILLS: u64 = 24;

/// People in the database: a message to everyone takes two chunks.
const CROWD: i64 = 1100;

/// Who does what. The others only receive.
const READER: UserId = UserId(1);
const KEEPER: UserId = UserId(3);
const CHANGING: UserId = UserId(4);
const PAIR: [UserId; 2] = [UserId(5), UserId(6)];
const ACTIVE: UserId = UserId(7);

/// What was acknowledged, by kind.
type Acknowledged = BTreeMap<String, Vec<u64>>;

/// Not a test by itself: it writes until it is killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by the test below, which kills it"]
async fn child_that_writes_until_it_is_killed() {
    let (Ok(place), Ok(life)) = (std::env::var(PLACE), std::env::var(LIFE)) else { return };
    let life: u64 = life.parse().unwrap();
    let store = store::open_to_serve(&place, ears(&Heard::default())).await.unwrap();
    tokio::join!(
        broadcasts(&store),
        pairs(&store, life),
        items(&store),
        verbs(&store, life),
        sessions(&store, life),
        changes(&store, life)
    );
}

/// One line for each acknowledged operation; the end of the line shows that it is whole.
fn acknowledge(kind: &str, number: impl std::fmt::Display) {
    println!("\n{kind} {number} .");
}

async fn broadcasts(store: &Arc<dyn Store>) {
    loop {
        store.publish(NewMessage { title: "all".into(), ..to_everyone(READER) }).await.unwrap();
        while store.deliver_chunk().await.unwrap() {}
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A key that no other life gives.
fn key(n: u64) -> Idempotency {
    Idempotency { key: n.to_string(), fingerprint: [1; 32] }
}

async fn pairs(store: &Arc<dyn Store>, life: u64) {
    for n in life << 32.. {
        let pair = || NewMessage { title: "pair".into(), ..message(READER, &["u5", "u6"]) };
        let keyed = NewMessage { idempotency: Some(key(n)), ..pair() };
        let (one, two) = tokio::join!(store.publish(pair()), store.publish(keyed));
        acknowledge("pair", one.unwrap().id);
        acknowledge("pair", two.unwrap().id);
        acknowledge("key", n);
    }
}

async fn items(store: &Arc<dyn Store>) {
    loop {
        for doomed in [true, false] {
            let id = store.publish(message(READER, &["u1"])).await.unwrap().id;
            acknowledge("solo", id);
            assert!(store.act(READER, &[id], Action::Read).await.unwrap().is_some());
            acknowledge("read", id);
            if doomed {
                assert!(store.act(READER, &[id], Action::Delete).await.unwrap().is_some());
                acknowledge("deleted", id);
            }
        }
        store.purge(i64::MAX, 1).await.unwrap();
    }
}

/// What one person does with rows that repeat and with others, one kind after the other; each life begins with another kind.
async fn verbs(store: &Arc<dyn Store>, life: u64) {
    let act = async |id, action| store.act(ACTIVE, &[id], action).await.unwrap().unwrap().undo.unwrap();
    for n in life << 32.. {
        let details =
            Details { collapse_key: Some(n.to_string()), category: Some(n.to_string()), ..Details::default() };
        let first = NewMessage { title: "row".into(), details, ..message(READER, &["u7"]) };
        let id = store.publish(first.clone()).await.unwrap().id;
        match (life + n) % 4 {
            0 => acknowledge("repeat", store.publish(first).await.unwrap().id),
            1 => {
                let done = act(id, Action::Done).await;
                store.undo(ACTIVE, done).await.unwrap().unwrap();
                acknowledge("undone", id);
            }
            2 => {
                let details = Details { resolved: true, ..first.details.clone() };
                store.publish(NewMessage { details, ..first }).await.unwrap();
                acknowledge("resolved", id);
            }
            _ => {
                act(id, Action::Snooze(NOW)).await;
                store.wake(NOW, 10).await.unwrap();
                act(id, Action::Pin).await;
                acknowledge("pinned", id);
                // Of its own, as a life may end before it is unmuted.
                let muted = Mute::Category(n.to_string());
                assert_eq!(store.mute(ACTIVE, muted.clone(), NOW).await.unwrap(), Muted::Done);
                store.publish(first).await.unwrap();
                store.read_all(ACTIVE, Seq(i64::MAX)).await.unwrap();
                store.unmute(ACTIVE, muted).await.unwrap();
            }
        }
    }
}

/// The digest of the session or token with this number.
fn digest(n: u64) -> Digest {
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&n.to_be_bytes());
    digest
}

fn numbered(user: UserId, n: u64) -> SessionRow {
    SessionRow { digest: digest(n), ..session(user, 0) }
}

async fn sessions(store: &Arc<dyn Store>, life: u64) {
    for n in (life << 32..).step_by(3) {
        // Of one person a hundred are kept.
        let keeper = UserId(10 + n as i64 % 1000);
        assert!(store.create_session(numbered(keeper, n)).await.unwrap());
        acknowledge("kept", n);
        assert!(store.create_session(numbered(KEEPER, n + 1)).await.unwrap());
        assert!(store.end_session_of(KEEPER, digest(n + 1), SignedOut::EndedElsewhere).await.unwrap());
        acknowledge("ended", n + 1);
        let token = NewToken { user: KEEPER, scope: Scope::Read, digest: digest(n), created_at: NOW };
        let id = store.add_tokens(vec![token]).await.unwrap()[0];
        assert!(store.revoke_token(id).await.unwrap());
        acknowledge("revoked", id.0);
    }
}

/// Whatever ends all sessions of a person, in turn.
async fn changes(store: &Arc<dyn Store>, life: u64) {
    for n in (life << 32..).map(|n| n | 1 << 31) {
        // Before the session, or a life that ended with the person kept out would begin with a session of nobody's.
        store.set_enabled(CHANGING, true).await.unwrap();
        assert!(store.create_session(numbered(CHANGING, n)).await.unwrap());
        match n % 4 {
            0 => store.set_password(CHANGING, PasswordHash(n.to_string())).await.unwrap(),
            1 => store.set_enabled(CHANGING, false).await.unwrap(),
            2 => {
                let user = store.user(store::UserRef::Id(CHANGING)).await.unwrap().unwrap();
                let role = if user.role == Role::Admin { Role::Reader } else { Role::Admin };
                store.set_role(CHANGING, role).await.unwrap();
            }
            _ => drop(store.end_sessions(CHANGING, None, SignedOut::EndedElsewhere).await.unwrap()),
        }
        acknowledge("ended", n);
    }
}

/// Chooses moments. SplitMix64, because all that counts is that a seed repeats them.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|number| number.parse().unwrap())
}

/// Runs the child, kills it at a random moment of its life, and adds what it acknowledged.
async fn run_and_kill(url: &str, life: u64, random: &mut Random, acknowledged: &mut Acknowledged) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::child_that_writes_until_it_is_killed", "--ignored", "--nocapture"])
        .env(PLACE, url)
        .env(LIFE, life.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut keep = |line: &str| {
        let mut words = line.split(' ');
        if let (Some(kind), Some(number), Some("."), None) = (words.next(), words.next(), words.next(), words.next()) {
            acknowledged.entry(kind.to_owned()).or_default().push(number.parse().unwrap());
        }
    };
    // Most die while they write; some while they still start and open the file.
    if random.below(6) > 0 {
        for line in lines.by_ref() {
            keep(&line);
            if line.ends_with(" .") {
                break;
            }
        }
    }
    tokio::time::sleep(Duration::from_micros(random.below(120_000))).await;
    child.kill().unwrap();
    child.wait().unwrap();
    // What it said before it died counts as well.
    lines.for_each(|line| keep(&line));
}

async fn make_crowd(url: &str) {
    let store = store::open_to_serve(url, ears(&Heard::default())).await.unwrap();
    let role = |n| if n == 2 { Role::Admin } else { Role::Reader };
    let crowd = (1..=CROWD).map(|n| NewUser { role: role(n), ..person(&format!("u{n}")) });
    store.add_users(crowd.collect()).await.unwrap();
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kill_9_and_nothing_is_doubled_or_half_done() {
    let seed = setting("TIDINGS_TEST_SEED");
    let seed = seed.unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64);
    let kills = setting("TIDINGS_TEST_KILLS").unwrap_or(KILLS);
    println!("seed {seed}");
    let mut random = Random(seed);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tidings.db");
    let url = url("sqlite", &file);
    make_crowd(&url).await;
    let mut acknowledged = Acknowledged::new();
    let mut epoch = None;
    // On a slow machine lives are short: some more, until something of everything was acknowledged.
    for life in 1..=kills * 4 {
        if life > kills && acknowledged.len() == KEPT.len() {
            break;
        }
        run_and_kill(&url, life, &mut random, &mut acknowledged).await;
        let store = store::open_to_serve(&url, ears(&Heard::default())).await.unwrap();
        assert_eq!(epoch.get_or_insert(store.epoch().clone()), store.epoch(), "a crash is no restore");
        store.close().await;
        sound(&file).await;
        kept(&file, &acknowledged).await;
    }
    finish(&url).await;
    sound(&file).await;
    let counts: Vec<_> = acknowledged.iter().map(|(kind, numbers)| format!("{} {kind}", numbers.len())).collect();
    println!("at least {kills} kills; acknowledged: {}", counts.join(", "));
    assert!(acknowledged.len() == KEPT.len(), "something of everything was acknowledged: {counts:?}");
}

async fn aside(file: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(file).connect().await.unwrap()
}

/// What must hold of the tables at any moment, as a count of what does not.
const SOUND: [(&str, &str); 16] = [
    ("the file is whole", "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"),
    ("rows point to rows", "SELECT count(*) FROM pragma_foreign_key_check"),
    (
        "counts equal a recount",
        "SELECT count(*) FROM users LEFT JOIN
             (SELECT user_id, sum(read = 0 AND done = 0 AND snoozed IS NULL) AS r,
                     sum(seen = 0 AND done = 0 AND snoozed IS NULL) AS s, sum(items.pinned) AS p,
                     sum(snoozed IS NOT NULL) AS z FROM items WHERE deleted = 0 GROUP BY user_id)
             ON user_id = id WHERE unread <> coalesce(r, 0) OR unseen <> coalesce(s, 0) OR users.pinned <> coalesce(p, 0)
                OR users.snoozed <> coalesce(z, 0)",
    ),
    (
        "no item is ahead of its person",
        "SELECT count(*) FROM items JOIN users ON id = user_id WHERE items.seq > users.seq",
    ),
    (
        "one number, one change, but of who acts on many",
        "SELECT count(*) FROM (SELECT 1 FROM items WHERE user_id <> 7 GROUP BY user_id, seq HAVING count(*) > 1)",
    ),
    (
        "a row counts its repeats and shows one of its messages",
        "SELECT count(*) FROM items WHERE user_id = 7 AND (
             times <> 1 + (SELECT count(*) FROM repeats WHERE repeats.user_id = 7 AND item_id = items.message_id)
             OR shown_id <> (SELECT max(message_id) FROM repeats WHERE repeats.user_id = 7 AND item_id = items.message_id))",
    ),
    (
        "each message is an item or a repeat, and not both",
        "SELECT count(*) FROM repeats JOIN items USING (user_id, message_id)",
    ),
    (
        "each arrival took one number, and nothing else of who only receives",
        "SELECT count(*) FROM users WHERE id NOT IN (1, 7) AND seq <> (SELECT count(*) FROM items WHERE user_id = id)",
    ),
    (
        "each reading and deletion took one, too; of what is forgotten there were three",
        "SELECT count(*) FROM users WHERE id = 1 AND
             seq <> (SELECT count(*) + sum(read) + sum(deleted) FROM items WHERE user_id = 1)
                 + 3 * ((SELECT count(*) FROM messages WHERE title = 'Lunch') - (SELECT count(*) FROM items
                     JOIN messages ON messages.id = message_id WHERE user_id = 1 AND title = 'Lunch'))",
    ),
    ("the count of all numbers is right", "SELECT changes <> (SELECT sum(seq) FROM users) FROM meta"),
    (
        "both have a message to two, or none",
        "SELECT count(*) FROM messages WHERE title = 'pair' AND recipients <>
             (SELECT count(*) FROM items WHERE user_id IN (5, 6) AND message_id = id)",
    ),
    (
        "a message to everyone is with all before its place and with nobody behind it",
        "SELECT count(*) FROM broadcasts LEFT JOIN
             (SELECT message_id, count(*) AS n, max(user_id) AS last FROM items GROUP BY message_id) USING (message_id)
             WHERE delivered <> coalesce(n, 0) OR coalesce(last, 0) >= next_user_id",
    ),
    ("what ended is gone", "SELECT count(*) FROM endings JOIN sessions ON digest = session"),
    (
        "a revoked token is gone",
        "SELECT count(*) FROM endings JOIN tokens ON tokens.id = token_id WHERE why = 'revoked'",
    ),
    (
        "what is gone is told to have ended",
        "SELECT count(*) FROM sqlite_sequence WHERE name = 'tokens' AND seq <>
             (SELECT count(*) FROM tokens) + (SELECT count(*) FROM endings WHERE why = 'revoked')",
    ),
    (
        "what is forgotten is below the floor",
        "SELECT count(*) FROM users WHERE id = 1 AND floor = 0 AND
             (SELECT count(*) FROM messages WHERE title = 'Lunch') > (SELECT count(*) FROM items
                 JOIN messages ON messages.id = message_id WHERE user_id = 1 AND title = 'Lunch')",
    ),
];

async fn sound(file: &Path) {
    let mut aside = aside(file).await;
    for (sentence, wrong) in SOUND {
        let wrong: i64 = sqlx::query_scalar(wrong).fetch_one(&mut aside).await.unwrap();
        assert_eq!(wrong, 0, "{sentence}");
    }
    aside.close().await.unwrap();
}

/// Of the acknowledged, how many are not there. Each finds one number, `value`, in a list.
const KEPT: [(&str, &str); 12] = [
    ("repeat", "NOT EXISTS (SELECT 1 FROM repeats WHERE user_id = 7 AND message_id = value)"),
    ("undone", "NOT EXISTS (SELECT 1 FROM items WHERE user_id = 7 AND message_id = value AND done = 0)"),
    (
        "resolved",
        "NOT EXISTS (SELECT 1 FROM items JOIN messages ON id = shown_id
                     WHERE user_id = 7 AND message_id = value AND times = 2 AND resolved = 1)",
    ),
    (
        "pinned",
        "NOT EXISTS (SELECT 1 FROM items WHERE user_id = 7 AND message_id = value AND pinned = 1 AND snoozed IS NULL)",
    ),
    ("pair", "(SELECT count(*) FROM items WHERE user_id IN (5, 6) AND message_id = value) <> 2"),
    ("key", "NOT EXISTS (SELECT 1 FROM idempotency WHERE key = CAST(value AS TEXT))"),
    ("solo", "NOT EXISTS (SELECT 1 FROM messages WHERE id = value)"),
    ("read", "EXISTS (SELECT 1 FROM items WHERE user_id = 1 AND message_id = value AND read = 0)"),
    ("deleted", "EXISTS (SELECT 1 FROM items WHERE user_id = 1 AND message_id = value AND deleted = 0)"),
    ("kept", "NOT EXISTS (SELECT 1 FROM sessions WHERE digest = unhex(printf('%016x', value) || printf('%048d', 0)))"),
    (
        "ended",
        "NOT EXISTS (SELECT 1 FROM endings WHERE session = unhex(printf('%016x', value) || printf('%048d', 0)))
         OR EXISTS (SELECT 1 FROM sessions WHERE digest = unhex(printf('%016x', value) || printf('%048d', 0)))",
    ),
    ("revoked", "NOT EXISTS (SELECT 1 FROM endings WHERE token_id = value AND why = 'revoked')"),
];

async fn kept(file: &Path, acknowledged: &Acknowledged) {
    let mut aside = aside(file).await;
    for (kind, missing) in KEPT {
        let Some(numbers) = acknowledged.get(kind) else { continue };
        let query = format!("SELECT count(*) FROM json_each(?) WHERE {missing}");
        let missing: i64 =
            sqlx::query_scalar(sqlx::AssertSqlSafe(query)).bind(Json(numbers)).fetch_one(&mut aside).await.unwrap();
        assert_eq!(missing, 0, "{kind}: acknowledged, hence there");
    }
    aside.close().await.unwrap();
}

/// Goes on after the last kill: what was begun is finished, and all have what went to everyone.
async fn finish(url: &str) {
    let store = store::open_to_serve(url, ears(&Heard::default())).await.unwrap();
    while store.deliver_chunk().await.unwrap() {}
    let last = inbox(&store, UserId(CROWD)).await;
    assert!(!last.items.is_empty(), "some of it went to everyone");
    for user in (1..=CROWD).step_by(100).map(UserId).chain(PAIR) {
        let inbox = inbox(&store, user).await;
        assert_eq!(inbox.counts, inbox.recount());
        assert!(last.items.keys().all(|id| inbox.items.contains_key(id)), "all have what went to everyone");
    }
    store.close().await;
}
