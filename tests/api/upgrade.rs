//! Upgrading: one server follows another on a socket that both were handed, and nobody is refused or loses anything.

use std::collections::HashMap;
use std::os::fd::OwnedFd;
use std::process::{Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tidings::domain::{Audience, Details, Priority};
use tidings::server::now_ms;
use tidings::server::store::NewMessage;
use tokio::process::Command;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::app::TestApp;
use crate::events::{EventReader, Received};
use crate::program::{PASS_IN, Place, Server, TIDINGS};

/// Longest wait for everybody to have everything.
const PATIENCE: Duration = Duration::from_secs(120);

/// What readers did so far.
#[derive(Default)]
struct Tally {
    applied: AtomicUsize,
    returned: AtomicUsize,
    turned_away: AtomicUsize,
    /// Streams that ended without a word.
    cut: AtomicUsize,
}

impl Tally {
    async fn wait_until(&self, what: &AtomicUsize, count: usize) {
        let reached = async {
            while what.load(Ordering::Relaxed) < count {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let reached = tokio::time::timeout(PATIENCE, reached).await;
        assert!(reached.is_ok(), "{} of {count}", what.load(Ordering::Relaxed));
    }
}

/// A reader that keeps to the contract, and what it has.
struct Reader {
    client: Client,
    url: String,
    token: String,
    cursor: Option<String>,
    next: i64,
    /// By title: how often it was applied.
    items: HashMap<String, usize>,
    tally: Arc<Tally>,
    /// When it was told to go, and after how long to come back.
    drains: Vec<(Instant, Duration)>,
}

impl Reader {
    fn new(place: &Place, token: &str, tally: &Arc<Tally>) -> Self {
        Self {
            client: place.client.clone(),
            url: place.url("/events"),
            token: token.to_owned(),
            cursor: None,
            next: 1,
            items: HashMap::new(),
            tally: Arc::clone(tally),
            drains: Vec::new(),
        }
    }

    /// Opens the stream where it has got to. A server that stops turns it away; nobody refuses the connection.
    async fn open(&mut self) -> EventReader {
        for failures in 0.. {
            if failures > 0 {
                tokio::time::sleep(back_off(failures)).await;
            }
            let request = self.client.get(&self.url).bearer_auth(&self.token);
            let request = if let Some(at) = &self.cursor { request.header("last-event-id", at) } else { request };
            let response = request.send().await.unwrap_or_else(|error| panic!("refused or reset: {error:?}"));
            if response.status() == StatusCode::SERVICE_UNAVAILABLE {
                self.tally.turned_away.fetch_add(1, Ordering::Relaxed);
                continue;
            }
            assert_eq!(response.status(), 200);
            let mut stream = EventReader::new(response).patient(PATIENCE);
            if self.catch_up(&mut stream).await {
                return stream;
            }
        }
        unreachable!("readers do not give up")
    }

    /// Reads the opening. `false`: the server could not read its store, or stops, and told to come back.
    async fn catch_up(&mut self, stream: &mut EventReader) -> bool {
        loop {
            let event = stream.next().await.expect("caught-up or drain");
            match event.name.as_str() {
                "hello" => {
                    let verdict = if self.cursor.is_some() { "resumed" } else { "fresh" };
                    assert_eq!(event.data["verdict"], verdict);
                }
                "caught-up" => {
                    self.next = event.data["seq"].as_i64().expect("a number") + 1;
                    self.cursor = event.id;
                    return true;
                }
                "drain" => {
                    self.tally.turned_away.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(comes_back(&event)).await;
                    return false;
                }
                _ => self.take(event.id.as_ref(), &event.data),
            }
        }
    }

    fn take(&mut self, id: Option<&String>, change: &Value) {
        let seq = change["seq"].as_i64().expect("a number");
        assert!(seq >= self.next, "{seq} after {}", self.next);
        self.next = seq + 1;
        self.tally.applied.fetch_add(1, Ordering::Relaxed);
        self.cursor = id.cloned().or(self.cursor.take());
        *self.items.entry(change["item"]["title"].as_str().expect("a title").to_owned()).or_default() += 1;
    }

    /// Reads, and comes back whenever it is told to, until `done`.
    async fn read(mut self, mut stream: EventReader, mut done: watch::Receiver<bool>) -> Self {
        let mut live = true;
        loop {
            let event = tokio::select! {
                event = stream.next() => event,
                _ = done.wait_for(|done| *done) => return self,
            };
            let Some(event) = event else {
                self.tally.cut.fetch_add(1, Ordering::Relaxed);
                stream = self.open().await;
                self.tally.returned.fetch_add(1, Ordering::Relaxed);
                continue;
            };
            match event.name.as_str() {
                "item" => {
                    assert!(!live || event.data["seq"] == self.next, "live numbers have no holes");
                    self.take(event.id.as_ref(), &event.data);
                }
                "drain" => {
                    let after = comes_back(&event);
                    self.drains.push((Instant::now(), after));
                    assert_eq!(stream.next().await, None, "the end follows");
                    tokio::time::sleep(after).await;
                    stream = self.open().await;
                    self.tally.returned.fetch_add(1, Ordering::Relaxed);
                }
                // It opens again in place: changes that another process made are noticed at a beat.
                "hello" => live = false,
                "caught-up" => {
                    live = true;
                    self.next = event.data["seq"].as_i64().expect("a number") + 1;
                }
                "beat" => {}
                other => panic!("unexpected {other}"),
            }
        }
    }
}

/// Sends one message after the other to one reader or another, until `stop`; each must be taken at the first attempt.
/// Gives what was acknowledged: the title, and the number of the reader.
async fn keep_sending(place: &Place, client: Client, token: String, name: &str, stop: &AtomicBool) -> Vec<String> {
    let url = place.url("/api/v1/messages");
    let mut taken = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let title = format!("{name}-{}", taken.len());
        let to = format!("u{}", taken.len() % READERS);
        let request = client.post(&url).bearer_auth(&token).header("idempotency-key", &title);
        let response = request.json(&json!({"to": [to], "title": title})).send().await;
        let response = response.unwrap_or_else(|error| panic!("{title} was refused or reset: {error:?}"));
        assert_eq!((response.status().as_u16(), response.headers().get("idempotency-replayed")), (201, None));
        taken.push(title);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    taken
}

/// Connects, waits, and only then asks: such a connection may be accepted by a server that is told to stop meanwhile.
async fn keep_hesitating(place: &Place, stop: &AtomicBool) -> usize {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut asked = 0;
    while !stop.load(Ordering::Relaxed) {
        let mut connection = tokio::net::TcpStream::connect(place.address).await.expect("not refused");
        tokio::time::sleep(Duration::from_millis(30)).await;
        let question = b"GET /healthz HTTP/1.1\r\nhost: tidings\r\nconnection: close\r\n\r\n";
        connection.write_all(question).await.expect("not reset");
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.expect("not reset");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        asked += 1;
    }
    asked
}

/// Full jitter up to 30 s, as the contract has it: thousands who came back at once would keep a busy server busy.
fn back_off(failures: u32) -> Duration {
    let most = Duration::from_millis(500 << failures.min(6)).min(Duration::from_secs(30));
    let random = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), failures);
    most.mul_f64((random >> 11) as f64 / (1_u64 << 53) as f64)
}

/// How long a drain asks its reader to stay away.
fn comes_back(drain: &Received) -> Duration {
    Duration::from_millis(drain.data["reconnect_ms"].as_u64().expect("a number"))
}

const READERS: usize = 20;

/// Everybody comes from one address here, and sends with one token.
const UNLIMITED: [&str; 8] = [
    "--sends-per-second",
    "100000",
    "--token-requests-per-second",
    "100000",
    "--address-requests-per-second",
    "100000",
    "--max-connections-per-address",
    "20000",
];

/// How a server makes way for the next.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// Both run for a moment.
    NextFirst,
    /// For a moment none runs.
    StopFirst,
}

/// The next server has answered a request, so both take connections, or it is the only one.
async fn has_taken_over(next: &mut Server) {
    next.logs("answered").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upgrade_refuses_no_connection_and_loses_nothing_in_both_ways() {
    let place = Arc::new(Place::new().await);
    let token = place.sender().await;
    let flags = [&["--drain-window", "1s", "--beat", "1s"], &UNLIMITED[..]].concat();
    let mut server = place.serve(&flags);
    let tally = Arc::<Tally>::default();
    let (done, until_done) = watch::channel(false);
    let mut readers = JoinSet::new();
    for token in place.readers(READERS).await {
        let mut reader = Reader::new(&place, &token, &tally);
        let stream = reader.open().await;
        readers.spawn(reader.read(stream, until_done.clone()));
    }
    let stop = Arc::new(AtomicBool::new(false));
    let mut senders = JoinSet::new();
    for n in 0..3 {
        for (kind, idle) in [("new", 0), ("kept", 8)] {
            let client = Client::builder().pool_max_idle_per_host(idle).build().expect("a client");
            let (place, token, stop) = (Arc::clone(&place), token.clone(), Arc::clone(&stop));
            senders.spawn(async move { keep_sending(&place, client, token, &format!("{kind}{n}"), &stop).await });
        }
    }
    let hesitant = tokio::spawn({
        let (place, stop) = (Arc::clone(&place), Arc::clone(&stop));
        async move { keep_hesitating(&place, &stop).await }
    });

    for (round, way) in [Way::NextFirst, Way::StopFirst, Way::NextFirst, Way::StopFirst].into_iter().enumerate() {
        if way == Way::NextFirst {
            let mut next = place.serve(&flags);
            has_taken_over(&mut next).await;
            server.signal("-TERM").await;
            assert_eq!(server.ended().await.code(), Some(0), "{}", server.log());
            server = next;
        } else {
            server.signal("-TERM").await;
            assert_eq!(server.ended().await.code(), Some(0), "{}", server.log());
            server = place.serve(&flags);
            has_taken_over(&mut server).await;
        }
        tally.wait_until(&tally.returned, (round + 1) * READERS).await;
    }

    stop.store(true, Ordering::Relaxed);
    let asked = hesitant.await.expect("nobody was reset");
    let acknowledged: Vec<_> = senders.join_all().await.into_iter().flatten().collect();
    // One more to each closes the inboxes: what came before it in the sequence is then there, too.
    let everybody: Vec<_> = (0..READERS).map(|n| format!("u{n}")).collect();
    let last = json!({"to": everybody, "title": "last"});
    let response = place.client.post(place.url("/api/v1/messages")).bearer_auth(&token).json(&last).send().await;
    assert_eq!(response.expect("an answer").status(), 201);
    tally.wait_until(&tally.applied, acknowledged.len() + READERS).await;
    done.send_replace(true);
    let mut applied: HashMap<String, usize> = HashMap::new();
    for reader in readers.join_all().await {
        for (title, times) in reader.items {
            *applied.entry(title).or_default() += times;
        }
    }
    assert_eq!(applied.remove("last"), Some(READERS));
    for title in &acknowledged {
        assert_eq!(applied.remove(title), Some(1), "{title} was acknowledged, hence is there once");
    }
    assert!(applied.is_empty(), "nobody has what was not acknowledged: {applied:?}");
    println!(
        "4 upgrades: {} sends and {asked} hesitant requests, none refused; {} streams turned away",
        acknowledged.len(),
        tally.turned_away.load(Ordering::Relaxed)
    );
    server.signal("-TERM").await;
    assert_eq!(server.ended().await.code(), Some(0));
}

/// How many streams the drain is tried with.
fn streams() -> usize {
    std::env::var("TIDINGS_DRAIN_STREAMS").map_or(2000, |text| text.parse().expect("a number"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_streams_are_drained_in_the_window_and_all_come_back_with_nothing_lost() {
    const WINDOW: Duration = Duration::from_secs(5);
    let count = streams();
    let place = Place::new().await;
    let token = place.sender().await;
    let tokens = place.readers(count).await;
    // A thousand beats a second would be most of what a debug build does.
    let flags = [&["--log", "warn", "--beat", "60s"], &UNLIMITED[..]].concat();
    let begin = Instant::now();
    let mut server = place.serve(&flags);
    // A busy server asks to come back; the key makes that safe.
    let send = async |title: &str| {
        let message = json!({"to": "everyone", "title": title});
        loop {
            let request = place.client.post(place.url("/api/v1/messages")).bearer_auth(&token).json(&message);
            match request.header("idempotency-key", title).send().await.expect("not refused").status().as_u16() {
                201 => return,
                503 => tokio::time::sleep(Duration::from_millis(100)).await,
                other => panic!("{title}: {other}"),
            }
        }
    };
    let tally = Arc::<Tally>::default();
    let (done, until_done) = watch::channel(false);
    let mut opening = JoinSet::new();
    let at_once = Arc::new(Semaphore::new(64));
    for token in tokens {
        let mut reader = Reader::new(&place, &token, &tally);
        let at_once = Arc::clone(&at_once);
        opening.spawn(async move {
            let _place = at_once.acquire().await.expect("never closed");
            let stream = reader.open().await;
            (reader, stream)
        });
    }
    let open = opening.join_all().await;
    let mut readers = JoinSet::new();
    for (reader, stream) in open {
        readers.spawn(reader.read(stream, until_done.clone()));
    }
    let opened = begin.elapsed();
    send("before").await;
    tally.wait_until(&tally.applied, count).await;

    let signal = Instant::now();
    server.signal("-TERM").await;
    assert_eq!(server.ended().await.code(), Some(0), "{}", server.log());
    let stopped = signal.elapsed();
    server = place.serve(&flags);
    send("between").await;
    tally.wait_until(&tally.returned, count).await;
    let returned = signal.elapsed();
    send("after").await;
    tally.wait_until(&tally.applied, 3 * count).await;
    done.send_replace(true);
    let readers = readers.join_all().await;

    assert_eq!(tally.cut.load(Ordering::Relaxed), 0, "nobody was cut off without a word");
    assert!(stopped < WINDOW + Duration::from_secs(2), "{stopped:?}");
    for reader in &readers {
        assert_eq!(reader.drains.len(), 1);
        let expected = ["before", "between", "after"].map(|title| (title.to_owned(), 1));
        assert_eq!(reader.items, HashMap::from(expected), "everything, once");
    }
    let told = readers.iter().map(|reader| reader.drains[0].0 - signal).max().expect("a reader");
    let mut tenths = [0; 10];
    for reader in &readers {
        tenths[(reader.drains[0].1.as_millis() / (WINDOW.as_millis() / 10)) as usize] += 1;
    }
    assert!(tenths.iter().all(|tenth| *tenth < count / 5 && *tenth > count / 20), "spread evenly: {tenths:?}");
    println!(
        "{count} streams, open after {opened:?}: all told after {told:?}, stopped after {stopped:?}, all back after {returned:?}; \
         per tenth of the window {tenths:?}; turned away {}",
        tally.turned_away.load(Ordering::Relaxed)
    );
    server.signal("-TERM").await;
    assert_eq!(server.ended().await.code(), Some(0));
}

#[tokio::test]
async fn a_message_to_everyone_that_another_process_left_unfinished_is_delivered() {
    let app = TestApp::start().await;
    app.sender("ops").await;
    app.seed(3).await;
    let message = NewMessage {
        sender: app.user("ops").await.id,
        audience: Audience::Everyone,
        title: "All hands".into(),
        body: String::new(),
        html: String::new(),
        preview: String::new(),
        priority: Priority::Normal,
        link: None,
        details: Details::default(),
        sent_at: now_ms(),
        idempotency: None,
    };

    // A handle of its own on the database, and nobody who delivers: a server that was stopped right then.
    let id = app.store.publish(message).await.expect("stored").id;

    app.wait_until_delivered(id.0, 4).await;
}

/// Runs `serve` with this as standard input, passed in as the first of so many sockets for this process.
async fn serve_on(stdin: impl Into<Stdio>, variables: &[(&str, &str)]) -> Output {
    let place = Place::new().await;
    let mut command = Command::new("timeout");
    command.args(["20", "sh", "-c", PASS_IN, TIDINGS, "serve", "--listen", "192.0.2.1:1", "--data-dir"]);
    command.arg(place.data()).envs(variables.iter().copied()).stdin(stdin);
    command.output().await.expect("an end")
}

#[tokio::test]
async fn what_cannot_be_listened_on_is_refused_with_2_and_a_sentence() {
    let listener = || std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let file = std::fs::File::open("/dev/null").expect("a file");
    let listening = listener();
    let connected = std::net::TcpStream::connect(listening.local_addr().expect("bound")).expect("a connection");
    let datagrams = std::net::UdpSocket::bind("127.0.0.1:0").expect("a free port");
    for (what, fds, words) in [
        (OwnedFd::from(file), "1", "fd 3 is not a socket"),
        (connected.into(), "1", "it does not listen; in a socket unit, Accept= must be no"),
        (datagrams.into(), "1", "fd 3 is not a valid tcp socket"),
        (listener().into(), "2", "2 sockets were passed in (LISTEN_FDS); Tidings listens on one"),
    ] {
        let output = serve_on(what, &[("FDS", fds)]).await;
        let told = String::from_utf8(output.stderr).expect("UTF-8");
        assert!(output.status.code() == Some(2) && told.contains(words), "{words}: {told}");
    }
}

#[tokio::test]
async fn a_socket_for_another_process_is_left_alone() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let output = serve_on(OwnedFd::from(listener), &[("PID", "1")]).await;
    let told = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(output.status.code() == Some(1) && told.contains("does not have the address 192.0.2.1"), "{told}");
}
