//! Sending to named people: who gets it, what is refused, and that a retry sends once.

use tidings::domain::event::Changed;
use tidings::domain::{Action, Audience, Counts, Event, Item, MessageId, Priority, Seq, State};
use tidings::server::store::{Idempotency, NewMessage, PublishError, Published, Reach, Sent};

use crate::bench::{NOW, message, name, on_each};

#[tokio::test]
async fn a_message_arrives_in_each_inbox_with_the_next_number_and_is_told_once() {
    on_each(async |bench| {
        let [ana, bob, eve] = bench.people(["ana", "bob", "eve"]).await;
        let sent = bench.send(ana, &["ana", "bob"]).await;
        assert_eq!(sent, Published { id: sent.id, recipients: 2, repeated: false });
        let item = Item {
            id: sent.id,
            seq: Seq(1),
            sent_at: NOW,
            from: "ANA".into(),
            title: "Lunch".into(),
            preview: "At noon".into(),
            priority: Priority::High,
            link: Some("https://example.org/".into()),
            times: 1,
            surfaced: Seq(1),
            surfaced_at: NOW,
            state: State::default(),
            ..Item::default()
        };
        let counts = Counts { unread: 1, unseen: 1, ..Counts::default() };
        for user in [ana, bob] {
            assert_eq!(bench.heard(user), [Event::Item(Changed { seq: Seq(1), item: item.clone(), counts })]);
            assert!(bench.inbox(user).await.items.into_values().eq([item.clone()]));
        }
        assert_eq!((bench.heard(eve), bench.inbox(eve).await.items.len()), (vec![], 0), "nobody else hears of it");
    })
    .await;
}

#[tokio::test]
async fn names_are_found_in_any_case_and_each_person_once() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        assert_eq!(bench.send(ana, &["BOB", "bob", "Bob"]).await.recipients, 1);
        assert_eq!(bench.numbers(bob), [1]);
    })
    .await;
}

#[tokio::test]
async fn unknown_and_disabled_names_are_all_told_and_nothing_is_sent() {
    on_each(async |bench| {
        let [ana, bob, eve] = bench.people(["ana", "bob", "eve"]).await;
        bench.store().set_enabled(eve, false).await.unwrap();
        let refused = bench.store().publish(message(ana, &["bob", "zoe", "Eve"])).await;
        let Err(PublishError::UnknownPeople(unknown)) = refused else { panic!("{refused:?}") };
        assert_eq!(unknown, [name("zoe"), name("Eve")]);
        assert_eq!((bench.numbers(bob), bench.inbox(bob).await.seq), (vec![], Seq(0)));
        assert_eq!(bench.send(ana, &["bob"]).await.id, MessageId(1), "the refused one took no number either");
    })
    .await;
}

#[tokio::test]
async fn reach_says_who_would_get_it_without_sending() {
    on_each(async |bench| {
        let [_, _, eve] = bench.people(["ana", "bob", "eve"]).await;
        bench.store().set_enabled(eve, false).await.unwrap();
        let everyone = bench.store().reach(&Audience::Everyone).await.unwrap();
        assert_eq!(everyone, Reach { recipients: 2, unknown: vec![] });
        let named = Audience::Users(["ana", "eve", "zoe"].map(name).to_vec());
        let reach = bench.store().reach(&named).await.unwrap();
        assert_eq!(reach, Reach { recipients: 1, unknown: vec![name("eve"), name("zoe")] });
    })
    .await;
}

#[tokio::test]
async fn the_sender_sees_what_was_sent() {
    on_each(async |bench| {
        let [ana, _] = bench.people(["ana", "bob"]).await;
        let id = bench.send(ana, &["bob"]).await.id;
        let sent = Sent {
            id,
            sender: ana,
            title: "Lunch".into(),
            priority: Priority::High,
            sent_at: NOW,
            everyone: false,
            recipients: 1,
            delivered: 1,
        };
        assert_eq!(bench.store().sent(id).await.unwrap(), Some(sent));
        assert_eq!(bench.store().sent(MessageId(99)).await.unwrap(), None);
    })
    .await;
}

fn keyed(message: NewMessage, key: &str, fingerprint: u8) -> NewMessage {
    NewMessage { idempotency: Some(Idempotency { key: key.into(), fingerprint: [fingerprint; 32] }), ..message }
}

#[tokio::test]
async fn the_same_key_and_content_gets_the_first_answer_again() {
    on_each(async |mut bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        let request = keyed(message(ana, &["bob"]), "k", 1);
        let first = bench.store().publish(request.clone()).await.unwrap();
        bench.store().set_enabled(bob, false).await.unwrap();
        bench.close_and_reopen().await;
        let second = bench.store().publish(request).await.unwrap();
        assert_eq!(second, Published { repeated: true, ..first }, "although it could not be sent any more");
        assert_eq!(bench.numbers(bob), [1]);
    })
    .await;
}

#[tokio::test]
async fn the_same_key_with_another_content_is_refused() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        bench.store().publish(keyed(message(ana, &["bob"]), "k", 1)).await.unwrap();
        let refused = bench.store().publish(keyed(message(ana, &["ana"]), "k", 2)).await;
        assert!(matches!(refused, Err(PublishError::KeyReused)), "{refused:?}");
        assert_eq!((bench.numbers(ana), bench.numbers(bob)), (vec![], vec![1]));
    })
    .await;
}

#[tokio::test]
async fn keys_are_each_senders_own_and_a_refused_send_keeps_none() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        assert!(bench.store().publish(keyed(message(ana, &["zoe"]), "k", 1)).await.is_err());
        let first = bench.store().publish(keyed(message(ana, &["bob"]), "k", 2)).await.unwrap();
        let other = bench.store().publish(keyed(message(bob, &["bob"]), "k", 3)).await.unwrap();
        assert!(!first.repeated && !other.repeated && first.id != other.id);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_retries_at_once_one_sends() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        let retries = (0..20).map(|_| {
            let (store, request) = (bench.store().clone(), keyed(message(ana, &["bob"]), "k", 1));
            tokio::spawn(async move { store.publish(request).await.unwrap() })
        });
        let answers = futures_util::future::join_all(retries).await;
        let answers: Vec<Published> = answers.into_iter().map(Result::unwrap).collect();
        assert_eq!(answers.iter().filter(|answer| !answer.repeated).count(), 1);
        assert!(answers.iter().all(|answer| answer.id == answers[0].id));
        assert_eq!(bench.numbers(bob), [1]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_senders_at_once_lose_nothing_and_leave_no_hole() {
    on_each(async |bench| {
        let people = bench.people(["ana", "bob", "eve"]).await;
        let sends = (0..300).map(|n| {
            let store = bench.store().clone();
            tokio::spawn(async move {
                let to: &[&str] = [&["ana", "bob"][..], &["bob", "eve"], &["eve", "ana", "bob"]][n % 3];
                let id = store.publish(message(people[n % 2], to)).await.unwrap().id;
                assert!(store.act(people[1], &[id], Action::Read).await.unwrap().is_some());
                id
            })
        });
        let sent = futures_util::future::join_all(sends).await.into_iter().map(Result::unwrap).collect::<Vec<_>>();
        for (user, changes) in people.into_iter().zip([200, 600, 200]) {
            assert_eq!(bench.numbers(user), (1..=changes).collect::<Vec<_>>(), "heard in number order, without holes");
            let inbox = bench.inbox(user).await;
            assert_eq!((inbox.seq, inbox.counts), (Seq(changes), inbox.recount()));
        }
        let bobs = bench.inbox(people[1]).await;
        assert!(sent.iter().all(|id| bobs.items[id].state.read), "every message is there, and read");
    })
    .await;
}

#[tokio::test]
async fn a_send_that_nobody_waits_for_any_more_happens_as_a_whole() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        // One poll queues the write; then the caller is gone.
        let mut send = Box::pin(bench.store().publish(message(ana, &["ana", "bob"])));
        assert!(futures_util::poll!(&mut send).is_pending());
        drop(send);
        bench.store().ready().await.unwrap();
        assert_eq!((bench.inbox(ana).await.seq, bench.inbox(bob).await.seq), (Seq(1), Seq(1)));
    })
    .await;
}
