//! `TestApp`: the real server on a port of its own, with a database of its own. It speaks in verbs.
//!
//! People and tokens are made the way the command line makes them: by a second handle on the same database.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Client, RequestBuilder, Response, redirect};
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};
use tempfile::TempDir;
use tidings::domain::{MessageId, Role, Username};
use tidings::server::config::Config;
use tidings::server::store::{self, NewToken, NewUser, Scope, Store, UserRef};
use tidings::server::{Listeners, auth, now_ms, run};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::events::EventReader;

/// The password of everybody.
pub const PASSWORD: &str = "correct horse battery";

/// Longest wait for something that the server does on its own.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running server.
pub struct TestApp {
    pub client: Client,
    pub store: Arc<dyn Store>,
    base: String,
    /// Where it counts, for a test that turned that on.
    metrics: Option<SocketAddr>,
    stop: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<()>>,
    folder: TempDir,
}

impl TestApp {
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// Starts with a changed configuration.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        let mut config = Config::default();
        config.storage.data_dir = folder.path().to_owned();
        config.server.listen = address;
        // Only the tests of these limits want to meet them.
        let limits = &mut config.limits;
        for limit in [
            &mut limits.sends_per_second,
            &mut limits.address_requests,
            &mut limits.user_requests,
            &mut limits.token_requests,
        ] {
            *limit = 100_000;
        }
        change(&mut config);
        let watch = match config.metrics.listen {
            Some(address) => Some(TcpListener::bind(address).await.expect("a free port")),
            None => None,
        };
        let metrics = watch.as_ref().map(|listener| listener.local_addr().expect("a bound port"));
        let store = store::open(&config.database_url(), Arc::new(|_, _| {})).await.expect("the database opens");
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            run(Listeners { site: listener, metrics: watch }, config, stopped).await.expect("the server runs");
        });
        let client = Client::builder().redirect(redirect::Policy::none()).build().expect("a client");
        let base = format!("http://{address}");
        Self { client, store, base, metrics, stop: Some(stop), server: Some(server), folder }
    }

    /// Starts with `/metrics` on a port of its own.
    pub async fn watched(change: impl FnOnce(&mut Config)) -> Self {
        Self::with(|config| {
            config.metrics.listen = Some(([127, 0, 0, 1], 0).into());
            change(config);
        })
        .await
    }

    /// An address of the listener that has the metrics.
    pub fn metrics_url(&self, path: &str) -> String {
        format!("http://{}{path}", self.metrics.expect("a server that is watched"))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.base.trim_start_matches("http://").parse().expect("an address")
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// A connection to the server's database, past the store: for what another process may do, and for what the store
    /// has no verb for.
    pub async fn database(&self) -> SqliteConnection {
        self.database_in(self.folder.path()).await
    }

    /// The same for a test that chose the folder.
    pub async fn database_in(&self, folder: &Path) -> SqliteConnection {
        let file = folder.join("tidings.db");
        let options = SqliteConnectOptions::new().filename(file).busy_timeout(Duration::from_secs(5));
        options.connect().await.expect("the database opens")
    }

    /// A bare connection to the server.
    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.base.trim_start_matches("http://")).await.expect("a connection")
    }

    /// Tells the server to stop.
    pub fn begin_to_stop(&mut self) {
        drop(self.stop.take());
    }

    /// Stops the server and waits for its end, which is a panic when a stream is left over.
    pub async fn stop(&mut self) {
        self.begin_to_stop();
        if let Some(server) = self.server.take() {
            tokio::time::timeout(PATIENCE, server).await.expect("the server stops").expect("without a panic");
        }
    }

    /// Adds a person who signs in with [`PASSWORD`].
    pub async fn person(&self, name: &str) {
        self.add(name, Role::Reader).await;
    }

    /// Adds a person and gives a token that reads their stream.
    pub async fn reader(&self, name: &str) -> String {
        self.add(name, Role::Reader).await;
        self.token(name, Scope::Read).await
    }

    /// Adds an admin and gives a token that sends in their name.
    pub async fn sender(&self, name: &str) -> String {
        self.add(name, Role::Admin).await;
        self.token(name, Scope::Send).await
    }

    /// Adds a person of that role who signs in with [`PASSWORD`].
    pub async fn add(&self, name: &str, role: Role) {
        let username = Username::parse(name).expect("a valid name");
        let password = auth::hash_password(PASSWORD);
        let display_name = name.to_owned();
        let user = NewUser { username, display_name, role, password: Some(password), created_at: now_ms() };
        self.store.add_user(user).await.expect("a new person");
    }

    pub async fn token(&self, name: &str, scope: Scope) -> String {
        let secret = auth::fresh_token();
        let user = self.user(name).await.id;
        let digest = auth::digest(&secret);
        self.store.add_tokens(vec![NewToken { user, scope, digest, created_at: now_ms() }]).await.expect("a new token");
        secret
    }

    pub async fn user(&self, name: &str) -> store::User {
        let name = Username::parse(name).expect("a valid name");
        self.store.user(UserRef::Name(&name)).await.expect("an answer").expect("a person")
    }

    /// Adds `n` people without passwords.
    pub async fn seed(&self, n: usize) {
        let users = (0..n).map(|n| NewUser {
            username: Username::parse(&format!("u{n}")).expect("a valid name"),
            display_name: format!("u{n}"),
            role: Role::Reader,
            password: None,
            created_at: now_ms(),
        });
        self.store.add_users(users.collect()).await.expect("new people");
    }

    pub async fn disable(&self, name: &str) {
        let user = self.user(name).await.id;
        self.store.set_enabled(user, false).await.expect("disabled");
    }

    pub async fn revoke_tokens(&self, name: &str) {
        for token in self.store.tokens(self.user(name).await.id).await.expect("tokens") {
            assert!(self.store.revoke_token(token.id).await.expect("revoked"));
        }
    }

    pub async fn post_message(&self, token: &str, message: Value) -> Response {
        let request = self.client.post(self.url("/api/v1/messages")).bearer_auth(token).json(&message);
        request.send().await.expect("an answer")
    }

    pub async fn post_with_key(&self, token: &str, key: &str, message: &Value) -> Response {
        let request = self.client.post(self.url("/api/v1/messages")).bearer_auth(token).json(message);
        request.header("idempotency-key", key).send().await.expect("an answer")
    }

    pub async fn post_raw(&self, token: &str, body: String) -> Response {
        let request = self.client.post(self.url("/api/v1/messages")).bearer_auth(token);
        request.header("content-type", "application/json").body(body).send().await.expect("an answer")
    }

    /// Sends and insists that it was taken.
    pub async fn send(&self, token: &str, to: &str, title: &str) {
        let response = self.post_message(token, json!({"to": [to], "title": title})).await;
        assert_eq!(response.status(), 201);
    }

    /// What the owner of a read token has: everything is replayed after the cursor before the first number.
    pub async fn inbox(&self, token: &str) -> Vec<Value> {
        let (hello, _) = self.stream(token, None).await.opening().await;
        let start = format!("{}-0", hello.data["epoch"].as_str().expect("an epoch"));
        let (_, replayed) = self.stream_at(token, &start, true).await.opening().await;
        replayed.into_iter().map(|event| event.data["item"].clone()).collect()
    }

    pub async fn open_stream(&self, token: &str, cursor: Option<&str>) -> Response {
        let request = self.client.get(self.url("/events")).bearer_auth(token);
        let request = if let Some(cursor) = cursor { request.header("last-event-id", cursor) } else { request };
        request.send().await.expect("an answer")
    }

    pub async fn stream(&self, token: &str, cursor: Option<&str>) -> EventReader {
        let response = self.open_stream(token, cursor).await;
        assert_eq!(response.status(), 200);
        EventReader::new(response)
    }

    /// Asks for what comes within so many seconds, instead of a stream.
    pub async fn poll(&self, token: &str, cursor: Option<&str>, seconds: u64) -> EventReader {
        let response = self.open_poll(token, cursor, &seconds.to_string()).await;
        assert_eq!(response.status(), 200);
        assert!(response.headers().contains_key("content-length"), "whole, whatever stands in between");
        EventReader::new(response)
    }

    pub async fn open_poll(&self, token: &str, cursor: Option<&str>, seconds: &str) -> Response {
        let request = self.client.get(self.url(&format!("/events?poll={seconds}"))).bearer_auth(token);
        request.header("last-event-id", cursor.unwrap_or_default()).send().await.expect("an answer")
    }

    pub async fn open_stream_at(&self, token: &str, cursor: &str, by_header: bool) -> Response {
        if by_header {
            return self.open_stream(token, Some(cursor)).await;
        }
        let request =
            self.client.get(self.url(&format!("/events?after={}", cursor.replace('?', "%3F")))).bearer_auth(token);
        request.send().await.expect("an answer")
    }

    pub async fn stream_at(&self, token: &str, cursor: &str, by_header: bool) -> EventReader {
        EventReader::new(self.open_stream_at(token, cursor, by_header).await)
    }

    /// Waits until a message to everyone is in `n` inboxes.
    pub async fn wait_until_delivered(&self, id: i64, n: u64) {
        let delivered = async {
            while self.store.sent(MessageId(id)).await.expect("an answer").expect("a message").delivered < n {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, delivered).await.expect("delivered in time");
    }

    /// A browser with no cookies yet.
    pub fn browser(&self) -> Browser {
        self.browser_with("accept-language", "en")
    }

    /// A browser that brings this header with every request.
    pub fn browser_with(&self, name: &'static str, value: &str) -> Browser {
        let headers = [(HeaderName::from_static(name), HeaderValue::from_str(value).expect("visible ASCII"))];
        let client = Client::builder().redirect(redirect::Policy::none()).cookie_store(true);
        let client = client.default_headers(headers.into_iter().collect()).build().expect("a client");
        Browser { client, base: self.base.clone() }
    }

    /// A browser in which somebody has signed in.
    pub async fn sign_in(&self, name: &str) -> Browser {
        let browser = self.browser();
        browser.sign_in(name).await;
        browser
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            server.abort();
        }
    }
}

/// Where a redirect leads.
pub fn location(response: &Response) -> &str {
    response.headers().get("location").map_or("", |value| value.to_str().expect("ASCII"))
}

/// A browser without JavaScript: cookies, forms, and the headers that browsers add.
#[derive(Clone)]
pub struct Browser {
    client: Client,
    base: String,
}

impl Browser {
    /// A page that is asked for.
    pub fn asking(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.base)).header("accept", "text/html")
    }

    /// What a page's script posts: it wants no page back.
    pub fn posting(&self, path: &str) -> RequestBuilder {
        let request = self.client.post(format!("{}{path}", self.base)).header("accept", "application/json");
        request.header("sec-fetch-site", "same-origin")
    }

    pub async fn get(&self, path: &str) -> Response {
        self.asking(path).send().await.expect("an answer")
    }

    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        self.post_from(path, fields, "same-origin").await
    }

    /// Posts as a page's script does: it wants no page back.
    pub async fn post_program(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        self.posting(path).form(fields).send().await.expect("an answer")
    }

    /// Posts as a beacon does: text, and any answer will do.
    pub async fn post_text(&self, path: &str, text: &str) -> Response {
        let request = self.client.post(format!("{}{path}", self.base)).body(text.to_owned());
        let request = request.header("content-type", "text/plain;charset=UTF-8").header("accept", "*/*");
        request.header("sec-fetch-site", "same-origin").send().await.expect("an answer")
    }

    /// Posts a form that stands on a page of the given relation to us.
    pub async fn post_from(&self, path: &str, fields: &[(&str, &str)], site: &str) -> Response {
        let request = self.client.post(format!("{}{path}", self.base)).form(fields);
        let request = request.header("accept", "text/html").header("sec-fetch-site", site);
        request.header("referer", format!("{}/", self.base)).send().await.expect("an answer")
    }

    pub async fn stream(&self) -> EventReader {
        let response = self.get("/events").await;
        assert_eq!(response.status(), 200);
        EventReader::new(response)
    }

    pub async fn sign_in(&self, name: &str) {
        self.sign_in_with(name, PASSWORD).await;
    }

    pub async fn sign_in_with(&self, name: &str, password: &str) {
        let form = [("name", name), ("password", password), ("next", "/")];
        let response = self.post_form("/api/sign_in", &form).await;
        assert_eq!((response.status().as_u16(), location(&response)), (302, "/"));
    }

    pub async fn sign_out(&self) {
        assert_eq!(self.post_form("/api/sign_out", &[]).await.status(), 302);
    }
}
