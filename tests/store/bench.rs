//! The bench that a store is tested on: a fresh database, ears for its commits, and the suite's words for its verbs.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use tempfile::TempDir;
use tidings::domain::item::PAGE;
use tidings::domain::{
    Action, Audience, Counts, Details, Event, Item, MessageId, Priority, Role, Seq, State, UserId, Username, View,
};
use tidings::server::store::{
    self, Committed, Ending, NewMessage, NewUser, OnCommit, Published, SessionRow, Since, Store,
};

/// What the suite runs on. The text before the colon of a URL that [`store::open`] takes.
pub(crate) const ENGINES: [&str; 1] = ["sqlite"];

/// Some moment, in milliseconds since the Unix epoch.
pub(crate) const NOW: i64 = 1_800_000_000_000;

/// What was heard of all commits, in order.
pub(crate) type Heard = Arc<Mutex<Committed>>;

/// A store in a place of its own.
pub(crate) struct Bench {
    engine: &'static str,
    folder: TempDir,
    heard: Heard,
    store: Option<Arc<dyn Store>>,
}

/// Runs a test on each engine in turn.
pub(crate) async fn on_each(test: impl AsyncFn(Bench)) {
    for engine in ENGINES {
        test(Bench::new(engine).await).await;
    }
}

/// Ears that keep what they hear.
pub(crate) fn ears(heard: &Heard) -> OnCommit {
    let heard = heard.clone();
    Arc::new(move |_, committed| {
        let mut heard = heard.lock().unwrap();
        heard.changes.extend(committed.changes);
        heard.ended.extend(committed.ended);
    })
}

impl Bench {
    pub(crate) async fn new(engine: &'static str) -> Self {
        let mut bench = Self { engine, folder: tempfile::tempdir().unwrap(), heard: Heard::default(), store: None };
        bench.open().await;
        bench
    }

    async fn open(&mut self) {
        let place = self.folder.path().join("data/tidings.db");
        self.store = Some(store::open_to_serve(&url(self.engine, &place), ears(&self.heard)).await.unwrap());
    }

    /// The same database as another process sees it.
    pub(crate) async fn open_elsewhere(&self) -> Arc<dyn Store> {
        let place = self.folder.path().join("data/tidings.db");
        store::open(&url(self.engine, &place), ears(&Heard::default())).await.unwrap()
    }

    /// What a query of the file itself counts.
    pub(crate) async fn count(&self, query: &'static str) -> i64 {
        let options = SqliteConnectOptions::new().filename(self.folder.path().join("data/tidings.db"));
        let mut aside = options.connect().await.unwrap();
        let count = sqlx::query_scalar(query).fetch_one(&mut aside).await.unwrap();
        aside.close().await.unwrap();
        count
    }

    /// Lets go of the store without closing it, and opens it again.
    pub(crate) async fn drop_and_reopen(&mut self) {
        drop(self.store.take());
        self.open().await;
    }

    pub(crate) async fn close_and_reopen(&mut self) {
        self.store().close().await;
        self.open().await;
    }

    pub(crate) fn store(&self) -> &Arc<dyn Store> {
        self.store.as_ref().unwrap()
    }

    /// Adds readers; their names are their words.
    pub(crate) async fn people<const N: usize>(&self, names: [&str; N]) -> [UserId; N] {
        let users = names.into_iter().map(person).collect();
        self.store().add_users(users).await.unwrap().try_into().unwrap()
    }

    /// Adds `count` readers `u0`, `u1`, …
    pub(crate) async fn crowd(&self, count: usize) -> Vec<UserId> {
        self.store().add_users((0..count).map(|n| person(&format!("u{n}"))).collect()).await.unwrap()
    }

    pub(crate) async fn send(&self, sender: UserId, to: &[&str]) -> Published {
        self.store().publish(message(sender, to)).await.unwrap()
    }

    pub(crate) async fn send_everyone(&self, sender: UserId) -> Published {
        self.store().publish(to_everyone(sender)).await.unwrap()
    }

    /// Delivers what is left of messages to everyone; answers how many chunks it took.
    pub(crate) async fn deliver_all(&self) -> usize {
        let mut chunks = 0;
        while self.store().deliver_chunk().await.unwrap() {
            chunks += 1;
        }
        chunks
    }

    pub(crate) async fn act(&self, user: UserId, id: MessageId, action: Action) -> bool {
        self.store().act(user, &[id], action).await.unwrap().is_some()
    }

    /// All items in all views, read page by page, with the counts and the number of that moment.
    pub(crate) async fn inbox(&self, user: UserId) -> Inbox {
        inbox(self.store(), user).await
    }

    /// The changes of one person as they were heard.
    pub(crate) fn heard(&self, user: UserId) -> Vec<Event> {
        let heard = self.heard.lock().unwrap();
        heard.changes.iter().filter(|change| change.user == user).map(|change| change.event.clone()).collect()
    }

    /// The sessions and tokens that were heard to end since the last call.
    pub(crate) fn ended(&self) -> Vec<Ending> {
        std::mem::take(&mut self.heard.lock().unwrap().ended)
    }

    /// The numbers of one person as they were heard.
    pub(crate) fn numbers(&self, user: UserId) -> Vec<i64> {
        self.heard(user).iter().map(|event| event.seq().unwrap().0).collect()
    }
}

pub(crate) fn url(engine: &str, place: &Path) -> String {
    format!("{engine}:{}", place.display())
}

/// What a person has, however it was learnt: by reading pages or by following events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Inbox {
    pub(crate) items: BTreeMap<MessageId, Item>,
    pub(crate) seq: Seq,
    pub(crate) counts: Counts,
}

impl Inbox {
    /// What every reader of a stream does.
    pub(crate) fn apply(&mut self, event: &Event) {
        match event {
            Event::Item(changed) => {
                self.items.insert(changed.item.id, changed.item.clone());
                (self.seq, self.counts) = (changed.seq, changed.counts);
            }
            Event::Items(many) => {
                assert!(!many.anew, "too many to be told");
                self.items.extend(many.items.iter().map(|item| (item.id, item.clone())));
                (self.seq, self.counts) = (many.seq, many.counts);
            }
            Event::Marked(marked) => {
                self.items.retain(|_, item| marked.touch(item));
                (self.seq, self.counts) = (marked.seq, marked.counts);
            }
            Event::Gone(removed) => {
                self.items.remove(&removed.id);
                (self.seq, self.counts) = (removed.seq, removed.counts);
            }
            other => panic!("not a change: {other:?}"),
        }
    }

    /// Follows a replay.
    pub(crate) fn catch_up(&mut self, since: Since) {
        let Since::Changes { events, seq, counts } = since else { panic!("a reset: {since:?}") };
        assert!(events.is_sorted_by_key(|event| event.seq()), "a replay is in number order");
        for event in &events {
            assert!(event.seq().unwrap() >= self.seq, "a replay has only what is new");
            self.apply(event);
        }
        assert_eq!((self.seq, self.counts), (seq, counts), "a replay leads to now");
    }

    pub(crate) fn recount(&self) -> Counts {
        self.items.values().fold(Counts::default(), |sum, item| sum.plus(Counts::of(item.state)))
    }

    pub(crate) fn states(&self) -> Vec<(MessageId, State)> {
        self.items.values().map(|item| (item.id, item.state)).collect()
    }
}

/// Reads all pages of all views; meant for moments when nothing changes.
pub(crate) async fn inbox(store: &Arc<dyn Store>, user: UserId) -> Inbox {
    let mut inbox = Inbox::default();
    for view in View::ALL {
        let mut before = None;
        loop {
            let page = store.page(user, view, before, PAGE).await.unwrap();
            assert!(page.items.is_sorted_by(|a, b| a.rank() > b.rank()), "what surfaced last first");
            assert!(page.items.iter().all(|item| view.shows(item.state)), "only what the view shows");
            assert!(page.items.iter().all(|item| before.is_none_or(|before| item.rank() < before)));
            (inbox.seq, inbox.counts) = (page.cursor.seq, page.counts);
            before = page.items.last().map(Item::rank);
            inbox.items.extend(page.items.into_iter().map(|item| (item.id, item)));
            if !page.older {
                break;
            }
        }
    }
    inbox
}

pub(crate) fn name(name: &str) -> Username {
    Username::parse(name).unwrap()
}

pub(crate) fn person(username: &str) -> NewUser {
    NewUser {
        username: name(username),
        display_name: username.to_uppercase(),
        role: Role::Reader,
        password: None,
        created_at: NOW,
    }
}

pub(crate) fn session(user: UserId, digest: u8) -> SessionRow {
    SessionRow {
        digest: [digest; 32],
        user,
        device: "Firefox on Linux".into(),
        address: "192.0.2.1".into(),
        created_at: NOW,
        last_used_at: NOW,
        expires_at: NOW + 1000,
        data: r#"{"draft":"«ü»"}"#.into(),
    }
}

pub(crate) fn message(sender: UserId, to: &[&str]) -> NewMessage {
    NewMessage {
        sender,
        audience: Audience::Users(to.iter().copied().map(name).collect()),
        title: "Lunch".into(),
        body: "At **noon**".into(),
        html: "<p>At <strong>noon</strong></p>".into(),
        preview: "At noon".into(),
        priority: Priority::High,
        link: Some("https://example.org/".into()),
        details: Details::default(),
        sent_at: NOW,
        idempotency: None,
    }
}

pub(crate) fn to_everyone(sender: UserId) -> NewMessage {
    NewMessage { audience: Audience::Everyone, ..message(sender, &[]) }
}
