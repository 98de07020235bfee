//! Tests of sessions, over a real database.

use std::time::Duration;

use axum::http::HeaderValue;
use serde_json::json;
use tempfile::TempDir;
use tower_sessions::Session;

use super::super::store::{self, NewUser, UserRef};
use super::*;
use crate::domain::{Role, UserId, Username};

struct Scene {
    sessions: SignedInOnly,
    ana: UserId,
    _folder: TempDir,
}

async fn scene(idle: Duration) -> Scene {
    let folder = TempDir::new().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let store = store::open(&url, Arc::new(|_, _| {})).await.expect("a database");
    let username = Username::parse("ana").expect("a name");
    let ana = NewUser { username, display_name: "Ana".into(), role: Role::Reader, password: None, created_at: 0 };
    let ana = store.add_user(ana).await.expect("a person");
    let config = SessionConfig { idle, lifetime: Duration::from_secs(3600) };
    Scene { sessions: SignedInOnly { store, config }, ana, _folder: folder }
}

impl Scene {
    fn record(&self) -> Record {
        let now = now_ms();
        let signed_in = SignedIn {
            user: self.ana,
            device: "Firefox on Linux".into(),
            address: "192.0.2.1".into(),
            since: now,
            touched: now,
        };
        let mut record = Record { id: Id::default(), data: Default::default(), expiry_date: OffsetDateTime::now_utc() };
        record.data.insert(SIGNED_IN.into(), json!(signed_in));
        record
    }

    async fn keeps(&self, id: Id, old: &str, new: &str) -> bool {
        let digest = digest(&id.to_string());
        self.sessions.store.replace_values(digest, old.into(), new.into()).await.expect("asked")
    }

    async fn row(&self, id: Id) -> Option<SessionRow> {
        self.sessions.store.session(digest(&id.to_string()), now_ms()).await.expect("read")
    }
}

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_session_comes_back_and_its_row_says_who_and_where() {
    let scene = scene(HOUR).await;
    let mut record = scene.record();
    scene.sessions.create(&mut record).await.expect("kept");
    let loaded = scene.sessions.load(&record.id).await.expect("read").expect("there");
    assert_eq!((loaded.id, &loaded.data), (record.id, &record.data));
    let row = scene.row(record.id).await.expect("there");
    assert_eq!((row.user, row.device.as_str(), row.address.as_str()), (scene.ana, "Firefox on Linux", "192.0.2.1"));
    assert_eq!(row.expires_at, row.created_at + 3_600_000);
}

#[tokio::test]
async fn an_id_that_was_brought_never_becomes_a_session() {
    let scene = scene(HOUR).await;
    let mut record = scene.record();
    let brought = record.id;
    scene.sessions.create(&mut record).await.expect("kept");
    assert_ne!(record.id, brought);
    assert!(scene.sessions.load(&brought).await.expect("read").is_none());
}

#[tokio::test]
async fn visitors_have_no_session() {
    let scene = scene(HOUR).await;
    let mut record = scene.record();
    record.data.remove(SIGNED_IN);
    assert!(matches!(scene.sessions.create(&mut record).await, Err(Error::Backend(_))));
    assert!(scene.row(record.id).await.is_none());
}

#[tokio::test]
async fn an_idle_session_is_gone() {
    let scene = scene(Duration::ZERO).await;
    let mut record = scene.record();
    scene.sessions.create(&mut record).await.expect("kept");
    assert!(scene.sessions.load(&record.id).await.expect("read").is_none());
}

#[tokio::test]
async fn an_ended_session_is_not_saved_back_to_life() {
    let scene = scene(HOUR).await;
    let mut record = scene.record();
    scene.sessions.create(&mut record).await.expect("kept");
    scene.sessions.delete(&record.id).await.expect("ended");
    scene.sessions.save(&record).await.expect("no error of this request");
    assert!(scene.sessions.load(&record.id).await.expect("read").is_none());
}

#[tokio::test]
async fn requests_of_one_session_do_not_undo_each_other() {
    let scene = scene(HOUR).await;
    let mut record = scene.record();
    scene.sessions.create(&mut record).await.expect("kept");
    let touched_at = |after: i64| {
        let mut later = record.clone();
        let value: SignedIn = serde_json::from_value(record.data[SIGNED_IN].clone()).expect("who");
        later.data.insert(SIGNED_IN.into(), json!(SignedIn { touched: value.since + after, ..value }));
        later
    };
    // Both have loaded the session before this one keeps a draft.
    assert!(scene.keeps(record.id, "{}", "a draft").await);
    assert!(!scene.keeps(record.id, "{}", "another").await, "who has not seen it does not replace it");
    for after in [90_000, 60_000] {
        scene.sessions.save(&touched_at(after)).await.expect("touched");
    }
    let row = scene.row(record.id).await.expect("there");
    assert_eq!((row.data.as_str(), row.last_used_at), ("a draft", row.created_at + 90_000));
    assert_eq!(row.expires_at, row.last_used_at + 3_600_000 - 90_000, "never after the lifetime");
}

#[tokio::test]
async fn signing_in_again_in_one_browser_makes_a_new_id() {
    let scene = scene(HOUR).await;
    let mut record = scene.record();
    scene.sessions.create(&mut record).await.expect("kept");
    assert!(scene.keeps(record.id, "{}", r#"{"draft":"half a thought"}"#).await);
    let session = Session::new(Some(record.id), Arc::new(scene.sessions.clone()), None);
    session.load().await.expect("read");
    session.flush().await.expect("ended");
    session.insert(SIGNED_IN, &scene.record().data[SIGNED_IN]).await.expect("inserted");
    session.save().await.expect("kept");
    let fresh = session.id().expect("a new session");
    assert_ne!(fresh, record.id);
    assert_eq!(scene.row(fresh).await.expect("there").data, "{}", "what the one before wrote is not shown to the next");
    assert!(scene.row(record.id).await.is_none());
}

#[tokio::test]
async fn sessions_of_disabled_people_are_gone() {
    let scene = scene(HOUR).await;
    let mut record = scene.record();
    scene.sessions.create(&mut record).await.expect("kept");
    let ana = scene.sessions.store.user(UserRef::Id(scene.ana)).await.expect("read").expect("there");
    scene.sessions.store.set_enabled(ana.id, false).await.expect("disabled");
    assert!(scene.sessions.load(&record.id).await.expect("read").is_none());
}

#[test]
fn devices_are_told_in_words() {
    let of = |agent: &'static str| {
        let mut headers = HeaderMap::new();
        headers.insert(header::USER_AGENT, HeaderValue::from_static(agent));
        device(&headers)
    };
    assert_eq!(of("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"), "Firefox on Linux");
    let chrome =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36";
    assert_eq!(of(chrome), "Chrome on Windows 10");
    assert_eq!(of("?"), "an unknown device");
    assert_eq!(device(&HeaderMap::new()), "an unknown device");
}
