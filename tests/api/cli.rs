//! The command line, as a person at a terminal meets it: exit codes, words, and what a running server makes of it.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use tempfile::TempDir;
use tidings::server::store::Scope;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::app::{PASSWORD, TestApp, location};

/// Runs the program with these words, and this on its standard input.
async fn tidings(words: &[&str], variables: &[(&str, &str)], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tidings"));
    command.args(words).envs(variables.iter().copied());
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // Most commands end without reading; then nobody is there to write to.
    let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes()).await;
    child.wait_with_output().await.expect("an end")
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// Runs a command that must succeed on a folder, and gives what it printed.
pub async fn on(data: &Path, words: &[&str], input: &str) -> String {
    let output = tidings(&[words, &["--data-dir", data.to_str().expect("UTF-8")]].concat(), &[], input).await;
    assert!(output.status.success(), "{words:?}: {}", said(&output.stderr));
    said(&output.stdout)
}

async fn serving() -> (TestApp, PathBuf) {
    let mut data = PathBuf::new();
    let app = TestApp::with(|config| data = config.storage.data_dir.clone()).await;
    (app, data)
}

async fn signs_in(app: &TestApp, name: &str, password: &str) -> bool {
    let form = [("name", name), ("password", password), ("next", "/")];
    location(&app.browser().post_form("/api/sign_in", &form).await) == "/"
}

/// The row of a table that begins with this word.
fn row<'a>(table: &'a str, word: &str) -> Option<Vec<&'a str>> {
    table.lines().map(|line| line.split_whitespace().collect()).find(|row: &Vec<_>| row.first() == Some(&word))
}

/// Words, variables, and what must be told.
type Case<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], [&'a str; 3]);

#[tokio::test]
async fn a_bad_value_exits_2_and_names_its_place_itself_and_what_is_allowed() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("tidings.toml");
    std::fs::write(&file, "beat = 'often'").expect("written");
    let path = file.to_str().expect("UTF-8");
    let time = "expected a number with a unit (ms, s, m, h, d), such as 30s, 12h or 14d";
    let cases: [Case; 4] = [
        (&["config", "--beat", "often"], &[], ["--beat", "'often'", time]),
        (&["config"], &[("TIDINGS_BEAT", "often")], ["TIDINGS_BEAT", "'often'", time]),
        (&["config", "--config", path], &[], [&format!("beat in {path}"), "'often'", time]),
        (&["token", "create", "ann", "--scope", "all"], &[], ["--scope", "'all'", "a scope is read or send"]),
    ];
    for (words, variables, expected) in cases {
        let output = tidings(words, variables, "").await;
        let told = said(&output.stderr);
        assert_eq!((output.status.code(), said(&output.stdout)), (Some(2), String::new()), "{words:?}: {told}");
        for part in expected {
            assert!(told.contains(part), "{part} in {told}");
        }
    }
}

#[tokio::test]
async fn config_prints_what_is_in_force_without_passwords() {
    let url = "sqlite://ann:hunter2@host/tidings.db";
    let output = tidings(&["config", "--beat", "3s", "--database-url", url], &[("TIDINGS_MAX_STREAMS", "7")], "").await;
    assert_eq!(output.status.code(), Some(0));
    let printed = said(&output.stdout);
    let line = |key: &str| printed.lines().find(|line| line.starts_with(&format!("{key} = "))).expect("a line");
    assert!(line("beat").starts_with("beat = \"3s\" ") && line("beat").ends_with("# flag"));
    assert!(
        line("max-streams").starts_with("max-streams = 7 ") && line("max-streams").ends_with("# TIDINGS_MAX_STREAMS")
    );
    assert!(line("log-format").ends_with("# default"));
    assert!(line("database-url").contains("sqlite://ann:[redacted]@host/tidings.db"));
    assert!(!printed.contains("hunter2"));
}

#[tokio::test]
async fn people_are_kept_out_and_let_in() {
    let (app, data) = serving().await;
    app.person("ann").await;
    app.sender("ops").await;
    let browser = app.sign_in("ann").await;

    on(&data, &["user", "disable", "ann"], "").await;

    let list = on(&data, &["user", "list"], "").await;
    assert_eq!(row(&list, "ann"), Some(vec!["ann", "reader", "disabled", "ann"]));
    assert_eq!(row(&list, "ops"), Some(vec!["ops", "admin", "enabled", "ops"]));
    assert_eq!(location(&browser.get("/").await), "/sign-in", "their session has ended");
    assert!(!signs_in(&app, "ann", PASSWORD).await);

    on(&data, &["user", "enable", "ann"], "").await;

    assert_eq!(location(&browser.get("/").await), "/sign-in", "an ended session is not revived");
    assert!(signs_in(&app, "ann", PASSWORD).await);
}

#[tokio::test]
async fn a_new_password_is_the_only_one() {
    let (app, data) = serving().await;
    app.person("ann").await;
    let browser = app.sign_in("ann").await;

    on(&data, &["user", "set-password", "ann", "--password-stdin"], "another horse battery\n").await;

    assert_eq!(location(&browser.get("/").await), "/sign-in", "their session has ended");
    assert!(!signs_in(&app, "ann", PASSWORD).await);
    assert!(signs_in(&app, "ann", "another horse battery").await);
}

#[tokio::test]
async fn a_role_is_given_and_the_last_admin_keeps_theirs() {
    let (app, data) = serving().await;
    app.person("ann").await;
    app.sender("ops").await;
    let browser = app.sign_in("ann").await;

    on(&data, &["user", "set-role", "ann", "admin"], "").await;

    assert_eq!(row(&on(&data, &["user", "list"], "").await, "ann"), Some(vec!["ann", "admin", "enabled", "ann"]));
    assert_eq!(location(&browser.get("/").await), "/sign-in", "their session has ended");
    on(&data, &["user", "set-role", "ops", "reader"], "").await;
    for words in [&["user", "set-role", "ann", "reader"][..], &["user", "disable", "ann"]] {
        let words = [words, &["--data-dir", data.to_str().expect("UTF-8")]].concat();
        let output = tidings(&words, &[], "").await;
        assert!(output.status.code() == Some(1) && said(&output.stderr).contains("the last admin"), "{words:?}");
    }
    assert_eq!(row(&on(&data, &["user", "list"], "").await, "ann"), Some(vec!["ann", "admin", "enabled", "ann"]));
}

#[tokio::test]
async fn a_sender_has_tokens_that_send_and_a_reader_has_none() {
    let (app, data) = serving().await;
    app.sender("ops").await;
    on(&data, &["user", "add", "kim", "--role", "sender"], "").await;
    assert_eq!(row(&on(&data, &["user", "list"], "").await, "kim"), Some(vec!["kim", "sender", "enabled", "kim"]));
    let token = on(&data, &["token", "create", "kim", "--scope", "send"], "").await;
    app.send(token.trim(), "ops", "Hello").await;

    on(&data, &["user", "set-role", "kim", "reader"], "").await;
    let words = ["token", "create", "kim", "--scope", "send", "--data-dir", data.to_str().expect("UTF-8")];
    let output = tidings(&words, &[], "").await;
    assert!(output.status.code() == Some(1) && said(&output.stderr).contains("only senders and admins send"));
}

#[tokio::test]
async fn tokens_are_listed_and_revoked() {
    let (app, data) = serving().await;
    let kept = app.reader("ann").await;
    let doomed = app.token("ann", Scope::Read).await;
    app.stream(&doomed, None).await.opening().await;
    let list = on(&data, &["token", "list", "ann"], "").await;
    assert_eq!(list.lines().count(), 3, "a head and two tokens: {list}");
    assert!(!list.contains(&kept) && !list.contains(&doomed), "the tokens themselves are not kept");
    let id = app.store.tokens(app.user("ann").await.id).await.expect("tokens").iter().map(|token| token.id.0).max();
    let id = id.expect("a token").to_string();

    on(&data, &["token", "revoke", &id], "").await;

    let list = on(&data, &["token", "list", "ann"], "").await;
    assert_eq!((list.lines().count(), row(&list, &id)), (2, None));
    assert_eq!(app.open_stream(&doomed, None).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(app.open_stream(&kept, None).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn what_the_command_line_ends_ends_its_streams_within_a_second() {
    let mut data = PathBuf::new();
    let app = TestApp::with(|config| {
        data = config.storage.data_dir.clone();
        // The longest there is: whatever ends sooner was not noticed at a beat.
        config.streams.beat = Duration::from_secs(60);
    })
    .await;
    let send = app.sender("ops").await;
    for (name, words, session, token) in [
        ("ann", &["user", "disable", "ann"][..], Some("disabled"), Some("disabled")),
        ("bob", &["user", "set-role", "bob", "admin"], Some("role-changed"), None),
        ("eve", &["user", "set-password", "eve", "--password-stdin"], Some("password-changed"), None),
        ("kim", &["token", "revoke"], None, Some("revoked")),
    ] {
        let secret = app.reader(name).await;
        let id = app.store.tokens(app.user(name).await.id).await.expect("tokens")[0].id.0.to_string();
        let mut page = app.sign_in(name).await.stream().await;
        let mut program = app.stream(&secret, None).await;
        page.opening().await;
        program.opening().await;

        let words = if session.is_none() { [words, &[&id]].concat() } else { words.to_vec() };
        on(&data, &words, "another horse battery\n").await;

        let done = Instant::now();
        for (stream, why) in [(&mut page, session), (&mut program, token)] {
            let Some(why) = why else { continue };
            assert_eq!(stream.expect("signed-out").await.data["why"], why, "{words:?}");
            assert_eq!(stream.next().await, None);
            assert!(done.elapsed() < Duration::from_secs(1), "{words:?} took {:?}", done.elapsed());
        }
        for (stream, why) in [(&mut page, session), (&mut program, token)] {
            if why.is_none() {
                app.send(&send, name, "still there").await;
                stream.expect("item").await;
            }
        }
    }
}

#[tokio::test]
async fn what_cannot_be_done_exits_1_with_a_sentence() {
    let folder = TempDir::new().expect("a folder");
    let data = folder.path().to_str().expect("UTF-8");
    for (words, sentence) in [
        (&["user", "disable", "bob"][..], "nobody is called «bob»"),
        (&["token", "list", "bob"], "nobody is called «bob»"),
        (&["token", "revoke", "7"], "there is no token 7"),
        (&["user", "add", "bob", "--password-stdin"], "a password has at least 10 characters"),
    ] {
        let output = tidings(&[words, &["--data-dir", data]].concat(), &[], "short\n").await;
        let told = said(&output.stderr);
        assert!(output.status.code() == Some(1) && told.contains(sentence), "{words:?}: {told}");
    }
}
