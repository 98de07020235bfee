//! `POST /api/v1/messages`: what programs may send and what they are told.

use serde_json::{Value, json};

use crate::app::TestApp;

#[tokio::test]
async fn a_message_to_two_people_is_in_both_inboxes_and_in_no_other() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    let [ann, bob, eve] = [app.reader("ann").await, app.reader("bob").await, app.reader("eve").await];

    let response = app.post_message(&send, json!({"to": ["ann", "BOB", "ann"], "title": "Lunch"})).await;

    assert_eq!(response.status(), 201);
    let created: Value = response.json().await.expect("JSON");
    assert_eq!(created["recipients"], 2);
    for token in [&ann, &bob] {
        let items = app.inbox(token).await;
        assert_eq!(items.len(), 1);
        assert_eq!((&items[0]["id"], &items[0]["title"]), (&created["id"], &json!("Lunch")));
    }
    assert!(app.inbox(&eve).await.is_empty());
}

#[tokio::test]
async fn a_message_to_everyone_reaches_everyone_once() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    let ann = app.reader("ann").await;
    app.seed(2500).await;
    let mut stream = app.stream(&ann, None).await;
    stream.opening().await;

    let created: Value =
        app.post_message(&send, json!({"to": "everyone", "title": "All"})).await.json().await.expect("JSON");

    assert_eq!(created["recipients"], 2502);
    assert_eq!(stream.expect("item").await.data["item"]["title"], "All");
    app.wait_until_delivered(created["id"].as_i64().expect("a number"), 2502).await;
}

#[tokio::test]
async fn every_wrong_field_is_told_at_once() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;

    let response = app
        .post_message(&send, json!({"to": [], "title": "", "body": "x".repeat(16 * 1024 + 1), "priority": "loud", "link": "javascript:1"}))
        .await;

    assert_eq!(response.status(), 400);
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let problem: Value = response.json().await.expect("JSON");
    let fields: Vec<_> =
        problem["errors"].as_array().expect("errors").iter().map(|error| error["field"].clone()).collect();
    assert_eq!(fields, ["to", "title", "body", "priority", "link"]);
}

#[tokio::test]
async fn what_is_no_request_is_refused_with_a_reason() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    let cases = [
        ("{", "cannot be read"),
        ("[]", "cannot be read"),
        (r#"{"to": "ann", "title": "x"}"#, "list of usernames"),
        (r#"{"to": ["ann"], "title": "x", "prioritty": "high"}"#, "prioritty"),
        (r#"{"to": ["ann"]}"#, "title"),
    ];
    for (body, detail) in cases {
        let response = app.post_raw(&send, body.to_owned()).await;
        assert_eq!(response.status(), 400, "{body}");
        let problem: Value = response.json().await.expect("JSON");
        assert!(problem["detail"].as_str().is_some_and(|text| text.contains(detail)), "{body}: {problem}");
    }
}

#[tokio::test]
async fn only_a_live_token_with_the_scope_may_send() {
    let app = TestApp::start().await;
    let read = app.reader("ann").await;
    let message = json!({"to": ["ann"], "title": "x"});

    let anonymous = app.client.post(app.url("/api/v1/messages")).json(&message).send().await.expect("an answer");
    assert_eq!(anonymous.status(), 401);
    assert!(anonymous.headers()["www-authenticate"].to_str().is_ok_and(|value| value.starts_with("Bearer")));
    assert_eq!(app.post_message("td_wrong", message.clone()).await.status(), 401);
    assert_eq!(app.post_message(&read, message.clone()).await.status(), 403);

    // The last admin could not be kept out.
    app.sender("deputy").await;
    let send = app.sender("ops").await;
    app.disable("ops").await;
    assert_eq!(app.post_message(&send, message).await.status(), 401);
    assert!(app.inbox(&read).await.is_empty());
}

#[tokio::test]
async fn unknown_people_are_all_named_and_nothing_is_sent() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    let ann = app.reader("ann").await;

    let response = app.post_message(&send, json!({"to": ["ann", "nobody", "noone"], "title": "x"})).await;

    assert_eq!(response.status(), 404);
    let problem: Value = response.json().await.expect("JSON");
    assert_eq!(problem["unknown"], json!(["nobody", "noone"]));
    assert!(app.inbox(&ann).await.is_empty());
}

#[tokio::test]
async fn a_retry_with_the_same_key_sends_once() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    let ann = app.reader("ann").await;
    let message = json!({"to": ["ann"], "title": "once"});

    let tries = futures_util::future::join_all((0..8).map(|_| app.post_with_key(&send, "k-1", &message))).await;

    let mut ids = Vec::new();
    let mut first_answers = 0;
    for response in tries {
        assert_eq!(response.status(), 201);
        first_answers += usize::from(!response.headers().contains_key("idempotency-replayed"));
        ids.push(response.json::<Value>().await.expect("JSON")["id"].clone());
    }
    assert_eq!(first_answers, 1);
    assert!(ids.iter().all(|id| *id == ids[0]));
    assert_eq!(app.inbox(&ann).await.len(), 1);
    let other = app.post_with_key(&send, "k-1", &json!({"to": ["ann"], "title": "other"})).await;
    assert_eq!(other.status(), 422);
    let quoted = app.post_with_key(&send, "\"k-1\"", &message).await;
    assert!(quoted.headers().contains_key("idempotency-replayed"));
}

#[tokio::test]
async fn what_layers_refuse_is_told_in_the_same_form() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    let ann = app.reader("ann").await;
    let endless =
        reqwest::Body::wrap_stream(futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>("x".repeat(65536))));
    let messages = || app.client.post(app.url("/api/v1/messages")).bearer_auth(&send);
    let answers = [
        (413, app.post_raw(&send, "x".repeat(1 << 20)).await),
        (413, messages().header("content-type", "application/json").body(endless).send().await.expect("an answer")),
        (405, app.client.get(app.url("/api/v1/messages")).send().await.expect("an answer")),
        (404, app.client.get(app.url("/api/v1/nothing")).send().await.expect("an answer")),
        (
            400,
            app.client.get(app.url("/events?after=a-1&after=b-2")).bearer_auth(&ann).send().await.expect("an answer"),
        ),
    ];
    for (status, answer) in answers {
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{status}");
        let problem: Value = answer.json().await.expect("JSON");
        assert_eq!(problem["status"], status);
    }
}

#[tokio::test]
async fn another_content_type_is_refused() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    let form = app.client.post(app.url("/api/v1/messages")).bearer_auth(&send).form(&[("title", "x")]).send().await;
    assert_eq!(form.expect("an answer").status(), 415);
}

#[tokio::test]
async fn a_token_that_sends_too_fast_is_told_when_to_come_back() {
    let app = TestApp::with(|config| config.limits.sends_per_second = 2).await;
    let send = app.sender("ops").await;
    app.reader("ann").await;
    let message = json!({"to": ["ann"], "title": "x"});

    let responses = futures_util::future::join_all((0..20).map(|_| app.post_message(&send, message.clone()))).await;

    let refused: Vec<_> = responses.iter().filter(|response| response.status() == 429).collect();
    assert!(!refused.is_empty());
    assert!(refused.iter().all(|response| response.headers().contains_key("retry-after")));
}

#[tokio::test]
async fn hostile_text_arrives_as_text() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    let ann = app.reader("ann").await;
    let mut stream = app.stream(&ann, None).await;
    stream.opening().await;
    let body = "a\r\n\r\nevent: signed-out\ndata: {}\u{2028}\u{85}<script>alert(1)</script>";

    let response = app.post_message(&send, json!({"to": ["ann"], "title": "x</script>", "body": body})).await;

    assert_eq!(response.status(), 201);
    let item = stream.expect("item").await;
    assert_eq!(item.data["item"]["title"], "x</script>");
    for title in ["a\nb", "a\u{2028}b", "a\u{202e}b", "\u{200b}"] {
        assert_eq!(app.post_message(&send, json!({"to": ["ann"], "title": title})).await.status(), 400, "{title:?}");
    }
}

#[tokio::test]
async fn a_database_that_another_process_holds_is_busy_and_nothing_is_stored() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    let ann = app.reader("ann").await;
    let mut other = app.database().await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.expect("the lock");

    let refused = app.post_message(&send, json!({"to": ["ann"], "title": "while held"})).await;
    let not_ready = app.client.get(app.url("/readyz")).send().await.expect("an answer");
    sqlx::query("ROLLBACK").execute(&mut other).await.expect("released");
    let taken = app.post_message(&send, json!({"to": ["ann"], "title": "after"})).await;

    assert_eq!((refused.status().as_u16(), not_ready.status().as_u16(), taken.status().as_u16()), (503, 503, 201));
    assert!(refused.headers().contains_key("retry-after"));
    let items = app.inbox(&ann).await;
    assert_eq!((items.len(), &items[0]["title"]), (1, &json!("after")));
}
