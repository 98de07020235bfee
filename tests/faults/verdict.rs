//! Verdict: what every reader holds against what the store holds, and what publishers were told against both.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sqlx::{Connection as _, FromRow};

use crate::inbox::{Inbox, Row, State, digest};
use crate::people::{self, Person};
use crate::publisher::Sent;
use crate::server::Server;
use crate::tally::{Broken, Done, Tally};

/// An item with its message, straight from the file.
#[derive(FromRow)]
struct Stored {
    username: String,
    message_id: i64,
    seq: i64,
    title: String,
    times: i64,
    resolved: bool,
    seen: bool,
    read: bool,
    done: bool,
    pinned: bool,
    snoozed: Option<i64>,
    surfaced: i64,
    deleted: bool,
}

/// What the file says.
pub struct Truth {
    /// By person: the last number, and the items that are there.
    inboxes: HashMap<String, (i64, HashMap<i64, Row>)>,
    /// By title: the messages of that title.
    messages: HashMap<String, Vec<i64>>,
    /// By message: who has it as an item or in the row of an earlier one, or had it and deleted it.
    recipients: HashMap<i64, HashSet<String>>,
}

/// Where every person's sequence stands, and whether nothing moves it by itself before `until`: no message to everyone is
/// still on its way, and nothing that was snoozed wakes.
pub async fn standing(server: &Server, until: i64) -> sqlx::Result<(HashMap<String, i64>, bool)> {
    let mut connection = people::database(server).await?;
    let mut database = connection.begin().await?;
    let seqs = sqlx::query_as("SELECT username, seq FROM users").fetch_all(&mut *database).await?;
    let waiting: i64 = sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM broadcasts WHERE next_user_id <= last_user_id)
              + (SELECT count(*) FROM items WHERE snoozed <= ?)",
    )
    .bind(until)
    .fetch_one(&mut *database)
    .await?;
    database.rollback().await?;
    connection.close().await?;
    Ok((seqs.into_iter().collect(), waiting == 0))
}

impl Truth {
    pub async fn read(server: &Server) -> sqlx::Result<Self> {
        let mut connection = people::database(server).await?;
        // One moment of the file, not four.
        let mut database = connection.begin().await?;
        let items: Vec<Stored> = sqlx::query_as(
            "SELECT username, message_id, items.seq, title, times, resolved, seen, read, done, items.pinned,
                    items.snoozed, surfaced, deleted FROM items
             JOIN messages ON messages.id = coalesce(shown_id, message_id) JOIN users ON users.id = user_id",
        )
        .fetch_all(&mut *database)
        .await?;
        let repeats: Vec<(String, i64)> =
            sqlx::query_as("SELECT username, message_id FROM repeats JOIN users ON users.id = user_id")
                .fetch_all(&mut *database)
                .await?;
        let users: Vec<(String, i64)> =
            sqlx::query_as("SELECT username, seq FROM users").fetch_all(&mut *database).await?;
        let titles: Vec<(i64, String)> =
            sqlx::query_as("SELECT id, title FROM messages").fetch_all(&mut *database).await?;
        database.rollback().await?;
        connection.close().await?;

        let mut inboxes: HashMap<_, _> = users.into_iter().map(|(name, seq)| (name, (seq, HashMap::new()))).collect();
        let mut recipients: HashMap<i64, HashSet<String>> = HashMap::new();
        for item in items {
            let Stored { seen, read, done, pinned, snoozed, .. } = item;
            let state = State { seen, read, done, pinned, snoozed };
            let Stored { seq, surfaced, times, resolved, .. } = item;
            let row = Row { seq, surfaced, title: digest(&item.title), times, resolved, state };
            if let Some((_, rows)) = inboxes.get_mut(&item.username).filter(|_| !item.deleted) {
                rows.insert(item.message_id, row);
            }
            recipients.entry(item.message_id).or_default().insert(item.username);
        }
        for (username, id) in repeats {
            recipients.entry(id).or_default().insert(username);
        }
        let mut messages: HashMap<String, Vec<i64>> = HashMap::new();
        for (id, title) in titles {
            messages.entry(title).or_default().push(id);
        }
        Ok(Self { inboxes, messages, recipients })
    }

    /// I1 to I4 for a reader.
    pub fn compare(&self, person: &Arc<Person>, inbox: &Inbox, tally: &Tally) {
        let Some((seq, rows)) = self.inboxes.get(&person.name) else { return };
        if inbox.cursor != *seq {
            let note = format!("a reader of {} is at {} of {seq}", person.name, inbox.cursor);
            tally.found(Broken::Lost, note);
        }
        for (id, row) in rows {
            match inbox.rows.get(id) {
                Some(held) if held == row => {}
                Some(held) => {
                    tally.found(Broken::Lost, format_args!("{}: {id} is {row:?}, a reader has {held:?}", person.name))
                }
                None => tally.found(Broken::Lost, format_args!("{}: a reader does not have message {id}", person.name)),
            }
        }
        for id in inbox.rows.keys().filter(|id| !rows.contains_key(id)) {
            let what = if self.recipients.get(id).is_some_and(|all| all.contains(&person.name)) {
                Broken::Lost
            } else {
                Broken::TakenBack
            };
            tally.found(what, format_args!("{}: a reader has message {id}, the store has not", person.name));
        }
    }

    /// Every acknowledged message is there once, and in just the inboxes that it was for.
    pub fn judge(&mut self, sent: &[Sent], people: &[Arc<Person>], tally: &Tally) {
        for message in sent {
            let ids = self.messages.remove(&message.title).unwrap_or_default();
            let Some(&id) = ids.first() else {
                if let Some(id) = message.id {
                    tally.found(Broken::Lost, format_args!("message {id} was acknowledged and is not in the store"));
                }
                continue;
            };
            if ids.len() > 1 {
                tally.found(Broken::Duplicate, format_args!("{} is in the store {} times", message.title, ids.len()));
            }
            match message.id {
                None => tally.did(Done::Unacknowledged),
                Some(told) if told == id => {}
                Some(told) => tally.found(Broken::Lost, format_args!("message {told} is in the store as {id}")),
            }
            self.reached(message, id, people, tally);
        }
        for title in self.messages.keys() {
            tally.found(Broken::Wire, format_args!("nobody sent «{title}»"));
        }
    }

    fn reached(&self, message: &Sent, id: i64, people: &[Arc<Person>], tally: &Tally) {
        let expected: HashSet<&str> = match &message.to {
            Some(to) => to.iter().map(|n| people[*n].name.as_str()).collect(),
            None => people.iter().map(|person| person.name.as_str()).chain(["ops"]).collect(),
        };
        let empty = HashSet::new();
        let got: HashSet<&str> = self.recipients.get(&id).unwrap_or(&empty).iter().map(String::as_str).collect();
        for name in expected.difference(&got) {
            tally.found(Broken::Lost, format_args!("message {id} is not in the inbox of {name}"));
        }
        for name in got.difference(&expected) {
            tally.found(Broken::Leak, format_args!("message {id} is in the inbox of {name}"));
        }
    }
}
