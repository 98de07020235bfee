//! Hostile text in every field that reaches a stream: refused in words, or carried unharmed; never a line of its own.

use serde_json::{Value, json};

use crate::app::TestApp;

/// What has broken wire formats elsewhere.
const HOSTILE: [&str; 10] = [
    "a\nevent: signed-out\ndata: {\"why\":\"idle\"}\n\nb",
    "a\r\nid: e1-999\r\n\r\nb",
    "a\rdata: {}\rb",
    "a\0b",
    "a\u{2028}data: x\u{2029}b",
    "a\u{85}retry: 1\u{85}b",
    "a\u{1b}[2Jb",
    "a\u{202e}b",
    "</script><script>alert(1)</script>",
    "\u{feff}data: x",
];

#[tokio::test]
async fn no_field_of_a_message_can_speak_for_the_server() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    let ann = app.reader("ann").await;
    let mut stream = app.stream(&ann, None).await;
    stream.opening().await;
    let mut seq = 0;
    for text in HOSTILE {
        for message in [
            json!({"to": ["ann"], "title": text}),
            json!({"to": ["ann"], "title": "plain", "body": text}),
            json!({"to": ["ann"], "title": "plain", "link": format!("https://a.example/{text}")}),
            json!({"to": ["ann"], "title": "plain", "category": text}),
            json!({"to": ["ann"], "title": "plain", "tags": [text, format!("x{text}")]}),
            json!({"to": ["ann"], "title": "plain", "collapse_key": text}),
            json!({"to": ["ann"], "title": "plain", "collapse_key": text, "resolved": true, "acknowledge": true}),
            json!({"to": ["ann"], "title": "plain", "actions": [{"label": text, "url": "https://a.example/"}]}),
            json!({"to": ["ann"], "title": "plain", "actions": [{"label": "Open", "url": text}]}),
            json!({"to": ["ann"], "title": "plain", "actions": [{"label": "Open", "url": format!("https://a.example/{text}")}]}),
        ] {
            let status = app.post_message(&send, message.clone()).await.status().as_u16();
            assert!(matches!(status, 201 | 400), "{status} for {message}");
            if status == 201 {
                seq += 1;
                let item = stream.expect("item").await;
                assert_eq!((&item.data["seq"], item.data["item"]["id"].is_i64()), (&json!(seq), true), "{message}");
            }
        }
    }
    app.send(&send, "ann", "the end").await;
    assert_eq!(stream.expect("item").await.data["item"]["title"], "the end", "nothing was said in between");
    assert!(seq >= 10, "a table of refusals would show nothing: {seq}");
}

#[tokio::test]
async fn a_title_is_one_line_and_says_why_it_is_not() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    app.reader("ann").await;
    for text in ["a\nb", "a\rb", "a\0b", "a\u{2028}b", "a\u{85}b", "a\u{1b}b"] {
        let response = app.post_message(&send, json!({"to": ["ann"], "title": text})).await;
        assert_eq!(response.status(), 400, "{text:?}");
        let problem: Value = response.json().await.expect("a problem");
        assert_eq!(problem["errors"][0]["field"], "title", "{text:?}");
    }
}

#[tokio::test]
async fn what_a_message_says_about_itself_is_one_line_each_and_says_why_it_is_not() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    app.reader("ann").await;
    for text in ["a\nb", "a\rb", "a\0b", "a\u{2028}b", "a\u{85}b", "a\u{1b}b", "a\u{202e}b", "\u{200b}"] {
        for (field, value) in [
            ("category", json!(text)),
            ("tags", json!(["good", text])),
            ("collapse_key", json!(text)),
            ("actions", json!([{"label": text, "url": "https://a.example/"}])),
        ] {
            let mut message = json!({"to": ["ann"], "title": "plain"});
            message[field] = value;
            let response = app.post_message(&send, message).await;
            assert_eq!(response.status(), 400, "{field}: {text:?}");
            let problem: Value = response.json().await.expect("a problem");
            assert_eq!(problem["errors"][0]["field"], field, "{text:?}");
        }
    }
}

#[tokio::test]
async fn no_action_leads_to_anything_but_the_web() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    app.reader("ann").await;
    for url in [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "java\nscript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "/api/sign_out",
        "//evil.example",
        "https://",
        "https://bank.example@evil.example/",
        "blob:https://a.example/x",
    ] {
        let actions = json!([{"label": "Open", "url": url}]);
        let response = app.post_message(&send, json!({"to": ["ann"], "title": "plain", "actions": actions})).await;
        assert_eq!(response.status(), 400, "{url:?}");
    }
}

#[tokio::test]
async fn what_is_no_text_and_what_is_no_end_of_text_is_refused() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    app.reader("ann").await;
    let mebibyte = "x".repeat(1024 * 1024);
    let quarter = "x".repeat(256 * 1024);
    let cases = [
        (r#"{"to": ["ann"], "title": "\ud800"}"#.to_owned(), 400),
        (r#"{"to": ["ann"], "title": "\udc00\ud800"}"#.to_owned(), 400),
        (format!(r#"{{"to": ["{mebibyte}"], "title": "x"}}"#), 413),
        (format!(r#"{{"to": ["{quarter}"], "title": "x"}}"#), 400),
        (format!(r#"{{"to": ["ann"], "title": "{quarter}"}}"#), 400),
        (format!(r#"{{"to": ["ann"], "title": "x", "{quarter}": 1}}"#), 400),
        ("[".repeat(200_000), 400),
    ];
    for (body, status) in cases {
        let response = app.post_raw(&send, body.clone()).await;
        assert_eq!(response.status(), status, "{body:.60}");
        assert!(
            response.text().await.expect("a text").len() < 2_000,
            "an answer does not throw it all back: {body:.60}"
        );
    }
}

#[tokio::test]
async fn no_parameter_of_a_stream_can_speak_for_the_server() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    for name in ["after", "client", "poll"] {
        for text in ["a%0Aevent:%20beat", "a%0D%0A", "%00", "%E2%80%A8", "%ED%A0%80", "%FF", &"x".repeat(2_000)] {
            let request = app.client.get(app.url(&format!("/events?{name}={text}"))).bearer_auth(&ann);
            let response = request.send().await.expect("an answer");
            assert_eq!(response.status(), 400, "{name}={text:.20}");
            assert!(response.text().await.expect("a text").len() < 1_000);
        }
    }
}

#[tokio::test]
async fn a_mebibyte_of_a_name_is_nobody_and_holds_nobody_up() {
    let app = TestApp::start().await;
    app.person("ann").await;
    let name = "x".repeat(1024 * 1024);
    let browser = app.browser();
    let response = browser.post_form("/api/sign_in", &[("name", &name), ("password", "x")]).await;
    assert_eq!(response.status(), 413);
    let name = "x".repeat(300 * 1024);
    let response = browser.post_form("/api/sign_in", &[("name", &name), ("password", "x")]).await;
    assert!(response.status().is_client_error() || response.status().is_redirection(), "{}", response.status());
    app.sign_in("ann").await;
}
