//! `kill -9` of the real program: what was acknowledged is there afterwards, once.

use std::collections::HashMap;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;
use tidings::domain::MessageId;
use tidings::server::store::{self, Store};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

use crate::events::EventReader;

const TIDINGS: &str = env!("CARGO_BIN_EXE_tidings");

/// Runs a command of the program on the data folder and gives what it printed.
async fn tidings(data: &Path, arguments: &[&str], input: &str) -> String {
    let mut child = Command::new(TIDINGS)
        .args(arguments)
        .arg("--data-dir")
        .arg(data)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).await.expect("it reads");
    let mut printed = String::new();
    child.stdout.take().expect("a pipe").read_to_string(&mut printed).await.expect("text");
    assert!(child.wait().await.expect("an end").success(), "{arguments:?}");
    printed
}

async fn serve(data: &Path, port: u16) -> Child {
    let child = Command::new(TIDINGS)
        .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--data-dir"])
        .arg(data)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("the server starts");
    let client = Client::new();
    let ready = async {
        while !client
            .get(format!("http://127.0.0.1:{port}/readyz"))
            .send()
            .await
            .is_ok_and(|answer| answer.status() == 200)
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), ready).await.expect("ready in time");
    child
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}

async fn send(client: &Client, port: u16, token: &str, to: Value, title: &str) -> Option<i64> {
    let request = client.post(format!("http://127.0.0.1:{port}/api/v1/messages")).bearer_auth(token);
    let response = request.json(&json!({"to": to, "title": title})).send().await.ok()?;
    if response.status() != 201 {
        return None;
    }
    response.json::<Value>().await.ok()?["id"].as_i64()
}

/// Everything in the inbox of a token's owner, in the order of numbers.
async fn inbox(client: &Client, port: u16, token: &str) -> Vec<Value> {
    let open = async |cursor: &str| {
        let request = client.get(format!("http://127.0.0.1:{port}/events")).bearer_auth(token);
        EventReader::new(request.header("last-event-id", cursor).send().await.expect("an answer"))
    };
    let (hello, _) = open("").await.opening().await;
    let start = format!("{}-0", hello.data["epoch"].as_str().expect("an epoch"));
    let (_, replayed) = open(&start).await.opening().await;
    replayed.into_iter().map(|event| event.data["item"].clone()).collect()
}

/// Waits until a message to everyone is in so many inboxes.
async fn wait_for(store: &Arc<dyn Store>, message: MessageId, people: u64) {
    let delivered = async {
        while store.sent(message).await.expect("an answer").expect("a message").delivered < people {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), delivered).await.expect("delivered in time");
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_by_kill_9_and_nothing_is_twice() {
    let folder = TempDir::new().expect("a temporary folder");
    let data = folder.path();
    tidings(data, &["user", "add", "ops", "--admin", "--password-stdin"], "correct horse battery").await;
    tidings(data, &["user", "add", "ann", "--password-stdin"], "correct horse battery").await;
    let send_token = tidings(data, &["token", "create", "ops", "--scope", "send"], "").await.trim().to_owned();
    let read_token = tidings(data, &["token", "create", "ann", "--scope", "read"], "").await.trim().to_owned();
    let port = free_port();
    let client = Client::new();
    let mut acknowledged: HashMap<i64, String> = HashMap::new();

    for round in 0..4 {
        let mut server = serve(data, port).await;
        let senders = (0..8).map(|sender| {
            let (client, token) = (client.clone(), send_token.clone());
            tokio::spawn(async move {
                let mut taken = Vec::new();
                for n in 0.. {
                    let title = format!("{round}-{sender}-{n}");
                    match send(&client, port, &token, json!(["ann"]), &title).await {
                        Some(id) => taken.push((id, title)),
                        None => return taken,
                    }
                }
                taken
            })
        });
        let senders: Vec<_> = senders.collect();
        tokio::time::sleep(Duration::from_millis(150 + 70 * round)).await;
        server.start_kill().expect("SIGKILL");
        server.wait().await.expect("dead");
        for sender in senders {
            acknowledged.extend(sender.await.expect("a sender"));
        }
    }

    let mut server = serve(data, port).await;
    let items = inbox(&client, port, &read_token).await;
    assert!(!acknowledged.is_empty());
    let mut seen: HashMap<i64, String> = HashMap::new();
    for (at, item) in items.iter().enumerate() {
        assert_eq!(item["seq"], at as i64 + 1, "numbers have no holes");
        let title = item["title"].as_str().expect("a title").to_owned();
        assert!(seen.insert(item["id"].as_i64().expect("a number"), title).is_none(), "an item is there once");
    }
    for (id, title) in &acknowledged {
        assert_eq!(seen.get(id), Some(title), "acknowledged, hence there");
    }
    server.kill().await.expect("stopped");
}

#[tokio::test]
async fn a_message_to_everyone_is_finished_after_a_crash_and_reaches_everyone_once() {
    let folder = TempDir::new().expect("a temporary folder");
    let data = folder.path();
    tidings(data, &["user", "add", "ops", "--admin", "--password-stdin"], "correct horse battery").await;
    let send_token = tidings(data, &["token", "create", "ops", "--scope", "send"], "").await.trim().to_owned();
    let tokens = data.join("tokens");
    tidings(data, &["seed", "--users", "20000", "--prefix", "u", "--tokens-out", tokens.to_str().expect("UTF-8")], "")
        .await;
    let port = free_port();
    let client = Client::new();
    let url = format!("sqlite:{}", data.join("tidings.db").display());
    let store = store::open(&url, Arc::new(|_, _| {})).await.expect("the database opens");
    let mut titles = Vec::new();
    let mut server = serve(data, port).await;

    // A fast machine can be done before the signal arrives; then the next message is the one that is broken off.
    loop {
        assert!(titles.len() < 10, "ten messages to everyone and none was broken off in the middle");
        let title = format!("All hands {}", titles.len() + 1);
        let id = send(&client, port, &send_token, json!("everyone"), &title).await.expect("acknowledged");
        titles.push(title);
        wait_for(&store, MessageId(id), 1).await;
        server.start_kill().expect("SIGKILL");
        server.wait().await.expect("dead");
        let sent = store.sent(MessageId(id)).await.expect("an answer").expect("it was acknowledged");
        assert_eq!(sent.recipients, 20_001);
        server = serve(data, port).await;
        wait_for(&store, MessageId(id), 20_001).await;
        if sent.delivered < 20_001 {
            break;
        }
    }

    let lines = std::fs::read_to_string(&tokens).expect("the tokens");
    for line in lines.lines().step_by(997).chain(lines.lines().last()) {
        let token = line.strip_prefix("Authorization: Bearer ").expect("a header line");
        let items = inbox(&client, port, token).await;
        let got: Vec<_> = items.iter().map(|item| (item["seq"].clone(), item["title"].clone())).collect();
        let expected: Vec<_> = (1..).zip(&titles).map(|(seq, title)| (json!(seq), json!(title))).collect();
        assert_eq!(got, expected, "every message once");
    }
    server.kill().await.expect("stopped");
}

#[tokio::test]
async fn both_signals_drain_in_time_with_streams_open() {
    let folder = TempDir::new().expect("a temporary folder");
    let data = folder.path();
    tidings(data, &["user", "add", "ann", "--password-stdin"], "correct horse battery").await;
    let token = tidings(data, &["token", "create", "ann", "--scope", "read"], "").await.trim().to_owned();
    let client = Client::new();
    for signal in ["-INT", "-TERM"] {
        let port = free_port();
        let mut server = serve(data, port).await;
        let request = client.get(format!("http://127.0.0.1:{port}/events")).bearer_auth(&token);
        let mut stream = EventReader::new(request.send().await.expect("an answer"));
        stream.opening().await;
        let process = server.id().expect("it runs").to_string();

        assert!(Command::new("kill").args([signal, &process]).status().await.expect("kill").success());

        stream.expect("drain").await;
        assert_eq!(stream.next().await, None);
        let ended = tokio::time::timeout(Duration::from_secs(5), server.wait()).await.expect("within five seconds");
        assert!(ended.expect("an end").success(), "{signal}");
    }
}
