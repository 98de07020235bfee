//! `GET /metrics`: what is counted is what happened, everything that goes up comes down, and the text is what
//! Prometheus reads.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;
use tidings::server::metrics::{FAMILIES, Kind};

use crate::app::TestApp;

/// Longest wait for a number.
const PATIENCE: Duration = Duration::from_secs(20);

/// One look at all series, each by its name and labels as they stand in the text.
struct Look(BTreeMap<String, f64>);

impl Look {
    async fn at(app: &TestApp) -> Self {
        Self(read(&text(app).await))
    }

    fn get(&self, series: &str) -> f64 {
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
