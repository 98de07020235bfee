//! Limits: each is met over real HTTP. The refusal names it and says when to come back; others are served meanwhile,
//! and so is the refused client afterwards.

use std::time::Duration;

use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use tidings::domain::{Audience, Details, Username};
use tidings::server::store::{NewMessage, Scope};

use crate::app::{TestApp, location};
use crate::metrics::Look;
use crate::raw::Raw;

/// Short enough for a test, long enough for a machine that is busy with others.
const SHORT: Duration = Duration::from_millis(300);

/// Repeats a request until it is refused.
async fn until_refused(ask: impl AsyncFn() -> Response) -> Response {
    for _ in 0..100 {
        let answer = ask().await;
        if answer.status() == 429 {
            return answer;
        }
    }
    panic!("a hundred requests passed");
}

/// Repeats a request until it is not refused any more.
async fn until_served(ask: impl AsyncFn() -> Response) {
    let served = async { while ask().await.status() == 429 {} };
    tokio::time::timeout(Duration::from_secs(20), served).await.expect("served again in time");
}

async fn get(request: RequestBuilder) -> Response {
    request.send().await.expect("an answer")
}

fn retry_after(answer: &Response) -> u64 {
    let value = answer.headers().get("retry-after").expect("when to come back");
    value.to_str().expect("ASCII").parse().expect("seconds")
}

/// Waits until the limit was met so often, as the metrics count it.
async fn counted(app: &TestApp, limit: &str, times: u32) {
    let line = format!("tidings_refusals_total{{limit=\"{limit}\"}} {times}\n");
    let told = async {
        while !get(app.client.get(app.metrics_url("/metrics"))).await.text().await.expect("text").contains(&line) {}
    };
    tokio::time::timeout(Duration::from_secs(20), told).await.unwrap_or_else(|_| panic!("not counted: {line}"));
}

async fn problem(answer: Response, detail: &str) {
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.expect("JSON");
    assert_eq!((&body["status"], &body["detail"]), (&json!(status), &json!(detail)));
}

#[tokio::test]
async fn an_address_may_ask_so_often_and_others_have_their_own_share() {
    let app = TestApp::with(|config| {
        config.server.trusted_proxies = vec!["127.0.0.1".parse().expect("an address")];
        config.limits.address_requests = 3;
    })
    .await;
    let from = |address: &'static str, path: &str| app.client.get(app.url(path)).header("x-forwarded-for", address);
    let sentence = "More than 3 requests a second came from this address.";

    let refused = until_refused(async || get(from("192.0.2.1", "/events")).await).await;
    assert_eq!(retry_after(&refused), 1);
    problem(refused, sentence).await;

    let refused = until_refused(async || get(from("192.0.2.1", "/sign-in").header("accept", "text/html")).await).await;
    assert_eq!(retry_after(&refused), 1);
    let page = refused.text().await.expect("a page");
    assert!(page.contains("refused-page") && page.contains(sentence) && page.contains("wait a second"), "{page}");

    let door = || app.client.post(app.url("/api/me")).header("x-forwarded-for", "192.0.2.1");
    let refused = until_refused(async || get(door().header("accept", "application/json")).await).await;
    assert_eq!(retry_after(&refused), 1);
    let error: Value = refused.json().await.expect("JSON");
    assert_eq!(error, json!({"too-many": {"retry_after_s": 1, "limit": sentence}}));

    for free in ["/healthz", "/readyz"] {
        for _ in 0..10 {
            assert_eq!(get(from("192.0.2.1", free)).await.status(), 200, "{free}");
        }
    }
    assert_eq!(get(from("192.0.2.2", "/sign-in")).await.status(), 200, "another address");
    assert_eq!(get(from("2001:db8::1", "/sign-in")).await.status(), 200);
    until_refused(async || get(from("2001:db8::2", "/sign-in")).await).await;
    assert_eq!(get(from("2001:db8:0:1::1", "/sign-in")).await.status(), 200, "the next network");
    until_served(async || get(from("192.0.2.1", "/sign-in")).await).await;
}

#[tokio::test]
async fn a_person_may_ask_so_often_whatever_they_ask_for() {
    let app = TestApp::with(|config| config.limits.user_requests = 3).await;
    for name in ["ann", "bob"] {
        app.person(name).await;
    }
    let (ann, bob) = (app.sign_in("ann").await, app.sign_in("bob").await);
    let sentence = "More than 3 requests a second came from this person.";

    let refused = until_refused(async || ann.get("/").await).await;
    assert_eq!(retry_after(&refused), 1);
    assert!(refused.text().await.expect("a page").contains(sentence));

    let refused = until_refused(async || ann.get("/events").await).await;
    assert_eq!(retry_after(&refused), 1);
    problem(refused, sentence).await;

    // A plain form goes back to its page, which says why. A redirect is followed at once, so it names no time.
    let form = async || ann.post_form("/api/act", &[("change", "read:1")]).await;
    let refused = async {
        loop {
            let answer = form().await;
            if location(&answer).contains("problem=too-many") {
                return answer;
            }
        }
    };
    let refused = tokio::time::timeout(Duration::from_secs(20), refused).await.expect("refused in time");
    assert_eq!((refused.status().as_u16(), refused.headers().get("retry-after")), (302, None));

    assert_eq!(bob.get("/").await.status(), 200, "another person");
    until_served(async || ann.get("/").await).await;
}

#[tokio::test]
async fn a_token_may_ask_so_often_for_streams_and_for_messages() {
    let app = TestApp::with(|config| {
        config.limits.token_requests = 3;
        config.limits.sends_per_second = 2;
    })
    .await;
    let send = app.sender("ops").await;
    let ann = app.reader("ann").await;

    let refused = until_refused(async || app.open_stream(&ann, None).await).await;
    assert_eq!(retry_after(&refused), 1);
    problem(refused, "More than 3 requests a second came with this token.").await;
    let other = app.token("ann", Scope::Read).await;
    assert_eq!(app.open_stream(&other, None).await.status(), 200, "another token of the same person");
    until_served(async || app.open_stream(&ann, None).await).await;

    let message = json!({"to": ["ann"], "title": "x"});
    let refused = until_refused(async || app.post_message(&send, message.clone()).await).await;
    assert_eq!(retry_after(&refused), 1);
    problem(refused, "This token may send 2 messages a second. Nothing was sent.").await;
    until_served(async || app.post_message(&send, message.clone()).await).await;
}

#[tokio::test]
async fn an_address_may_have_so_many_connections() {
    let app = TestApp::watched(|config| config.limits.max_connections_per_address = Some(3)).await;
    let ask = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
    let mut open = Vec::new();
    for _ in 0..3 {
        let mut raw = Raw::connect(app.address(), "127.0.0.2").await;
        raw.say(ask).await;
        assert_eq!(raw.answer().await.status, 200);
        open.push(raw);
    }

    let mut fourth = Raw::connect(app.address(), "127.0.0.2").await;
    fourth.say(ask).await;
    let refused = fourth.answer().await;
    assert_eq!((refused.status, refused.headers["retry-after"].as_str()), (429, "5"));
    assert_eq!(refused.body, "This address has 3 connections open, as many as it may have.\n");
    assert_eq!(fourth.rest().await, "", "and it is closed");
    counted(&app, "address-connections", 1).await;

    let mut other = Raw::connect(app.address(), "127.0.0.3").await;
    other.say(ask).await;
    assert_eq!(other.answer().await.status, 200, "another address");
    open[0].say(ask).await;
    assert_eq!(open[0].answer().await.status, 200, "who is in stays in");
    drop(open);
    let again = async {
        loop {
            let mut raw = Raw::connect(app.address(), "127.0.0.2").await;
            raw.say(ask).await;
            if raw.answer().await.status == 200 {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), again).await.expect("places are given back");
}

#[tokio::test]
async fn a_head_that_comes_too_slowly_is_cut_and_nobody_waits_for_it() {
    let app = TestApp::watched(|config| config.limits.times.head = SHORT).await;
    let others = async || {
        // Each on a new connection: a kept one is closed as soon when it says nothing.
        let mut raw = Raw::connect(app.address(), "127.0.0.1").await;
        raw.say("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
        assert_eq!(raw.answer().await.status, 200);
    };
    let mut slow = Raw::connect(app.address(), "127.0.0.1").await;
    slow.say("GET /healthz HTTP/1.1\r\nhost: x\r\n").await;
    let mut silent = Raw::connect(app.address(), "127.0.0.1").await;
    others().await;
    assert_eq!((slow.rest().await, silent.rest().await), (String::new(), String::new()));
    others().await;
    counted(&app, "head-time", 2).await;
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused_in_words_and_without_them_far_beyond() {
    let app = TestApp::watched(|_| {}).await;
    let ask = async |headers: String| {
        let mut raw = Raw::connect(app.address(), "127.0.0.1").await;
        raw.say(&format!("POST /api/v1/messages HTTP/1.1\r\nhost: x\r\n{headers}\r\n")).await;
        raw.answer().await
    };
    let many = ask("a: b\r\n".repeat(64)).await;
    assert_eq!(many.status, 431);
    assert!(many.body.contains("The request has more than 64 headers."), "{}", many.body);
    let large = ask(format!("cookie: {}\r\n", "x".repeat(17 * 1024))).await;
    assert_eq!((large.status, large.headers["content-type"].as_str()), (431, "application/problem+json"));
    assert!(large.body.contains("larger than 16 KiB"), "{}", large.body);
    let beyond = ask(format!("cookie: {}\r\n", "x".repeat(70 * 1024))).await;
    assert_eq!((beyond.status, beyond.body.as_str()), (431, ""));
    assert_eq!(ask(format!("x-long: {}\r\n", "x".repeat(15 * 1024))).await.status, 401, "below, the question counts");
    counted(&app, "head-size", 3).await;
}

#[tokio::test]
async fn a_body_that_comes_too_slowly_is_refused() {
    let app = TestApp::watched(|config| config.limits.times.body = SHORT).await;
    let ask = async |path: &str, accept: &str| {
        let mut raw = Raw::connect(app.address(), "127.0.0.1").await;
        let head = format!("POST {path} HTTP/1.1\r\nhost: x\r\naccept: {accept}\r\ncontent-length: 100\r\n\r\n{{");
        raw.say(&head).await;
        raw.answer().await
    };
    let slow = async {
        for (path, accept, kind) in [
            ("/api/v1/messages", "*/*", "application/problem+json"),
            ("/api/act", "application/json", "application/json"),
            ("/api/act", "text/html", "text/html; charset=utf-8"),
        ] {
            let answer = ask(path, accept).await;
            assert_eq!((answer.status, answer.headers["content-type"].as_str()), (408, kind));
            assert_eq!(answer.headers["retry-after"], "1");
            assert!(answer.body.contains("The body of the request took longer than 300ms."), "{}", answer.body);
        }
    };
    let meanwhile = async { assert_eq!(get(app.client.get(app.url("/sign-in"))).await.status(), 200) };
    tokio::join!(slow, meanwhile);
    counted(&app, "body-time", 3).await;
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_in_the_form_that_the_asker_reads() {
    let app = TestApp::watched(|_| {}).await;
    let sentence = "The body of the request is larger than 512 KiB.";
    let post = |path: &str| app.client.post(app.url(path)).body("x".repeat(600 * 1024));

    problem(get(post("/api/v1/messages")).await, sentence).await;
    let door = get(post("/api/act").header("accept", "application/json")).await;
    assert_eq!((door.status().as_u16(), door.headers().get("retry-after")), (413, None), "coming back changes nothing");
    assert_eq!(door.json::<Value>().await.expect("JSON"), json!({ "invalid": sentence }));
    let page = get(post("/api/act").header("accept", "text/html")).await;
    assert_eq!(page.status(), 413);
    assert!(page.text().await.expect("a page").contains(sentence));

    let mut announced = Raw::connect(app.address(), "127.0.0.1").await;
    announced.say("POST /api/v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n\r\n").await;
    assert_eq!(announced.answer().await.status, 413, "known from the head: nothing of it is waited for");
    counted(&app, "body-size", 4).await;
}

#[tokio::test]
async fn a_reader_that_takes_nothing_is_cut_and_its_place_is_free_again() {
    let app = TestApp::watched(|config| {
        config.limits.times.write = SHORT;
        config.streams.max_streams = 1;
    })
    .await;
    app.sender("ops").await;
    let ann = app.reader("ann").await;
    let bob = app.reader("bob").await;
    fill(&app, "ann", 100).await;
    let (hello, _) = app.stream(&ann, None).await.opening().await;
    let start = format!("{}-0", hello.data["epoch"].as_str().expect("an epoch"));
    // The first stream's end is noticed a moment after it was dropped.
    let mut deaf = loop {
        let mut raw = Raw::with_buffer(app.address(), "127.0.0.1", Some(4096)).await;
        raw.say(&format!("GET /events?after={start} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {ann}\r\n\r\n")).await;
        let mut peeked = [0; 12];
        raw.peek(&mut peeked).await;
        if peeked.ends_with(b"200") {
            break raw;
        }
    };

    let full = app.open_stream(&bob, None).await;
    assert_eq!((full.status().as_u16(), retry_after(&full)), (503, 5), "the only place is taken");
    problem(full, "1 streams are open on this server, as many as it may have.").await;
    let in_vain = async { while app.open_stream(&bob, None).await.status() == 503 {} };
    tokio::time::timeout(Duration::from_secs(20), in_vain).await.expect("the place is free again");
    let told = deaf.rest().await;
    assert!(told.contains("event: hello") && !told.contains("event: caught-up"), "it was cut in the middle");
    counted(&app, "write-time", 1).await;
    let look = Look::at(&app).await;
    assert_eq!(look.get("tidings_streams_ended_total{cause=\"write-stall\"}"), 1.0);
}

/// Gives a person as many messages, past the API and larger than it lets pass: the kernel's buffers take megabytes.
async fn fill(app: &TestApp, name: &str, messages: usize) {
    let sender = app.user("ops").await.id;
    let send = |n: usize| {
        app.store.publish(NewMessage {
            sender,
            audience: Audience::Users(vec![Username::parse(name).expect("a name")]),
            title: format!("{n}"),
            body: String::new(),
            html: String::new(),
            preview: "x".repeat(64 * 1024),
            priority: tidings::domain::Priority::Normal,
            link: None,
            details: Details::default(),
            sent_at: 0,
            idempotency: None,
        })
    };
    for sent in futures_util::future::join_all((0..messages).map(send)).await {
        sent.expect("stored");
    }
}

#[tokio::test]
async fn the_page_that_slows_guessing_down_has_the_status_that_fits() {
    let app = TestApp::start().await;
    let guess = [("name", "nobody"), ("password", "a wrong guess"), ("next", "/")];
    let slowed = async {
        loop {
            let answer = app.browser().post_form("/api/sign_in", &guess).await;
            if location(&answer).contains("wait=") {
                return location(&answer).to_owned();
            }
        }
    };
    let slowed = tokio::time::timeout(Duration::from_secs(20), slowed).await.expect("slowed down");
    let page = app.browser().get(&slowed).await;
    assert_eq!(page.status(), 429);
    let seconds = retry_after(&page);
    assert!(slowed.contains(&format!("wait={seconds}")), "{slowed}");
    assert!(page.text().await.expect("a page").contains(&format!("wait {seconds} second")));
}
