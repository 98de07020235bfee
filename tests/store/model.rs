//! Random operations of several people against a plain model in memory.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use tidings::domain::arrival::{self, Arrival, Arriving};
use tidings::domain::{Action, Audience, Details, MessageId, Mute, Seq, State, UserId};
use tidings::server::store::{NewMessage, PublishError, Since};

use crate::bench::{Bench, ENGINES, Inbox, NOW, message, name};

const NAMES: [&str; 4] = ["ana", "bob", "eve", "kim"];

/// Something that may happen.
#[derive(Clone, Debug)]
enum Step {
    Send { sender: usize, to: [bool; 4], says: Says },
    SendEveryone { sender: usize, says: Says },
    Mute { user: usize, sender: usize, on: bool },
    DeliverChunk,
    Act { user: usize, item: Index, action: Action },
    Enable { user: usize, enabled: bool },
    Purge { limit: usize },
    Reopen,
}

/// What a message says that decides where it goes.
type Says = Option<(u8, bool)>;

/// One of two keys, or none; some are resolved.
fn says() -> impl Strategy<Value = Says> {
    prop::option::of((0..2_u8, prop::bool::weighted(0.2)))
}

fn saying(says: Says, message: NewMessage) -> NewMessage {
    let details =
        says.map(|(key, resolved)| Details { collapse_key: Some(key.to_string()), resolved, ..Details::default() });
    NewMessage { details: details.unwrap_or_default(), ..message }
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..4usize, any::<[bool; 4]>(), says()).prop_map(|(sender, to, says)| Step::Send { sender, to, says }),
        2 => (0..4usize, says()).prop_map(|(sender, says)| Step::SendEveryone { sender, says }),
        1 => (0..4usize, 0..4usize, any::<bool>()).prop_map(|(user, sender, on)| Step::Mute { user, sender, on }),
        3 => Just(Step::DeliverChunk),
        12 => (0..4usize, any::<Index>(), select(&Action::ALL[..]))
            .prop_map(|(user, item, action)| Step::Act { user, item, action }),
        2 => (0..4usize, any::<bool>()).prop_map(|(user, enabled)| Step::Enable { user, enabled }),
        1 => (1..4usize).prop_map(|limit| Step::Purge { limit }),
        1 => Just(Step::Reopen),
    ]
}

/// What should be: said as plainly as it can be.
#[derive(Default)]
struct Model {
    enabled: [bool; 4],
    seq: [i64; 4],
    items: [BTreeMap<MessageId, Row>; 4],
    /// Who has muted whom.
    muted: [[bool; 4]; 4],
    /// The numbers of each person's deletions.
    deleted: [Vec<i64>; 4],
    /// How many of all of them are forgotten.
    purged: usize,
    broadcasts: Vec<(Sent, [bool; 4])>,
}

#[derive(Clone, Copy)]
struct Sent {
    id: MessageId,
    sender: usize,
    says: Says,
}

/// A row of somebody's.
struct Row {
    state: State,
    times: u32,
    shown: MessageId,
    /// The sender and the key.
    series: Option<(usize, u8)>,
}

impl Model {
    fn arrive(&mut self, sent: Sent, to: [bool; 4]) {
        let Sent { id, sender, says } = sent;
        for user in (0..4).filter(|user| to[*user]) {
            self.seq[user] += 1;
            let series = says.map(|(key, _)| (sender, key));
            let rows = self.items[user].iter_mut().filter(|(_, row)| series.is_some() && row.series == series);
            let row = rows.max_by_key(|(id, row)| (!row.state.done, **id)).map(|(_, row)| row);
            let resolved = says.is_some_and(|(_, resolved)| resolved);
            let arriving = Arriving { id, resolved, urgent: false, muted: self.muted[user][sender] };
            let at = row.as_ref().map(|row| arrival::Row { shown: row.shown, state: row.state });
            match (arrival::arrive(arriving, at), row) {
                (Arrival::Again { state, shows, .. }, Some(row)) => {
                    (row.state, row.times) = (state, row.times + 1);
                    row.shown = if shows { id } else { row.shown };
                }
                (Arrival::New(state) | Arrival::Again { state, .. }, _) => {
                    self.items[user].insert(id, Row { state, times: 1, shown: id, series });
                }
            }
        }
    }

    fn act(&mut self, user: usize, id: MessageId, action: Action) -> bool {
        let Some(state) = self.items[user].get(&id).map(|row| row.state) else { return false };
        let after = action.apply(state);
        if after != Some(state) {
            self.seq[user] += 1;
            match after {
                Some(after) => self.items[user].entry(id).and_modify(|row| row.state = after),
                None => {
                    self.deleted[user].push(self.seq[user]);
                    self.items[user].remove(&id);
                    return true;
                }
            };
        }
        true
    }
}

struct Run {
    bench: Bench,
    people: [UserId; 4],
    model: Model,
    sent: i64,
}

impl Run {
    async fn new(engine: &'static str) -> Self {
        let bench = Bench::new(engine).await;
        let people = bench.people(NAMES).await;
        Self { bench, people, model: Model { enabled: [true; 4], ..Model::default() }, sent: 0 }
    }

    async fn step(&mut self, step: Step) {
        match step {
            Step::Send { sender, to, says } => self.send(sender, to, says).await,
            Step::Mute { user, sender, on } => self.mute(user, sender, on).await,
            Step::SendEveryone { sender, says } => {
                let all = NewMessage { audience: Audience::Everyone, ..message(self.people[sender], &[]) };
                let sent = self.bench.store().publish(saying(says, all)).await.unwrap();
                assert_eq!(sent.recipients, self.model.enabled.iter().filter(|enabled| **enabled).count() as u64);
                self.sent = sent.id.0;
                if sent.recipients > 0 {
                    self.model.broadcasts.push((Sent { id: sent.id, sender, says }, self.model.enabled));
                }
            }
            Step::DeliverChunk => {
                let delivered = self.bench.store().deliver_chunk().await.unwrap();
                assert_eq!(delivered, !self.model.broadcasts.is_empty());
                if delivered {
                    let (sent, to) = self.model.broadcasts.remove(0);
                    self.model.arrive(sent, to);
                }
            }
            Step::Act { user, item, action } => {
                // One more than there are, so that some find nothing.
                let id = MessageId(item.index(self.sent as usize + 1) as i64 + 1);
                let found = self.bench.act(self.people[user], id, action).await;
                assert_eq!(found, self.model.act(user, id, action));
            }
            Step::Enable { user, enabled } => {
                self.bench.store().set_enabled(self.people[user], enabled).await.unwrap();
                self.model.enabled[user] = enabled;
            }
            Step::Purge { limit } => self.purge(limit).await,
            Step::Reopen => self.bench.drop_and_reopen().await,
        }
    }

    async fn mute(&mut self, user: usize, sender: usize, on: bool) {
        let mute = Mute::Sender(name(NAMES[sender]));
        if on {
            self.bench.store().mute(self.people[user], mute, NOW).await.unwrap();
        } else {
            let was = self.bench.store().unmute(self.people[user], mute).await.unwrap();
            assert_eq!(was, self.model.muted[user][sender]);
        }
        self.model.muted[user][sender] = on;
    }

    async fn send(&mut self, sender: usize, to: [bool; 4], says: Says) {
        let names: Vec<&str> = (0..4).filter(|user| to[*user]).map(|user| NAMES[user]).collect();
        let disabled = (0..4).filter(|user| to[*user] && !self.model.enabled[*user]).count();
        match self.bench.store().publish(saying(says, message(self.people[sender], &names))).await {
            Ok(sent) => {
                assert_eq!((disabled, sent.recipients), (0, names.len() as u64));
                assert!(sent.id.0 > self.sent, "later messages have greater numbers");
                self.sent = sent.id.0;
                self.model.arrive(Sent { id: sent.id, sender, says }, to);
            }
            Err(PublishError::UnknownPeople(unknown)) => assert_eq!(unknown.len(), disabled),
            Err(other) => panic!("{other}"),
        }
    }

    async fn purge(&mut self, limit: usize) {
        let left = self.model.deleted.iter().map(Vec::len).sum::<usize>() - self.model.purged;
        let purged = self.bench.store().purge(i64::MAX, limit).await.unwrap();
        assert_eq!(purged, left.min(limit) as u64);
        self.model.purged += purged as usize;
    }

    async fn check(&self, user: usize) {
        let inbox = self.bench.inbox(self.people[user]).await;
        let expected: Vec<_> = self.model.items[user].iter().map(|(id, row)| (*id, row.state)).collect();
        assert_eq!(inbox.states(), expected, "the store has what the model has");
        let times = inbox.items.values().map(|item| item.times);
        assert!(times.eq(self.model.items[user].values().map(|row| row.times)), "each message is in one row");
        assert_eq!(inbox.seq, Seq(self.model.seq[user]));
        assert_eq!(inbox.counts, inbox.recount(), "counts equal a recount");
        assert_eq!(self.bench.numbers(self.people[user]), (1..=inbox.seq.0).collect::<Vec<_>>(), "without holes");
        self.check_replays(user, &inbox).await;
    }

    /// Whether a reader at this number cannot hear of everything that was deleted, once that is forgotten.
    fn deleted_after(&self, user: usize, seq: Seq) -> bool {
        self.model.deleted[user].iter().any(|deleted| *deleted > seq.0)
    }

    fn all_purged(&self) -> bool {
        self.model.purged == self.model.deleted.iter().map(Vec::len).sum::<usize>()
    }

    /// From the inbox of every earlier moment, catching up leads to the inbox of now, or starts afresh; the second only if
    /// something that was deleted after that moment is forgotten.
    async fn check_replays(&self, user: usize, now: &Inbox) {
        let mut then = Inbox::default();
        let mut later = self.bench.heard(self.people[user]).into_iter();
        loop {
            let since = async |limit| self.bench.store().since(self.people[user], then.seq, limit).await.unwrap();
            let replay = since(usize::MAX).await;
            if let Since::Changes { events, .. } = &replay {
                if let Some(too_few) = events.len().checked_sub(1) {
                    assert_eq!(since(too_few).await, Since::Reset { seq: now.seq, counts: now.counts });
                }
                let mut caught_up = then.clone();
                caught_up.catch_up(replay);
                assert_eq!(&caught_up, now, "from {:?}", then.seq);
                assert!(!self.all_purged() || !self.deleted_after(user, then.seq), "a hole after {:?}", then.seq);
            } else {
                assert_eq!(replay, Since::Reset { seq: now.seq, counts: now.counts });
                assert!(self.model.purged > 0 && self.deleted_after(user, then.seq), "for nothing at {:?}", then.seq);
            }
            let Some(event) = later.next() else { break };
            then.apply(&event);
            assert_eq!(then.counts, then.recount(), "counts of every event equal a recount");
        }
        assert_eq!(&then, now, "following every event leads to now, too");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_people_do_the_store_does_what_the_model_does(steps in prop::collection::vec(step(), 1..60)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            for engine in ENGINES {
                let mut run = Run::new(engine).await;
                for step in steps.clone() {
                    run.step(step).await;
                }
                for user in 0..4 {
                    run.check(user).await;
                }
                run.purge(usize::MAX).await;
                for user in 0..4 {
                    run.check(user).await;
                }
            }
        });
    }
}
