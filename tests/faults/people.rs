//! People: who reads, and what they are let in with.

use std::io::{Error, Result};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::server::Server;
use crate::tally::{Done, Tally};
use crate::wire::{ask, request};

/// Everybody's.
pub const PASSWORD: &str = "correct horse battery";

/// What a request is let in with: a header line.
pub struct Pass {
    pub field: String,
    /// When it was ended, in milliseconds since the Unix epoch; far away while it is good.
    pub ended_at: AtomicI64,
}

impl Pass {
    fn new(field: String) -> Arc<Self> {
        Arc::new(Self { field, ended_at: AtomicI64::new(i64::MAX) })
    }

    pub fn end(&self) {
        self.ended_at.fetch_min(now_ms(), Ordering::SeqCst);
    }
}

/// With what somebody reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Token,
    Session,
}

/// A person with inbox `name`.
pub struct Person {
    pub name: String,
    /// The greatest number that any reader of theirs has applied.
    pub highest: AtomicI64,
    token: Keeper,
    session: Keeper,
}

/// The current pass of one kind. All readers of a person share it, and renew it one at a time.
#[derive(Default)]
struct Keeper {
    pass: Mutex<Option<Arc<Pass>>>,
    renewing: tokio::sync::Mutex<()>,
}

impl Keeper {
    fn current(&self) -> Option<Arc<Pass>> {
        self.pass.lock().expect("no code panics under this lock").clone()
    }

    fn set(&self, pass: Arc<Pass>) {
        *self.pass.lock().expect("no code panics under this lock") = Some(pass);
    }
}

impl Person {
    fn keeper(&self, kind: Kind) -> &Keeper {
        match kind {
            Kind::Token => &self.token,
            Kind::Session => &self.session,
        }
    }

    /// A pass that is not `stale`: the one that another reader has got meanwhile, or a new one.
    pub async fn pass(
        &self,
        kind: Kind,
        stale: Option<&Arc<Pass>>,
        server: &Server,
        tally: &Tally,
    ) -> Result<Arc<Pass>> {
        let keeper = self.keeper(kind);
        let good = |pass: &Arc<Pass>| stale.is_none_or(|stale| !Arc::ptr_eq(stale, pass));
        if let Some(pass) = keeper.current().filter(good) {
            return Ok(pass);
        }
        let _one = keeper.renewing.lock().await;
        if let Some(pass) = keeper.current().filter(good) {
            return Ok(pass);
        }
        let field = match kind {
            Kind::Token => {
                bearer(server.command(&["token", "create", &self.name, "--scope", "read"], "").await?.trim())
            }
            Kind::Session => self.sign_in(server).await?,
        };
        let pass = Pass::new(field);
        keeper.set(Arc::clone(&pass));
        tally.did(Done::SignIns);
        Ok(pass)
    }

    async fn sign_in(&self, server: &Server) -> Result<String> {
        let body = format!("name={}&password={}&next=%2F", self.name, PASSWORD.replace(' ', "+"));
        let answer = post(server, "/api/sign_in", &[], &body).await?;
        let cookie = answer.field("set-cookie").and_then(|cookie| cookie.split(';').next());
        cookie.map(|cookie| format!("cookie: {cookie}")).ok_or_else(|| Error::other("no cookie"))
    }
}

/// Posts a form as a page of ours does.
pub async fn post(server: &Server, path: &str, fields: &[&str], body: &str) -> Result<crate::wire::Answer> {
    let address = server.address().ok_or_else(|| Error::other("no server runs"))?;
    let own =
        ["content-type: application/x-www-form-urlencoded", "sec-fetch-site: same-origin", "accept: application/json"];
    ask(address, &request("POST", path, &[&own, fields].concat(), body)).await
}

fn bearer(token: &str) -> String {
    format!("authorization: Bearer {token}")
}

/// Makes `n` people, and gives them with the pass that sends.
pub async fn make(server: &Server, n: usize) -> Result<(Vec<Arc<Person>>, String)> {
    server.command(&["user", "add", "ops", "--admin", "--password-stdin"], PASSWORD).await?;
    let send = bearer(server.command(&["token", "create", "ops", "--scope", "send"], "").await?.trim());
    let tokens = server.folder().join("tokens");
    let file = tokens.to_str().ok_or_else(|| Error::other("a folder that is not UTF-8"))?;
    server.command(&["seed", "--users", &n.to_string(), "--prefix", "u", "--tokens-out", file], "").await?;
    let person = |(number, field): (usize, &str)| {
        let person = Person {
            name: format!("u{number}"),
            highest: AtomicI64::new(0),
            token: Keeper::default(),
            session: Keeper::default(),
        };
        person.token.set(Pass::new(field.to_owned()));
        Arc::new(person)
    };
    let people = std::fs::read_to_string(&tokens)?.lines().enumerate().map(person).collect();
    // Everybody has the password of the one whose password was hashed: that takes its time.
    let mut database = database(server).await.map_err(Error::other)?;
    sqlx::query("UPDATE users SET password = (SELECT password FROM users WHERE username = 'ops')")
        .execute(&mut database)
        .await
        .map_err(Error::other)?;
    database.close().await.map_err(Error::other)?;
    Ok((people, send))
}

/// A connection to the server's database from outside, as another process has it. Close it soon.
pub async fn database(server: &Server) -> sqlx::Result<SqliteConnection> {
    let options = SqliteConnectOptions::new().filename(server.database()).disable_statement_logging();
    options.busy_timeout(std::time::Duration::from_secs(20)).connect().await
}

/// Milliseconds since the Unix epoch, as the server counts them.
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
