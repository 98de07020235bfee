//! Random operations of several people against a plain model in memory.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use tidings::domain::{Action, MessageId, Seq, State, UserId};
use tidings::server::store::{PublishError, Since};

use crate::bench::{Bench, ENGINES, Inbox, message};

const NAMES: [&str; 4] = ["ana", "bob", "eve", "kim"];

/// Something that may happen.
#[derive(Clone, Debug)]
enum Step {
    Send { sender: usize, to: [bool; 4] },
    SendEveryone { sender: usize },
    DeliverChunk,
    Act { user: usize, item: Index, action: Action },
    Enable { user: usize, enabled: bool },
    Purge { limit: usize },
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..4usize, any::<[bool; 4]>()).prop_map(|(sender, to)| Step::Send { sender, to }),
        2 => (0..4usize).prop_map(|sender| Step::SendEveryone { sender }),
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
    items: [BTreeMap<MessageId, State>; 4],
    /// The numbers of each person's deletions.
    deleted: [Vec<i64>; 4],
    /// How many of all of them are forgotten.
    purged: usize,
    broadcasts: Vec<(MessageId, [bool; 4])>,
}

impl Model {
    fn arrive(&mut self, id: MessageId, to: [bool; 4]) {
        for user in (0..4).filter(|user| to[*user]) {
            self.seq[user] += 1;
            self.items[user].insert(id, State::default());
        }
    }

    fn act(&mut self, user: usize, id: MessageId, action: Action) -> bool {
        let Some(state) = self.items[user].get(&id).copied() else { return false };
        let after = action.apply(state);
        if after != Some(state) {
            self.seq[user] += 1;
            match after {
                Some(after) => self.items[user].insert(id, after),
                None => {
                    self.deleted[user].push(self.seq[user]);
                    self.items[user].remove(&id)
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
            Step::Send { sender, to } => self.send(sender, to).await,
            Step::SendEveryone { sender } => {
                let sent = self.bench.send_everyone(self.people[sender]).await;
                assert_eq!(sent.recipients, self.model.enabled.iter().filter(|enabled| **enabled).count() as u64);
                self.sent = sent.id.0;
                if sent.recipients > 0 {
                    self.model.broadcasts.push((sent.id, self.model.enabled));
                }
            }
            Step::DeliverChunk => {
                let delivered = self.bench.store().deliver_chunk().await.unwrap();
                assert_eq!(delivered, !self.model.broadcasts.is_empty());
                if delivered {
                    let (id, to) = self.model.broadcasts.remove(0);
                    self.model.arrive(id, to);
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

    async fn send(&mut self, sender: usize, to: [bool; 4]) {
        let names: Vec<&str> = (0..4).filter(|user| to[*user]).map(|user| NAMES[user]).collect();
        let disabled = (0..4).filter(|user| to[*user] && !self.model.enabled[*user]).count();
        match self.bench.store().publish(message(self.people[sender], &names)).await {
            Ok(sent) => {
                assert_eq!((disabled, sent.recipients), (0, names.len() as u64));
                assert!(sent.id.0 > self.sent, "later messages have greater numbers");
                self.sent = sent.id.0;
                self.model.arrive(sent.id, to);
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
        let expected: Vec<_> = self.model.items[user].iter().map(|(id, state)| (*id, *state)).collect();
        assert_eq!(inbox.states(), expected, "the store has what the model has");
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
