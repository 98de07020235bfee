//! What operators are given to read the metrics with names every metric and none that there is not: the dashboard, the
//! alerts, the manual.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use tidings::server::metrics::{FAMILIES, Family, Kind, Metrics};

fn docs(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The metrics that a text names, a histogram's parts as the histogram.
fn named(text: &str) -> BTreeSet<&'static str> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let metrics = words.filter(|word| word.starts_with("tidings_") || word.starts_with("process_"));
    metrics.map(|word| family(word).unwrap_or_else(|| panic!("there is no metric {word}"))).collect()
}

fn family(word: &str) -> Option<&'static str> {
    let is = |family: &&&Family| match family.kind {
        Kind::Counter | Kind::Gauge => word == family.name,
        // A histogram's own name has no samples; the manual says it all the same.
        Kind::Histogram(_) => {
            word.strip_prefix(family.name).is_some_and(|part| ["", "_bucket", "_sum", "_count"].contains(&part))
        }
    };
    FAMILIES.iter().find(is).map(|family| family.name)
}

fn all() -> BTreeSet<&'static str> {
    FAMILIES.iter().map(|family| family.name).collect()
}

/// All values of this key, however deep.
fn values<'a>(json: &'a Value, key: &str, found: &mut Vec<&'a str>) {
    match json {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(text) if name == key => found.push(text),
                    _ => values(value, key, found),
                }
            }
        }
        Value::Array(members) => members.iter().for_each(|value| values(value, key, found)),
        _ => {}
    }
}

#[test]
fn the_dashboard_shows_every_metric_and_asks_for_no_other() {
    let dashboard: Value = serde_json::from_str(&docs("grafana-dashboard.json")).expect("JSON");
    let mut queries = Vec::new();
    values(&dashboard, "expr", &mut queries);
    assert_eq!(named(&queries.join("\n")), all());
    for query in queries {
        for metric in FAMILIES.iter().filter(|metric| query.contains(metric.name)) {
            let over_time = query.contains("rate(") || query.contains("changes(");
            assert_eq!(over_time && metric.kind == Kind::Gauge, query.contains("changes("), "{query}");
            assert!(over_time || metric.kind == Kind::Gauge, "what only grows is asked for as a rate: {query}");
        }
    }
}

#[test]
fn every_panel_has_its_own_place_and_the_chosen_data_source() {
    let dashboard: Value = serde_json::from_str(&docs("grafana-dashboard.json")).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    let mut cells = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for panel in panels {
        let [x, y, w, h] = ["x", "y", "w", "h"].map(|side| panel["gridPos"][side].as_u64().expect("a number"));
        assert!(x + w <= 24, "{}", panel["title"]);
        assert!((x..x + w).all(|x| (y..y + h).all(|y| cells.insert((x, y)))), "{} is over another", panel["title"]);
        assert!(ids.insert(panel["id"].as_u64()), "{}", panel["title"]);
        if panel["type"] != "row" {
            assert!(!panel["description"].as_str().expect("a sentence").is_empty(), "{}", panel["title"]);
            let targets = panel["targets"].as_array().expect("queries");
            assert!(targets.iter().chain([panel]).all(|source| source["datasource"]["uid"] == "${datasource}"));
        }
    }
}

#[test]
fn the_manual_explains_every_metric_and_no_other() {
    assert_eq!(named(&docs("OPERATING.md")), all());
}

#[test]
fn the_alerts_ask_for_series_that_there_are() {
    let alerts = docs("prometheus-alerts.yml");
    assert!(named(&alerts).len() > 4);
    let text = Metrics::on().text();
    for asked in alerts.split(|letter: char| letter.is_whitespace() || letter == '(' || letter == '[') {
        let Some((name, label)) = asked.split_once('{').filter(|(name, _)| name.starts_with("tidings_")) else {
            continue;
        };
        let label = label.split('}').next().expect("a closed brace");
        assert!(text.lines().any(|line| line.starts_with(name) && line.contains(label)), "{asked}");
    }
}
