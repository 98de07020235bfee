//! Messages with one collapse key: they share a row, which keeps its id, comes back with each repeat, and has a history.

use tidings::domain::item::{Acknowledge, HISTORY, Why};
use tidings::domain::{Action, Audience, Counts, Details, Event, Item, MessageId, Priority, Seq, State, UserId};
use tidings::server::store::{Idempotency, NewMessage, Noted};

use crate::bench::{Bench, NOW, message, on_each};

const UNREAD: State = State { seen: false, read: false, done: false, pinned: false, snoozed: None };
const READ: State = State { seen: true, read: true, ..UNREAD };
const DONE: State = State { seen: true, read: true, done: true, ..UNREAD };

/// A message with the key `disk`, whose title says which it is.
fn disk(sender: UserId, to: &[&str], title: &str) -> NewMessage {
    let details = Details { collapse_key: Some("disk".into()), ..Details::default() };
    NewMessage { title: title.into(), details, ..message(sender, to) }
}

fn resolved(message: NewMessage) -> NewMessage {
    NewMessage { details: Details { resolved: true, ..message.details.clone() }, ..message }
}

fn asking(message: NewMessage) -> NewMessage {
    NewMessage { details: Details { acknowledge: true, ..message.details.clone() }, ..message }
}

fn to_all(message: NewMessage) -> NewMessage {
    NewMessage { audience: Audience::Everyone, ..message }
}

async fn publish(bench: &Bench, message: NewMessage) -> MessageId {
    bench.store().publish(message).await.unwrap().id
}

/// The only row that somebody has, after its number and the counts of everybody were checked.
async fn only(bench: &Bench, user: UserId) -> Item {
    let inbox = bench.inbox(user).await;
    assert_eq!(inbox.counts, inbox.recount(), "the counts are those of the rows");
    assert_eq!(inbox.items.len(), 1, "one row: {:?}", inbox.items);
    inbox.items.into_values().next().unwrap()
}

fn last(bench: &Bench, user: UserId) -> Item {
    let Some(Event::Item(changed)) = bench.heard(user).pop() else { panic!("an item event") };
    assert_eq!(changed.seq, changed.item.seq);
    changed.item
}

#[tokio::test]
async fn a_repeat_takes_the_row_and_comes_back_unread_in_one_change() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        let first = publish(&bench, disk(ana, &["bob"], "85 %")).await;
        bench.act(bob, first, Action::Read).await;
        publish(&bench, disk(ana, &["bob"], "90 %")).await;
        let item = only(&bench, bob).await;
        assert_eq!((item.id, item.title.as_str(), item.times, item.state), (first, "90 %", 2, UNREAD));
        assert_eq!(last(&bench, bob), item, "what is told is what is stored");
        assert_eq!(bench.numbers(bob), [1, 2, 3]);
        assert_eq!(bench.inbox(bob).await.counts, Counts { unread: 1, unseen: 1, ..Counts::default() });
    })
    .await;
}

#[tokio::test]
async fn what_repeats_after_an_act_is_not_taken_back_with_it() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        let first = publish(&bench, disk(ana, &["bob"], "85 %")).await;
        let pinned = bench.store().act(bob, &[first], Action::Pin).await.unwrap().unwrap();
        publish(&bench, disk(ana, &["bob"], "90 %")).await;
        assert_eq!(bench.store().undo(bob, pinned.undo.unwrap()).await.unwrap(), None);
        assert!(only(&bench, bob).await.state.pinned);
    })
    .await;
}

#[tokio::test]
async fn other_keys_other_senders_and_no_key_have_rows_of_their_own() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        publish(&bench, disk(ana, &["bob"], "a")).await;
        publish(&bench, disk(bob, &["bob"], "b")).await;
        let other = Details { collapse_key: Some("memory".into()), ..Details::default() };
        publish(&bench, NewMessage { details: other, ..message(ana, &["bob"]) }).await;
        bench.send(ana, &["bob"]).await;
        bench.send(ana, &["bob"]).await;
        let inbox = bench.inbox(bob).await;
        assert_eq!((inbox.items.len(), inbox.counts.unread), (5, 5));
        assert!(inbox.items.values().all(|item| item.times == 1));
    })
    .await;
}

#[tokio::test]
async fn what_is_resolved_changes_the_row_in_its_place() {
    on_each(async |bench| {
        let [ana, bob, eve] = bench.people(["ana", "bob", "eve"]).await;
        let first = publish(&bench, disk(ana, &["bob", "eve"], "85 %")).await;
        bench.act(bob, first, Action::Read).await;
        publish(&bench, resolved(disk(ana, &["bob", "eve"], "fine again"))).await;
        for (user, state) in [(bob, READ), (eve, UNREAD)] {
            let item = only(&bench, user).await;
            assert_eq!((item.id, item.title.as_str(), item.times), (first, "fine again", 2));
            assert_eq!((item.resolved, item.state), (true, state));
        }
        publish(&bench, disk(ana, &["bob"], "85 % once more")).await;
        let item = only(&bench, bob).await;
        assert_eq!((item.resolved, item.state, item.times), (false, UNREAD, 3), "it is not over after all");
    })
    .await;
}

#[tokio::test]
async fn after_done_a_repeat_is_a_new_row_and_what_is_resolved_bothers_nobody() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        let first = publish(&bench, disk(ana, &["bob"], "85 %")).await;
        bench.act(bob, first, Action::Done).await;
        publish(&bench, resolved(disk(ana, &["bob"], "fine again"))).await;
        let item = only(&bench, bob).await;
        assert_eq!((item.id, item.state, item.resolved, item.times), (first, DONE, true, 2));
        let second = publish(&bench, disk(ana, &["bob"], "85 %")).await;
        let items = bench.inbox(bob).await.items;
        assert_eq!((items[&first].times, items[&second].times, items[&second].state), (2, 1, UNREAD));
        bench.act(bob, first, Action::Restore).await;
        publish(&bench, disk(ana, &["bob"], "90 %")).await;
        let items = bench.inbox(bob).await.items;
        assert_eq!((items[&first].times, items[&second].times), (2, 2), "of two open rows the later one goes on");
    })
    .await;
}

#[tokio::test]
async fn an_undo_after_a_repeat_does_not_make_a_second_row_of_one_key() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        let first = publish(&bench, disk(ana, &["bob"], "85 %")).await;
        let other = bench.send(ana, &["bob"]).await.id;
        let act =
            async |ids: &[MessageId], action| bench.store().act(bob, ids, action).await.unwrap().unwrap().undo.unwrap();
        let undo = async |seq| bench.store().undo(bob, seq).await.unwrap().map(|acted| acted.items);
        let states = async || {
            let inbox = bench.inbox(bob).await;
            assert_eq!(inbox.counts, inbox.recount(), "the counts are those of the rows");
            inbox.states()
        };

        let done = act(&[first, other], Action::Done).await;
        let second = publish(&bench, disk(ana, &["bob"], "90 %")).await;
        assert_eq!(undo(done).await, Some(1), "the other comes back, the row of the key is there already");
        assert_eq!(states().await, [(first, DONE), (other, UNREAD), (second, UNREAD)]);
        assert_eq!(undo(done).await, None);

        act(&[second], Action::Done).await;
        act(&[first], Action::Restore).await;
        let deleted = act(&[first], Action::Delete).await;
        let third = publish(&bench, disk(ana, &["bob"], "95 %")).await;
        assert_eq!(undo(deleted).await, Some(1), "what was deleted is not lost");
        let done = |id| (id, DONE);
        assert_eq!(states().await, [done(first), (other, UNREAD), done(second), (third, UNREAD)]);

        let both = act(&[third, other], Action::Done).await;
        assert_eq!(undo(both).await, Some(2), "nobody followed these");
        assert_eq!(states().await, [done(first), (other, UNREAD), done(second), (third, UNREAD)]);

        let followed = bench.heard(bob);
        let mut reader = crate::bench::Inbox::default();
        followed.iter().for_each(|event| reader.apply(event));
        assert_eq!(reader, bench.inbox(bob).await, "readers were told so");
    })
    .await;
}

#[tokio::test]
async fn after_delete_a_repeat_is_a_new_row() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        for message in [disk(ana, &["bob"], "85 %"), disk(ana, &["bob"], "86 %")] {
            publish(&bench, message).await;
        }
        let first = only(&bench, bob).await;
        bench.act(bob, first.id, Action::Delete).await;
        let second = publish(&bench, resolved(disk(ana, &["bob"], "fine again"))).await;
        let item = only(&bench, bob).await;
        assert_eq!((item.id, item.times, item.state), (second, 1, UNREAD), "nothing to resolve, so it is news");
        assert_eq!(bench.store().purge(i64::MAX, 10).await.unwrap(), 1, "a row with its repeats can be forgotten");
        assert_eq!(only(&bench, bob).await, item);
    })
    .await;
}

#[tokio::test]
async fn the_history_is_there_when_the_row_is_opened() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        let titles: Vec<String> = (0..HISTORY + 5).map(|n| format!("{n} %")).collect();
        for (n, title) in titles.iter().enumerate() {
            let sent_at = NOW + n as i64;
            publish(&bench, NewMessage { sent_at, ..disk(ana, &["bob"], title) }).await;
        }
        let item = only(&bench, bob).await;
        let opened = bench.store().opened(bob, item.id).await.unwrap().unwrap();
        assert_eq!((opened.item.times, &opened.item), (25, &item));
        assert_eq!((opened.item.title.as_str(), opened.item.sent_at), ("24 %", NOW + 24));
        let earlier: Vec<_> = opened.history.iter().map(|earlier| earlier.title.as_str()).collect();
        let expected: Vec<_> = titles[4..24].iter().rev().map(String::as_str).collect();
        assert_eq!(earlier, expected);
        assert!(opened.history.iter().all(|earlier| earlier.html.contains("noon")));
        let repeat = MessageId(item.id.0 + 3);
        assert_eq!(bench.store().opened(bob, repeat).await.unwrap(), None, "a repeat is no row");
    })
    .await;
}

#[tokio::test]
async fn the_first_message_is_in_the_history_also_of_a_row_with_two() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        let first = publish(&bench, disk(ana, &["bob"], "85 %")).await;
        publish(&bench, disk(ana, &["bob"], "90 %")).await;
        let opened = bench.store().opened(bob, first).await.unwrap().unwrap();
        assert_eq!(opened.history.iter().map(|earlier| earlier.title.as_str()).collect::<Vec<_>>(), ["85 %"]);
        assert_eq!((opened.sender.as_str(), opened.why), ("ana", Why::You));
    })
    .await;
}

#[tokio::test]
async fn who_comes_back_is_told_of_the_row_once() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        publish(&bench, disk(ana, &["bob"], "85 %")).await;
        bench.send(ana, &["bob"]).await;
        publish(&bench, disk(ana, &["bob"], "90 %")).await;
        publish(&bench, disk(ana, &["bob"], "95 %")).await;
        let mut reader = crate::bench::Inbox::default();
        reader.catch_up(bench.store().since(bob, Seq(0), 10).await.unwrap());
        assert_eq!(reader, bench.inbox(bob).await);
        assert_eq!(bench.numbers(bob), [1, 2, 3, 4]);
    })
    .await;
}

#[tokio::test]
async fn what_is_snoozed_sleeps_on_until_something_urgent_comes() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        let first = publish(&bench, disk(ana, &["bob"], "85 %")).await;
        let until = NOW + 3_600_000;
        bench.act(bob, first, Action::Snooze(until)).await;
        publish(&bench, disk(ana, &["bob"], "90 %")).await;
        let item = only(&bench, bob).await;
        assert_eq!((item.title.as_str(), item.times, item.state.snoozed), ("90 %", 2, Some(until)));
        assert_eq!(bench.inbox(bob).await.counts.snoozed, 1);
        publish(&bench, NewMessage { priority: Priority::Urgent, ..disk(ana, &["bob"], "full") }).await;
        let item = only(&bench, bob).await;
        assert_eq!((item.title.as_str(), item.state, item.surfaced), ("full", UNREAD, Seq(4)));
        assert_eq!(last(&bench, bob), item);
        assert_eq!((bench.inbox(bob).await.counts.snoozed, bench.inbox(bob).await.counts.unread), (0, 1));
    })
    .await;
}

#[tokio::test]
async fn only_what_is_loud_comes_to_the_top() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        let first = publish(&bench, disk(ana, &["bob"], "85 %")).await;
        let other = bench.send(ana, &["bob"]).await.id;
        publish(&bench, resolved(disk(ana, &["bob"], "fine again"))).await;
        let surfaced = async |id| bench.inbox(bob).await.items[&id].surfaced;
        assert_eq!((surfaced(first).await, surfaced(other).await), (Seq(1), Seq(2)));
        publish(&bench, disk(ana, &["bob"], "90 %")).await;
        assert_eq!((surfaced(first).await, last(&bench, bob).surfaced), (Seq(4), Seq(4)));
    })
    .await;
}

#[tokio::test]
async fn a_repeat_to_everyone_takes_each_row_in_chunks_that_survive_a_crash() {
    on_each(async |mut bench| {
        let people = bench.crowd(2100).await;
        let first = publish(&bench, to_all(disk(people[0], &[], "85 %"))).await;
        bench.deliver_all().await;
        bench.act(people[2099], first, Action::Done).await;
        bench.act(people[7], first, Action::Read).await;
        let keyed = NewMessage {
            idempotency: Some(Idempotency { key: "k".into(), fingerprint: [1; 32] }),
            ..to_all(disk(people[0], &[], "90 %"))
        };
        let second = publish(&bench, keyed.clone()).await;
        loop {
            bench.drop_and_reopen().await;
            assert_eq!(publish(&bench, keyed.clone()).await, second, "a retry sends nothing");
            if !bench.store().deliver_chunk().await.unwrap() {
                break;
            }
        }
        for user in [people[0], people[7], people[999], people[1000], people[2098]] {
            let item = only(&bench, user).await;
            assert_eq!((item.id, item.title.as_str(), item.times, item.state), (first, "90 %", 2, UNREAD));
            let opened = bench.store().opened(user, first).await.unwrap().unwrap();
            assert_eq!((opened.why, opened.history.len()), (Why::Everyone, 1));
        }
        let items = bench.inbox(people[2099]).await.items;
        assert_eq!((items[&first].state, items[&second].state), (DONE, UNREAD));
        let sent = bench.store().sent(second).await.unwrap().unwrap();
        assert_eq!((sent.recipients, sent.delivered), (2100, 2100));
    })
    .await;
}

#[tokio::test]
async fn a_message_that_comes_after_a_later_one_is_counted_and_hides_nothing() {
    on_each(async |bench| {
        let people = bench.crowd(1500).await;
        let slow = publish(&bench, to_all(disk(people[0], &[], "85 %"))).await;
        let quick = publish(&bench, resolved(disk(people[0], &["u1400", "u1499"], "fine again"))).await;
        bench.act(people[1400], quick, Action::Done).await;
        bench.deliver_all().await;
        for (user, state) in [(people[1499], UNREAD), (people[1400], DONE)] {
            let item = only(&bench, user).await;
            assert_eq!((item.id, item.title.as_str(), item.times), (quick, "fine again", 2));
            assert_eq!((item.resolved, item.state), (true, state));
            assert_eq!(last(&bench, user), item);
            let opened = bench.store().opened(user, quick).await.unwrap().unwrap();
            assert_eq!((opened.history[0].title.as_str(), opened.why), ("85 %", Why::You));
        }
        assert_eq!(only(&bench, people[3]).await.id, slow);
    })
    .await;
}

#[tokio::test]
async fn repeats_at_the_same_moment_are_each_counted_once() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        let elsewhere = bench.open_elsewhere().await;
        let stores = [bench.store(), &elsewhere];
        let sends = (0..40).map(|n| stores[n % 2].publish(disk(ana, &["bob"], "85 %")));
        for sent in futures_util::future::join_all(sends).await {
            sent.unwrap();
        }
        let item = only(&bench, bob).await;
        assert_eq!((item.times, item.seq), (40, Seq(40)));
        elsewhere.close().await;
    })
    .await;
}

#[tokio::test]
async fn taking_note_is_remembered_with_its_moment_and_asked_anew_by_a_repeat() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        let id = publish(&bench, asking(disk(ana, &["bob"], "85 %"))).await;
        assert_eq!(only(&bench, bob).await.acknowledge, Some(Acknowledge::Asked));
        let note = async |times, at| bench.store().take_note(bob, id, times, NOW + at).await.unwrap();
        assert_eq!(note(1, 5).await, Noted::Done);
        let item = only(&bench, bob).await;
        assert_eq!((item.acknowledge, item.state), (Some(Acknowledge::At(NOW + 5)), READ));
        assert_eq!(last(&bench, bob), item);
        assert_eq!((note(1, 9).await, bench.numbers(bob)), (Noted::Done, vec![1, 2]), "once more changes nothing");
        publish(&bench, asking(disk(ana, &["bob"], "90 %"))).await;
        assert_eq!(only(&bench, bob).await.acknowledge, Some(Acknowledge::Asked));
        assert_eq!(note(1, 9).await, Noted::Changed, "they have not seen this one");
        let opened = bench.store().opened(bob, id).await.unwrap().unwrap();
        assert_eq!(opened.history[0].acknowledged_at, Some(NOW + 5));
        assert_eq!(note(2, 11).await, Noted::Done);
        assert_eq!(only(&bench, bob).await.acknowledge, Some(Acknowledge::At(NOW + 11)));
    })
    .await;
}

#[tokio::test]
async fn nobody_takes_note_of_what_does_not_ask_or_is_not_theirs() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        let plain = bench.send(ana, &["bob"]).await.id;
        let asks = publish(&bench, asking(disk(ana, &["bob"], "85 %"))).await;
        let done = publish(&bench, asking(message(ana, &["bob"]))).await;
        bench.act(bob, done, Action::Done).await;
        let note = async |user, id| bench.store().take_note(user, id, 1, NOW).await.unwrap();
        assert_eq!(note(bob, plain).await, Noted::Missing);
        assert_eq!(note(ana, asks).await, Noted::Missing);
        assert_eq!(note(bob, MessageId(99)).await, Noted::Missing);
        assert_eq!(note(bob, done).await, Noted::Done);
        assert_eq!(bench.inbox(bob).await.items[&done].state, DONE, "it stays where it is");
        bench.act(bob, asks, Action::Delete).await;
        assert_eq!(note(bob, asks).await, Noted::Missing);
    })
    .await;
}

#[tokio::test]
async fn an_item_has_all_that_its_message_says() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        let details = Details {
            category: Some("deploy".into()),
            tags: vec!["prod".into(), "api".into()],
            actions: vec![tidings::domain::LinkAction { label: "Log".into(), url: "https://a.example/".into() }],
            ..Details::default()
        };
        let id = publish(&bench, NewMessage { details: details.clone(), ..message(ana, &["bob"]) }).await;
        let item = only(&bench, bob).await;
        assert_eq!((item.category.as_deref(), &item.tags), (Some("deploy"), &details.tags));
        assert_eq!((item.priority, last(&bench, bob)), (Priority::High, item));
        assert_eq!(bench.store().opened(bob, id).await.unwrap().unwrap().actions, details.actions);
    })
    .await;
}

#[tokio::test]
async fn of_a_row_that_repeats_for_ever_the_latest_repeats_are_remembered_and_how_many_there_were() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        let row = publish(&bench, disk(ana, &["bob"], "first")).await;
        for _ in 0..30 {
            let some = (0..10).map(|n| bench.store().publish(disk(ana, &["bob"], &format!("{n} %"))));
            futures_util::future::join_all(some).await.into_iter().for_each(|sent| assert!(sent.is_ok()));
        }
        let item = only(&bench, bob).await;
        assert_eq!((item.id, item.times), (row, 301));
        let opened = bench.store().opened(bob, row).await.unwrap().unwrap();
        assert_eq!(opened.history.len(), HISTORY);
        let kept = bench.count("SELECT count(*) FROM repeats").await;
        assert!((200..250).contains(&kept), "{kept}");
    })
    .await;
}
