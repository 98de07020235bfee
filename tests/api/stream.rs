//! `GET /events`: what a stream says, where it goes on, and when it ends.

use std::time::Duration;

use serde_json::json;

use crate::app::TestApp;
use crate::events::EventReader;

#[tokio::test]
async fn a_fresh_stream_says_hello_and_then_what_happens() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    let ann = app.reader("ann").await;
    app.send(&send, "ann", "before").await;

    let mut stream = app.stream(&ann, None).await;
    let (hello, replayed) = stream.opening().await;
    app.send(&send, "ann", "after").await;
    let item = stream.expect("item").await;

    assert_eq!((&hello.data["verdict"], &hello.data["to"]), (&json!("fresh"), &json!(1)));
    assert!(replayed.is_empty());
    assert_eq!((&item.data["seq"], &item.data["item"]["title"]), (&json!(2), &json!("after")));
    assert_eq!(item.data["counts"], json!({"unread": 2, "unseen": 2, "pinned": 0, "snoozed": 0}));
    assert_eq!(item.id, Some(format!("{}-2", hello.data["epoch"].as_str().expect("an epoch"))));
}

#[tokio::test]
async fn the_head_of_the_answer_keeps_proxies_from_collecting() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let response = app.open_stream(&ann, None).await;
    for (name, value) in [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-cache, no-transform"),
        ("x-accel-buffering", "no"),
    ] {
        assert_eq!(response.headers()[name], value);
    }
    assert!(!response.headers().contains_key("content-encoding"));
}

#[tokio::test]
async fn a_reader_that_comes_back_gets_what_it_missed_and_nothing_twice() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    let ann = app.reader("ann").await;
    let mut stream = app.stream(&ann, None).await;
    stream.opening().await;
    app.send(&send, "ann", "one").await;
    let cursor = stream.expect("item").await.id.expect("an id");
    drop(stream);
    app.send(&send, "ann", "two").await;
    app.send(&send, "ann", "three").await;

    for by_header in [true, false] {
        let mut stream = app.stream_at(&ann, &cursor, by_header).await;
        let (hello, replayed) = stream.opening().await;
        let titles: Vec<_> = replayed.iter().map(|event| event.data["item"]["title"].clone()).collect();
        assert_eq!((&hello.data["verdict"], &hello.data["missed"]), (&json!("resumed"), &json!(2)));
        assert_eq!(titles, ["two", "three"]);
    }
    app.send(&send, "ann", "four").await;
    let mut stream = app.stream_at(&ann, &cursor, true).await;
    assert_eq!(stream.opening().await.1.len(), 3);
}

#[tokio::test]
async fn a_cursor_that_cannot_be_continued_resets() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    let ann = app.reader("ann").await;
    app.send(&send, "ann", "one").await;
    let (hello, _) = app.stream(&ann, None).await.opening().await;
    let epoch = hello.data["epoch"].as_str().expect("an epoch").to_owned();

    for cursor in ["elsewhere-1".to_owned(), format!("{epoch}-99")] {
        let (hello, replayed) = app.stream_at(&ann, &cursor, true).await.opening().await;
        assert_eq!((&hello.data["verdict"], &hello.data["to"]), (&json!("reset"), &json!(1)), "{cursor}");
        assert!(replayed.is_empty());
    }
    let wrong = app.open_stream_at(&ann, "what?", false).await;
    assert_eq!(wrong.status(), 400);
}

#[tokio::test]
async fn more_changes_than_a_replay_holds_reset() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    let ann = app.reader("ann").await;
    let (hello, _) = app.stream(&ann, None).await.opening().await;
    let start = format!("{}-0", hello.data["epoch"].as_str().expect("an epoch"));
    for _ in 0..21 {
        futures_util::future::join_all((0..50).map(|_| app.send(&send, "ann", "x"))).await;
    }
    let (hello, replayed) = app.stream_at(&ann, &start, true).await.opening().await;
    assert_eq!((&hello.data["verdict"], replayed.len()), (&json!("reset"), 0));
}

#[tokio::test]
async fn every_stream_of_a_person_hears_the_same_and_nobody_else_does() {
    let app = TestApp::with(|config| config.streams.beat = Duration::from_millis(200)).await;
    let send = app.sender("ops").await;
    let [ann, bob] = [app.reader("ann").await, app.reader("bob").await];
    let mut streams = [app.stream(&ann, None).await, app.stream(&ann, None).await];
    let mut other = app.stream(&bob, None).await;
    for stream in &mut streams {
        stream.opening().await;
    }
    other.opening().await;

    futures_util::future::join_all((0..40).map(|n| app.send(&send, "ann", if n % 2 == 0 { "even" } else { "odd" })))
        .await;

    for stream in &mut streams {
        for seq in 1..=40 {
            assert_eq!(stream.expect("item").await.data["seq"], seq);
        }
    }
    for _ in 0..2 {
        assert_eq!(other.next().await.expect("an open stream").name, "beat");
    }
}

#[tokio::test]
async fn beats_tell_the_number_and_come_in_time() {
    let app = TestApp::with(|config| config.streams.beat = Duration::from_millis(100)).await;
    let send = app.sender("ops").await;
    let ann = app.reader("ann").await;
    app.send(&send, "ann", "one").await;
    let mut stream = app.stream(&ann, None).await;
    let (hello, _) = stream.opening().await;
    assert_eq!(hello.data["beat_ms"], 100);
    let beat = stream.next().await.expect("a beat");
    assert_eq!((beat.name.as_str(), &beat.data["seq"], beat.id), ("beat", &json!(1), None));
}

#[tokio::test]
async fn strangers_wrong_scopes_and_other_sites_get_no_stream() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    let ann = app.reader("ann").await;
    let get = || app.client.get(app.url("/events"));
    assert_eq!(get().send().await.expect("an answer").status(), 401);
    assert_eq!(get().bearer_auth("td_x").send().await.expect("an answer").status(), 401);
    assert_eq!(get().bearer_auth(&send).send().await.expect("an answer").status(), 403);
    let cross = get().bearer_auth(&ann).header("sec-fetch-site", "cross-site").send().await.expect("an answer");
    assert_eq!(cross.status(), 403);
}

#[tokio::test]
async fn one_stream_too_many_replaces_the_oldest() {
    let app = TestApp::with(|config| config.streams.max_streams_per_user = 2).await;
    let ann = app.reader("ann").await;
    let mut first = app.stream(&ann, None).await;
    let _second = app.stream(&ann, None).await;
    first.opening().await;
    let mut third = app.stream(&ann, None).await;
    third.opening().await;
    let told = first.expect("drain").await;
    assert_eq!(told.data["why"], "replaced");
    assert!(told.data["reconnect_ms"].as_i64() >= Some(30_000), "or they would replace each other for ever");
    assert_eq!(first.next().await, None);
}

#[tokio::test]
async fn a_revoked_token_and_a_disabled_person_lose_their_streams_within_a_beat() {
    let app = TestApp::with(|config| config.streams.beat = Duration::from_millis(100)).await;
    let ann = app.reader("ann").await;
    let bob = app.reader("bob").await;
    let mut streams = [app.stream(&ann, None).await, app.stream(&bob, None).await];
    app.revoke_tokens("ann").await;
    app.disable("bob").await;
    for (stream, why) in streams.iter_mut().zip(["revoked", "disabled"]) {
        stream.opening().await;
        let ended = stream.expect("signed-out").await;
        assert_eq!(ended.data["why"], why);
        assert_eq!(stream.next().await, None);
    }
}

#[tokio::test]
async fn a_stream_says_why_its_session_ended() {
    let app = TestApp::with(|config| {
        config.streams.beat = Duration::from_millis(200);
        config.sessions.idle = Duration::from_secs(3);
    })
    .await;
    for name in ["ann", "bob"] {
        app.person(name).await;
    }
    let mut idle = app.sign_in("ann").await.stream().await;
    let mut changed = app.sign_in("bob").await.stream().await;
    let password = tidings::server::auth::hash_password("another long password");
    app.store.set_password(app.user("bob").await.id, password).await.expect("set");
    for (stream, why) in [(&mut changed, "password-changed"), (&mut idle, "idle")] {
        stream.opening().await;
        assert_eq!(stream.expect("signed-out").await.data["why"], why);
    }
}

#[tokio::test]
async fn what_another_process_did_is_noticed_at_the_next_beat() {
    let app = TestApp::with(|config| config.streams.beat = Duration::from_millis(100)).await;
    let send = app.sender("ops").await;
    let ann = app.reader("ann").await;
    app.send(&send, "ann", "one").await;
    let id = app.inbox(&ann).await[0]["id"].as_i64().expect("a number");
    let mut stream = app.stream(&ann, None).await;
    stream.opening().await;
    let elsewhere = tidings::domain::Action::Read;
    app.store.act(app.user("ann").await.id, &[tidings::domain::MessageId(id)], elsewhere).await.expect("done");
    assert_eq!(stream.expect("hello").await.data["verdict"], "resumed");
    assert_eq!(stream.expect("item").await.data["seq"], 2);
    stream.expect("caught-up").await;
    app.send(&send, "ann", "two").await;
    assert_eq!(stream.expect("item").await.data["seq"], 3);
}

#[tokio::test]
async fn a_stream_opened_by_a_session_ends_with_it_at_once() {
    let app = TestApp::start().await;
    app.person("ann").await;
    let browser = app.sign_in("ann").await;
    let mut stream = browser.stream().await;
    let (hello, _) = stream.opening().await;
    assert!(hello.data["session_ends"].as_i64().is_some());
    browser.sign_out().await;
    assert_eq!(stream.expect("signed-out").await.data["why"], "signed-out");
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn a_poll_brings_what_a_stream_would_with_the_same_cursor() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    let ann = app.reader("ann").await;
    app.send(&send, "ann", "one").await;

    let (hello, replayed) = app.poll(&ann, None, 20).await.opening().await;
    assert_eq!((hello.data["verdict"].as_str(), replayed.len()), (Some("fresh"), 0));
    let start = format!("{}-0", hello.data["epoch"].as_str().expect("an epoch"));

    let mut poll = app.poll(&ann, Some(&start), 20).await;
    let (_, replayed) = poll.opening().await;
    assert_eq!(replayed.len(), 1);
    assert_eq!(poll.next().await, None, "news is told at once, and the answer ends");

    let cursor = replayed[0].id.clone().expect("a cursor");
    let waiting = async {
        let mut poll = app.poll(&ann, Some(&cursor), 20).await;
        // Sent before the poll was there, it is replayed; sent afterwards, it is what the poll waits for.
        let (_, replayed) = poll.opening().await;
        let item = match replayed.first() {
            Some(item) => item.clone(),
            None => poll.expect("item").await,
        };
        assert_eq!(poll.next().await, None);
        item
    };
    let (item, ()) = tokio::join!(waiting, app.send(&send, "ann", "two"));
    assert_eq!(item.data["item"]["title"], "two");
}

#[tokio::test]
async fn a_poll_without_news_ends_with_a_beat_and_one_whose_session_ends_says_so() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let mut poll = app.poll(&ann, Some("x-0"), 0).await;
    assert_eq!(poll.opening().await.0.data["verdict"], "reset");
    assert_eq!(poll.next().await, None);
    let (hello, _) = app.poll(&ann, None, 0).await.opening().await;
    let cursor = format!("{}-0", hello.data["epoch"].as_str().expect("an epoch"));
    let mut poll = app.poll(&ann, Some(&cursor), 1).await;
    poll.opening().await;
    assert_eq!(poll.expect("beat").await.data["seq"], 0);
    assert_eq!(poll.next().await, None);
    for bad in ["26", "-1", "x", ""] {
        assert_eq!(app.open_poll(&ann, None, bad).await.status(), 400, "{bad}");
    }
}

#[tokio::test]
async fn the_same_client_takes_its_own_place_and_another_name_does_not() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let open = async |client: &str| {
        let request = app.client.get(app.url(&format!("/events?client={client}"))).bearer_auth(&ann);
        EventReader::new(request.send().await.expect("an answer"))
    };
    let mut before = open("laptop").await;
    let mut phone = open("phone").await;
    before.opening().await;
    phone.opening().await;
    let mut after = open("laptop").await;
    after.opening().await;
    assert_eq!(before.expect("drain").await.data["why"], "superseded");
    assert_eq!(before.next().await, None);
    let bad = app.client.get(app.url("/events?client=a%20b")).bearer_auth(&ann).send().await.expect("an answer");
    assert_eq!(bad.status(), 400);
}
