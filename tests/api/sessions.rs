//! The page of one's sessions: what it lists, what its buttons end, and changing one's password.

use reqwest::Response;

use crate::app::{Browser, PASSWORD, TestApp, location};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
const CHROME: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36";
const NEW: &str = "another horse battery";

/// Signs in with a browser that names itself so.
async fn device(app: &TestApp, name: &str, agent: &str) -> Browser {
    let browser = app.browser_with("user-agent", agent);
    browser.sign_in(name).await;
    browser
}

async fn page(browser: &Browser, path: &str) -> String {
    let response = browser.get(path).await;
    assert_eq!(response.status(), 200, "{path}");
    response.text().await.expect("a page")
}

/// What the sessions on the page are ended by.
fn names(page: &str) -> Vec<String> {
    let rest = page.split(r#"name="name" value=""#).skip(1);
    rest.filter_map(|rest| rest.split('"').next().map(str::to_owned)).collect()
}

async fn is_in(browser: &Browser) -> bool {
    browser.get("/").await.status() == 200
}

async fn change_password(browser: &Browser, current: &str, new: &str, again: &str) -> Response {
    browser.post_form("/api/change_password", &[("current", current), ("new", new), ("again", again)]).await
}

async fn can_sign_in(app: &TestApp, password: &str) -> bool {
    let form = [("name", "ann"), ("password", password), ("next", "/")];
    location(&app.browser().post_form("/api/sign_in", &form).await) == "/"
}

#[tokio::test]
async fn the_list_says_which_device_is_which_and_has_no_secret() {
    let app = TestApp::start().await;
    app.person("ann").await;
    app.person("bob").await;
    let laptop = device(&app, "ann", FIREFOX).await;
    assert!(page(&laptop, "/sessions").await.contains("only-here"), "nobody else to sign out");
    device(&app, "ann", CHROME).await;
    device(&app, "bob", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Safari/604.1").await;

    let html = page(&laptop, "/sessions").await;

    let (here, there) = (html.find("Firefox on Linux").expect("here"), html.find("Chrome on Windows").expect("there"));
    assert!(here < there, "this device first");
    assert!(html.contains("This device") && html.contains("127.0.0.1") && html.contains("just now"));
    assert!(!html.contains("iPhone"), "bob's is bob's");
    assert_eq!(names(&html).len(), 2);
    for row in app.store.sessions(app.user("ann").await.id, tidings::server::now_ms()).await.expect("a list") {
        let digest: String = row.digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(!html.contains(&digest[..20]), "no more of the digest than names it");
    }
    // What a link inside the app asks for is the same page.
    let made = laptop.post_program("/api/desk", &[("path", "/sessions")]).await;
    assert_eq!(made.status(), 200);
    assert!(made.text().await.expect("JSON").contains("Chrome on Windows"));
}

#[tokio::test]
async fn one_device_is_signed_out_and_only_ones_own_can_be() {
    let app = TestApp::start().await;
    app.person("ann").await;
    app.person("eve").await;
    let (laptop, phone) = (app.sign_in("ann").await, app.sign_in("ann").await);
    let eve = app.sign_in("eve").await;
    let all = names(&page(&laptop, "/sessions").await);
    let end = async |browser: &Browser, name: &str| {
        let response = browser.post_form("/api/end_session", &[("name", name)]).await;
        location(&response).to_owned()
    };

    for name in [all[1].as_str(), all[0].as_str(), "", "0", "nonsense"] {
        assert_eq!(end(&eve, name).await, "/sessions?done=gone", "{name}");
    }
    assert!(is_in(&laptop).await && is_in(&phone).await);

    assert_eq!(end(&laptop, &all[1]).await, "/sessions?done=ended");
    assert!(page(&laptop, "/sessions?done=ended").await.contains("That device is signed out."));
    assert_eq!(end(&laptop, &all[1]).await, "/sessions?done=gone", "twice");
    assert!(is_in(&laptop).await && !is_in(&phone).await);

    assert_eq!(end(&laptop, &all[0]).await, "/sign-in", "this one, too");
    assert!(!is_in(&laptop).await && is_in(&eve).await);
}

#[tokio::test]
async fn signed_out_everywhere_the_cookie_goes_too() {
    let app = TestApp::start().await;
    app.person("ann").await;
    let (laptop, phone) = (app.sign_in("ann").await, app.sign_in("ann").await);
    let response = laptop.post_form("/api/end_sessions", &[("here", "true")]).await;
    assert_eq!(location(&response), "/sign-in?done=everywhere");
    assert!(response.headers()["set-cookie"].to_str().expect("ASCII").contains("Max-Age=0"));
    assert!(!is_in(&laptop).await && !is_in(&phone).await);
    assert!(page(&laptop, "/sign-in?done=everywhere").await.contains("You are signed out everywhere."));
}

#[tokio::test]
async fn strangers_and_forms_on_other_sites_end_nothing() {
    let app = TestApp::start().await;
    app.person("ann").await;
    let (laptop, phone) = (app.sign_in("ann").await, app.sign_in("ann").await);
    let name = names(&page(&laptop, "/sessions").await).remove(1);
    assert_eq!(location(&app.browser().get("/sessions").await), "/sign-in?next=%2Fsessions");
    let forms: [(&str, &[(&str, &str)]); 3] = [
        ("/api/end_session", &[("name", name.as_str())]),
        ("/api/end_sessions", &[("here", "true")]),
        ("/api/change_password", &[("current", PASSWORD), ("new", NEW), ("again", NEW)]),
    ];
    for (path, fields) in forms {
        assert_eq!(laptop.post_from(path, fields, "cross-site").await.status(), 403, "{path}");
        let stranger = app.browser().post_form(path, fields).await;
        assert!(location(&stranger).starts_with("/sign-in"), "{path}: {}", location(&stranger));
        assert_eq!(laptop.get(path).await.status(), 405, "{path}: nothing ends by a link");
    }
    assert!(is_in(&laptop).await && is_in(&phone).await && can_sign_in(&app, PASSWORD).await);
}

#[tokio::test]
async fn a_new_password_needs_the_current_one_and_is_told_what_is_wrong() {
    let app = TestApp::start().await;
    app.person("ann").await;
    let ann = app.sign_in("ann").await;
    for (current, new, again, problem, told) in [
        ("wrong guess", NEW, NEW, "wrong", "not your current password"),
        (PASSWORD, "short", "short", "length", "at least 10 characters"),
        (PASSWORD, NEW, "another horse", "differs", "not the same as the new password"),
    ] {
        let response = change_password(&ann, current, new, again).await;
        assert_eq!(location(&response), format!("/sessions?password={problem}"));
        assert!(!response.headers().contains_key("set-cookie"), "the session stays what it is");
        assert!(page(&ann, location(&response)).await.contains(told), "{problem}");
    }
    assert!(can_sign_in(&app, PASSWORD).await && !can_sign_in(&app, NEW).await);
}

#[tokio::test]
async fn a_new_password_leaves_one_session_under_a_new_id_with_its_draft() {
    let app = TestApp::start().await;
    app.sender("ann").await;
    let (laptop, phone) = (app.sign_in("ann").await, app.sign_in("ann").await);
    let draft = [("everyone", "true"), ("title", "Half a thought")];
    assert_eq!(laptop.post_form("/api/review", &draft).await.status(), 302);
    let before = names(&page(&laptop, "/sessions").await);

    let response = change_password(&laptop, PASSWORD, NEW, NEW).await;

    assert_eq!(location(&response), "/sessions?done=password");
    assert!(response.headers().contains_key("set-cookie"));
    let after = names(&page(&laptop, "/sessions?done=password").await);
    assert!(after.len() == 1 && !before.contains(&after[0]), "one session, under a new id");
    assert!(!is_in(&phone).await);
    assert!(page(&laptop, "/send").await.contains("Half a thought"), "the draft moved along");
    assert!(!can_sign_in(&app, PASSWORD).await && can_sign_in(&app, NEW).await);
}

#[tokio::test]
async fn guessing_the_current_password_is_slowed_together_with_signing_in() {
    let app = TestApp::start().await;
    app.person("ann").await;
    let ann = app.sign_in("ann").await;
    // All at once, so that the outcome does not hang on how fast this machine hashes.
    let tries = (0..12).map(|_| change_password(&ann, "a wrong guess", NEW, NEW));
    let responses = futures_util::future::join_all(tries).await;
    let slowed = responses.iter().filter(|response| location(response).contains("password=slow-down&wait=")).count();
    assert!(slowed >= 7, "after five failures");
    let told = page(&ann, location(&responses[11])).await;
    assert!(told.contains("Please wait"), "the page says how long");
    let form = [("name", "ann"), ("password", PASSWORD), ("next", "/")];
    let response = app.browser().post_form("/api/sign_in", &form).await;
    assert!(location(&response).contains("problem=slow-down"), "{}", location(&response));
    assert!(is_in(&ann).await, "who is in stays in");
}
