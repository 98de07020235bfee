//! Stopping: streams are told, requests finish, nothing that was acknowledged is lost.

use std::time::{Duration, Instant};

use crate::app::TestApp;

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
