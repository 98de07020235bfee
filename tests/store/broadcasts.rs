//! Messages to everyone: delivered in chunks, to each person once, whatever happens between two chunks.

use std::collections::HashSet;

use tidings::domain::{Seq, UserId};
use tidings::server::store::Idempotency;

use crate::bench::{Bench, on_each, to_everyone};

/// More people than any engine delivers to at once (at most 1000).
const CROWD: usize = 2100;

async fn arrivals(bench: &Bench, people: &[UserId]) -> HashSet<i64> {
    let mut arrivals = HashSet::new();
    for user in people {
        arrivals.insert(bench.inbox(*user).await.seq.0);
    }
    arrivals
}

#[tokio::test]
async fn everyone_gets_it_once_in_chunks_that_survive_a_crash_between_them() {
    on_each(async |mut bench| {
        let people = bench.crowd(CROWD).await;
        let sent = bench.send_everyone(people[0]).await;
        assert_eq!(sent.recipients, CROWD as u64);
        let mut delivered = Vec::new();
        loop {
            bench.drop_and_reopen().await;
            let status = bench.store().sent(sent.id).await.unwrap().unwrap();
            assert!(status.everyone && status.recipients == CROWD as u64);
            delivered.push(status.delivered);
            if !bench.store().deliver_chunk().await.unwrap() {
                break;
            }
        }
        assert!(delivered.len() > 3 && delivered.is_sorted_by(|a, b| b - a <= 1000), "{delivered:?}");
        assert_eq!((delivered[0], delivered[delivered.len() - 1]), (0, CROWD as u64));
        assert_eq!(arrivals(&bench, &people).await, HashSet::from([1]), "each person once");
    })
    .await;
}

#[tokio::test]
async fn it_is_for_those_who_were_let_in_when_it_was_sent() {
    on_each(async |bench| {
        let people = bench.crowd(CROWD).await;
        let (came_back, never, left) = (people[CROWD - 1], people[CROWD - 3], people[CROWD - 2]);
        bench.store().set_enabled(came_back, false).await.unwrap();
        bench.store().set_enabled(never, false).await.unwrap();
        let sent = bench.send_everyone(people[0]).await;
        assert!(bench.store().deliver_chunk().await.unwrap());
        bench.store().set_enabled(came_back, true).await.unwrap();
        bench.store().set_enabled(left, false).await.unwrap();
        let [newcomer] = bench.people(["newcomer"]).await;
        bench.deliver_all().await;
        assert_eq!(arrivals(&bench, &[came_back, never, newcomer]).await, HashSet::from([0]));
        assert_eq!(arrivals(&bench, &[left, people[0]]).await, HashSet::from([1]));
        let status = bench.store().sent(sent.id).await.unwrap().unwrap();
        assert_eq!((status.recipients, status.delivered), (CROWD as u64 - 2, CROWD as u64 - 2));
    })
    .await;
}

#[tokio::test]
async fn the_oldest_goes_first_and_other_sends_pass_between_chunks() {
    on_each(async |bench| {
        let people = bench.crowd(1500).await;
        let first = bench.send_everyone(people[0]).await;
        let second = bench.send_everyone(people[1]).await;
        assert!(bench.store().deliver_chunk().await.unwrap());
        let named = bench.send(people[0], &["u1499"]).await;
        assert_eq!(bench.deliver_all().await, 3);
        let last: Vec<_> = bench.inbox(people[1499]).await.items.values().map(|item| (item.seq, item.id)).collect();
        assert_eq!(last, [(Seq(2), first.id), (Seq(3), second.id), (Seq(1), named.id)]);
        assert_eq!(bench.numbers(people[1499]), [1, 2, 3]);
    })
    .await;
}

#[tokio::test]
async fn a_retry_of_a_message_to_everyone_starts_no_second_one() {
    on_each(async |bench| {
        let people = bench.crowd(3).await;
        let mut request = to_everyone(people[0]);
        request.idempotency = Some(Idempotency { key: "k".into(), fingerprint: [1; 32] });
        let first = bench.store().publish(request.clone()).await.unwrap();
        let again = bench.store().publish(request).await.unwrap();
        assert_eq!((again.id, again.recipients, again.repeated), (first.id, 3, true));
        assert_eq!(bench.deliver_all().await, 1);
        assert_eq!(bench.numbers(people[2]), [1]);
    })
    .await;
}

#[tokio::test]
async fn without_a_message_to_everyone_there_is_nothing_to_deliver() {
    on_each(async |bench| assert!(!bench.store().deliver_chunk().await.unwrap())).await;
}
