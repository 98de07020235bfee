//! `GET /metrics`: what is counted is what happened, everything that goes up comes down, and the text is what
//! Prometheus reads.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::{join, join_all};
use serde_json::json;
use tidings::domain::{Action, MessageId};
use tidings::server::metrics::{FAMILIES, Kind};
use tokio::io::AsyncWriteExt;

use crate::app::TestApp;
use crate::events::EventReader;

/// Longest wait for a number.
const PATIENCE: Duration = Duration::from_secs(20);

/// One look at all series, each by its name and labels as they stand in the text.
pub struct Look(BTreeMap<String, f64>);

impl Look {
    pub async fn at(app: &TestApp) -> Self {
        Self(read(&text(app).await))
    }

    pub fn get(&self, series: &str) -> f64 {
        *self.0.get(series).unwrap_or_else(|| panic!("no series {series}"))
    }

    /// The sum of all series of a counter or gauge.
    fn sum(&self, name: &str) -> f64 {
        self.0.iter().filter(|(series, _)| series.split('{').next() == Some(name)).map(|(_, value)| value).sum()
    }
}

async fn text(app: &TestApp) -> String {
    let response = app.client.get(app.metrics_url("/metrics")).send().await.expect("an answer");
    assert_eq!(response.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    response.text().await.expect("text")
}

/// Looks until it is so.
async fn until(app: &TestApp, holds: impl Fn(&Look) -> bool) -> Look {
    let look = async {
        loop {
            let look = Look::at(app).await;
            if holds(&look) {
                return look;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, look).await.expect("it becomes so in time")
}

/// Reads the text format of Prometheus as strictly as its documentation has it: for each family one `# HELP`, one
/// `# TYPE`, then its samples together; each series once.
fn read(text: &str) -> BTreeMap<String, f64> {
    let mut series = BTreeMap::new();
    let mut kinds = BTreeMap::new();
    let mut helped = None;
    let mut family = String::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').expect("a name and a sentence");
            assert!(!help.is_empty(), "{line}");
            helped = Some(name.to_owned());
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').expect("a name and a kind");
            assert_eq!(helped.take().as_deref(), Some(name), "its help comes before its type");
            assert!(kinds.insert(name.to_owned(), kind.to_owned()).is_none(), "{name} is there twice");
            family = name.to_owned();
        } else {
            let (key, value) = line.rsplit_once(' ').expect("a series and a value");
            let value = value.parse::<f64>().unwrap_or_else(|_| panic!("{line}"));
            let (name, labels) = key.split_once('{').map_or((key, ""), |(name, labels)| (name, labels));
            let suffix = name.strip_prefix(family.as_str()).unwrap_or_else(|| panic!("{line} is among {family}"));
            let parts: &[&str] = if kinds[&family] == "histogram" { &["_bucket", "_sum", "_count"] } else { &[""] };
            assert!(parts.contains(&suffix), "{line}");
            assert!(labels.is_empty() || well_formed(labels.strip_suffix('}').expect("a closed brace")), "{line}");
            assert!(series.insert(key.to_owned(), value).is_none(), "{key} is there twice");
        }
    }
    for family in FAMILIES {
        let kind = match family.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram(_) => "histogram",
        };
        assert_eq!(kinds.remove(family.name).as_deref(), Some(kind), "{}", family.name);
    }
    assert!(kinds.is_empty(), "nothing else is told: {kinds:?}");
    series
}

/// Whether these are labels: `name="value",…`. No value of ours needs an escape.
fn well_formed(labels: &str) -> bool {
    labels.split(',').all(|label| {
        let Some((name, value)) = label.split_once('=') else { return false };
        let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        let plain = |value: &str| !value.is_empty() && !value.contains(['"', '\\', '\n']);
        name.bytes().all(|byte| byte.is_ascii_lowercase()) && quoted.is_some_and(plain)
    })
}

#[tokio::test]
async fn what_goes_up_with_streams_comes_down_when_they_end() {
    let app = TestApp::watched(|_| {}).await;
    let [ann, bob] = [app.reader("ann").await, app.reader("bob").await];
    let nobody = Look::at(&app).await;

    let mut streams = Vec::new();
    for token in [&ann, &ann, &bob] {
        let mut stream = app.stream(token, None).await;
        stream.opening().await;
        streams.push(stream);
    }
    let open = Look::at(&app).await;
    drop(streams);
    let after = until(&app, |look| look.get("tidings_streams_open") == 0.0).await;

    let gauges = |look: &Look| (look.get("tidings_streams_open"), look.get("tidings_people_online"));
    assert_eq!((gauges(&nobody), gauges(&open), gauges(&after)), ((0.0, 0.0), (3.0, 2.0), (0.0, 0.0)));
    assert!(open.get("tidings_connections_open") >= 3.0);
}

#[tokio::test]
async fn after_a_crowd_has_come_and_gone_in_every_way_nothing_is_left() {
    let app = TestApp::watched(|config| config.streams.max_streams_per_user = 4).await;
    let send = app.sender("ops").await;
    let tokens = join_all((0..8).map(|n| {
        let app = &app;
        async move { app.reader(&format!("u{n}")).await }
    }))
    .await;
    let one = async |n: usize| {
        let token = &tokens[n % tokens.len()];
        let url = |query: &str| app.url(&format!("/events?after=elsewhere-1{query}"));
        let query = ["", "&client=tab", "&poll=0", "&poll=1", "&poll=no"][n % 5];
        let opened = app.client.get(url(query)).bearer_auth(token).send();
        match n % 3 {
            // It goes before it has its answer,
            0 => drop(tokio::time::timeout(Duration::from_millis(1), opened).await),
            // before it has read it,
            1 => drop(opened.await.expect("an answer")),
            // or with something to come.
            _ => {
                let mut stream = EventReader::new(opened.await.expect("an answer"));
                if n % 5 < 4 {
                    stream.next().await.expect("an event");
                }
                app.send(&send, &format!("u{}", n % tokens.len()), "more").await;
            }
        }
    };
    join_all((0..120).map(one)).await;

    let gauges = ["tidings_streams_open", "tidings_people_online", "tidings_writer_queue_depth"];
    let look = until(&app, |look| gauges.map(|gauge| look.get(gauge)) == [0.0; 3]).await;

    let opened = look.sum("tidings_stream_opens_total");
    assert!(opened >= 16.0, "enough of them were let in to show something: {opened}");
    assert!(look.sum("tidings_streams_ended_total") >= look.sum("tidings_stream_opens_total"));
}

#[tokio::test]
async fn streams_are_counted_by_how_they_opened_and_why_they_ended() {
    let app = TestApp::watched(|config| config.streams.max_streams_per_user = 2).await;
    app.person("ann").await;
    let bob = app.reader("bob").await;
    let browser = app.sign_in("ann").await;
    let mut signed_out = browser.stream().await;
    signed_out.opening().await;
    browser.sign_out().await;
    assert_eq!(signed_out.next().await.expect("the reason").name, "signed-out");

    // Two are let in; the third takes the place of the first, the fourth that of the second, being the same client.
    let open = async |query: &str| {
        let url = app.url(&format!("/events?after={}{query}", "elsewhere-1"));
        let mut stream = EventReader::new(app.client.get(url).bearer_auth(&bob).send().await.expect("a stream"));
        stream.opening().await;
        stream
    };
    let mut first = open("").await;
    let mut second = open("&client=tab").await;
    let third = open("").await;
    assert_eq!(first.expect("drain").await.data["why"], "replaced");
    let fourth = open("&client=tab").await;
    assert_eq!(second.expect("drain").await.data["why"], "superseded");
    drop((first, second, third, fourth));
    open("&poll=0").await;

    let look = until(&app, |look| look.get("tidings_streams_open") == 0.0).await;

    let ended = |cause: &str| look.get(&format!("tidings_streams_ended_total{{cause=\"{cause}\"}}"));
    let causes = ["signed-out", "replaced", "superseded", "client-gone", "answered", "write-stall", "stopping"];
    assert_eq!(causes.map(ended), [1.0, 1.0, 1.0, 2.0, 1.0, 0.0, 0.0]);
    assert_eq!(look.sum("tidings_streams_ended_total"), 6.0);
    let opened = |verdict: &str, way: &str| {
        look.get(&format!("tidings_stream_opens_total{{verdict=\"{verdict}\",way=\"{way}\"}}"))
    };
    assert_eq!([opened("fresh", "stream"), opened("reset", "stream"), opened("reset", "poll")], [1.0, 4.0, 1.0]);
    assert_eq!(look.sum("tidings_stream_opens_total"), 6.0);
}

#[tokio::test]
async fn a_store_that_cannot_be_read_is_the_cause() {
    let app = TestApp::watched(|_| {}).await;
    let ann = app.reader("ann").await;
    let (hello, _) = app.stream(&ann, None).await.opening().await;
    let cursor = format!("{}-0", hello.data["epoch"].as_str().expect("an epoch"));
    sqlx::query("ALTER TABLE items RENAME TO lost").execute(&mut app.database().await).await.expect("renamed");

    let mut stream = app.stream(&ann, Some(&cursor)).await;

    assert_eq!(stream.expect("drain").await.data["why"], "store");
    let look = until(&app, |look| look.get("tidings_streams_open") == 0.0).await;
    assert_eq!(look.get("tidings_streams_ended_total{cause=\"store\"}"), 1.0);
}

#[tokio::test]
async fn stopping_can_be_watched_to_its_end() {
    let mut app = TestApp::watched(|config| config.streams.drain_window = Duration::from_secs(1)).await;
    let ann = app.reader("ann").await;
    let mut stream = app.stream(&ann, None).await;
    stream.opening().await;
    // A request that does not come to its end keeps the server from ending before it was looked at.
    let mut slow = app.connect().await;
    slow.write_all(b"POST /api/v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n").await.expect("sent");
    until(&app, |look| look.get("tidings_connections_open") >= 2.0).await;

    app.begin_to_stop();

    stream.expect("drain").await;
    let look = until(&app, |look| look.get("tidings_streams_open") == 0.0).await;
    assert_eq!(look.get("tidings_streams_ended_total{cause=\"stopping\"}"), 1.0);
    drop(slow);
    app.stop().await;
}

#[tokio::test]
async fn a_burst_shows_in_the_queue_in_the_group_and_at_a_reader_that_fell_off_the_ring() {
    let app = TestApp::watched(|_| {}).await;
    let send = app.sender("ops").await;
    let ann = app.reader("ann").await;
    let mut stream = app.stream(&ann, None).await;
    stream.opening().await;
    app.send(&send, "ann", "first").await;
    stream.expect("item").await;

    // While another process holds the database, one write waits for it and the others in the queue; then 256 of them
    // share a commit, which is more than a ring keeps.
    let mut other = app.database().await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.expect("held");
    let burst = join_all((0..300).map(|_| app.send(&send, "ann", "more")));
    let release = async {
        let look = until(&app, |look| look.get("tidings_writer_queue_depth") >= 256.0).await;
        sqlx::query("COMMIT").execute(&mut other).await.expect("released");
        look
    };
    let (_, held) = join(burst, release).await;
    while stream.next().await.expect("an open stream").data["seq"] != 301 {}
    let look = Look::at(&app).await;

    assert!(held.get("tidings_writer_queue_depth") >= 256.0);
    assert_eq!(look.get("tidings_writer_queue_depth"), 0.0);
    let groups = |bound: &str| look.get(&format!("tidings_writer_group_size_bucket{{le=\"{bound}\"}}"));
    assert_eq!(groups("256") - groups("128"), 1.0, "one commit of more than 128 writes");
    assert!(look.get("tidings_ring_behind_total") >= 1.0);
    assert!(look.get("tidings_replay_items_sum") >= 128.0);
    let delivered = look.get("tidings_deliver_seconds_count");
    assert!(delivered >= 1.0 && delivered + look.get("tidings_replay_items_sum") >= 301.0);
    assert!(look.get("tidings_ring_lag_events_sum") >= delivered);
}

#[tokio::test]
async fn what_another_process_changed_is_counted_when_a_beat_finds_it() {
    let app = TestApp::watched(|config| config.streams.beat = Duration::from_secs(1)).await;
    let send = app.sender("ops").await;
    let ann = app.reader("ann").await;
    app.send(&send, "ann", "one").await;
    let id = app.inbox(&ann).await[0]["id"].as_i64().expect("a number");
    let mut stream = app.stream(&ann, None).await;
    stream.opening().await;
    app.store.act(app.user("ann").await.id, &[MessageId(id)], Action::Read).await.expect("done");
    stream.expect("hello").await;
    assert_eq!(Look::at(&app).await.get("tidings_changes_unheard_total"), 1.0);
}

#[tokio::test]
async fn a_message_is_counted_with_its_outcome_and_its_commit() {
    let app = TestApp::watched(|_| {}).await;
    let send = app.sender("ops").await;
    app.reader("ann").await;
    let lunch = json!({"to": ["ann"], "title": "Lunch"});
    for (key, status) in [("one", 201), ("one", 201), ("two", 201)] {
        assert_eq!(app.post_with_key(&send, key, &lunch).await.status(), status);
    }
    assert_eq!(app.post_message(&send, json!({"to": ["nobody"], "title": "Lunch"})).await.status(), 404);

    let look = Look::at(&app).await;

    let outcome = |word: &str| look.get(&format!("tidings_publishes_total{{outcome=\"{word}\"}}"));
    assert_eq!(["stored", "repeated", "refused", "busy", "failed"].map(outcome), [2.0, 1.0, 1.0, 0.0, 0.0]);
    assert_eq!(look.get("tidings_publish_commit_seconds_count"), 2.0);
    assert!(look.get("tidings_publish_commit_seconds_sum") > 0.0);
    assert!(look.get("tidings_writer_commit_seconds_count") >= 2.0);
    assert!(look.get("tidings_writer_group_size_sum") >= look.get("tidings_writer_group_size_count"));
    assert_eq!(look.get("tidings_writer_queue_depth"), 0.0);
    assert_eq!(look.get("tidings_writer_commits_failed_total"), 0.0);
}

#[tokio::test]
async fn what_browsers_measured_is_kept_by_how_long_it_took() {
    let app = TestApp::watched(|_| {}).await;
    app.person("ann").await;
    let browser = app.sign_in("ann").await;
    for latency in ["12,7,300", "", "999999999", "-1"] {
        browser.post_program("/api/acknowledge", &[("client", "tab"), ("latency", latency)]).await;
    }

    let look = Look::at(&app).await;

    let within = |bound: &str| look.get(&format!("tidings_acknowledged_seconds_bucket{{le=\"{bound}\"}}"));
    assert_eq!(["0.01", "0.025", "0.25", "0.5", "+Inf"].map(within), [1.0, 2.0, 2.0, 3.0, 3.0]);
}

#[tokio::test]
async fn refusals_are_counted_by_their_limit() {
    let app = TestApp::watched(|config| config.limits.sends_per_second = 1).await;
    let send = app.sender("ops").await;
    app.person("ann").await;
    let mut fast = 0.0;
    while fast == 0.0 {
        let response = app.post_message(&send, json!({"to": ["ann"], "title": "Lunch"})).await;
        fast += f64::from(u8::from(response.status() == 429));
    }
    let large = "x".repeat(600 * 1024);
    assert_eq!(app.post_raw(&send, large).await.status(), 413);
    let browser = app.browser();
    for _ in 0..6 {
        browser.post_form("/api/sign_in", &[("name", "ann"), ("password", "wrong"), ("next", "/")]).await;
    }

    let look = Look::at(&app).await;

    let refused = |limit: &str| look.get(&format!("tidings_refusals_total{{limit=\"{limit}\"}}"));
    assert_eq!(["token-sends", "body-size", "sign-ins"].map(refused), [fast, 1.0, 1.0]);
    assert_eq!(look.sum("tidings_refusals_total"), fast + 2.0);
}

#[tokio::test]
async fn nothing_that_people_do_adds_a_series_or_a_name() {
    let app = TestApp::watched(|_| {}).await;
    let send = app.sender("zebedee").await;
    let reader = app.reader("florence").await;
    let before: Vec<_> = Look::at(&app).await.0.into_keys().collect();
    let mut stream = app.stream(&reader, None).await;
    stream.opening().await;
    app.send(&send, "florence", "Roundabout").await;
    app.post_message(&send, json!({"to": ["dougal"], "title": "Sugar"})).await;
    app.sign_in("florence").await.get("/").await;
    drop(stream);

    let text = text(&app).await;

    assert_eq!(read(&text).into_keys().collect::<Vec<_>>(), before);
    for name in ["zebedee", "florence", "Roundabout", "dougal", "127.0.0.1"] {
        assert!(!text.contains(name), "{name}");
    }
}

#[tokio::test]
async fn metrics_have_a_listener_of_their_own_and_nothing_else_is_there() {
    let app = TestApp::watched(|_| {}).await;
    let status = async |url: String| app.client.get(url).send().await.expect("an answer").status().as_u16();
    assert_eq!(status(app.url("/metrics")).await, 404);
    assert_eq!(status(app.metrics_url("/metrics")).await, 200);
    for path in ["/", "/events", "/sign-in", "/healthz"] {
        assert_eq!(status(app.metrics_url(path)).await, 404, "{path}");
    }
}

#[tokio::test]
async fn two_servers_in_one_process_count_for_themselves() {
    let [one, other] = [TestApp::watched(|_| {}).await, TestApp::watched(|_| {}).await];
    let send = one.sender("ops").await;
    one.person("ann").await;
    one.send(&send, "ann", "Lunch").await;
    let stored = "tidings_publishes_total{outcome=\"stored\"}";
    assert_eq!((Look::at(&one).await.get(stored), Look::at(&other).await.get(stored)), (1.0, 0.0));
}

#[tokio::test]
async fn the_server_stops_with_its_metrics_being_read() {
    let mut app = TestApp::watched(|_| {}).await;
    let look = Look::at(&app).await;
    assert_eq!(look.sum("tidings_build_info"), 1.0);
    assert!(look.get("process_resident_memory_bytes") > 1e6 && look.get("process_open_fds") > 3.0);
    app.stop().await;
}
