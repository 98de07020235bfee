//! Who may do what: every way in, tried by everybody that there is, against one table. A new way in without a row fails.
//!
//! That nobody reaches into another's inbox by a door that is open to them is tested beside each door.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use tidings::domain::Role;
use tidings::server::doors;
use tidings::server::store::Scope;

use crate::app::{PASSWORD, TestApp, location};

/// Everybody that there is.
const ASKERS: [Asker; 9] = [
    Asker::Nobody,
    Asker::Session(Role::Reader),
    Asker::Session(Role::Sender),
    Asker::Session(Role::Admin),
    Asker::Disabled,
    Asker::Token(Scope::Read),
    Asker::Token(Scope::Send),
    Asker::Revoked,
    Asker::Demoted,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asker {
    /// Without cookie and token.
    Nobody,
    /// Signed in.
    Session(Role),
    /// Was signed in when they were disabled.
    Disabled,
    /// A program of an admin.
    Token(Scope),
    /// With a token that was good once.
    Revoked,
    /// With a token that sends, of a person who may not any more.
    Demoted,
}

/// What comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// It is done.
    In,
    /// It is not for them.
    Forbidden,
    /// Who asks is not known.
    Unknown,
    /// None of these: the question itself was wrong.
    Failed,
}

/// To whom a door is open.
#[derive(Clone, Copy, Debug)]
enum Open {
    /// To everybody.
    All,
    /// To who is signed in.
    SignedIn,
    /// To senders and admins who are signed in.
    Senders,
    /// To who is signed in, and to tokens that read.
    Readers,
    /// To tokens that send.
    Programs,
}

impl Open {
    fn to(self, asker: Asker) -> Outcome {
        use Asker::{Demoted, Session, Token};
        use Outcome::{Forbidden, In, Unknown};
        match (self, asker) {
            (Self::All, _) => In,
            (Self::SignedIn | Self::Readers, Session(_)) => In,
            (Self::Senders, Session(Role::Sender | Role::Admin)) => In,
            (Self::Senders, Session(Role::Reader)) => Forbidden,
            (Self::Readers, Token(Scope::Read)) | (Self::Programs, Token(Scope::Send)) => In,
            (Self::Readers, Token(Scope::Send) | Demoted) => Forbidden,
            (Self::Programs, Token(Scope::Read) | Demoted) => Forbidden,
            _ => Unknown,
        }
    }
}

type Form = &'static [(&'static str, &'static str)];

/// `ID` stands for a message in the inbox of who asks, `OWN` and `{id}` for one that they sent, if they may.
#[rustfmt::skip]
const TABLE: &[(&str, &str, Open, Form)] = &[
    ("GET", "/", Open::SignedIn, &[]),
    ("GET", "/send", Open::Senders, &[]),
    ("GET", "/send/review", Open::Senders, &[]),
    ("GET", "/send/sent/{id}", Open::Senders, &[]),
    ("GET", "/sessions", Open::SignedIn, &[]),
    ("GET", "/preferences", Open::SignedIn, &[]),
    ("GET", "/keys", Open::SignedIn, &[]),
    ("GET", "/sign-in", Open::All, &[]),
    ("GET", "/set-up", Open::All, &[]),
    ("GET", "/events", Open::Readers, &[]),
    ("GET", "/healthz", Open::All, &[]),
    ("GET", "/readyz", Open::All, &[]),
    ("POST", "/api/v1/messages", Open::Programs, &[]),
    ("POST", "/api/around", Open::SignedIn, &[]),
    ("POST", "/api/keep_filter", Open::SignedIn, &[("name", "New"), ("q", "is:unread")]),
    ("POST", "/api/forget_filter", Open::SignedIn, &[("id", "1")]),
    ("POST", "/api/mute", Open::SignedIn, &[("mute", "category:deploys")]),
    ("POST", "/api/unmute", Open::SignedIn, &[("unmute", "category:deploys")]),
    ("POST", "/api/preferences", Open::SignedIn, &[("chosen[theme]", "dark")]),
    ("POST", "/api/theme", Open::SignedIn, &[("theme", "dark")]),
    ("POST", "/api/zone", Open::SignedIn, &[("zone", "Europe/Berlin")]),
    ("POST", "/api/acknowledge", Open::SignedIn, &[("client", "c1"), ("seen", "ID")]),
    ("POST", "/api/page", Open::SignedIn, &[("view", "inbox")]),
    ("POST", "/api/open", Open::SignedIn, &[("id", "ID")]),
    ("POST", "/api/act", Open::SignedIn, &[("change", "read:ID")]),
    ("POST", "/api/note", Open::SignedIn, &[("note", "ID:1")]),
    ("POST", "/api/desk", Open::SignedIn, &[("path", "/sessions")]),
    ("POST", "/api/desk", Open::Senders, &[("path", "/send")]),
    ("POST", "/api/desk", Open::Senders, &[("path", "/send/review")]),
    ("POST", "/api/desk", Open::Senders, &[("path", "/send/sent/OWN")]),
    ("POST", "/api/review", Open::Senders, &[("to", "ops"), ("title", "x")]),
    ("POST", "/api/send", Open::Senders, &[("key", "x")]),
    ("POST", "/api/send_test", Open::Senders, &[]),
    ("POST", "/api/me", Open::SignedIn, &[]),
    ("POST", "/api/sign_in", Open::All, &[("name", "ops"), ("password", PASSWORD)]),
    ("POST", "/api/sign_out", Open::All, &[]),
    ("POST", "/api/end_session", Open::SignedIn, &[("name", "x")]),
    ("POST", "/api/end_sessions", Open::SignedIn, &[("here", "false")]),
    ("POST", "/api/change_password", Open::SignedIn, &[("current", PASSWORD), ("new", PASSWORD), ("again", PASSWORD)]),
    ("POST", "/api/set_up", Open::All, &[("link", "x")]),
];

#[tokio::test]
async fn every_door_opens_to_whom_the_table_says_and_to_nobody_else() {
    let house = House::new().await;
    let mut wrong = Vec::new();
    for (method, path, open, form) in TABLE {
        for asker in ASKERS {
            let (said, outcome) = house.ask(asker, method, path, form).await;
            if outcome != open.to(asker) {
                wrong.push(format!(
                    "{method} {path} {form:?}: {asker:?} has {outcome:?} ({said}), not {:?}",
                    open.to(asker)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_door_has_a_row() {
    let doors: BTreeSet<_> = doors().into_iter().map(|(method, path)| format!("{method} {path}")).collect();
    let rows: BTreeSet<_> = TABLE.iter().map(|(method, path, ..)| format!("{method} {path}")).collect();
    assert_eq!(doors, rows, "who may open it? Say so in the table");
}

async fn id_of(sent: Response) -> String {
    sent.json::<Value>().await.expect("JSON")["id"].to_string()
}

/// A server, and an admin who sends to who asks.
struct House {
    app: TestApp,
    send: String,
    asked: AtomicU32,
}

impl House {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let send = app.sender("ops").await;
        Self { app, send, asked: AtomicU32::new(0) }
    }

    /// Somebody new for every question, as some answers end the session.
    async fn ask(&self, asker: Asker, method: &str, path: &str, form: Form) -> (String, Outcome) {
        let name = format!("u{}", self.asked.fetch_add(1, Ordering::Relaxed));
        let role = if let Asker::Session(role) = asker { role } else { Role::Admin };
        self.app.add(&name, role).await;
        let message = json!({"to": [name], "title": "For you", "acknowledge": true, "category": "deploys"});
        let id = id_of(self.app.post_message(&self.send, message).await).await;
        let own = if matches!(asker, Asker::Session(role) if role.may_send()) {
            let token = self.app.token(&name, Scope::Send).await;
            id_of(self.app.post_message(&token, json!({"to": ["ops"], "title": "Mine"})).await).await
        } else {
            id.clone()
        };
        let filled = |text: &str| text.replace("{id}", &own).replace("OWN", &own).replace("ID", &id);

        let browser = if matches!(asker, Asker::Session(_) | Asker::Disabled) {
            self.app.sign_in(&name).await
        } else {
            self.app.browser()
        };
        let token = match asker {
            Asker::Token(Scope::Read) => Some(self.app.token(&name, Scope::Read).await),
            Asker::Token(Scope::Send) | Asker::Revoked | Asker::Demoted => {
                Some(self.app.token(&name, Scope::Send).await)
            }
            Asker::Nobody | Asker::Session(_) | Asker::Disabled => None,
        };
        match asker {
            Asker::Disabled => self.app.disable(&name).await,
            Asker::Revoked => self.app.revoke_tokens(&name).await,
            Asker::Demoted => {
                let user = self.app.user(&name).await.id;
                self.app.store.set_role(user, Role::Reader).await.expect("another role");
            }
            Asker::Nobody | Asker::Session(_) | Asker::Token(_) => {}
        }

        let mut request = match (method, path) {
            ("GET", path) => browser.asking(&filled(path)),
            (_, "/api/v1/messages") => browser.posting(path).json(&json!({"to": ["ops"], "title": "x"})),
            (_, path) => {
                let form: Vec<_> = form.iter().map(|(name, value)| (*name, filled(value))).collect();
                browser.posting(path).form(&form)
            }
        };
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.expect("an answer");
        let (status, to) = (response.status(), location(&response).to_owned());
        let outcome = match status {
            StatusCode::UNAUTHORIZED => Outcome::Unknown,
            StatusCode::FORBIDDEN => Outcome::Forbidden,
            _ if method == "GET" && to.starts_with("/sign-in") => Outcome::Unknown,
            // A set-up link that is used up, for whom ever.
            StatusCode::GONE if path == "/set-up" => Outcome::In,
            status if status.is_client_error() || status.is_server_error() => Outcome::Failed,
            _ => Outcome::In,
        };
        (format!("{status} {to}"), outcome)
    }
}
