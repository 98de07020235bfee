//! Whatever the network brings, 100,000 times each: what reads bodies, tokens, keys, cookies and parameters does not panic,
//! and what it takes is what it promises.

use std::str::FromStr;

use axum::http::{HeaderMap, HeaderValue, header};
use proptest::prelude::*;
use tower_sessions::session::Id;

use super::auth::{bearer, local_path};
use super::broker::Client;
use super::messages_api;
use crate::domain::Change;
use crate::domain::draft::{BODY_MAX, LINK_MAX, TITLE_MAX};
use crate::domain::snooze::When;

/// Cases of each property. `PROPTEST_CASES` raises it.
const CASES: u32 = 100_000;

fn config() -> ProptestConfig {
    let config = ProptestConfig::default();
    ProptestConfig { cases: config.cases.max(CASES), failure_persistence: None, max_shrink_iters: 10_000, ..config }
}

/// Any bytes that a header can have.
fn header_value() -> impl Strategy<Value = HeaderValue> {
    let byte = prop_oneof![Just(b'\t'), 0x20..=0x7e_u8, 0x80..=0xff_u8];
    let bytes = prop_oneof![
        prop::collection::vec(byte, 0..48),
        "[Bb]earer? {0,2}t?d?_?[A-Za-z0-9_=-]{0,50}".prop_map(String::into_bytes),
    ];
    bytes.prop_map(|bytes| HeaderValue::from_bytes(&bytes).expect("RFC 9110 §5.5 allows these"))
}

/// JSON that is almost a message, in pieces that fit together more or less.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"to\"",
        "\"title\"",
        "\"body\"",
        "\"link\"",
        "\"priority\"",
        "\"category\"",
        "\"tags\"",
        "\"collapse_key\"",
        "\"resolved\"",
        "\"actions\"",
        "\"acknowledge\"",
        "[{\"label\":",
        "\"url\":",
        "\"everyone\"",
        "[\"ann\"]",
        "\"Lunch\"",
        "\"high\"",
        "\"https://a.example/\"",
        "null",
        "1e999",
        "-0",
        "true",
        "\"\\ud800\"",
        "\"\\u0000\"",
        "\"\\n\"",
        "\u{feff}",
        " ",
    ]);
    let almost = |to: String, title: String, link: String| {
        serde_json::json!({"to": [to], "title": title, "link": link}).to_string().into_bytes()
    };
    let detailed = |word: String, label: String, url: String| {
        let actions = serde_json::json!([{"label": label, "url": url}]);
        let message = serde_json::json!({
            "to": ["ann"], "title": "Lunch", "category": word, "tags": [word], "collapse_key": label, "actions": actions,
        });
        message.to_string().into_bytes()
    };
    prop_oneof![
        prop::collection::vec(pieces, 0..14).prop_map(|pieces| pieces.concat().into_bytes()),
        (".{0,8}", ".{0,24}", "(https?://)?.{0,16}").prop_map(move |(to, title, link)| almost(to, title, link)),
        (".{0,4}", ".{0,8}", "(https?://)?.{0,16}").prop_map(move |(word, label, url)| detailed(word, label, url)),
        prop::collection::vec(any::<u8>(), 0..64),
    ]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_body_is_a_checked_message_or_refused(body in body()) {
        if let Ok(draft) = messages_api::read(&body) {
            prop_assert!((1..=TITLE_MAX).contains(&draft.title.chars().count()));
            let ends_a_line = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
            prop_assert!(!draft.title.contains(ends_a_line), "{:?}", draft.title);
            prop_assert!(draft.body.len() <= BODY_MAX);
            let details = &draft.details;
            let labels = details.actions.iter().map(|action| &action.label);
            let lines = details.category.iter().chain(&details.tags).chain(&details.collapse_key).chain(labels);
            for line in lines {
                prop_assert!(!line.is_empty() && !line.contains(ends_a_line), "{:?}", line);
            }
            prop_assert!(details.actions.iter().all(|action| action.url.starts_with("http")));
            prop_assert!(!details.resolved || details.collapse_key.is_some());
            prop_assert!(draft.link.is_none_or(|link| link.len() <= LINK_MAX && link.starts_with("http")));
        }
    }

    #[test]
    fn a_token_is_one_bearer_token_or_none(values in prop::collection::vec(header_value(), 0..3)) {
        let mut headers = HeaderMap::new();
        for value in &values {
            headers.append(header::AUTHORIZATION, value.clone());
        }
        if let Ok(Some(token)) = bearer(&headers) {
            prop_assert_eq!(values.len(), 1);
            prop_assert!(token.starts_with("td_"));
            prop_assert!(values[0].to_str().is_ok_and(|text| text.ends_with(token)));
        }
    }

    #[test]
    fn a_cookie_is_a_session_id_or_nothing(text in prop_oneof!["[A-Za-z0-9_-]{20,24}", ".{0,30}"]) {
        if let Ok(id) = Id::from_str(&text) {
            prop_assert_eq!(Id::from_str(&id.to_string()).ok(), Some(id));
        }
    }

    #[test]
    fn a_client_names_itself_by_a_word(text in prop_oneof!["[A-Za-z0-9_-]{0,70}", ".{0,10}"]) {
        if let Some(client) = Client::parse(&text) {
            prop_assert_eq!(client.as_str(), text);
        }
    }

    #[test]
    fn a_redirect_stays_on_this_server(text in prop_oneof!["[/\\\\a-z:.?#@]{0,12}", ".{0,16}"]) {
        if let Some(path) = local_path(&text) {
            let base = url::Url::parse("http://tidings.example").expect("a URL");
            prop_assert_eq!(base.join(path).map(|url| url.origin()), Ok(base.origin()), "{:?}", path);
        }
    }

    #[test]
    fn a_change_is_refused_or_reads_back(
        text in prop_oneof![
            "(read|snooze@(1h|week|[0-9]{0,15}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{5})|read-all|undo|[a-z@]{0,8}):[0-9,+-]{0,20}",
            ".{0,24}",
        ],
    ) {
        match Change::parse(&text) {
            // Of a time of the clock only the moment is kept.
            Some(Change::Later(When::Wall(_), ids)) => prop_assert!(!ids.is_empty()),
            Some(change) => prop_assert_eq!(Change::parse(&change.to_string()), Some(change)),
            None => {}
        }
    }
}
