//! Stopping: streams are told, requests finish, nothing that was acknowledged is lost, and all of it in time.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::app::TestApp;
use crate::program::Place;

/// A connection whose bytes we write ourselves.
struct Wire(TcpStream);

impl Wire {
    async fn to(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).await.expect("a connection"))
    }

    async fn say(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.expect("written");
    }

    /// Asks whether the server lives, and reads the answer. The connection stays.
    async fn ask(&mut self) -> String {
        self.say("GET /healthz HTTP/1.1\r\nhost: tidings\r\n\r\n").await;
        let mut answer = Vec::new();
        while !answer.ends_with(b"}") {
            assert_ne!(self.0.read_buf(&mut answer).await.expect("no reset"), 0, "an answer before the end");
        }
        String::from_utf8(answer).expect("ASCII").to_lowercase()
    }

    /// Begins a request that will never be whole.
    async fn half_a_request(&mut self, token: &str) {
        self.say(&format!(
            "POST /api/v1/messages HTTP/1.1\r\nhost: tidings\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: 1000\r\n\r\n{{"
        ))
        .await;
    }

    /// Whether the other side closed, without a reset.
    async fn is_closed(&mut self) -> bool {
        matches!(self.0.read(&mut [0]).await, Ok(0))
    }
}

#[tokio::test]
async fn open_streams_are_told_when_to_come_back_and_the_server_stops_in_time() {
    let mut app = TestApp::start().await;
    let mut streams = Vec::new();
    for n in 0..20 {
        let token = app.reader(&format!("u{n}")).await;
        let mut stream = app.stream(&token, None).await;
        stream.opening().await;
        streams.push(stream);
    }

    let begin = Instant::now();
    let ends = tokio::spawn(async move {
        let mut delays = Vec::new();
        for mut stream in streams {
            let drain = stream.expect("drain").await;
            delays.push(drain.data["reconnect_ms"].as_u64().expect("a number"));
            assert_eq!(stream.next().await, None);
        }
        delays
    });
    app.stop().await;

    assert!(begin.elapsed() < Duration::from_secs(5), "the contract's bound, far above what it takes");
    let mut delays = ends.await.expect("all streams were told");
    delays.sort_unstable();
    delays.dedup();
    assert!(delays.len() > 10 && delays.iter().all(|delay| *delay <= 5000), "spread over the window: {delays:?}");
}

#[tokio::test]
async fn a_connection_that_carried_a_stream_carries_nothing_after_it() {
    let app = TestApp::start().await;
    let token = app.reader("ann").await;
    let response = app.open_stream(&token, None).await;
    assert_eq!(response.headers()["connection"], "close");
    assert_eq!(app.client.get(app.url("/healthz")).send().await.expect("an answer").headers().get("connection"), None);
}

#[tokio::test]
async fn a_request_that_was_on_its_way_when_the_signal_came_is_answered_and_the_connection_closed() {
    let place = Place::new().await;
    let token = place.readers(1).await.remove(0);
    let mut server = place.serve(&[]);
    let mut used = Wire::to(place.address).await;
    let mut fresh = Wire::to(place.address).await;
    let mut idle = Wire::to(place.address).await;
    assert!(!used.ask().await.contains("connection: close"));
    // Connections are accepted in their order, so those above are, now that this one is answered.
    let mut stream = place.stream(&token, None).await;
    stream.opening().await;

    server.signal("-TERM").await;
    // Sent twice at once, as some senders do, it is one signal.
    server.signal("-INT").await;
    stream.expect("drain").await;

    for wire in [&mut used, &mut fresh] {
        let answer = wire.ask().await;
        assert!(answer.starts_with("http/1.1 200") && answer.contains("connection: close"), "{answer}");
        assert!(wire.is_closed().await);
    }
    assert!(idle.is_closed().await, "after a moment");
    assert_eq!(server.ended().await.code(), Some(0));
}

#[tokio::test]
async fn what_is_not_done_at_the_deadline_is_cut_and_the_end_is_still_a_good_one() {
    let place = Place::new().await;
    let token = place.sender().await;
    let mut server = place.serve(&["--drain-window", "1s"]);
    let mut slow = Wire::to(place.address).await;
    slow.half_a_request(&token).await;
    Wire::to(place.address).await.ask().await;

    let begin = Instant::now();
    server.signal("-TERM").await;
    let ended = server.ended().await;

    let took = begin.elapsed();
    assert_eq!(ended.code(), Some(0));
    assert!(took >= Duration::from_secs(1), "a request may take the window: {took:?}");
    assert!(took < Duration::from_secs(3), "within the window and two seconds: {took:?}");
    server.logs("were cut").await;
}

#[tokio::test]
async fn a_second_signal_stops_at_once() {
    let place = Place::new().await;
    let token = place.sender().await;
    let mut server = place.serve(&["--drain-window", "10m"]);
    let mut slow = Wire::to(place.address).await;
    slow.half_a_request(&token).await;
    Wire::to(place.address).await.ask().await;
    server.signal("-TERM").await;
    server.logs("stopping").await;
    // Sooner, it would be taken for the same one.
    tokio::time::sleep(Duration::from_millis(700)).await;

    let begin = Instant::now();
    server.signal("-TERM").await;
    let ended = server.ended().await;

    assert_eq!(ended.code(), Some(1));
    assert!(begin.elapsed() < Duration::from_secs(5));
    server.logs("stopped at once by a second signal").await;
}
