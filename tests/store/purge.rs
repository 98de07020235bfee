//! Purging: what was deleted long ago is forgotten, and nobody who may have missed it goes on as if nothing were.

use tidings::domain::{Action, Counts, Seq, UserId};
use tidings::server::store::Since;

use crate::bench::{Bench, on_each};

/// Sends a person a message and deletes it: two numbers.
async fn send_and_delete(bench: &Bench, user: UserId, name: &str) {
    let id = bench.send(user, &[name]).await.id;
    assert!(bench.act(user, id, Action::Delete).await);
}

/// Whether a reader at this number can go on, and what it then hears of.
async fn heard_after(bench: &Bench, user: UserId, seq: i64) -> Option<usize> {
    match bench.store().since(user, Seq(seq), 100).await.unwrap() {
        Since::Changes { events, .. } => Some(events.len()),
        Since::Reset { .. } => None,
    }
}

#[tokio::test]
async fn below_what_is_forgotten_a_reader_starts_afresh_and_above_it_goes_on() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        for _ in 0..3 {
            send_and_delete(&bench, ana, "ana").await;
            send_and_delete(&bench, bob, "bob").await;
        }
        bench.send(ana, &["ana"]).await;
        assert_eq!(bench.store().purge(0, 100).await.unwrap(), 0, "what was deleted later than that stays");
        assert_eq!(heard_after(&bench, ana, 1).await, Some(4));
        // Ana's first and Bob's first are the oldest.
        assert_eq!(bench.store().purge(i64::MAX, 2).await.unwrap(), 2);
        let heard = async |user| {
            let mut heard = Vec::new();
            for seq in 0..=7 {
                heard.push(heard_after(&bench, user, seq).await);
            }
            heard
        };
        let (some, reset) = (Some, None);
        let one_forgotten = [reset, reset, some(3), some(3), some(2), some(2), some(1), some(0)];
        assert_eq!(heard(ana).await, one_forgotten, "numbers 1 and 2 were the forgotten one's");
        assert_eq!(bench.store().purge(i64::MAX, 100).await.unwrap(), 4);
        assert_eq!(bench.store().purge(i64::MAX, 100).await.unwrap(), 0);
        assert_eq!(heard(ana).await, [reset, reset, reset, reset, reset, reset, some(1), some(0)]);
        let end = Since::Reset { seq: Seq(6), counts: Counts::default() };
        assert_eq!(bench.store().since(bob, Seq(5), 100).await.unwrap(), end);
        assert_eq!(heard_after(&bench, bob, 6).await, Some(0), "who was there at the end missed nothing");
    })
    .await;
}

#[tokio::test]
async fn forgetting_takes_no_number_and_changes_no_inbox() {
    on_each(async |mut bench| {
        let [ana] = bench.people(["ana"]).await;
        bench.send(ana, &["ana"]).await;
        send_and_delete(&bench, ana, "ana").await;
        let before = (bench.inbox(ana).await, bench.numbers(ana));
        assert_eq!(bench.store().purge(i64::MAX, 100).await.unwrap(), 1);
        assert_eq!((bench.inbox(ana).await, bench.numbers(ana)), before);
        bench.drop_and_reopen().await;
        assert_eq!(heard_after(&bench, ana, 1).await, None, "the floor outlives the process");
        bench.send(ana, &["ana"]).await;
        assert_eq!(bench.numbers(ana), [1, 2, 3, 4]);
    })
    .await;
}
