//! What messages say about themselves, from the API and the form to the reader: repeats in one row, muting, taking note.

use reqwest::Response;
use serde_json::{Value, json};

use crate::app::{Browser, TestApp, location};

async fn created(response: Response) -> i64 {
    assert_eq!(response.status(), 201);
    response.json::<Value>().await.expect("JSON")["id"].as_i64().expect("a number")
}

async fn page(browser: &Browser, path: &str) -> String {
    let response = browser.get(path).await;
    assert_eq!(response.status(), 200, "{path}");
    response.text().await.expect("a page")
}

async fn problem_fields(response: Response) -> Vec<String> {
    assert_eq!(response.status(), 400);
    let problem: Value = response.json().await.expect("a problem");
    let errors = problem["errors"].as_array().expect("errors");
    errors.iter().map(|error| error["field"].as_str().expect("a field").to_owned()).collect()
}

#[tokio::test]
async fn an_item_on_the_stream_says_what_its_message_says() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    let ann = app.reader("ann").await;
    let message = json!({
        "to": ["ann"], "title": "Deploy", "category": "Deploy", "tags": ["prod", "API", "prod"], "collapse_key": "deploy-7",
        "actions": [{"label": "Log", "url": "https://a.example/log"}], "acknowledge": true,
    });
    created(app.post_message(&send, message).await).await;
    let item = app.inbox(&ann).await.remove(0);
    assert_eq!((&item["category"], &item["tags"]), (&json!("deploy"), &json!(["prod", "api"])));
    assert_eq!(item["acknowledge"], "asked");
    for absent in ["times", "resolved", "collapse_key", "actions"] {
        assert!(item.get(absent).is_none(), "{absent} in {item}");
    }
    app.send(&send, "ann", "Plain").await;
    let plain = app.inbox(&ann).await.remove(1);
    for absent in ["category", "tags", "times", "resolved", "acknowledge"] {
        assert!(plain.get(absent).is_none(), "{absent} in {plain}");
    }
}

#[tokio::test]
async fn a_repeat_is_one_change_of_the_same_item_on_the_open_stream() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    let ann = app.reader("ann").await;
    let mut stream = app.stream(&ann, None).await;
    stream.opening().await;
    let disk = |title: &str, to: Value| json!({"to": to, "title": title, "collapse_key": "disk"});
    created(app.post_message(&send, disk("85 %", json!(["ann"]))).await).await;
    let first = stream.expect("item").await.data["item"].clone();
    created(app.post_message(&send, disk("90 %", json!("everyone"))).await).await;
    let second = stream.expect("item").await;
    let item = &second.data["item"];
    assert_eq!((&item["id"], &item["title"], &item["times"]), (&first["id"], &json!("90 %"), &json!(2)));
    assert_eq!((&second.data["seq"], &second.data["counts"]["unread"]), (&json!(2), &json!(1)));
    let mut over = disk("Fine again", json!(["ann"]));
    over["resolved"] = json!(true);
    created(app.post_message(&send, over).await).await;
    let third = stream.expect("item").await;
    assert_eq!((&third.data["item"]["resolved"], &third.data["item"]["times"]), (&json!(true), &json!(3)));
    assert_eq!(app.inbox(&ann).await.len(), 1);
}

#[tokio::test]
async fn what_is_wrong_with_each_field_is_told_at_the_field() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    app.reader("ann").await;
    let action = |label: &str, url: &str| json!([{"label": label, "url": url}]);
    let cases = [
        (json!({"category": "two words"}), vec!["category"]),
        (json!({"tags": ["a,b"]}), vec!["tags"]),
        (json!({"tags": (0..11).map(|n| n.to_string()).collect::<Vec<_>>()}), vec!["tags"]),
        (json!({"collapse_key": "k".repeat(201)}), vec!["collapse_key"]),
        (json!({"resolved": true}), vec!["resolved"]),
        (json!({"actions": action("Run", "javascript:alert(1)")}), vec!["actions"]),
        (json!({"actions": action("Run", "https://bank.example@evil.example/")}), vec!["actions"]),
        (json!({"actions": action("", "https://a.example/")}), vec!["actions"]),
        (json!({"category": "<b>", "tags": ["\""], "resolved": true}), vec!["category", "tags", "resolved"]),
    ];
    for (fields, expected) in cases {
        let mut message = json!({"to": ["ann"], "title": "x"});
        message.as_object_mut().expect("an object").extend(fields.as_object().expect("an object").clone());
        assert_eq!(problem_fields(app.post_message(&send, message.clone()).await).await, expected, "{message}");
    }
    let unknown =
        json!({"to": ["ann"], "title": "x", "actions": [{"label": "a", "url": "https://a.example", "method": "POST"}]});
    assert_eq!(app.post_message(&send, unknown).await.status(), 400);
}

#[tokio::test]
async fn every_field_counts_for_a_key_that_makes_retries_safe() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    let ann = app.reader("ann").await;
    let message = json!({"to": ["ann"], "title": "x", "tags": ["a"], "collapse_key": "k"});
    created(app.post_with_key(&send, "1", &message).await).await;
    let again = app.post_with_key(&send, "1", &message).await;
    assert!(again.headers().contains_key("idempotency-replayed"));
    let other = json!({"to": ["ann"], "title": "x", "tags": ["b"], "collapse_key": "k"});
    assert_eq!(app.post_with_key(&send, "1", &other).await.status(), 422);
    assert!(app.inbox(&ann).await[0].get("times").is_none(), "a retry is no repeat");
}

#[tokio::test]
async fn the_form_has_every_field_and_the_review_shows_them() {
    let app = TestApp::start().await;
    app.sender("ops").await;
    let ann = app.reader("ann").await;
    let ops = app.sign_in("ops").await;
    let draft = [
        ("to", "ann"),
        ("title", "Disk"),
        ("category", "hosts"),
        ("tags", "db, prod"),
        ("collapse_key", "disk-7"),
        ("resolved", "true"),
        ("acknowledge", "true"),
        ("actions", "See the graph https://a.example/graph\r\n"),
    ];
    assert_eq!(location(&ops.post_form("/api/review", &draft).await), "/send/review");
    let review = page(&ops, "/send/review").await;
    for shown in ["hosts", "db, prod", "disk-7", "See the graph", "https://a.example/graph", "take note"] {
        assert!(review.contains(shown), "{shown}");
    }
    let form = page(&ops, "/send").await;
    assert!(form.contains("See the graph https://a.example/graph") && form.contains("db prod"), "it can be edited");
    let key = review.split(r#"name="key" value=""#).nth(1).and_then(|rest| rest.split('"').next()).expect("a key");
    ops.post_form("/api/send", &[("key", key)]).await;
    let item = app.inbox(&ann).await.remove(0);
    assert_eq!((&item["resolved"], &item["tags"]), (&json!(true), &json!(["db", "prod"])));
    let wrong = [("to", "ann"), ("title", "x"), ("resolved", "true"), ("actions", "Run javascript:alert(1)")];
    assert_eq!(location(&ops.post_form("/api/review", &wrong).await), "/send");
    let form = page(&ops, "/send").await;
    assert!(
        form.contains("problem-resolved")
            && form.contains("problem-actions")
            && form.contains("Run javascript:alert(1)")
    );
}

#[tokio::test]
async fn a_reader_mutes_and_hears_again_by_plain_forms() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    let ann = app.reader("ann").await;
    let deploy = json!({"to": ["ann"], "title": "Deploy", "category": "deploy"});
    let id = created(app.post_message(&send, deploy.clone()).await).await;
    let browser = app.sign_in("ann").await;
    let mute = async |word: String| browser.post_form("/api/mute", &[("mute", &word)]).await;
    assert!(page(&browser, "/preferences").await.contains("nothing-muted"));

    assert_eq!(mute(format!("sender-of:{id}")).await.status(), 302);
    assert_eq!(mute(format!("category-of:{id}")).await.status(), 302);
    assert_eq!(mute("category:deploy".into()).await.status(), 302, "once more is the same");

    let listed = page(&browser, "/preferences").await;
    assert!(listed.contains(r#"value="sender:ops""#) && listed.contains(r#"value="category:deploy""#), "{listed}");
    assert_eq!(listed.matches(r#"data-testid="muted""#).count(), 2);
    created(app.post_message(&send, deploy.clone()).await).await;
    assert_eq!(app.inbox(&ann).await[1]["state"]["done"], true);
    for word in ["sender:ops", "category:deploy"] {
        assert_eq!(browser.post_form("/api/unmute", &[("unmute", word)]).await.status(), 302);
    }
    created(app.post_message(&send, deploy).await).await;
    assert_eq!(app.inbox(&ann).await[2]["state"]["done"], false);
}

#[tokio::test]
async fn what_is_nothing_to_mute_is_refused() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    app.person("ann").await;
    app.reader("eve").await;
    let id = created(app.post_message(&send, json!({"to": ["eve"], "title": "x"})).await).await;
    let browser = app.sign_in("ann").await;
    let status = async |word: &str| browser.post_program("/api/mute", &[("mute", word)]).await.status().as_u16();
    for word in ["", "x", "sender:", "sender:a\nb", "category:a b", "category:\0", "sender-of:x", "tag:x"] {
        assert_eq!(status(word).await, 400, "{word:?}");
    }
    assert_eq!(status("sender:nobody").await, 404);
    assert_eq!(status(&format!("sender-of:{id}")).await, 404, "of somebody else's message one learns nothing");
    let stranger = app.browser().post_program("/api/mute", &[("mute", "sender:ops")]).await;
    assert_eq!(stranger.status(), 401);
    let elsewhere = browser.post_from("/api/mute", &[("mute", "sender:ops")], "cross-site").await;
    assert_eq!(elsewhere.status(), 403, "not from another site's page");
    assert!(page(&browser, "/preferences").await.contains("nothing-muted"));
}

#[tokio::test]
async fn pages_let_images_come_from_named_hosts_only() {
    let host = || "images.example.org".parse().expect("a host");
    let app = TestApp::with(|config| config.messages.image_hosts = vec![host()]).await;
    let send = app.sender("ops").await;
    app.person("ann").await;
    let body = "![A graph](https://images.example.org/g.png) ![Other](https://evil.example/p.png)";
    let id = created(app.post_message(&send, json!({"to": ["ann"], "title": "x", "body": body})).await).await;
    let response = app.sign_in("ann").await.get(&format!("/?m={id}")).await;
    let policy = response.headers()["content-security-policy"].to_str().expect("ASCII").to_owned();
    assert!(policy.contains("img-src 'self' data: https://images.example.org;"), "{policy}");
    let html = response.text().await.expect("a page");
    assert!(html.contains("src=\"https://images.example.org/g.png\"") && html.contains("loading=\"lazy\""));
    assert!(!html.contains("src=\"https://evil.example") && html.contains("href=\"https://evil.example/p.png\""));
}

#[tokio::test]
async fn a_reader_takes_note_once_and_of_what_they_saw() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    let ann = app.reader("ann").await;
    let fire = json!({"to": ["ann"], "title": "Fire drill", "collapse_key": "fire", "acknowledge": true});
    let id = created(app.post_message(&send, fire.clone()).await).await;
    let browser = app.sign_in("ann").await;
    let note = async |note: String| browser.post_program("/api/note", &[("note", &note)]).await.status().as_u16();
    created(app.post_message(&send, fire).await).await;
    assert_eq!(note(format!("{id}:1")).await, 400, "a later one took the row");
    assert_eq!(app.inbox(&ann).await[0]["acknowledge"], "asked");
    assert_eq!((note(format!("{id}:2")).await, note(format!("{id}:2")).await), (200, 200));
    let item = app.inbox(&ann).await.remove(0);
    assert!(item["acknowledge"]["at"].is_i64() && item["state"]["read"] == true, "{item}");
    assert_eq!(item["seq"], 3);
    for (bad, status) in [("", 400), ("x:1", 400), ("99:1", 404)] {
        assert_eq!(note(bad.into()).await, status, "{bad:?}");
    }
}
