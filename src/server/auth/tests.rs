//! Tests of who is let in, over a real database.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, HeaderValue, Request, header};
use tempfile::TempDir;

use super::super::broker::{Broker, Limits};
use super::super::config::Config;
use super::super::metrics::Metrics;
use super::super::session_store::SignedInOnly;
use super::super::store::{self, NewToken, NewUser, Scope, TokenRow};
use super::super::{error::Refusal, now_ms};
use super::session::{sign_in_from, touch};
use super::*;
use crate::domain::{Role, UserId, Username};

struct Scene {
    state: AppState,
    _folder: TempDir,
}

const PASSWORD: &str = "correct horse";

async fn scene() -> Scene {
    let folder = TempDir::new().expect("a folder");
    let mut config = Config::default();
    config.storage.data_dir = folder.path().to_owned();
    let store = store::open(&config.database_url(), Arc::new(|_, _| {})).await.expect("a database");
    let broker = Broker::new(Limits { streams: 10, streams_per_user: 10 });
    Scene { state: AppState::new(store, broker, Metrics::off(), config), _folder: folder }
}

impl Scene {
    async fn add(&self, name: &str, role: Role) -> UserId {
        let username = Username::parse(name).expect("a name");
        let password = Some(hash_password(PASSWORD));
        let user = NewUser { username, display_name: name.into(), role, password, created_at: 0 };
        self.state.store.add_user(user).await.expect("added")
    }

    fn browser(&self) -> Session {
        Session::new(None, Arc::new(SignedInOnly::new(&self.state)), None)
    }

    async fn sign_in(&self, session: &Session, name: &str, password: &str) -> Result<(), SignInProblem> {
        let mut request = Request::new(());
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 5000))));
        let parts = request.into_parts().0;
        sign_in_from(&self.state, session, &parts, name, password.into()).await
    }

    async fn token(&self, user: UserId, scope: Scope) -> String {
        let token = fresh_token();
        let row = NewToken { user, scope, digest: digest(&token), created_at: 0 };
        self.state.store.add_tokens(vec![row]).await.expect("added");
        token
    }

    async fn owner(&self, secret: &str, scope: Scope) -> Result<TokenRow, TokenProblem> {
        let headers = headers(secret);
        token(&self.state, &headers, scope).await
    }
}

fn headers(secret: &str) -> HeaderMap {
    let value = HeaderValue::from_str(&format!("Bearer {secret}")).expect("ASCII");
    HeaderMap::from_iter([(header::AUTHORIZATION, value)])
}

#[tokio::test]
async fn only_the_right_password_of_an_enabled_person_begins_a_session() {
    let scene = scene().await;
    let ana = scene.add("ana", Role::Reader).await;
    let session = scene.browser();
    for (name, password) in [("ana", "wrong horse"), ("nobody", PASSWORD), ("", PASSWORD), ("a b", PASSWORD)] {
        assert_eq!(scene.sign_in(&session, name, password).await, Err(SignInProblem::Wrong), "{name}");
    }
    assert_eq!(session.id(), None);
    assert_eq!(scene.sign_in(&session, "ANA", PASSWORD).await, Ok(()));
    let digest = session_digest(&session).expect("a session");
    let row = scene.state.store.session(digest, now_ms()).await.expect("read").expect("there");
    assert_eq!((row.user, row.address.as_str()), (ana, "192.0.2.1"));
    scene.state.store.set_enabled(ana, false).await.expect("disabled");
    assert_eq!(scene.sign_in(&scene.browser(), "ana", PASSWORD).await, Err(SignInProblem::Wrong));
}

#[tokio::test]
async fn guesses_at_the_same_time_do_not_slip_through() {
    let scene = Arc::new(scene().await);
    scene.add("ana", Role::Reader).await;
    // The last one is right. All at once, so that the outcome does not hang on how fast this machine hashes.
    let guesses = (0..40).map(|n| {
        let scene = Arc::clone(&scene);
        let password = if n == 39 { PASSWORD.to_owned() } else { format!("guess {n}") };
        tokio::spawn(async move { scene.sign_in(&scene.browser(), "ana", &password).await })
    });
    let mut outcomes = Vec::new();
    for guess in guesses.collect::<Vec<_>>() {
        outcomes.push(guess.await.expect("no panic"));
    }
    assert_eq!(outcomes.last(), Some(&Err(SignInProblem::SlowDown { seconds: 1 })), "nor does the right one, for now");
    let wrong = outcomes.iter().filter(|outcome| **outcome == Err(SignInProblem::Wrong)).count();
    let slowed = outcomes.iter().filter(|outcome| matches!(outcome, Err(SignInProblem::SlowDown { .. }))).count();
    assert_eq!((wrong, slowed), (5, 35));
}

#[tokio::test]
async fn signing_in_ends_the_session_that_the_browser_had() {
    let scene = scene().await;
    scene.add("ana", Role::Reader).await;
    let bob = scene.add("bob", Role::Reader).await;
    let session = scene.browser();
    scene.sign_in(&session, "ana", PASSWORD).await.expect("ana is in");
    let old = session_digest(&session).expect("a session");
    scene.sign_in(&session, "bob", PASSWORD).await.expect("bob is in");
    assert!(scene.state.store.session(old, now_ms()).await.expect("read").is_none());
    assert_eq!(signed_in(&session).await.expect("read").map(|signed_in| signed_in.user), Some(bob));
    end(&session).await.expect("out");
    assert_eq!((session.id(), signed_in(&session).await.expect("read")), (None, None));
}

#[tokio::test]
async fn a_password_that_changes_while_it_is_checked_lets_nobody_in() {
    let scene = scene().await;
    let ana = scene.add("ana", Role::Reader).await;
    let session = scene.browser();
    let new = super::super::store::PasswordHash("$another".into());
    // Checking takes longer than setting, but in whichever order they come out, no session is left.
    let (_, set) = tokio::join!(scene.sign_in(&session, "ana", PASSWORD), scene.state.store.set_password(ana, new));
    set.expect("set");
    let left = match session_digest(&session) {
        Some(digest) => scene.state.store.session(digest, now_ms()).await.expect("read"),
        None => None,
    };
    assert_eq!(left, None);
}

#[tokio::test]
async fn use_moves_the_end_of_a_session_once_a_minute() {
    let scene = scene().await;
    scene.add("ana", Role::Reader).await;
    let session = scene.browser();
    scene.sign_in(&session, "ana", PASSWORD).await.expect("ana is in");
    let fresh = signed_in(&session).await.expect("read").expect("ana");
    touch(&session, fresh.clone()).await.expect("nothing to do");
    assert_eq!(signed_in(&session).await.expect("read"), Some(fresh.clone()));
    let stale = SignedIn { since: fresh.since - 90_000, touched: fresh.touched - 90_000, ..fresh.clone() };
    touch(&session, stale.clone()).await.expect("touched");
    session.save().await.expect("kept");
    let row = scene.state.store.session(session_digest(&session).expect("an id"), now_ms()).await;
    let row = row.expect("read").expect("there");
    assert!(row.last_used_at >= fresh.touched && row.created_at == fresh.since);
    assert!(row.expires_at > stale.ends_at(&scene.state.config.sessions));
}

#[tokio::test]
async fn tokens_are_good_for_their_scope_and_while_their_owner_is() {
    let scene = scene().await;
    let ops = scene.add("ops", Role::Admin).await;
    let ana = scene.add("ana", Role::Reader).await;
    let (read, send) = (scene.token(ana, Scope::Read).await, scene.token(ops, Scope::Send).await);
    let demoted = scene.token(ana, Scope::Send).await;
    assert_eq!(scene.owner(&read, Scope::Read).await.expect("good").user, ana);
    assert!(matches!(scene.owner(&read, Scope::Send).await, Err(TokenProblem::WrongScope(Scope::Send))));
    assert!(matches!(sender(&scene.state, &headers(&demoted)).await, Err(TokenProblem::WrongScope(Scope::Send))));
    assert_eq!(sender(&scene.state, &headers(&send)).await.expect("an admin").id, ops);
    assert!(matches!(scene.owner("td_made-up", Scope::Read).await, Err(TokenProblem::Unknown)));
    let missing = token(&scene.state, &HeaderMap::new(), Scope::Read).await;
    assert!(matches!(missing, Err(TokenProblem::Missing)));
    let row = scene.owner(&send, Scope::Send).await.expect("good");
    assert!(scene.state.store.revoke_token(row.id).await.expect("revoked"));
    assert!(matches!(scene.owner(&send, Scope::Send).await, Err(TokenProblem::Unknown)));
    scene.state.store.set_enabled(ana, false).await.expect("disabled");
    assert!(matches!(scene.owner(&read, Scope::Read).await, Err(TokenProblem::Unknown)));
}

#[test]
fn programs_are_told_who_is_at_fault() {
    let status = |problem: TokenProblem| axum::response::IntoResponse::into_response(Refusal::from(problem)).status();
    assert_eq!(status(TokenProblem::Missing), 401);
    assert_eq!(status(TokenProblem::Unknown), 401);
    assert_eq!(status(TokenProblem::WrongScope(Scope::Read)), 403);
}
