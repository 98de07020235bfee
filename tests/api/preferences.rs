//! Preferences: the form without script, what it keeps, what an open page is told, and when.

use reqwest::Response;
use serde_json::{Value, json};
use tidings::server::now_ms;

use crate::app::{Browser, TestApp, location};

/// The form as the page sends it: all days have their times, and nothing is checked but what the usual is.
fn form<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let times = [("chosen[from][]", "22:00"), ("chosen[to][]", "07:00")];
    let usual = [("chosen[zone]", ""), ("chosen[another]", ""), ("chosen[other_toast]", "on"), ("chosen[keys]", "on")];
    let week = std::iter::repeat_n(times, 7).flatten();
    usual.into_iter().chain(week).chain(more.iter().copied()).collect()
}

async fn save(browser: &Browser, more: &[(&str, &str)]) -> Response {
    browser.post_form("/api/preferences", &form(more)).await
}

async fn wishes(browser: &Browser) -> Value {
    let me = browser.post_program("/api/me", &[]).await;
    me.json::<Value>().await.expect("JSON")["wishes"].clone()
}

async fn page(browser: &Browser) -> String {
    let response = browser.get("/preferences").await;
    assert_eq!(response.status(), 200);
    response.text().await.expect("a page")
}

#[tokio::test]
async fn who_has_chosen_nothing_has_toasts_and_no_sound() {
    let app = TestApp::start().await;
    app.person("ann").await;
    let ann = app.sign_in("ann").await;
    let usual = json!({"version": 0, "keys": true, "theme": "system", "other": {"toast": true, "sound": false}});
    assert_eq!(wishes(&ann).await, usual);
    assert_eq!(location(&save(&ann, &[]).await), "/preferences?done=saved");
    assert_eq!(wishes(&ann).await, usual, "the form as it comes changes nothing");
    assert_eq!(app.browser().get("/preferences").await.status(), 302, "only for who is signed in");
}

#[tokio::test]
async fn a_browser_tells_its_zone_for_who_has_chosen_none() {
    let app = TestApp::start().await;
    app.person("ann").await;
    let ann = app.sign_in("ann").await;
    for zone in ["Mars/Olympus", "", "asia/tokyo", "Europe/Rome"] {
        assert_eq!(ann.post_program("/api/zone", &[("zone", zone)]).await.status(), 200, "{zone:?}");
    }
    assert_eq!(wishes(&ann).await["zone"], "Asia/Tokyo");
    assert_eq!(app.browser().post_program("/api/zone", &[("zone", "Asia/Tokyo")]).await.status(), 401);
}

#[tokio::test]
async fn what_was_chosen_is_kept_shown_and_told_to_open_pages() {
    let app = TestApp::start().await;
    app.person("ann").await;
    let ann = app.sign_in("ann").await;
    let all_day: Vec<_> =
        std::iter::repeat_n([("chosen[from][]", "00:00"), ("chosen[to][]", "00:00")], 7).flatten().collect();
    let mut chosen = vec![
        ("chosen[zone]", "asia/tokyo"),
        ("chosen[other_sound]", "on"),
        ("chosen[category][]", "deploy"),
        ("chosen[category][]", "lunch"),
        ("chosen[inbox][]", "deploy"),
        ("chosen[inbox][]", "lunch"),
        ("chosen[sound][]", "lunch"),
        ("chosen[quiet][]", "0"),
        ("chosen[quiet][]", "1"),
        ("chosen[quiet][]", "2"),
        ("chosen[quiet][]", "3"),
        ("chosen[quiet][]", "4"),
        ("chosen[quiet][]", "5"),
        ("chosen[quiet][]", "6"),
    ];
    chosen.extend(all_day);

    let saved = ann.post_form("/api/preferences", &chosen).await;

    assert_eq!(location(&saved), "/preferences?done=saved");
    let told = wishes(&ann).await;
    let (from, to) = (told["quiet"][0].as_i64().expect("a moment"), told["quiet"][1].as_i64().expect("a moment"));
    assert!(from < now_ms() && now_ms() < to, "it is quiet all the time");
    assert_eq!(from % 86_400_000, 15 * 3_600_000, "midnight in Tokyo");
    assert_eq!((told["version"].clone(), told["keys"].clone()), (json!(1), json!(false)));
    assert_eq!(told["other"], json!({"toast": false, "sound": true}));
    assert_eq!(told["choices"], json!([{"category": "deploy", "toast": false, "sound": false}]), "what differs");
    let html = page(&ann).await;
    assert!(html.contains(r#"value="Asia/Tokyo""#) && html.contains(r#"data-category="deploy""#));
}

#[tokio::test]
async fn a_category_that_is_not_to_be_in_the_inbox_is_muted() {
    let app = TestApp::start().await;
    app.person("ann").await;
    let (ann, token) = (app.sign_in("ann").await, app.sender("ops").await);
    let send = async |title: &str| {
        let message = json!({"to": ["ann"], "title": title, "category": "deploy"});
        assert_eq!(app.post_message(&token, message).await.status(), 201);
        ann.get("/").await.text().await.expect("a page").contains(title)
    };
    assert!(send("Deploy 1").await);
    assert!(page(&ann).await.contains(r#"data-category="deploy""#), "it is offered");
    let row = [("chosen[category][]", "deploy"), ("chosen[toast][]", "deploy")];
    save(&ann, &row).await;
    assert!(!send("Deploy 2").await);
    assert!(page(&ann).await.contains(r#"data-mute="category:deploy""#), "one list of what is muted");
    save(&ann, &[row[0], row[1], ("chosen[inbox][]", "deploy")]).await;
    assert!(send("Deploy 3").await);
    assert!(page(&ann).await.contains("nothing-muted"));
}

#[tokio::test]
async fn what_cannot_be_kept_changes_nothing_and_is_told() {
    let app = TestApp::start().await;
    app.person("ann").await;
    let ann = app.sign_in("ann").await;
    save(&ann, &[("chosen[other_sound]", "on")]).await;
    let before = wishes(&ann).await;
    for (name, value, wrong) in [
        ("chosen[zone]", "Mars/Olympus", "zone"),
        ("chosen[quiet][]", "9", "time"),
        ("chosen[another]", "two words", "category"),
        ("chosen[category][]", "<script>", "category"),
    ] {
        let fields: Vec<_> = form(&[]).into_iter().filter(|(field, _)| *field != name).chain([(name, value)]).collect();
        let answer = ann.post_form("/api/preferences", &fields).await;
        assert_eq!(location(&answer), format!("/preferences?wrong={wrong}"));
        let page = ann.get(location(&answer)).await.text().await.expect("a page");
        assert!(page.contains("Nothing is saved."), "{wrong}");
        let typed = value.replace('<', "&lt;").replace('>', "&gt;");
        assert!(wrong == "time" || page.contains(&format!("value=\"{typed}\"")), "{typed} is there to be mended");
        assert!(page.contains("class=\"problem\""), "{wrong} is told at its field");
    }
    assert!(!page(&ann).await.contains("&lt;script"), "who comes anew sees what is kept");
    assert_eq!(wishes(&ann).await, before);
    let stranger = app.browser().post_form("/api/preferences", &form(&[])).await;
    assert!(location(&stranger).starts_with("/sign-in"));
}

#[tokio::test]
async fn everything_that_was_typed_comes_back_with_what_is_wrong() {
    let app = TestApp::start().await;
    app.person("ann").await;
    let ann = app.sign_in("ann").await;
    let mut typed = form(&[
        ("chosen[theme]", "dark"),
        ("chosen[quiet][]", "6"),
        ("chosen[category][]", "ci"),
        ("chosen[sound][]", "ci"),
    ]);
    for (field, text) in [("chosen[zone]", "Berlin"), ("chosen[to][]", "05:30"), ("chosen[another]", "deploy")] {
        typed.iter_mut().filter(|(name, _)| *name == field).for_each(|(_, value)| *value = text);
    }
    let answer = ann.post_form("/api/preferences", &typed).await;
    let html = ann.get(location(&answer)).await.text().await.expect("a page");
    let field = |id: &str| {
        let part = html.split("<input").find(|part| part.contains(id)).unwrap_or_else(|| panic!("{id} is there"));
        part.split('>').next().unwrap_or_default().to_owned()
    };
    assert!(field("data-testid=\"theme-dark\"").contains("checked"));
    assert!(
        field("data-testid=\"quiet-6\"").contains("checked") && !field("data-testid=\"quiet-5\"").contains("checked")
    );
    assert!(field("data-testid=\"quiet-to-6\"").contains("05:30"));
    assert!(field("id=\"field-another\"").contains("value=\"deploy\""));
    assert!(field("name=\"chosen[sound][]\"").contains("checked"));
    assert!(
        field("id=\"field-zone\"").contains("value=\"Berlin\"") && field("id=\"field-zone\"").contains("aria-invalid")
    );
    assert_eq!(location(&save(&ann, &[("chosen[other_sound]", "on")]).await), "/preferences?done=saved");
    let html = ann.get("/preferences?wrong=zone").await.text().await.expect("a page");
    assert!(!html.contains("Berlin\" placeholder"), "what was mended is forgotten");
}

#[tokio::test]
async fn the_colours_are_in_the_first_html() {
    let app = TestApp::start().await;
    app.person("ann").await;
    let ann = app.sign_in("ann").await;
    let inbox = async || ann.get("/").await.text().await.expect("a page");
    assert!(inbox().await.contains("data-theme=\"system\""));
    save(&ann, &[("chosen[theme]", "dark"), ("chosen[other_sound]", "on")]).await;
    let html = inbox().await;
    assert!(html.contains("data-theme=\"dark\"") && html.contains("name=\"color-scheme\" content=\"dark\""));
    let answer = ann.post_program("/api/theme", &[("theme", "light")]).await;
    assert_eq!(answer.status(), 200);
    assert!(inbox().await.contains("data-theme=\"light\""));
    let after = wishes(&ann).await;
    assert_eq!((&after["theme"], &after["other"]["sound"]), (&json!("light"), &json!(true)), "the rest stays");
    assert_eq!(ann.post_program("/api/theme", &[("theme", "pink")]).await.status(), 400);
}

#[tokio::test]
async fn a_beat_says_which_version_counts() {
    let app = TestApp::with(|config| config.streams.beat = std::time::Duration::from_millis(100)).await;
    app.person("ann").await;
    let ann = app.sign_in("ann").await;
    let mut stream = ann.stream().await;
    let mut version = async || loop {
        let event = stream.next().await.expect("an event");
        if event.name == "beat" {
            break event.data["preferences"].as_i64().unwrap_or(0);
        }
    };
    assert_eq!(version().await, 0);
    save(&ann, &[("chosen[other_sound]", "on")]).await;
    // A beat that was on its way may still say the former.
    while version().await != 1 {}
}
