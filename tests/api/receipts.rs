//! What a page acknowledges over HTTP, and marking everything read.

use serde_json::json;
use tidings::domain::Seq;

use crate::app::TestApp;

#[tokio::test]
async fn what_a_page_acknowledges_is_kept_and_every_other_page_hears_what_was_seen() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    let token = app.reader("ann").await;
    let browser = app.sign_in("ann").await;
    let mut stream = app.stream(&token, None).await;
    stream.opening().await;
    app.send(&send, "ann", "one").await;
    app.send(&send, "ann", "two").await;
    let first = stream.expect("item").await;
    let second = stream.expect("item").await;
    let cursor = second.id.expect("a cursor");
    let seen = format!("{},{}", first.data["item"]["id"], second.data["item"]["id"]);

    let fields = [("client", "laptop"), ("cursor", &cursor), ("seen", &seen), ("latency", "12,7")];
    assert!(browser.post_program("/api/acknowledge", &fields).await.status().is_success());

    let marked = stream.expect("marked").await;
    assert_eq!(marked.data["seq"], 3);
    assert_eq!(marked.data["which"]["ids"], json!([first.data["item"]["id"], second.data["item"]["id"]]));
    assert_eq!((&marked.data["verb"], &marked.data["counts"]["unseen"]), (&json!("see"), &json!(0)));
    let ann = app.user("ann").await.id;
    let devices = app.store.devices(ann).await.expect("an answer");
    assert_eq!(devices.iter().map(|device| device.applied).collect::<Vec<_>>(), [Seq(2)]);

    app.send(&send, "ann", "three").await;
    let fields = [("client", "laptop"), ("cursor", "anotherlife-4")];
    assert!(browser.post_program("/api/acknowledge", &fields).await.status().is_success());
    assert_eq!(app.store.devices(ann).await.expect("an answer")[0].applied, Seq(2), "another life's number is none");
}

#[tokio::test]
async fn what_is_no_acknowledgement_is_refused_and_so_is_a_stranger() {
    let app = TestApp::start().await;
    app.person("ann").await;
    let browser = app.sign_in("ann").await;
    for (name, value) in
        [("client", "a b"), ("cursor", "x"), ("seen", "1,x"), ("read", &"1,".repeat(600)), ("latency", "-1")]
    {
        let mut fields = vec![("client", "laptop")];
        fields.retain(|(field, _)| *field != name);
        fields.push((name, value));
        let status = browser.post_program("/api/acknowledge", &fields).await.status();
        assert_eq!(status, 400, "{name}={value:.20}");
    }
    let stranger = app.browser().post_program("/api/acknowledge", &[("client", "laptop")]).await;
    assert_eq!(stranger.status(), 401);
    let cross = browser.post_from("/api/acknowledge", &[("client", "laptop")], "cross-site").await;
    assert_eq!(cross.status(), 403);
}

#[tokio::test]
async fn marking_everything_read_leaves_alone_what_came_after_the_page() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    let token = app.reader("ann").await;
    let browser = app.sign_in("ann").await;
    let mut stream = app.stream(&token, None).await;
    stream.opening().await;
    for title in ["one", "two", "three"] {
        app.send(&send, "ann", title).await;
        stream.expect("item").await;
    }

    let response = browser.post_form("/api/act", &[("change", "read-all:2")]).await;

    assert_eq!(response.status(), 302, "a form without script goes back to its page");
    let marked = stream.expect("marked").await;
    assert_eq!(marked.data["which"], json!({"up_to": 2}));
    assert_eq!(marked.data["counts"]["unread"], 1);
}

/// A beacon of a plain string says that it is text (W3C Beacon, §3.1).
#[tokio::test]
async fn a_beacon_is_taken_whatever_it_says_that_it_is() {
    let app = TestApp::start().await;
    app.person("ann").await;
    let browser = app.sign_in("ann").await;
    let response = browser.post_text("/api/acknowledge", "client=laptop&cursor=&seen=&read=&latency=").await;
    assert!(response.status().is_success(), "{}", response.status());
    let devices = app.store.devices(app.user("ann").await.id).await.expect("an answer");
    assert_eq!(devices.iter().map(|device| device.client.as_str()).collect::<Vec<_>>(), ["laptop"]);
}
