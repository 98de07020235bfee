//! Verbs, their undo and snoozing over HTTP: by plain forms, by a page's script, and in two tabs at once.

use serde_json::{Value, json};
use tidings::server::now_ms;

use crate::app::{TestApp, location};

const DAY: i64 = 86_400_000;

/// A server, a stream and a browser of ann, and the ids of some messages.
async fn with(app: &TestApp, count: usize) -> (crate::events::EventReader, crate::app::Browser, Vec<i64>) {
    let send = app.sender("ops").await;
    let token = app.reader("ann").await;
    let mut stream = app.stream(&token, None).await;
    stream.opening().await;
    let mut ids = Vec::new();
    for n in 0..count {
        app.send(&send, "ann", &format!("Message {n}!")).await;
        ids.push(stream.expect("item").await.data["item"]["id"].as_i64().expect("an id"));
    }
    (stream, app.sign_in("ann").await, ids)
}

async fn text(browser: &crate::app::Browser, path: &str) -> String {
    browser.get(path).await.text().await.expect("a page")
}

#[tokio::test]
async fn a_form_without_script_says_what_was_done_and_takes_it_back() {
    let app = TestApp::start().await;
    let (_stream, browser, ids) = with(&app, 2).await;

    let done = browser.post_form("/api/act", &[("change", &format!("done:{}", ids[0]))]).await;
    assert_eq!((done.status().as_u16(), location(&done)), (302, "/?did=done&items=1&undo=3"));
    let page = text(&browser, location(&done)).await;
    assert!(page.contains("1 message done.") && page.contains("value=\"undo:3\""), "{page}");
    assert!(!page.contains("Message 0!"));

    let undone = browser.post_form("/api/act", &[("change", "undo:3")]).await;
    assert_eq!(location(&undone), "/?did=undo&items=1&undo=4");
    let page = text(&browser, location(&undone)).await;
    assert!(page.contains("1 message as before.") && page.contains("Message 0!"));

    let again = browser.post_form("/api/act", &[("change", "undo:3")]).await;
    assert_eq!(location(&again), "/?problem=not-found", "there is nothing of it left");
}

#[tokio::test]
async fn what_an_address_says_was_done_is_never_its_own_words() {
    let app = TestApp::start().await;
    let (_stream, browser, _) = with(&app, 1).await;
    for path in ["/?did=%3Cb%3Esend%20money&items=1&undo=1", "/?did=done&items=x", "/?did=done", "/?did=&items=1"] {
        let page = text(&browser, path).await;
        assert!(!page.contains("send money") && !page.contains("message done."), "{path}");
    }
    let page = text(&browser, "/?did=done&items=1&undo=x").await;
    assert!(page.contains("1 message done.") && !page.contains("undo:"));
}

#[tokio::test]
async fn many_are_chosen_by_boxes_and_each_view_shows_its_own() {
    let app = TestApp::start().await;
    let (mut stream, browser, ids) = with(&app, 4).await;
    let [one, two] = [ids[0].to_string(), ids[1].to_string()];
    let pinned = browser.post_form("/api/act", &[("change", "pin"), ("ids[]", &one), ("ids[]", &two)]).await;
    assert_eq!(location(&pinned), "/?did=pin&items=2&undo=5");
    let marked = stream.expect("marked").await;
    assert_eq!((&marked.data["verb"], &marked.data["which"]), (&json!("pin"), &json!({"ids": [ids[0], ids[1]]})));
    assert_eq!(marked.data["counts"], json!({"unread": 4, "unseen": 2, "pinned": 2, "snoozed": 0}));
    let until = now_ms() + DAY;
    browser.post_form("/api/act", &[("change", &format!("snooze@{until}:{},{}", ids[1], ids[2]))]).await;
    browser.post_form("/api/act", &[("change", &format!("done:{}", ids[0]))]).await;
    for (view, shown) in [("inbox", vec![3]), ("pinned", vec![0, 1]), ("snoozed", vec![1, 2]), ("done", vec![0])] {
        let page = text(&browser, &format!("/?view={view}")).await;
        let found: Vec<usize> = (0..4).filter(|n| page.contains(&format!(">Message {n}!<"))).collect();
        assert_eq!(found, shown, "{view}");
    }
}

#[tokio::test]
async fn a_program_hears_what_its_act_came_to() {
    let app = TestApp::start().await;
    let (_stream, browser, ids) = with(&app, 3).await;
    let act = async |change: &str| -> (u16, Value) {
        let answer = browser.post_program("/api/act", &[("change", change)]).await;
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    };
    let all = format!("{},{},{}", ids[0], ids[1], ids[2]);
    assert_eq!(act(&format!("read:{all}")).await, (200, json!({"undo": 4, "items": 3})));
    assert_eq!(act(&format!("read:{all}")).await, (200, json!({"undo": null, "items": 0})));
    assert_eq!(act("undo:4").await, (200, json!({"undo": 5, "items": 3})));
    assert_eq!(act("undo:4").await.0, 404);
    assert_eq!(act("read:999").await.0, 404);
    assert_eq!(act("read-all:5").await, (200, json!({"undo": 6, "items": 3})));
    let past = format!("snooze@{}:{all}", now_ms() - 1);
    let never = format!("snooze@{}:{all}", i64::MAX);
    let too_many = format!("read:{}", (1..=501).map(|id: i64| id.to_string()).collect::<Vec<_>>().join(","));
    for bad in ["", "read", "drop:1", "read:1;2", "undo:-4", "snooze:1", "snooze@soon:1", &past, &never, &too_many] {
        assert_eq!(act(bad).await.0, 400, "{bad:.40}");
    }
}

#[tokio::test]
async fn choices_of_a_snooze_are_of_the_readers_wall_clock() {
    let app = TestApp::start().await;
    let (mut stream, browser, ids) = with(&app, 1).await;
    let zone = "UPDATE users SET zone = 'Asia/Tokyo' WHERE username = 'ann'";
    sqlx::query(zone).execute(&mut app.database().await).await.expect("written");
    let mut snoozed = async |form: &[(&str, &str)]| {
        let answer = browser.post_form("/api/act", form).await;
        assert!(location(&answer).starts_with("/?did=snooze"), "{}", location(&answer));
        stream.expect("item").await.data["item"]["state"]["snoozed"].as_i64().expect("a time")
    };
    let id = ids[0].to_string();

    let tomorrow = snoozed(&[("change", &format!("snooze@tomorrow:{id}"))]).await;
    assert_eq!(tomorrow % DAY, 0, "nine in Tokyo is midnight UTC");
    assert!(tomorrow > now_ms() && tomorrow <= now_ms() + 2 * DAY);
    let week = snoozed(&[("change", &format!("snooze@week:{id}"))]).await;
    assert_eq!((week % DAY, (week / DAY + 4) % 7), (0, 1), "a Monday");
    let chosen = snoozed(&[("change", &format!("snooze:{id}")), ("until", "2030-01-02T09:30")]).await;
    assert_eq!(chosen, 1_893_544_200_000);
}

#[tokio::test]
async fn what_was_snoozed_comes_back_by_itself_also_after_a_restart() {
    let app = TestApp::start().await;
    let (mut stream, browser, ids) = with(&app, 2).await;
    let until = now_ms() + 1500;
    let change = format!("snooze@{until}:{},{}", ids[0], ids[1]);
    browser.post_form("/api/act", &[("change", &change)]).await;
    assert_eq!(stream.expect("marked").await.data["counts"]["snoozed"], 2);

    let woken = stream.expect("items").await;
    assert!(now_ms() >= until, "not too early");
    assert_eq!(woken.data["seq"], 4);
    for item in woken.data["items"].as_array().expect("items") {
        assert_eq!(
            (&item["surfaced"], &item["state"]),
            (&json!(4), &json!({"seen": false, "read": false, "done": false}))
        );
    }
    assert_eq!(woken.data["counts"], json!({"unread": 2, "unseen": 2, "pinned": 0, "snoozed": 0}));

    // Another process snoozed it, and the time went by while nobody ran.
    let asleep = "UPDATE items SET seen = 1, snoozed = 1000 WHERE message_id = ?";
    let mut database = app.database().await;
    sqlx::query(asleep).bind(ids[1]).execute(&mut database).await.expect("written");
    let counts = "UPDATE users SET snoozed = 1, unread = 1, unseen = 1 WHERE username = 'ann'";
    sqlx::query(counts).execute(&mut database).await.expect("written");
    assert_eq!(stream.expect("item").await.data["item"]["id"], ids[1]);
}

#[tokio::test]
async fn two_tabs_that_take_back_the_same_act_do_it_once() {
    let app = TestApp::start().await;
    let (_stream, browser, ids) = with(&app, 1).await;
    browser.post_form("/api/act", &[("change", &format!("delete:{}", ids[0]))]).await;
    let undo = || browser.post_program("/api/act", &[("change", "undo:2")]);
    let (one, two) = tokio::join!(undo(), undo());
    let mut statuses = [one.status().as_u16(), two.status().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404]);
    assert!(text(&browser, "/").await.contains("Message 0!"));
}

#[tokio::test]
async fn a_form_that_crosses_a_repeat_leaves_it_and_says_so() {
    let app = TestApp::start().await;
    let (mut stream, browser, ids) = with(&app, 1).await;
    let token = app.sender("monitor").await;
    let send = async |title: &str| {
        let message = json!({"to": ["ann"], "title": title, "collapse_key": "disk"});
        assert_eq!(app.post_message(&token, message).await.status(), 201);
    };
    send("85 %").await;
    let row = stream.expect("item").await.data["item"]["id"].as_i64().expect("a number");
    let before = text(&browser, "/").await;
    let value = format!("done:{row}~{}", 2);
    assert!(before.contains(&format!("value=\"{value}\"")), "the button names what it was made for: {before}");
    send("90 %").await;
    stream.expect("item").await;

    let left = browser.post_form("/api/act", &[("change", &value)]).await;
    assert_eq!(location(&left), "/?did=done&items=0&left=1");
    let page = text(&browser, location(&left)).await;
    assert!(page.contains("What has come again meanwhile was left as it is.") && page.contains("90 %"), "{page}");

    let both = browser.post_form("/api/act", &[("change", "done~2"), ("ids[]", &ids[0].to_string())]).await;
    assert_eq!(location(&both), "/?did=done&items=1&undo=4");
    let bad = browser.post_form("/api/act", &[("change", "undo:4~4")]).await;
    assert_eq!(location(&bad), "/?problem=invalid");
}
