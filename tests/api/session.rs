//! Signing in and out, and what protects it.

use tidings::domain::Role;

use crate::app::{PASSWORD, TestApp, location};

#[tokio::test]
async fn signing_in_leads_to_the_page_asked_for_and_only_to_local_ones() {
    let app = TestApp::start().await;
    app.person("ann").await;
    for (next, lands) in [
        ("/?view=done", "/?view=done"),
        ("", "/"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\r\nx: y", "/"),
    ] {
        let form = [("name", "ANN"), ("password", PASSWORD), ("next", next)];
        let response = app.browser().post_form("/api/sign_in", &form).await;
        assert_eq!((response.status().as_u16(), location(&response)), (302, lands), "{next:?}");
    }
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_for_scripts_and_other_sites() {
    let app = TestApp::start().await;
    app.person("ann").await;
    let form = [("name", "ann"), ("password", PASSWORD), ("next", "/")];
    let response = app.browser().post_form("/api/sign_in", &form).await;
    let cookie = response.headers()["set-cookie"].to_str().expect("ASCII").to_owned();
    for part in ["tidings=", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(!cookie.contains("Secure"), "plain http in this test");
}

#[tokio::test]
async fn with_https_the_cookie_is_secure_and_bound_to_the_host() {
    let app = TestApp::with(|config| {
        config.server.public_url = Some("https://tidings.example".parse().expect("a URL"));
    })
    .await;
    app.person("ann").await;
    let form = [("name", "ann"), ("password", PASSWORD), ("next", "/")];
    let response = app.browser().post_form("/api/sign_in", &form).await;
    let cookie = response.headers()["set-cookie"].to_str().expect("ASCII").to_owned();
    assert!(cookie.starts_with("__Host-tidings=") && cookie.contains("Secure"), "{cookie}");
    assert!(response.headers().contains_key("strict-transport-security"));
}

#[tokio::test]
async fn a_wrong_password_an_unknown_name_and_a_disabled_account_look_the_same() {
    let app = TestApp::start().await;
    app.person("ann").await;
    app.person("bob").await;
    app.disable("bob").await;
    let mut answers = Vec::new();
    for (name, password) in [("ann", "wrong password"), ("nobody", PASSWORD), ("bob", PASSWORD), ("no name!", "x")] {
        let response =
            app.browser().post_form("/api/sign_in", &[("name", name), ("password", password), ("next", "/")]).await;
        assert!(!response.headers().contains_key("set-cookie"));
        let place = location(&response);
        assert!(place.starts_with("/sign-in?"), "{place}");
        assert!(!place.contains("password"), "{place}");
        answers.push(
            place
                .split('&')
                .find(|pair| pair.contains("problem="))
                .map(|pair| pair.trim_start_matches("/sign-in?").to_owned()),
        );
    }
    assert!(answers.iter().all(|answer| answer.is_some() && *answer == answers[0]), "{answers:?}");
}

#[tokio::test]
async fn guessing_is_slowed_and_the_page_says_for_how_long() {
    let app = TestApp::start().await;
    app.person("ann").await;
    // All at once, the last one right, so that the outcome does not hang on how fast this machine hashes.
    let tries = (0..12).map(|n| if n == 11 { PASSWORD } else { "a wrong guess" });
    let tries = tries.map(|password| {
        let browser = app.browser();
        async move { browser.post_form("/api/sign_in", &[("name", "ann"), ("password", password), ("next", "/")]).await }
    });
    let responses = futures_util::future::join_all(tries).await;
    let slowed = responses.iter().filter(|response| location(response).contains("wait=")).count();
    assert!(slowed >= 7, "after five failures");
    let last = location(&responses[11]).to_owned();
    assert!(last.contains("wait="), "even the right password waits: {last}");
    let page = app.browser().get(&last).await.text().await.expect("a page");
    assert!(page.to_lowercase().contains("second"), "the page says how long");
}

#[tokio::test]
async fn a_form_on_another_site_changes_nothing() {
    let app = TestApp::start().await;
    app.person("ann").await;
    let browser = app.sign_in("ann").await;
    for site in ["cross-site", "same-site"] {
        assert_eq!(browser.post_from("/api/sign_out", &[], site).await.status(), 403);
    }
    assert_eq!(browser.get("/").await.status(), 200, "still signed in");
    let bare = app.client.post(app.url("/api/sign_out")).header("origin", "https://evil.example").send().await;
    assert_eq!(bare.expect("an answer").status(), 403);
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server() {
    let app = TestApp::start().await;
    app.person("ann").await;
    let browser = app.sign_in("ann").await;
    assert_eq!(browser.get("/").await.status(), 200);
    browser.sign_out().await;
    let response = browser.get("/").await;
    assert_eq!((response.status().as_u16(), location(&response)), (302, "/sign-in"));
}

#[tokio::test]
async fn every_sign_in_has_an_id_of_its_own() {
    let app = TestApp::start().await;
    app.person("ann").await;
    let browser = app.sign_in("ann").await;
    let form = [("name", "ann"), ("password", PASSWORD), ("next", "/")];
    let again = browser.post_form("/api/sign_in", &form).await;
    let first = again.headers()["set-cookie"].to_str().expect("ASCII").split(';').next().expect("a cookie").to_owned();
    let third = browser.post_form("/api/sign_in", &form).await;
    assert!(!third.headers()["set-cookie"].to_str().expect("ASCII").starts_with(&first), "the id is rotated");
}

#[tokio::test]
async fn an_idle_session_ends() {
    let app = TestApp::with(|config| config.sessions.idle = std::time::Duration::from_millis(300)).await;
    app.person("ann").await;
    let browser = app.sign_in("ann").await;
    let gone = async {
        while browser.get("/").await.status() == 200 {
            tokio::time::sleep(std::time::Duration::from_millis(400)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), gone).await.expect("the session ends");
}

#[tokio::test]
async fn the_set_up_link_makes_the_first_admin_once() {
    let app = TestApp::start().await;
    // The server has made its own link once it answers; ours then replaces it.
    app.client.get(app.url("/readyz")).send().await.expect("an answer");
    let link = "a-link-that-the-test-knows-0123456789abcdefg";
    let digest = tidings::server::auth::digest(link);
    app.store.offer_setup(digest, tidings::server::now_ms() + 60_000).await.expect("offered");
    let browser = app.browser();
    assert_eq!(browser.get(&format!("/set-up?link={link}")).await.status(), 200);
    assert_eq!(browser.get("/set-up?link=wrong").await.status(), 410);

    let form = [("link", link), ("name", "root"), ("display_name", "Root"), ("password", PASSWORD)];
    let response = browser.post_form("/api/set_up", &form).await;

    assert_eq!((response.status().as_u16(), location(&response)), (302, "/"));
    assert_eq!(app.user("root").await.role, Role::Admin);
    assert_eq!(browser.get("/send").await.status(), 200, "signed in as an admin");
    assert_eq!(app.browser().get(&format!("/set-up?link={link}")).await.status(), 410);
}
