//! Finding without script: the search in the address, marks in its rows, problems that explain, and kept searches.

use serde_json::{Value, json};

use crate::app::{Browser, TestApp, location};

async fn page(browser: &Browser, path: &str) -> String {
    let response = browser.get(path).await;
    assert_eq!(response.status(), 200, "{path}");
    response.text().await.expect("a page")
}

async fn ann_with(messages: &[(&str, &str)]) -> (TestApp, Browser) {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    app.person("ann").await;
    for (title, body) in messages {
        app.post_message(&send, json!({"to": ["ann"], "title": title, "body": body})).await;
    }
    let browser = app.sign_in("ann").await;
    (app, browser)
}

#[tokio::test]
async fn a_search_is_an_address_that_shows_rows_with_marks() {
    let (_app, ann) = ann_with(&[("Backup <i>failed</i>", "The **disk** is full"), ("Lunch", "at noon")]).await;
    let html = page(&ann, "/?q=backup+disk").await;
    assert!(html.contains("<mark>Backup</mark> &lt;i&gt;failed&lt;/i&gt;"), "the title, marked and escaped");
    assert!(html.contains("The <mark>disk</mark> is full") && !html.contains("at noon"));
    assert!(html.contains(r#"value="backup disk""#), "the field has what was asked");
    assert!(html.contains("/?q=backup+disk&amp;m=1"), "a message opens beside what is found");
    assert!(page(&ann, "/?q=from:ops+-disk").await.contains("at noon"));
    assert!(page(&ann, "/?q=dinner").await.contains(r#"data-state="not-found""#));
    assert!(page(&ann, "/?q=++").await.contains("at noon"), "nothing asked is everything");
}

#[tokio::test]
async fn what_is_no_query_is_told_with_its_place() {
    let (_app, ann) = ann_with(&[("Lunch", "")]).await;
    let html = page(&ann, "/?q=lunch+form:ci").await;
    assert!(html.contains("«form:» is no filter") && html.contains("(at character 7)."), "{html}");
    assert!(html.contains(r#"data-state="no-query""#) && !html.contains(r#"data-testid="item""#));
    let html = page(&ann, "/?q=%3Cscript%3Ealert(1)%3C/script%3E:x+%22").await;
    assert!(!html.contains("<script>alert"), "nor does a problem bring script");
    for hostile in ["%00", "*", "%22%22", "NEAR(", "%FF%FE", &"x".repeat(5_000)] {
        page(&ann, &format!("/?q={hostile}")).await;
    }
}

#[tokio::test]
async fn the_door_of_lists_searches_too() {
    let (_app, ann) = ann_with(&[("Backup failed", "on db-1"), ("Lunch", "")]).await;
    let answer = ann.post_program("/api/page", &[("view", "inbox"), ("q", " fail ")]).await;
    let found: Value = answer.json().await.expect("JSON");
    assert_eq!(found["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(found["found"]["query"], "fail");
    assert_eq!(found["found"]["hits"], json!([{"id": 1, "title": ["Backup ", "failed"], "text": ["on db-1"]}]));
    let answer = ann.post_program("/api/page", &[("view", "inbox"), ("q", "is:raed")]).await;
    let found: Value = answer.json().await.expect("JSON");
    assert!(found["found"]["problem"].as_str().is_some_and(|told| told.starts_with("«is:raed» is unknown")));
    assert_eq!(found["counts"]["unread"], 2);
}

#[tokio::test]
async fn searches_are_kept_and_forgotten_by_plain_forms() {
    let (app, ann) = ann_with(&[("Backup failed", ""), ("Backup done", ""), ("Lunch", "")]).await;
    let html = page(&ann, "/?q=backup").await;
    assert!(html.contains(r#"data-testid="filter-keep""#) && !html.contains(r#"data-testid="filter-link""#));

    let kept = ann.post_form("/api/keep_filter", &[("name", "<Backups>"), ("q", "backup")]).await;
    assert_eq!(location(&kept), "/?q=backup");
    let html = page(&ann, "/?q=backup").await;
    assert!(html.contains("&lt;Backups&gt;") && html.contains(r#"aria-current="page""#));
    assert!(!html.contains(r#"data-testid="filter-keep""#), "it is kept already");
    let count = html.split(r#"data-testid="filter-count""#).nth(1).expect("a count");
    assert!(count.split('>').nth(1).is_some_and(|count| count.starts_with('2')), "two are unread");
    assert!(page(&ann, "/sessions").await.contains("&lt;Backups&gt;"), "also beside pages of the desk");

    assert_eq!(location(&ann.post_form("/api/keep_filter", &[("q", "lunch")]).await), "/?q=lunch");
    assert!(page(&ann, "/").await.contains(r#"title="lunch""#), "without a name it is called as its query");
    let bad = ann.post_form("/api/keep_filter", &[("name", "x"), ("q", "is:raed")]).await;
    assert!(location(&bad).contains("problem=invalid"));

    app.person("eve").await;
    let eve = app.sign_in("eve").await;
    assert!(!page(&eve, "/").await.contains("Backups"), "ann's are ann's");
    eve.post_form("/api/forget_filter", &[("id", "1")]).await;
    assert!(page(&ann, "/").await.contains("Backups"));
    ann.post_form("/api/forget_filter", &[("id", "1")]).await;
    assert!(!page(&ann, "/").await.contains("Backups"));
    for n in 0..30 {
        let next = ann.post_form("/api/keep_filter", &[("name", &n.to_string()), ("q", "x y")]).await;
        assert_eq!(location(&next).contains("filters-full"), n == 29, "lunch is one of thirty");
    }
}

#[tokio::test]
async fn what_stands_around_the_list_follows_what_comes() {
    let app = TestApp::start().await;
    let send = app.sender("ops").await;
    app.person("ann").await;
    let ann = app.sign_in("ann").await;
    let around = async || -> Value {
        ann.post_program("/api/around", &[("q", "from:\"ops\"")]).await.json().await.expect("JSON")
    };
    let before = around().await;
    assert!(before["start"].as_str().is_some_and(|html| html.contains("/preferences")), "she may not send");
    assert!(!before["rail"].as_str().expect("HTML").contains("Sources"));
    app.post_message(&send, json!({"to": ["ann"], "title": "Deployed", "tags": ["deploy"]})).await;
    let after = around().await;
    assert_eq!(after["start"], "", "something has come");
    let (rail, chips) = (after["rail"].as_str().expect("HTML"), after["chips"].as_str().expect("HTML"));
    assert!(rail.contains("/?q=from:%22ops%22") && rail.contains(r#"aria-current="page""#) && rail.contains("1<span"));
    assert!(!rail.contains("filter-keep"), "a source need not be kept");
    assert!(chips.contains("/?q=tag:deploy+-is:done"));
    assert!(page(&ann, "/").await.contains(r#"data-testid="chip""#), "and in the first HTML");
}

#[tokio::test]
async fn a_search_that_is_narrowed_and_finds_nothing_offers_a_wider_one() {
    let (_app, ann) = ann_with(&[("Lunch", "at noon")]).await;
    assert!(page(&ann, "/?q=lunch+is:done").await.contains(r#"href="/?q=lunch""#));
    assert!(!page(&ann, "/?q=dinner").await.contains("Look in everything"));
    assert!(page(&ann, "/?q=tag:dinner").await.contains(r#"data-state="no-match""#));
}

#[tokio::test]
async fn who_may_send_sends_themselves_a_test() {
    let app = TestApp::start().await;
    app.sender("ada").await;
    app.person("ann").await;
    let (ada, ann) = (app.sign_in("ada").await, app.sign_in("ann").await);
    assert!(page(&ada, "/").await.contains("/api/send_test"));
    assert_eq!(ada.post_form("/api/send_test", &[("send_test", "me")]).await.status(), 302);
    assert!(page(&ada, "/").await.contains("It works"));
    assert!(!page(&ada, "/").await.contains("/api/send_test"), "something has come");
    let refused = ann.post_form("/api/send_test", &[("send_test", "me")]).await;
    assert!(location(&refused).contains("problem=forbidden"));
}
