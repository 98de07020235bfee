//! Acts: verbs on many items, what takes them back, the order of lists, and what wakes.

use tidings::domain::event::Which;
use tidings::domain::item::PAGE;
use tidings::domain::{Acted, Action, Counts, Details, Event, MessageId, Seq, State, UserId, View};
use tidings::server::store::NewMessage;

use crate::bench::{Bench, NOW, inbox, message, on_each};

async fn with(bench: &Bench, count: usize) -> (UserId, Vec<MessageId>) {
    let [ana] = bench.people(["ana"]).await;
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.push(bench.send(ana, &["ana"]).await.id);
    }
    (ana, ids)
}

async fn listed(bench: &Bench, user: UserId, view: View) -> Vec<MessageId> {
    bench.store().page(user, view, None, PAGE).await.unwrap().items.iter().map(|item| item.id).collect()
}

/// What follows every event ends with what the store has.
async fn follow_all(bench: &Bench, user: UserId) {
    let mut followed = crate::bench::Inbox::default();
    for event in bench.heard(user) {
        followed.apply(&event);
        assert_eq!(followed.counts, followed.recount(), "{event:?}");
    }
    assert_eq!(followed, bench.inbox(user).await);
}

#[tokio::test]
async fn every_verb_on_many_is_one_change_and_its_undo_is_another() {
    on_each(async |bench| {
        let (ana, ids) = with(&bench, 4).await;
        bench.act(ana, ids[0], Action::Pin).await;
        bench.act(ana, ids[1], Action::Snooze(NOW)).await;
        bench.act(ana, ids[2], Action::Done).await;
        for action in Action::ALL.into_iter().filter(|action| !action.looks()) {
            let before = bench.inbox(ana).await;
            let acted = bench.store().act(ana, &ids, action).await.unwrap().unwrap();
            let Some(act) = acted.undo else { panic!("{action} changes some of these") };
            assert_eq!(act, before.seq.next(), "{action}: one number");
            let undone = bench.store().undo(ana, act).await.unwrap().unwrap();
            assert_eq!((undone.undo, undone.items), (Some(act.next()), acted.items), "{action}");
            let after = bench.inbox(ana).await;
            assert_eq!((after.states(), after.counts), (before.states(), before.counts), "{action}");
            assert_eq!(bench.store().undo(ana, act).await.unwrap(), None, "{action}: there is nothing left of it");
        }
        follow_all(&bench, ana).await;
    })
    .await;
}

#[tokio::test]
async fn only_what_has_not_changed_since_is_taken_back() {
    on_each(async |bench| {
        let (ana, ids) = with(&bench, 3).await;
        let acted = bench.store().act(ana, &ids, Action::Done).await.unwrap().unwrap();
        bench.act(ana, ids[1], Action::Restore).await;
        let undone = bench.store().undo(ana, acted.undo.unwrap()).await.unwrap().unwrap();
        assert_eq!(undone.items, 2);
        let states = bench.inbox(ana).await.states();
        let read: Vec<bool> = states.iter().map(|(_, state)| state.read).collect();
        assert_eq!(read, [false, true, false], "the second stays as its later act left it");
        follow_all(&bench, ana).await;
    })
    .await;
}

#[tokio::test]
async fn who_only_looks_can_still_take_back_what_they_did_before() {
    on_each(async |bench| {
        let (ana, ids) = with(&bench, 3).await;
        let pinned = bench.store().act(ana, &ids, Action::Pin).await.unwrap().unwrap();
        let looked = bench.store().act(ana, &ids[..2], Action::Open).await.unwrap().unwrap();
        assert_eq!(looked, Acted { undo: None, items: 2, left: 0 }, "nobody takes back that they looked");
        let undone = bench.store().undo(ana, pinned.undo.unwrap()).await.unwrap().unwrap();
        assert_eq!(undone.items, 3);
        let states = bench.inbox(ana).await.states();
        let read: Vec<_> = states.iter().map(|(_, state)| (state.pinned, state.seen, state.read)).collect();
        assert_eq!(read, [(false, true, true), (false, true, true), (false, false, false)], "what was read stays read");
        bench.store().undo(ana, undone.undo.unwrap()).await.unwrap().unwrap();
        let states = bench.inbox(ana).await.states();
        assert!(states.iter().all(|(_, state)| state.pinned && state.seen), "and back again");
        follow_all(&bench, ana).await;
    })
    .await;
}

#[tokio::test]
async fn what_woke_and_was_seen_can_be_snoozed_again_by_undo() {
    on_each(async |bench| {
        let (ana, ids) = with(&bench, 1).await;
        bench.act(ana, ids[0], Action::Snooze(NOW)).await;
        let woken = bench.store().act(ana, &ids, Action::Wake).await.unwrap().unwrap();
        bench.store().act(ana, &ids, Action::See).await.unwrap();
        assert!(bench.store().undo(ana, woken.undo.unwrap()).await.unwrap().is_some());
        assert_eq!(bench.inbox(ana).await.items[&ids[0]].state.snoozed, Some(NOW));
        follow_all(&bench, ana).await;
    })
    .await;
}

#[tokio::test]
async fn an_undo_can_be_taken_back_and_outlives_the_process() {
    on_each(async |mut bench| {
        let (ana, ids) = with(&bench, 2).await;
        let deleted = bench.store().act(ana, &ids, Action::Delete).await.unwrap().unwrap();
        bench.drop_and_reopen().await;
        let back = bench.store().undo(ana, deleted.undo.unwrap()).await.unwrap().unwrap();
        assert_eq!(listed(&bench, ana, View::Inbox).await, [ids[1], ids[0]], "in their old places");
        bench.drop_and_reopen().await;
        let again = bench.store().undo(ana, back.undo.unwrap()).await.unwrap().unwrap();
        assert_eq!((again.items, bench.inbox(ana).await.items.len()), (2, 0));
        follow_all(&bench, ana).await;
        bench.store().purge(i64::MAX, 10).await.unwrap();
        assert_eq!(bench.store().undo(ana, again.undo.unwrap()).await.unwrap(), None, "forgotten is forgotten");
    })
    .await;
}

#[tokio::test]
async fn nobody_takes_back_what_is_no_act_of_theirs() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        let id = bench.send(ana, &["ana", "bob"]).await.id;
        let act = bench.store().act(ana, &[id], Action::Done).await.unwrap().unwrap().undo.unwrap();
        for (user, seq) in [(bob, act), (ana, Seq(1)), (ana, Seq(99)), (ana, Seq(-1)), (ana, Seq(i64::MAX))] {
            assert_eq!(bench.store().undo(user, seq).await.unwrap(), None, "{seq}");
        }
        assert_eq!((bench.numbers(ana), bench.numbers(bob)), (vec![1, 2], vec![1]));
    })
    .await;
}

#[tokio::test]
async fn ids_that_are_not_there_are_passed_over_and_what_changes_nothing_has_no_undo() {
    on_each(async |bench| {
        let (ana, ids) = with(&bench, 1).await;
        let some = [ids[0], ids[0], MessageId(99), MessageId(-1), MessageId(i64::MAX)];
        let acted = bench.store().act(ana, &some, Action::Read).await.unwrap();
        assert_eq!(acted, Some(Acted { undo: Some(Seq(2)), items: 1, left: 0 }));
        assert_eq!(bench.store().act(ana, &some, Action::Read).await.unwrap(), Some(Acted::default()));
        assert_eq!(bench.store().act(ana, &some[2..], Action::Read).await.unwrap(), None);
        assert_eq!(bench.store().act(ana, &[], Action::Read).await.unwrap(), None);
        assert_eq!(bench.store().read_all(ana, Seq(i64::MAX)).await.unwrap(), Acted::default());
        assert_eq!(bench.numbers(ana), [1, 2]);
    })
    .await;
}

#[tokio::test]
async fn each_view_has_its_items_and_the_badges_count_them() {
    on_each(async |bench| {
        let (ana, ids) = with(&bench, 4).await;
        bench.act(ana, ids[0], Action::Pin).await;
        bench.act(ana, ids[1], Action::Snooze(NOW)).await;
        bench.act(ana, ids[2], Action::Done).await;
        bench.act(ana, ids[2], Action::Pin).await;
        assert_eq!(listed(&bench, ana, View::Inbox).await, [ids[3], ids[0]]);
        assert_eq!(listed(&bench, ana, View::Pinned).await, [ids[2], ids[0]]);
        assert_eq!(listed(&bench, ana, View::Snoozed).await, [ids[1]]);
        assert_eq!(listed(&bench, ana, View::Done).await, [ids[2]]);
        assert_eq!(bench.inbox(ana).await.counts, Counts { unread: 2, unseen: 1, pinned: 2, snoozed: 1 });
        bench.act(ana, ids[2], Action::Delete).await;
        assert_eq!(bench.inbox(ana).await.counts, Counts { unread: 2, unseen: 1, pinned: 1, snoozed: 1 });
    })
    .await;
}

#[tokio::test]
async fn what_is_due_comes_back_unread_at_the_top_in_one_change() {
    on_each(async |mut bench| {
        let (ana, ids) = with(&bench, 3).await;
        bench.store().act(ana, &ids[..2], Action::Snooze(NOW + 10)).await.unwrap();
        bench.drop_and_reopen().await;
        assert_eq!(bench.store().next_wake().await.unwrap(), Some(NOW + 10), "also after a restart");
        assert_eq!(bench.store().wake(NOW + 9, 10).await.unwrap(), 0, "not too early");
        assert_eq!(bench.store().wake(NOW + 5000, 10).await.unwrap(), 2, "but late when the clock jumped");
        assert_eq!(bench.store().next_wake().await.unwrap(), None);
        let page = bench.store().page(ana, View::Inbox, None, PAGE).await.unwrap();
        let rows: Vec<_> =
            page.items.iter().map(|item| (item.id, item.surfaced, item.surfaced_at, item.state)).collect();
        let (new, at) = (State::default(), NOW + 5000);
        assert_eq!(rows[..2], [(ids[1], Seq(5), at, new), (ids[0], Seq(5), at, new)]);
        assert_eq!(rows[2].0, ids[2]);
        assert_eq!(page.counts, Counts { unread: 3, unseen: 3, ..Counts::default() });
        assert_eq!(bench.store().wake(NOW + 5000, 10).await.unwrap(), 0, "once");
        assert_eq!(bench.store().undo(ana, Seq(5)).await.unwrap(), None, "time is not taken back");
        follow_all(&bench, ana).await;
    })
    .await;
}

#[tokio::test]
async fn what_wakes_together_is_paged_without_gap_or_overlap() {
    on_each(async |bench| {
        let (ana, ids) = with(&bench, 3 * PAGE).await;
        bench.store().act(ana, &ids, Action::Snooze(NOW)).await.unwrap();
        assert_eq!(bench.store().wake(NOW, 100).await.unwrap(), 100, "so many at once");
        let told = bench.heard(ana).pop();
        assert!(matches!(told, Some(Event::Items(many)) if many.anew && many.items.is_empty()), "too many to be told");
        assert_eq!(bench.store().wake(NOW, 100).await.unwrap(), 50);
        let all = inbox(bench.store(), ana).await;
        assert_eq!(all.items.len(), 3 * PAGE, "the order is checked there");
        assert_eq!(all.counts, all.recount());
    })
    .await;
}

#[tokio::test]
async fn many_are_told_by_their_numbers_and_those_that_were_so_are_not() {
    on_each(async |bench| {
        let (ana, ids) = with(&bench, 3).await;
        bench.act(ana, ids[0], Action::Read).await;
        bench.store().act(ana, &ids, Action::Read).await.unwrap();
        let Some(Event::Marked(marked)) = bench.heard(ana).pop() else { panic!("one event") };
        assert_eq!((marked.which, marked.verb), (Which::Ids(ids[1..].to_vec()), Action::Read));
    })
    .await;
}

#[tokio::test]
async fn a_verb_leaves_what_came_to_the_top_after_what_its_reader_had_seen() {
    on_each(async |bench| {
        let (ana, ids) = with(&bench, 2).await;
        let disk = |title: &str| NewMessage {
            title: title.into(),
            details: Details { collapse_key: Some("disk".into()), ..Details::default() },
            ..message(ana, &["ana"])
        };
        let row = bench.store().publish(disk("85 %")).await.unwrap().id;
        let seen = bench.inbox(ana).await.seq;
        bench.store().publish(disk("90 %")).await.unwrap();
        let news = bench.inbox(ana).await.items[&row].clone();

        let done = |ids: Vec<MessageId>, seen| {
            let store = bench.store().clone();
            async move { store.act_as_seen(ana, &ids, Action::Done, seen).await.unwrap() }
        };
        assert_eq!(done(vec![row], seen).await, Some(Acted { undo: None, items: 0, left: 1 }));
        assert_eq!(bench.inbox(ana).await.items[&row], news, "nobody has looked at it");
        let acted = done(vec![ids[0], row], seen).await.unwrap();
        assert_eq!((acted.items, acted.left), (1, 1));
        let inbox = bench.inbox(ana).await;
        assert!(inbox.items[&ids[0]].state.done && !inbox.items[&row].state.done);
        assert_eq!(inbox.counts, inbox.recount());
        assert_eq!(done(vec![row], news.surfaced).await.map(|acted| (acted.items, acted.left)), Some((1, 0)));
        assert_eq!(done(vec![MessageId(99)], Seq(0)).await, None, "what is not there was not left");

        // What woke came to the top, too.
        bench.store().act(ana, &ids[1..], Action::Snooze(NOW)).await.unwrap();
        let asleep = bench.inbox(ana).await.seq;
        bench.store().wake(NOW, 10).await.unwrap();
        assert_eq!(done(ids[1..].to_vec(), asleep).await.map(|acted| acted.left), Some(1));
    })
    .await;
}
