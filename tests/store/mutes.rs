//! Mutes: what they take, and that muted messages are kept and are not loud.

use tidings::domain::mute::MUTES_MAX;
use tidings::domain::{Action, Audience, Counts, Details, Mute, Priority, State, UserId};
use tidings::server::store::{MuteRow, Muted, NewMessage};

use crate::bench::{Bench, NOW, message, name, on_each};

const UNREAD: State = State { seen: false, read: false, done: false, pinned: false, snoozed: None };
const DONE: State = State { seen: true, read: true, done: true, ..UNREAD };

fn sender(username: &str) -> Mute {
    Mute::Sender(name(username))
}

fn category(word: &str) -> Mute {
    Mute::Category(word.into())
}

fn about(word: &str, message: NewMessage) -> NewMessage {
    NewMessage { details: Details { category: Some(word.into()), ..message.details.clone() }, ..message }
}

async fn mute(bench: &Bench, user: UserId, mute: Mute) {
    assert_eq!(bench.store().mute(user, mute, NOW).await.unwrap(), Muted::Done);
}

/// The state in which a message arrives.
async fn arrives(bench: &Bench, user: UserId, message: NewMessage) -> State {
    let id = bench.store().publish(message).await.unwrap().id;
    bench.deliver_all().await;
    let inbox = bench.inbox(user).await;
    assert_eq!(inbox.counts, inbox.recount());
    inbox.items[&id].state
}

#[tokio::test]
async fn what_is_muted_arrives_done_and_urgent_messages_pass() {
    on_each(async |bench| {
        let [ana, bob, eve] = bench.people(["ana", "bob", "eve"]).await;
        mute(&bench, bob, sender("ana")).await;
        mute(&bench, bob, category("deploy")).await;
        let urgent = |message| NewMessage { priority: Priority::Urgent, ..message };
        for (message, state) in [
            (message(ana, &["bob"]), DONE),
            (urgent(message(ana, &["bob"])), UNREAD),
            (message(eve, &["bob"]), UNREAD),
            (about("deploy", message(eve, &["bob"])), DONE),
            (about("lunch", message(eve, &["bob"])), UNREAD),
            (about("lunch", message(ana, &["bob"])), DONE),
        ] {
            assert_eq!(arrives(&bench, bob, message.clone()).await, state, "{message:?}");
        }
        assert_eq!(arrives(&bench, eve, message(ana, &["eve"])).await, UNREAD, "only who muted it");
        assert_eq!(bench.numbers(bob), [1, 2, 3, 4, 5, 6], "it is told all the same");
    })
    .await;
}

#[tokio::test]
async fn muting_counts_from_now_until_it_is_heard_again() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        let before = bench.send(ana, &["bob"]).await.id;
        mute(&bench, bob, sender("ANA")).await;
        assert_eq!(bench.inbox(bob).await.items[&before].state, UNREAD);
        let opened = bench.store().opened(bob, before).await.unwrap().unwrap();
        assert!(opened.muted);
        assert_eq!(arrives(&bench, bob, message(ana, &["bob"])).await, DONE);
        assert!(bench.store().unmute(bob, sender("ana")).await.unwrap());
        assert!(!bench.store().unmute(bob, sender("ana")).await.unwrap(), "it was heard already");
        assert!(!bench.store().unmute(bob, sender("zoe")).await.unwrap());
        assert!(!bench.store().opened(bob, before).await.unwrap().unwrap().muted);
        assert_eq!(arrives(&bench, bob, message(ana, &["bob"])).await, UNREAD);
    })
    .await;
}

#[tokio::test]
async fn muted_repeats_change_their_row_in_its_place() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        let details = Details { collapse_key: Some("disk".into()), ..Details::default() };
        let disk = || NewMessage { details: details.clone(), ..message(ana, &["bob"]) };
        let first = bench.store().publish(disk()).await.unwrap().id;
        bench.act(bob, first, Action::See).await;
        mute(&bench, bob, sender("ana")).await;
        bench.store().publish(disk()).await.unwrap();
        let item = bench.inbox(bob).await.items[&first].clone();
        assert_eq!((item.times, item.state), (2, State { seen: true, ..UNREAD }));
        bench.act(bob, first, Action::Done).await;
        bench.store().publish(disk()).await.unwrap();
        let inbox = bench.inbox(bob).await;
        assert_eq!((inbox.items.len(), inbox.items[&first].times, inbox.items[&first].state), (1, 3, DONE));
        assert_eq!(inbox.counts, Counts::default());
        let urgent = NewMessage { priority: Priority::Urgent, ..disk() };
        let loud = bench.store().publish(urgent).await.unwrap().id;
        assert_eq!(bench.inbox(bob).await.items[&loud].state, UNREAD, "urgent passes, also after done");
    })
    .await;
}

#[tokio::test]
async fn a_message_to_everyone_is_quiet_for_those_who_muted_it_in_every_chunk() {
    on_each(async |mut bench| {
        let people = bench.crowd(2100).await;
        for user in [people[5], people[1500]] {
            mute(&bench, user, sender("u0")).await;
        }
        let all = NewMessage { audience: Audience::Everyone, ..message(people[0], &[]) };
        let id = bench.store().publish(all).await.unwrap().id;
        assert!(bench.store().deliver_chunk().await.unwrap());
        mute(&bench, people[2050], sender("u0")).await;
        bench.drop_and_reopen().await;
        bench.deliver_all().await;
        for (user, state) in
            [(people[5], DONE), (people[6], UNREAD), (people[1500], DONE), (people[1501], UNREAD), (people[2050], DONE)]
        {
            let inbox = bench.inbox(user).await;
            assert_eq!((inbox.items[&id].state, inbox.counts), (state, Counts::of(state)));
        }
    })
    .await;
}

#[tokio::test]
async fn each_mutes_for_themselves_and_sees_the_latest_first() {
    on_each(async |bench| {
        let [_, bob, eve] = bench.people(["ana", "bob", "eve"]).await;
        let store = bench.store();
        store.mute(bob, sender("ana"), NOW).await.unwrap();
        store.mute(bob, category("deploy"), NOW + 1).await.unwrap();
        store.mute(bob, sender("Ana"), NOW + 2).await.unwrap();
        let rows = [
            MuteRow { mute: category("deploy"), shown: "deploy".into(), since: NOW + 1 },
            MuteRow { mute: sender("ana"), shown: "ANA".into(), since: NOW },
        ];
        assert_eq!(store.mutes(bob).await.unwrap(), rows);
        assert_eq!(store.mutes(eve).await.unwrap(), []);
        assert_eq!(store.mute(bob, sender("zoe"), NOW).await.unwrap(), Muted::Nobody);
    })
    .await;
}

#[tokio::test]
async fn what_one_person_mutes_is_bounded() {
    on_each(async |bench| {
        let [bob] = bench.people(["bob"]).await;
        for n in 0..MUTES_MAX {
            mute(&bench, bob, category(&format!("c{n}"))).await;
        }
        assert_eq!(bench.store().mute(bob, category("more"), NOW).await.unwrap(), Muted::TooMany);
        mute(&bench, bob, category("c0")).await;
        assert!(bench.store().unmute(bob, category("c7")).await.unwrap());
        mute(&bench, bob, category("more")).await;
    })
    .await;
}
