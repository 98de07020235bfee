//! Publisher: sends through the API over the bad network, repeats what got no answer, and remembers what was acknowledged.

use std::io::{Error, Result};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Deserialize;
use tokio::sync::Mutex;

use crate::dice::Dice;
use crate::tally::{Broken, Done};
use crate::wire::{ask, request};
use crate::world::World;

/// Repeats after which a publisher gives a message up; when it is calm it goes on for longer.
const REPEATS: usize = 8;

/// Messages of a burst: more bytes than the server keeps for a person online.
const BURST: usize = 100;

/// So many messages in a row share a collapse key, if they have one. Fewer than the repeats that a server remembers of a row.
const SERIES: usize = 12;

/// What messages are about; readers mute some of it.
pub const CATEGORIES: usize = 4;

/// A message that somebody tried to send.
pub struct Sent {
    pub title: String,
    /// Numbers of people; `None` is everyone.
    pub to: Option<Vec<usize>>,
    /// The message, when it was acknowledged.
    pub id: Option<i64>,
}

#[derive(Deserialize)]
struct Created {
    id: i64,
    recipients: usize,
}

/// A sender with keys of its own.
pub struct Publisher {
    pub world: Arc<World>,
    pub number: usize,
    pub pass: String,
    pub dice: Dice,
    /// Time between two sends, on average.
    pub every: Duration,
    /// How many more messages go to this person, one after the other.
    pub burst: (usize, usize),
}

impl Publisher {
    /// Sends until the storm is over, and finishes what was begun.
    pub async fn run(mut self) -> Vec<Sent> {
        let mut sent = Vec::new();
        loop {
            let pause = self.dice.time(0..=usize::try_from(self.every.as_millis()).expect("a short time") * 2);
            let pause = if self.burst.0 > 0 { Duration::ZERO } else { pause };
            if !self.world.storm(pause).await {
                return sent;
            }
            let message = self.message(sent.len());
            sent.push(self.send(message).await);
        }
    }

    /// A third to everyone, the others to one or some; to one whose readers take nothing, now and then a burst that no ring holds.
    fn message(&mut self, number: usize) -> Sent {
        let users = self.world.people.len();
        if self.burst.0 == 0 && *self.world.stalling.borrow() && self.dice.below(30) == 0 {
            self.burst = (BURST, self.dice.below(users));
        }
        let to = match self.dice.below(100) {
            _ if self.burst.0 > 0 => {
                self.burst.0 -= 1;
                Some(vec![self.burst.1])
            }
            0..34 => None,
            34..75 => Some(vec![self.dice.below(users)]),
            _ => {
                let n = self.dice.within(2..=12.min(users.max(2)));
                let mut some: Vec<_> = (0..n).map(|_| self.dice.below(users)).collect();
                some.sort_unstable();
                some.dedup();
                Some(some)
            }
        };
        let names = to.as_ref().map(|to| to.iter().map(|n| format!("u{n}")).collect::<Vec<_>>().join(","));
        Sent { title: format!("{}-{number} to {}", self.number, names.unwrap_or("everyone".into())), to, id: None }
    }

    async fn send(&mut self, mut message: Sent) -> Sent {
        let request = self.request(&message);
        let mut repeats = 0;
        while message.id.is_none() {
            match self.attempt(&request, &message).await {
                Ok(id) => message.id = Some(id),
                Err(_) if repeats > REPEATS && !self.world.calm() => return message,
                Err(_) if repeats > REPEATS * 10 => return message,
                Err(_) => {
                    repeats += 1;
                    self.world.tally.did(Done::Repeated);
                    tokio::time::sleep(self.dice.time(0..=(20 << repeats.min(5)))).await;
                }
            }
        }
        self.world.tally.did(Done::Acknowledged);
        if self.dice.percent(5) {
            self.ask_again(&request, &message).await;
        }
        message
    }

    fn request(&mut self, message: &Sent) -> String {
        let to = match &message.to {
            None => "\"everyone\"".to_owned(),
            Some(to) => format!("[{}]", to.iter().map(|n| format!("\"u{n}\"")).collect::<Vec<_>>().join(",")),
        };
        let priority = ["low", "normal", "high", "urgent"][self.dice.below(4)];
        // Some events are as long as events can be.
        let link = if self.burst.0 > 0 || self.dice.percent(10) { "x".repeat(1_900) } else { String::new() };
        let category = self.dice.below(CATEGORIES);
        let number: usize = message.title.split(['-', ' ']).nth(1).and_then(|n| n.parse().ok()).unwrap_or_default();
        let series = match self.dice.below(100) {
            0..30 => format!(r#","collapse_key":"{}-{}""#, self.number, number / SERIES),
            30..36 => format!(r#","collapse_key":"{}-{}","resolved":true"#, self.number, number / SERIES),
            _ => String::new(),
        };
        let body = format!(
            r#"{{"to":{to},"title":"{}","body":"**{}**","priority":"{priority}","link":"https://tidings.test/{link}","category":"c{category}"{series}}}"#,
            message.title, message.title
        );
        let key = format!("idempotency-key: {}", message.title);
        request("POST", "/api/v1/messages", &["content-type: application/json", &self.pass, &key], &body)
    }

    async fn attempt(&self, request: &str, message: &Sent) -> Result<i64> {
        let door = if self.world.calm() { self.world.server.address() } else { Some(self.world.publishing.address) };
        let answer = ask(door.ok_or_else(|| Error::other("no server runs"))?, request).await?;
        match answer.status {
            201 => {
                let created: Created = serde_json::from_str(&answer.text().await?).map_err(Error::other)?;
                let expected = message.to.as_ref().map_or(self.world.people.len() + 1, Vec::len);
                if created.recipients != expected {
                    let note = format!("{} reaches {} of {expected}", message.title, created.recipients);
                    self.world.tally.found(Broken::Wire, note);
                }
                Ok(created.id)
            }
            // Too fast, busy or stopping: come back.
            408 | 429 | 503 => Err(Error::other("not now")),
            other => {
                let text = answer.text().await.unwrap_or_default();
                self.world.tally.found(Broken::Wire, format_args!("a send was refused with {other}: {text:.200}"));
                Err(Error::other("refused"))
            }
        }
    }

    /// The same request, long after it was answered: the same answer, and nothing is sent.
    async fn ask_again(&self, request: &str, message: &Sent) {
        if let Ok(id) = self.attempt(request, message).await
            && Some(id) != message.id
        {
            let note = format!("{} was message {:?} and then {id}", message.title, message.id);
            self.world.tally.found(Broken::Duplicate, note);
        }
    }
}

/// Times of single sends to a person: before the connection of one of their readers is full, and while it is.
#[derive(Default)]
pub struct Times {
    pub free: Vec<Duration>,
    pub stalled: Vec<Duration>,
}

/// A publisher that goes straight to the server, at an even pace, to see whether it waits for anybody.
pub async fn metronome(mut publisher: Publisher, times: Arc<Mutex<Times>>) -> Vec<Sent> {
    let mut sent: Vec<Sent> = Vec::new();
    while publisher.world.storm(publisher.every).await {
        let world = Arc::clone(&publisher.world);
        let mut message = publisher.message(sent.len());
        let request = publisher.request(&message);
        let around = || (world.server.lives(), *world.busy.borrow(), world.tally.done(Done::Busy));
        let (before, walled, begin) = (around(), world.walled(), Instant::now());
        let Some(address) = world.server.address() else { continue };
        let answer = async { ask(address, &request).await?.text().await };
        if let Ok(text) = answer.await
            && let Ok(created) = serde_json::from_str::<Created>(&text)
        {
            message.id = Some(created.id);
            world.tally.did(Done::Acknowledged);
        }
        // No answer in time counts, too, unless there is another reason for it.
        if before == around() && !before.1 {
            let mut times = times.lock().await;
            if walled { &mut times.stalled } else { &mut times.free }.push(begin.elapsed());
        }
        sent.push(message);
    }
    sent
}
