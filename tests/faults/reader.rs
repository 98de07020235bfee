//! Reader: follows `docs/PROTOCOL.md` over the bad network, for as long as it takes, and keeps an inbox.

use std::io::{Error, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use serde::Deserialize;
use tokio::time::timeout;

use crate::course::{Course, Step};
use crate::dice::Dice;
use crate::inbox::{Inbox, Item};
use crate::people::{Kind, Pass, Person, now_ms, post};
use crate::publisher::CATEGORIES;
use crate::sse::{Block, Parser};
use crate::tally::{Broken, Done};
use crate::wire::{Answer, ask, request};
use crate::world::{Phase, World};

/// The server beats every two seconds; after two and a half beats the connection is dead.
const DEAD: Duration = Duration::from_secs(5);

/// A stream may live so long after its session.
const GRACE_MS: i64 = 1000;

/// One reader.
pub struct Reader {
    pub world: Arc<World>,
    pub person: Arc<Person>,
    pub number: usize,
    pub kind: Kind,
    pub dice: Dice,
    pub inbox: Inbox,
    /// The cursor of a list that is whole; behind it in a replay.
    pub reached: Arc<AtomicI64>,
    /// A pass that was refused.
    pub stale: Option<Arc<Pass>>,
    /// The list must be read before the next stream.
    pub reload: bool,
}

/// How a turn ended.
enum Turn {
    /// Come back soon.
    Again,
    /// Come back after a pause, longer with each failure.
    Failed,
    /// Come back after this time.
    After(Duration),
}

impl Reader {
    /// Reads until the round is over.
    pub async fn run(mut self) -> (Arc<Person>, Inbox) {
        let mut phase = self.world.phase.subscribe();
        let mut failures = 0;
        while *phase.borrow_and_update() != Phase::Over {
            let turn = tokio::select! {
                turn = self.turn() => turn.unwrap_or(Turn::Failed),
                _ = phase.changed() => Turn::Again,
            };
            failures = if matches!(turn, Turn::Failed) { (failures + 1).min(5) } else { 0 };
            let pause = match turn {
                Turn::Again => Duration::ZERO,
                Turn::Failed => self.dice.time(0..=40 << failures),
                Turn::After(time) => time,
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = phase.changed() => {}
            }
        }
        (self.person, self.inbox)
    }

    /// One connection.
    async fn turn(&mut self) -> Result<Turn> {
        if self.reload {
            self.read_lists().await?;
        }
        let (world, person) = (Arc::clone(&self.world), Arc::clone(&self.person));
        let pass = person.pass(self.kind, self.stale.as_ref(), &world.server, &world.tally).await?;
        let known = self.world.calm() || !self.dice.percent(1);
        let poll = self.dice.percent(15).then(|| self.dice.within(0..=5));
        let cursor = if known { self.inbox.cursor() } else { self.made_up() };
        let path = self.path(&cursor, poll);
        let by_header = format!("last-event-id: {cursor}");
        let fields: &[&str] = if self.by_header(&path) { &[&pass.field, &by_header] } else { &[&pass.field] };
        let door = self.world.door().ok_or_else(|| Error::other("no server runs"))?;
        let answer = ask(door, &request("GET", &path, fields, "")).await?;
        match answer.status {
            200 => {
                self.world.tally.did(if poll.is_some() { Done::Polls } else { Done::Streams });
                self.follow(answer, &pass, known, poll.is_some()).await
            }
            401 => {
                self.stale = Some(pass);
                Ok(Turn::Again)
            }
            429 | 503 => {
                self.world.tally.did(Done::Refused);
                Ok(Turn::Failed)
            }
            other => {
                self.world.tally.found(Broken::Wire, format_args!("a stream was refused with {other}: {path}"));
                Ok(Turn::Failed)
            }
        }
    }

    /// The first time without a cursor; then in the query or, as browsers do when they come back, in the header.
    fn path(&mut self, cursor: &str, poll: Option<usize>) -> String {
        let mut path = format!("/events?client={}-{}", self.person.name, self.number);
        if let Some(seconds) = poll {
            path.push_str(&format!("&poll={seconds}"));
        }
        if !self.inbox.epoch.is_empty() && self.dice.percent(50) {
            path.push_str(&format!("&after={cursor}"));
        }
        path
    }

    fn by_header(&self, path: &str) -> bool {
        !self.inbox.epoch.is_empty() && !path.contains("&after=")
    }

    /// A cursor of another database, or from the future.
    fn made_up(&mut self) -> String {
        let (epoch, cursor) = (&self.inbox.epoch, self.inbox.cursor);
        if self.dice.percent(50) { format!("{epoch}x-{cursor}") } else { format!("{epoch}-{}", cursor + 1_000_000) }
    }

    async fn follow(&mut self, mut answer: Answer, pass: &Arc<Pass>, known: bool, poll: bool) -> Result<Turn> {
        let (mut parser, mut course) = (Parser::default(), Course::default());
        // Who only polls hears nothing while the server waits for news.
        let patience = if poll { DEAD + Duration::from_secs(5) } else { DEAD };
        loop {
            let piece = match timeout(patience, answer.piece()).await {
                Ok(Ok(Some(piece))) => piece,
                Ok(Ok(None)) if poll => return Ok(Turn::After(self.dice.time(0..=200))),
                _ => return Ok(Turn::Failed),
            };
            let blocks = parser.feed(&piece).unwrap_or_else(|why| {
                self.world.tally.found(Broken::Wire, why);
                Vec::new()
            });
            for block in blocks {
                if let Some(turn) = self.take(&block, &mut course, pass, known) {
                    return Ok(turn);
                }
                self.dawdle().await;
            }
        }
    }

    /// Takes one event; a turn ends the stream.
    fn take(&mut self, block: &Block, course: &mut Course, pass: &Arc<Pass>, known: bool) -> Option<Turn> {
        let step = match course.take(block, &self.person.name, &mut self.inbox, known) {
            Ok(step) => step,
            Err((what, note)) => {
                self.world.tally.found(what, format_args!("{} reader {}: {note}", self.person.name, self.number));
                self.reload = true;
                return Some(Turn::Again);
            }
        };
        match step {
            Step::Applied { live, item } => self.applied(live, item, pass),
            Step::CaughtUp => self.reached.store(self.inbox.cursor, Ordering::SeqCst),
            Step::Behind => self.world.tally.did(Done::Behind),
            Step::Reload => {
                self.reload = true;
                return Some(Turn::Again);
            }
            Step::Away { ms } => return Some(Turn::After(Duration::from_millis(ms.min(2000)))),
            Step::SignedOut => {
                self.stale = Some(Arc::clone(pass));
                return Some(Turn::Again);
            }
            Step::Nothing => {}
        }
        None
    }

    fn applied(&mut self, live: bool, item: Option<(i64, i64)>, pass: &Pass) {
        self.world.tally.did(Done::Deliveries);
        self.person.highest.fetch_max(self.inbox.cursor, Ordering::SeqCst);
        if !live {
            self.world.tally.did(Done::Replayed);
            return;
        }
        self.reached.store(self.inbox.cursor, Ordering::SeqCst);
        let ended_at = pass.ended_at.load(Ordering::SeqCst);
        if let Some((id, sent_at)) = item
            && sent_at > ended_at.saturating_add(GRACE_MS)
        {
            let late = sent_at - ended_at;
            self.world.tally.found(Broken::Outlived, format_args!("message {id} came {late} ms after the session"));
        }
    }

    /// Some readers stop taking, some change an item.
    async fn dawdle(&mut self) {
        if self.world.calm() {
            return;
        }
        if self.number % 4 == 3 && *self.world.stalling.borrow() {
            let _ = self.world.stalling.subscribe().wait_for(|stalling| !stalling).await;
        }
        match self.dice.below(2000) {
            0..4 => tokio::time::sleep(self.dice.time(100..=3000)).await,
            4..24 => {
                let _ = timeout(Duration::from_secs(2), self.act()).await;
            }
            _ => {}
        }
    }

    /// Changes an item, marks a list read up to where it was read, mutes something, or acknowledges what was seen.
    async fn act(&mut self) -> Result<()> {
        let some: Vec<_> = self.inbox.rows.keys().take(3).map(i64::to_string).collect();
        let Some(one) = some.first() else { return Ok(()) };
        let (path, body) = match self.dice.below(11) {
            0 => ("/api/act", format!("change=read-all%3A{}", self.inbox.cursor)),
            // What was done last, by whichever reader, or nothing of the kind.
            1 => ("/api/act", format!("change=undo%3A{}", self.inbox.cursor)),
            2..4 => {
                let client = format!("{}-{}", self.person.name, self.number);
                let (cursor, seen) = (self.inbox.cursor(), some.join("%2C"));
                ("/api/acknowledge", format!("client={client}&cursor={cursor}&seen={seen}&read={one}"))
            }
            4 => {
                let door = if self.dice.percent(40) { "mute" } else { "unmute" };
                let body = format!("{door}=category%3Ac{}", self.dice.below(CATEGORIES));
                (if door == "mute" { "/api/mute" } else { "/api/unmute" }, body)
            }
            _ => {
                // Some wake before the round is over, and most are of several items.
                let until = now_ms() + [1500, 3_600_000][self.dice.below(2)];
                let snooze = format!("snooze%40{until}");
                let verbs = ["see", "read", "unread", "done", "restore", "delete", "pin", "unpin", "wake", &snooze];
                let ids = if self.dice.percent(60) { some.join("%2C") } else { one.clone() };
                let seen = if self.dice.percent(50) { format!("%7E{}", self.inbox.cursor) } else { String::new() };
                ("/api/act", format!("change={}%3A{ids}{seen}", verbs[self.dice.below(verbs.len())]))
            }
        };
        let (world, person) = (Arc::clone(&self.world), Arc::clone(&self.person));
        let pass = person.pass(Kind::Session, None, &world.server, &world.tally).await?;
        let answer = post(&world.server, path, &[&pass.field], &body).await?;
        if answer.status == 200 {
            self.world.tally.did(Done::Acts);
        }
        Ok(())
    }

    /// Reads both lists, page by page. What changes meanwhile has a greater number than the first page's.
    async fn read_lists(&mut self) -> Result<()> {
        let mut inbox = Inbox::default();
        for view in ["inbox", "pinned", "snoozed", "done"] {
            let mut before = String::new();
            loop {
                let text = self.page(&format!("view={view}{before}")).await?;
                let page: Page = serde_json::from_str(&text).map_err(Error::other)?;
                if inbox.epoch.is_empty() {
                    inbox.epoch = page.cursor.epoch;
                    inbox.cursor = page.cursor.seq;
                }
                page.items.iter().for_each(|item| inbox.put(item.id, item.row()));
                match page.items.last().filter(|_| page.older) {
                    Some(last) => before = format!("&before={}-{}", last.surfaced, last.id),
                    None => break,
                }
            }
        }
        self.inbox = inbox;
        self.reload = false;
        self.world.tally.did(Done::Resets);
        Ok(())
    }

    async fn page(&mut self, body: &str) -> Result<String> {
        let (world, person) = (Arc::clone(&self.world), Arc::clone(&self.person));
        let mut stale = None;
        loop {
            let pass = person.pass(Kind::Session, stale.as_ref(), &world.server, &world.tally).await?;
            let answer = post(&world.server, "/api/page", &[&pass.field], body).await?;
            match answer.status {
                200 => return answer.text().await,
                401 if stale.is_none() => stale = Some(pass),
                other => return Err(Error::other(format!("a list was refused with {other} at {}", now_ms()))),
            }
        }
    }
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    items: Vec<Item<'a>>,
    older: bool,
    cursor: Cursor,
}

#[derive(Deserialize)]
struct Cursor {
    epoch: String,
    seq: i64,
}
