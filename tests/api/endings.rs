//! Whatever ends a session or a token ends every stream and every poll of it within a second, with its reason and nothing
//! after it, and leaves all others alone.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use futures_util::future::{join, join_all};
use tidings::server::store::{Scope, SessionRow};
use tidings::server::{auth, now_ms};
use tokio::task::JoinHandle;

use crate::app::{Browser, PASSWORD, TestApp, location};
use crate::cli::on;
use crate::events::EventReader;

/// How long a stream may outlive its session, from the moment at which the cause was answered.
const WITHIN: Duration = Duration::from_secs(1);

/// Longest wait for something that the server does on its own.
const PATIENCE: Duration = Duration::from_secs(20);

/// Tabs of one browser, each with a stream.
const TABS: usize = 3;

/// A server with two people and somebody who sends to both.
struct House {
    app: TestApp,
    send: String,
}

/// All that one session or token reads by: a stream for each tab, and a poll.
struct Reading {
    streams: Vec<EventReader>,
    poll: JoinHandle<EventReader>,
}

impl House {
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut tidings::server::config::Config)) -> Self {
        let app = TestApp::watched(change).await;
        app.person("ann").await;
        app.person("bob").await;
        let send = app.sender("ops").await;
        Self { app, send }
    }

    /// A program that brings a new token of this person.
    async fn program(&self, name: &str) -> Browser {
        let token = self.app.token(name, Scope::Read).await;
        self.app.browser_with("authorization", &format!("Bearer {token}"))
    }

    async fn reading<const N: usize>(&self, browsers: [&Browser; N]) -> [Reading; N] {
        let open = self.open_streams().await;
        let mut reading = Vec::new();
        for browser in browsers {
            let mut streams = join_all((0..TABS).map(|_| browser.stream())).await;
            let mut cursor = String::new();
            for stream in &mut streams {
                let (hello, _) = stream.opening().await;
                cursor = format!("{}-{}", hello.data["epoch"].as_str().expect("an epoch"), hello.data["to"]);
            }
            let polling = browser.clone();
            let poll = async move { EventReader::new(polling.get(&format!("/events?poll=25&after={cursor}")).await) };
            reading.push(Reading { streams, poll: tokio::spawn(poll) });
        }
        let all = async {
            while self.open_streams().await < open + N * (TABS + 1) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(PATIENCE, all).await.expect("all are open in time");
        reading.try_into().unwrap_or_else(|_| unreachable!("one for each browser"))
    }

    async fn open_streams(&self) -> usize {
        let metrics = self.app.client.get(self.app.metrics_url("/metrics")).send().await.expect("an answer");
        let text = metrics.text().await.expect("text");
        let open = text.lines().filter(|line| line.starts_with("tidings_streams_open"));
        open.map(|line| line.rsplit(' ').next().and_then(|n| n.parse::<usize>().ok()).expect("a number")).sum()
    }

    /// Sends to both as soon as the cause was answered; then what has ended must have heard nothing of it, and must have
    /// said why within the time, and what goes on must have heard it.
    async fn judge(&self, cause: &str, since: Instant, ended: Vec<(Reading, &str)>, going_on: Vec<Reading>) {
        self.send("Too late").await;
        judge_ends(cause, since, ended).await;
        for reading in going_on {
            reading.hears("Too late").await;
        }
    }

    /// Sends to both people.
    async fn send(&self, title: &str) {
        join(self.app.send(&self.send, "ann", title), self.app.send(&self.send, "bob", title)).await;
    }
}

async fn judge_ends(cause: &str, since: Instant, ended: Vec<(Reading, &str)>) {
    let count = ended.len() * (TABS + 1);
    let ends = join_all(ended.into_iter().map(|(reading, why)| reading.ends(why))).await;
    let late = ends.into_iter().flatten().map(|end| end.saturating_duration_since(since)).max();
    let late = late.unwrap_or_default();
    println!("{cause}: {count} streams and polls had ended {late:?} after it was answered");
    assert!(late <= WITHIN, "{cause}: {late:?}");
}

impl Reading {
    /// Reads to the ends, before which nothing but beats may come, and gives when they were there.
    async fn ends(self, why: &str) -> Vec<Instant> {
        let poll = self.poll.await.expect("no panic");
        let end = async |mut stream: EventReader, polled: bool| {
            if polled {
                stream.opening().await;
            }
            let ended = stream.expect("signed-out").await;
            assert_eq!(ended.data["why"], why);
            assert_eq!(stream.next().await, None, "silence");
            Instant::now()
        };
        let (mut ends, polled) =
            join(join_all(self.streams.into_iter().map(|stream| end(stream, false))), end(poll, true)).await;
        ends.push(polled);
        ends
    }

    async fn hears(self, title: &str) {
        let mut poll = self.poll.await.expect("no panic");
        poll.opening().await;
        for mut stream in self.streams.into_iter().chain([poll]) {
            assert_eq!(stream.expect("item").await.data["item"]["title"], title);
        }
    }
}

/// The one session of that person.
async fn only_session(app: &TestApp, name: &str) -> SessionRow {
    let sessions = app.store.sessions(app.user(name).await.id, now_ms()).await.expect("a list");
    assert_eq!(sessions.len(), 1);
    sessions.into_iter().next().expect("a session")
}

/// What the page ends another session by.
async fn name_of_another(browser: &Browser) -> String {
    let page = browser.get("/sessions").await.text().await.expect("a page");
    let names: Vec<_> =
        page.split(r#"name="name" value=""#).skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(names.len(), 2, "this one first, then the other");
    names[1].to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out() {
    let house = House::new().await;
    let (laptop, phone) = join(house.app.sign_in("ann"), house.app.sign_in("ann")).await;
    let (program, bob) = join(house.program("ann"), house.app.sign_in("bob")).await;
    let [ends, phone, program, bob] = house.reading([&laptop, &phone, &program, &bob]).await;
    laptop.sign_out().await;
    house.judge("signing out", Instant::now(), vec![(ends, "signed-out")], vec![phone, program, bob]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_as_somebody_else_in_the_same_browser() {
    let house = House::new().await;
    let (laptop, phone) = join(house.app.sign_in("ann"), house.app.sign_in("ann")).await;
    let [ends, phone] = house.reading([&laptop, &phone]).await;
    laptop.sign_in("bob").await;
    let since = Instant::now();
    let [bob] = house.reading([&laptop]).await;
    house.judge("signing in as somebody else", since, vec![(ends, "signed-out")], vec![phone, bob]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn being_ended_from_the_list() {
    let house = House::new().await;
    let (laptop, phone) = join(house.app.sign_in("ann"), house.app.sign_in("ann")).await;
    let (program, bob) = join(house.program("ann"), house.app.sign_in("bob")).await;
    let [ends, goes_on, program, bob] = house.reading([&phone, &laptop, &program, &bob]).await;
    let name = name_of_another(&laptop).await;
    let answer = laptop.post_form("/api/end_session", &[("name", &name)]).await;
    let since = Instant::now();
    assert_eq!(location(&answer), "/sessions?done=ended");
    house.judge("ended from the list", since, vec![(ends, "ended-elsewhere")], vec![goes_on, program, bob]).await;
    assert_eq!(location(&phone.get("/").await), "/sign-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_everywhere_else_and_then_everywhere() {
    let house = House::new().await;
    let (laptop, phone) = join(house.app.sign_in("ann"), house.app.sign_in("ann")).await;
    let (program, bob) = join(house.program("ann"), house.app.sign_in("bob")).await;
    let [ends, goes_on] = house.reading([&phone, &laptop]).await;
    let answer = laptop.post_form("/api/end_sessions", &[]).await;
    let since = Instant::now();
    assert_eq!(location(&answer), "/sessions?done=others");
    house.judge("everywhere else", since, vec![(ends, "ended-elsewhere")], vec![goes_on]).await;

    phone.sign_in("ann").await;
    let [there, here, program, bob] = house.reading([&phone, &laptop, &program, &bob]).await;
    let answer = laptop.post_form("/api/end_sessions", &[("here", "true")]).await;
    let since = Instant::now();
    assert_eq!(location(&answer), "/sign-in?done=everywhere");
    let ended = vec![(there, "ended-elsewhere"), (here, "signed-out")];
    house.judge("everywhere", since, ended, vec![program, bob]).await;
    for browser in [laptop, phone] {
        assert_eq!(location(&browser.get("/").await), "/sign-in");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changing_ones_password() {
    let house = House::new().await;
    let (laptop, phone) = join(house.app.sign_in("ann"), house.app.sign_in("ann")).await;
    let (program, bob) = join(house.program("ann"), house.app.sign_in("bob")).await;
    let [there, here, program, bob] = house.reading([&phone, &laptop, &program, &bob]).await;
    let (old, new) = (PASSWORD, "another horse battery");
    let answer = laptop.post_form("/api/change_password", &[("current", old), ("new", new), ("again", new)]).await;
    let since = Instant::now();
    assert_eq!(location(&answer), "/sessions?done=password");
    let ended = vec![(there, "password-changed"), (here, "password-changed")];
    house.judge("a new password", since, ended, vec![program, bob]).await;
    assert_eq!(location(&phone.get("/").await), "/sign-in");
    assert_eq!(laptop.get("/").await.status(), 200, "under its new id");
    laptop.stream().await.opening().await;
}

/// The real program, a process of its own on the same database. The server hears of it a moment later, and until then its
/// streams go on; when the time is over, none may.
#[tokio::test(flavor = "multi_thread")]
async fn the_command_line() {
    let mut data = PathBuf::new();
    let house = House::with(|config| {
        data = config.storage.data_dir.clone();
        // The longest there is: whatever ends sooner was not noticed at a beat.
        config.streams.beat = Duration::from_secs(60);
    })
    .await;
    let cases: [(&[&str], &str, bool); 4] = [
        (&["user", "set-password", "ann", "--password-stdin"], "password-changed", false),
        (&["user", "set-role", "ann", "admin"], "role-changed", false),
        (&["token", "revoke"], "revoked", true),
        (&["user", "disable", "ann"], "disabled", true),
    ];
    let mut password = PASSWORD;
    for (words, why, tokens_too) in cases {
        let ann = house.app.browser();
        ann.sign_in_with("ann", password).await;
        let phone = house.app.browser();
        phone.sign_in_with("ann", password).await;
        let (program, bob) = join(house.program("ann"), house.app.sign_in("bob")).await;
        let [ann, phone, program, bob] = house.reading([&ann, &phone, &program, &bob]).await;
        let tokens = house.app.store.tokens(house.app.user("ann").await.id).await.expect("tokens");
        let token = tokens.last().expect("a token").id.0.to_string();
        let revokes = words.contains(&"revoke");
        let words = if revokes { [words, &[token.as_str()]].concat() } else { words.to_vec() };

        on(&data, &words, "another horse battery\n").await;
        let since = Instant::now();

        let (mut ended, mut going_on) = if revokes { (vec![], vec![ann, phone]) } else { (vec![ann, phone], vec![]) };
        if tokens_too { &mut ended } else { &mut going_on }.push(program);
        going_on.push(bob);
        judge_ends(&words[..2].join(" "), since, ended.into_iter().map(|reading| (reading, why)).collect()).await;
        for name in ["ann", "bob"].iter().filter(|name| why != "disabled" || **name != "ann") {
            house.app.send(&house.send, name, "Afterwards").await;
        }
        for reading in going_on {
            reading.hears("Afterwards").await;
        }
        password = "another horse battery";
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn coming_of_age_by_idling() {
    let house = House::with(|config| config.sessions.idle = Duration::from_secs(4)).await;
    let ann = house.app.sign_in("ann").await;
    let program = house.program("ann").await;
    let [ends, program] = house.reading([&ann, &program]).await;
    let left = only_session(&house.app, "ann").await.expires_at - now_ms();
    let since = Instant::now() + Duration::from_millis(left.try_into().expect("it is good for a while"));
    tokio::time::sleep_until(since.into()).await;
    house.judge("idling", since, vec![(ends, "idle")], vec![program]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn coming_of_age_by_its_lifetime_but_not_when_it_was_used_meanwhile() {
    let house = House::with(|config| {
        config.sessions.idle = Duration::from_secs(3);
        config.sessions.lifetime = Duration::from_secs(6);
    })
    .await;
    let ann = house.app.sign_in("ann").await;
    let [ends] = house.reading([&ann]).await;
    let session = only_session(&house.app, "ann").await;
    let end = session.created_at + 6_000;
    // A use, which pages tell once a minute. It moves the end past the one that the streams know.
    house.app.store.touch_session(session.digest, now_ms(), end).await.expect("touched");
    let since = Instant::now() + Duration::from_millis((end - now_ms()).try_into().expect("it is good for a while"));
    tokio::time::sleep_until((since - Duration::from_secs(1)).into()).await;
    assert_eq!(house.open_streams().await, TABS + 1, "what idled would have ended by now");
    tokio::time::sleep_until(since.into()).await;
    house.judge("its lifetime", since, vec![(ends, "expired")], vec![]).await;
}

/// A session that ends between being looked up and the stream being registered finds no stream to end; the stream must
/// find that out itself.
#[tokio::test(flavor = "multi_thread")]
async fn ending_while_streams_are_being_opened() {
    let house = House::new().await;
    let ann = house.app.user("ann").await.id;
    let (mut refused, mut ended) = (0, 0);
    for n in 0..150 {
        // An id as the cookie has it: 16 bytes as base64.
        let id = format!("{n:021}A");
        let now = now_ms();
        let session = SessionRow {
            digest: auth::digest(&id),
            user: ann,
            device: "a test".into(),
            address: "192.0.2.1".into(),
            created_at: now,
            last_used_at: now,
            expires_at: now + 600_000,
            data: "{}".into(),
        };
        assert!(house.app.store.create_session(session).await.expect("kept"));
        let browser = house.app.browser_with("cookie", &format!("tidings={id}"));
        let open = || async {
            let response = browser.get("/events").await;
            (response.status() == 200).then(|| EventReader::new(response))
        };
        let out = async {
            browser.sign_out().await;
            Instant::now()
        };
        let (streams, since) = join(join_all((0..4).map(|_| open())), out).await;
        for stream in streams {
            let Some(mut stream) = stream else {
                refused += 1;
                continue;
            };
            // It may be told before it has said anything else.
            let told = loop {
                let event = stream.next().await.expect("the reason comes before the end");
                match event.name.as_str() {
                    "hello" | "caught-up" => {}
                    _ => break event,
                }
            };
            assert_eq!((told.name.as_str(), &told.data["why"]), ("signed-out", &"signed-out".into()));
            assert_eq!(stream.next().await, None);
            assert!(since.elapsed() <= WITHIN, "{:?}", since.elapsed());
            ended += 1;
        }
    }
    println!("of 600 streams, {refused} were refused and {ended} were ended");
}
