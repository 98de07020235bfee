//! Pages without JavaScript, their heads, and the files of the site.

use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use tidings::domain::MessageId;

use crate::app::{PASSWORD, TestApp, location};

#[tokio::test]
async fn strangers_are_led_to_the_sign_in_page_and_back() {
    let app = TestApp::start().await;
    for (path, lands) in
        [("/", "/sign-in"), ("/send", "/sign-in?next=%2Fsend"), ("/?view=done", "/sign-in?next=%2F%3Fview%3Ddone")]
    {
        let response = app.browser().get(path).await;
        assert_eq!((response.status().as_u16(), location(&response)), (302, lands), "{path}");
    }
    let page = app.browser().get("/sign-in").await;
    assert_eq!(page.status(), 200);
    assert!(!page.text().await.expect("a page").contains("<script"), "no script for strangers");
}

#[tokio::test]
async fn the_list_is_in_the_first_html_with_its_cursor() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    app.person("ann").await;
    for n in 1..=52 {
        app.send(&send, "ann", &format!("Message {n}!")).await;
    }
    let browser = app.sign_in("ann").await;

    let first = browser.get("/").await.text().await.expect("a page");
    assert!(first.contains("Message 52!") && first.contains("Message 3!") && !first.contains("Message 2!"));
    assert!(first.contains("52 unread") || first.contains(">52<"), "the count is there");
    let older = first.split("href=\"").find(|part| part.starts_with("/?before=")).expect("a link to older ones");
    let older = older.split('"').next().expect("an address").replace("&amp;", "&");
    let second = browser.get(&older).await.text().await.expect("a page");
    assert!(second.contains("Message 2!") && second.contains("Message 1!") && !second.contains("Message 3!"));
}

#[tokio::test]
async fn times_and_days_are_of_the_zone_that_the_reader_keeps() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    app.person("ann").await;
    for title in ["Old", "Midday", "Evening"] {
        app.send(&send, "ann", title).await;
    }
    let mut database = app.database().await;
    // 10 March 2025, 12:00 and 20:00 UTC, which is on the next day in Tokyo; and a year before.
    for (title, at) in [("Old", 1_710_072_000_000_i64), ("Midday", 1_741_608_000_000), ("Evening", 1_741_636_800_000)] {
        let set = "UPDATE items SET surfaced_at = ? WHERE message_id = (SELECT id FROM messages WHERE title = ?)";
        sqlx::query(set).bind(at).bind(title).execute(&mut database).await.expect("written");
    }
    let browser = app.sign_in("ann").await;
    let shown = |day: &str| format!("class=\"day\">{day}");
    let hidden = |day: &str| format!("hidden class=\"day\">{day}");
    let read = async || {
        let page = browser.get("/").await.text().await.expect("a page");
        let after = |from: &str, to: &str| -> Vec<String> {
            let parts = page.split("<article").skip(1).map(|row| row.split_once(from).expect("it is there").1);
            parts.map(|part| part.split(to).next().unwrap_or_default().to_owned()).collect()
        };
        (after("<h2 ", "</h2>"), after("<time data-kind=\"short\"", "</time>"))
    };

    // UTC, and they say so.
    let (days, times) = read().await;
    assert_eq!(days, [shown("10 March 2025"), hidden("10 March 2025"), shown("10 March 2024")]);
    assert!(times[0].ends_with("title=\"Monday, 10 March 2025, 20:00 UTC\">10 Mar, 20:00 UTC"), "{}", times[0]);
    let zone = "UPDATE users SET zone = 'Asia/Tokyo' WHERE username = 'ann'";
    sqlx::query(zone).execute(&mut database).await.expect("written");
    let (days, times) = read().await;
    assert_eq!(days, ["11 March 2025", "10 March 2025", "10 March 2024"].map(shown));
    assert!(times[0].ends_with("title=\"Tuesday, 11 March 2025, 05:00\">11 Mar 2025"), "{}", times[0]);
    app.send(&send, "ann", "New").await;
    let (days, times) = read().await;
    assert!(days[0] == shown("Today") && times[0].ends_with(">now"), "{} {}", days[0], times[0]);
}

#[tokio::test]
async fn verbs_work_by_plain_forms() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    app.person("ann").await;
    let message = json!({"to": ["ann"], "title": "Hello", "body": "**bold** <script>alert(1)</script>"});
    let created: serde_json::Value = app.post_message(&send, message).await.json().await.expect("JSON");
    let id = created["id"].to_string();
    let browser = app.sign_in("ann").await;
    let act =
        async |change: String| browser.post_form("/api/act", &[("change", change.as_str())]).await.status().as_u16();

    let opened = browser.get(&format!("/?m={id}")).await.text().await.expect("a page");
    assert!(opened.contains("<strong>bold</strong> &lt;script&gt;alert(1)&lt;/script&gt;"), "HTML is text");
    assert_eq!(act(format!("done:{id}")).await, 302);
    assert!(!browser.get("/").await.text().await.expect("a page").contains(">Hello<"));
    assert!(browser.get("/?view=done").await.text().await.expect("a page").contains("Hello"));
    assert_eq!(act(format!("restore:{id}")).await, 302);
    assert!(browser.get("/").await.text().await.expect("a page").contains("Hello"));
}

#[tokio::test]
async fn one_person_cannot_touch_anothers_items() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    let ann = app.reader("ann").await;
    app.person("eve").await;
    app.send(&send, "ann", "Private matter").await;
    let id = app.inbox(&ann).await[0]["id"].to_string();
    let eve = app.sign_in("eve").await;
    let page = eve.get(&format!("/?m={id}")).await.text().await.expect("a page");
    assert!(!page.contains("Private matter"));
    eve.post_form("/api/act", &[("change", &format!("done:{id}"))]).await;
    assert_eq!(app.inbox(&ann).await[0]["state"]["done"], false);
}

#[tokio::test]
async fn readers_get_a_403_page_where_only_admins_may_go() {
    let app = TestApp::start().await;
    app.person("ann").await;
    let browser = app.sign_in("ann").await;
    for path in ["/send", "/send/review", "/send/sent/1"] {
        let response = browser.get(path).await;
        assert_eq!(response.status(), 403, "{path}");
        assert!(response.text().await.expect("a page").contains("forbidden-page"));
    }
}

/// A draft as the page posts it.
const DRAFT: [(&str, &str); 6] =
    [("everyone", "false"), ("to", "ann"), ("title", "x"), ("body", ""), ("priority", ""), ("link", "")];

#[tokio::test]
async fn readers_can_neither_review_nor_send() {
    let app = TestApp::start().await;
    app.sender("ops").await;
    app.person("ann").await;
    let refused = |response: &Response| {
        assert_eq!((response.status().as_u16(), location(response)), (302, "/?problem=forbidden"));
    };
    refused(&app.sign_in("ann").await.post_form("/api/review", &DRAFT).await);

    // An admin with a draft that is ready to be sent, who is one no more.
    let ops = app.sign_in("ops").await;
    let reviewed = ops.post_form("/api/review", &DRAFT).await;
    assert_eq!((reviewed.status().as_u16(), location(&reviewed)), (302, "/send/review"));
    let page = ops.get("/send/review").await.text().await.expect("a page");
    let key = hidden(&page, "key");
    change_role(&app, "ops", "reader").await;
    refused(&ops.post_form("/api/send", &[("key", key)]).await);
    refused(&ops.post_form("/api/review", &DRAFT).await);
    assert!(app.store.sent(MessageId(1)).await.expect("an answer").is_none(), "nothing was sent");

    // The same draft is sent as soon as they may.
    change_role(&app, "ops", "admin").await;
    assert_eq!(location(&ops.post_form("/api/send", &[("key", key)]).await), "/send/sent/1");
}

#[tokio::test]
async fn programs_get_a_403_where_only_admins_may_go() {
    let app = TestApp::start().await;
    app.person("ann").await;
    let client = Client::builder().redirect(Policy::none()).cookie_store(true).build().expect("a client");
    let post = async |path: &str, form: &[(&str, &str)]| {
        let request = client.post(app.url(path)).header("accept", "application/json");
        request.header("sec-fetch-site", "same-origin").form(form).send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(post("/api/sign_in", &[("name", "ann"), ("password", PASSWORD), ("next", "/")]).await, 302);
    assert_eq!(post("/api/review", &DRAFT).await, 403);
    assert_eq!(post("/api/send", &[("key", "x")]).await, 403);
    assert_eq!(post("/api/desk", &[("path", "/send")]).await, 403);
}

/// The value of a hidden input.
fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let input = page.split("<input").find(|input| input.contains(&format!("name=\"{name}\""))).expect("an input");
    input.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a value")
}

/// Writes past the store, which has no verb for it.
async fn change_role(app: &TestApp, name: &str, role: &str) {
    let query = sqlx::query("UPDATE users SET role = ? WHERE username = ?").bind(role).bind(name);
    assert_eq!(query.execute(&mut app.database().await).await.expect("written").rows_affected(), 1);
}

#[tokio::test]
async fn a_page_that_does_not_exist_says_so() {
    let app = TestApp::start().await;
    app.person("ann").await;
    let response = app.sign_in("ann").await.get("/nowhere").await;
    assert_eq!(response.status(), 404);
    assert!(response.text().await.expect("a page").contains("not-found-page"));
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let app = TestApp::start().await;
    app.person("ann").await;
    let browser = app.sign_in("ann").await;
    for path in ["/", "/sign-in", "/healthz", "/nowhere", "/robots.txt"] {
        let response = browser.get(path).await;
        let header = |name: &str| response.headers().get(name).map(|value| value.to_str().expect("ASCII").to_owned());
        assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"), "{path}");
        assert_eq!(header("referrer-policy").as_deref(), Some("same-origin"), "{path}");
        let policy = header("content-security-policy").unwrap_or_default();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
    }
}

#[tokio::test]
async fn the_nonce_of_the_policy_is_the_one_of_the_script() {
    let app = TestApp::start().await;
    app.person("ann").await;
    let response = app.sign_in("ann").await.get("/").await;
    let policy = response.headers()["content-security-policy"].to_str().expect("ASCII").to_owned();
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce").to_owned();
    let page = response.text().await.expect("a page");
    let scripts = page.split("<script").skip(1).filter_map(|script| script.split('>').next());
    // What is no script, but data, is never run (WHATWG HTML, «Data block»).
    let scripts: Vec<_> = scripts.filter(|tag| !tag.contains("type=\"application/json\"")).collect();
    assert!(!scripts.is_empty(), "the page has its script");
    assert!(scripts.iter().all(|tag| tag.contains(&format!("nonce=\"{nonce}\""))), "{scripts:?}");
}

#[tokio::test]
async fn the_answer_that_comes_with_the_page_ends_where_it_should() {
    let app = TestApp::start().await;
    app.person("ann").await;
    let title = "</script><script>alert(1)</script><!--<script>";
    let token = app.sender("ops").await;
    app.send(&token, "ann", title).await;
    let page = app.sign_in("ann").await.get("/").await.text().await.expect("a page");
    let (_, brought) = page.split_once("id=\"brought\"").expect("the answer");
    let (_, brought) = brought.split_once('>').expect("its beginning");
    let (brought, _) = brought.split_once('<').expect("its end");
    let brought: Value = serde_json::from_str(brought).expect("JSON, up to the first «<»");
    assert_eq!(brought["page"]["items"][0]["title"], title);
    assert!(!page.contains("alert(1)</script><!--"), "nor is it anywhere else");
}

#[tokio::test]
async fn health_is_told_without_signing_in() {
    let app = TestApp::start().await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(app.client.get(app.url(path)).send().await.expect("an answer").status(), 200);
    }
}
