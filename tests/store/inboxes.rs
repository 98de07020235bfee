//! Inboxes: verbs and their counts, pages, opening, catching up, and when it must start afresh.

use tidings::domain::event::{Gone, Removed};
use tidings::domain::item::PAGE;
use tidings::domain::{Action, Counts, Event, MessageId, Rank, Seq, State, View};
use tidings::server::store::Since;

use crate::bench::{Inbox, on_each};

#[tokio::test]
async fn each_verb_takes_one_number_and_moves_the_counts() {
    on_each(async |bench| {
        let [ana] = bench.people(["ana"]).await;
        let id = bench.send(ana, &["ana"]).await.id;
        let steps = [
            (Action::See, (true, false, false), (1, 0)),
            (Action::Read, (true, true, false), (0, 0)),
            (Action::Unread, (true, false, false), (1, 0)),
            (Action::Done, (true, true, true), (0, 0)),
            (Action::Restore, (true, true, false), (0, 0)),
        ];
        for (nth, (action, (seen, read, done), (unread, unseen))) in steps.into_iter().enumerate() {
            assert!(bench.act(ana, id, action).await);
            let Some(Event::Item(changed)) = bench.heard(ana).pop() else { panic!("{action:?} is an item event") };
            assert_eq!(changed.seq, Seq(nth as i64 + 2), "{action:?}");
            assert_eq!(
                (changed.item.seq, changed.item.state),
                (changed.seq, State { seen, read, done, ..State::default() }),
                "{action:?}"
            );
            assert_eq!(changed.counts, Counts { unread, unseen, ..Counts::default() }, "{action:?}");
            let inbox = bench.inbox(ana).await;
            assert_eq!((inbox.items[&id].clone(), inbox.counts), (changed.item, changed.counts), "{action:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_verb_that_changes_nothing_takes_no_number() {
    on_each(async |bench| {
        let [ana] = bench.people(["ana"]).await;
        let id = bench.send(ana, &["ana"]).await.id;
        assert!(bench.act(ana, id, Action::Restore).await, "the item is there");
        assert!(bench.act(ana, id, Action::Read).await);
        assert!(bench.act(ana, id, Action::Read).await && bench.act(ana, id, Action::See).await);
        assert_eq!(bench.numbers(ana), [1, 2]);
    })
    .await;
}

#[tokio::test]
async fn a_deleted_item_is_gone_for_good_and_leaves_a_tombstone() {
    on_each(async |bench| {
        let [ana] = bench.people(["ana"]).await;
        let id = bench.send(ana, &["ana"]).await.id;
        assert!(bench.act(ana, id, Action::Delete).await);
        let gone = Event::Gone(Removed { seq: Seq(2), id, why: Gone::Deleted, counts: Counts::default() });
        assert_eq!(bench.heard(ana).pop(), Some(gone.clone()));
        assert_eq!(bench.inbox(ana).await.items.len(), 0);
        assert_eq!(bench.store().opened(ana, id).await.unwrap(), None);
        for action in Action::ALL {
            assert!(!bench.act(ana, id, action).await, "{action:?} finds nothing");
        }
        let since = bench.store().since(ana, Seq(1), 10).await.unwrap();
        assert_eq!(since, Since::Changes { events: vec![gone], seq: Seq(2), counts: Counts::default() });
    })
    .await;
}

#[tokio::test]
async fn nobody_opens_or_changes_an_item_of_somebody_else() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        let id = bench.send(ana, &["ana"]).await.id;
        assert_eq!(bench.store().opened(bob, id).await.unwrap(), None);
        for action in Action::ALL {
            assert!(!bench.act(bob, id, action).await);
        }
        assert!(!bench.act(ana, MessageId(99), Action::Read).await);
        assert_eq!((bench.numbers(ana), bench.numbers(bob)), (vec![1], vec![]));
    })
    .await;
}

#[tokio::test]
async fn an_opened_message_has_its_body_and_opening_changes_nothing() {
    on_each(async |bench| {
        let [ana] = bench.people(["ana"]).await;
        let id = bench.send(ana, &["ana"]).await.id;
        let opened = bench.store().opened(ana, id).await.unwrap().unwrap();
        assert_eq!(opened.html, "<p>At <strong>noon</strong></p>");
        assert_eq!(opened.item, bench.inbox(ana).await.items[&id]);
        assert_eq!(bench.numbers(ana), [1]);
    })
    .await;
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_overlap() {
    on_each(async |bench| {
        let [ana] = bench.people(["ana"]).await;
        for _ in 0..2 * PAGE {
            bench.send(ana, &["ana"]).await;
        }
        let newest = bench.store().page(ana, View::Inbox, None, PAGE).await.unwrap();
        let last = newest.items[PAGE - 1].rank();
        let oldest = bench.store().page(ana, View::Inbox, Some(last), PAGE).await.unwrap();
        assert!(newest.older && !oldest.older, "a full page may be the last");
        let ids: Vec<i64> = newest.items.iter().chain(&oldest.items).map(|item| item.id.0).collect();
        assert_eq!(ids, (1..=2 * PAGE as i64).rev().collect::<Vec<_>>());
        assert_eq!((oldest.before, oldest.cursor.seq), (Some(last), Seq(2 * PAGE as i64)));
        let nothing = bench
            .store()
            .page(ana, View::Inbox, Some(Rank { surfaced: Seq(1), id: MessageId(1) }), PAGE)
            .await
            .unwrap();
        assert!(nothing.items.is_empty() && !nothing.older);
    })
    .await;
}

#[tokio::test]
async fn done_items_are_in_the_other_view() {
    on_each(async |bench| {
        let [ana] = bench.people(["ana"]).await;
        let (one, two) = (bench.send(ana, &["ana"]).await.id, bench.send(ana, &["ana"]).await.id);
        bench.act(ana, one, Action::Done).await;
        let ids = async |view| {
            let page = bench.store().page(ana, view, None, PAGE).await.unwrap();
            page.items.iter().map(|item| item.id).collect::<Vec<_>>()
        };
        assert_eq!((ids(View::Inbox).await, ids(View::Done).await), (vec![two], vec![one]));
    })
    .await;
}

#[tokio::test]
async fn catching_up_brings_each_item_once_at_its_last_change() {
    on_each(async |bench| {
        let [ana] = bench.people(["ana"]).await;
        let (one, two) = (bench.send(ana, &["ana"]).await.id, bench.send(ana, &["ana"]).await.id);
        let mut away = bench.inbox(ana).await;
        bench.act(ana, one, Action::See).await;
        bench.act(ana, two, Action::Done).await;
        bench.act(ana, one, Action::Read).await;
        let since = bench.store().since(ana, away.seq, 10).await.unwrap();
        let Since::Changes { events, .. } = &since else { panic!("{since:?}") };
        assert_eq!(events.iter().map(|event| event.seq().unwrap().0).collect::<Vec<_>>(), [4, 5]);
        away.catch_up(since);
        assert_eq!(away, bench.inbox(ana).await);
    })
    .await;
}

#[tokio::test]
async fn it_starts_afresh_when_too_much_changed_or_the_number_is_of_the_future() {
    on_each(async |bench| {
        let [ana] = bench.people(["ana"]).await;
        for _ in 0..3 {
            bench.send(ana, &["ana"]).await;
        }
        let counts = Counts { unread: 3, unseen: 3, ..Counts::default() };
        let reset = Since::Reset { seq: Seq(3), counts };
        let since = async |seq, limit| bench.store().since(ana, Seq(seq), limit).await.unwrap();
        assert_eq!(since(0, 2).await, reset);
        assert_eq!(since(4, 10).await, reset);
        assert_eq!(since(i64::MAX, 10).await, reset);
        assert!(matches!(since(0, 3).await, Since::Changes { events, .. } if events.len() == 3));
        assert_eq!(since(3, 0).await, Since::Changes { events: vec![], seq: Seq(3), counts });
    })
    .await;
}

#[tokio::test]
async fn the_epoch_and_all_numbers_survive_the_end_of_the_process() {
    on_each(async |mut bench| {
        let [ana] = bench.people(["ana"]).await;
        let id = bench.send(ana, &["ana"]).await.id;
        bench.act(ana, id, Action::Read).await;
        let (epoch, before) = (bench.store().epoch().clone(), bench.inbox(ana).await);
        bench.drop_and_reopen().await;
        assert_eq!((bench.store().epoch(), bench.inbox(ana).await), (&epoch, before.clone()));
        bench.close_and_reopen().await;
        assert_eq!((bench.store().epoch(), bench.inbox(ana).await), (&epoch, before));
        bench.send(ana, &["ana"]).await;
        assert_eq!(bench.numbers(ana), [1, 2, 3], "and go on where they were");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_of_one_moment_while_others_write() {
    on_each(async |bench| {
        let [ana] = bench.people(["ana"]).await;
        let store = bench.store().clone();
        let writing = tokio::spawn(async move {
            for n in 0..100 {
                let id = store.publish(crate::bench::message(ana, &["ana"])).await.unwrap().id;
                let action = if n % 2 == 0 { Action::Delete } else { Action::Read };
                store.act(ana, &[id], action).await.unwrap();
            }
        });
        while !writing.is_finished() {
            let page = bench.store().page(ana, View::Inbox, None, PAGE).await.unwrap();
            let items = page.items.into_iter().map(|item| (item.id, item)).collect();
            let mut inbox = Inbox { items, seq: page.cursor.seq, counts: page.counts };
            if !page.older {
                assert_eq!(inbox.recount(), inbox.counts, "items and counts are of one moment");
            }
            assert!(inbox.items.values().all(|item| item.seq <= inbox.seq), "so is the cursor");
            inbox.catch_up(bench.store().since(ana, inbox.seq, 10_000).await.unwrap());
        }
        writing.await.unwrap();
    })
    .await;
}
