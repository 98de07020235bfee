//! Receipts: many items in one change, and what devices acknowledge.

use tidings::domain::event::Which;
use tidings::domain::{Action, Counts, Event, MessageId, Seq};
use tidings::server::store::{Acknowledged, Receipt};

use crate::bench::{Bench, NOW, on_each};

async fn three(bench: &Bench) -> ([tidings::domain::UserId; 2], Vec<MessageId>) {
    let people = bench.people(["ana", "bob"]).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(bench.send(people[0], &["ana", "bob"]).await.id);
    }
    (people, ids)
}

fn ack(client: &str, at: i64) -> Acknowledged {
    Acknowledged { client: client.into(), device: "Firefox on Linux".into(), at, ..Acknowledged::default() }
}

#[tokio::test]
async fn marking_many_takes_one_number_and_moves_the_counts_once() {
    on_each(async |bench| {
        let ([ana, bob], ids) = three(&bench).await;
        bench.act(ana, ids[0], Action::Read).await;
        bench.store().read_all(ana, Seq(3)).await.unwrap();
        // The first has number 4 by now and was read anyway; the others are 2 and 3.
        let counts = Counts::default();
        let Some(Event::Marked(marked)) = bench.heard(ana).pop() else { panic!("one marked event") };
        assert_eq!((marked.seq, marked.verb, marked.counts), (Seq(5), Action::Read, counts));
        assert_eq!(marked.which, Which::UpTo(Seq(3)));
        let inbox = bench.inbox(ana).await;
        assert_eq!(inbox.counts, counts);
        let numbers: Vec<i64> = ids.iter().map(|id| inbox.items[id].seq.0).collect();
        assert_eq!(numbers, [4, 5, 5]);
        assert!(inbox.items.values().all(|item| item.state.read && item.state.seen));
        assert_eq!(
            bench.inbox(bob).await.counts,
            Counts { unread: 3, unseen: 3, ..Counts::default() },
            "nobody else's"
        );

        bench.store().read_all(ana, Seq(5)).await.unwrap();
        assert_eq!(bench.numbers(ana).last(), Some(&5), "what changes nothing takes no number");
    })
    .await;
}

#[tokio::test]
async fn an_acknowledgement_is_kept_by_device_and_marks_what_was_seen() {
    on_each(async |bench| {
        let ([ana, _], ids) = three(&bench).await;
        let (laptop, phone) = (ack("laptop", NOW), ack("phone", NOW + 9));
        let applied = Some(Seq(2));
        bench.store().acknowledge(ana, Acknowledged { applied, seen: vec![ids[0]], ..laptop.clone() }).await.unwrap();
        let applied = Some(Seq(4));
        bench.store().acknowledge(ana, Acknowledged { applied, read: vec![ids[0]], ..phone.clone() }).await.unwrap();

        let counts = bench.inbox(ana).await.counts;
        assert_eq!(
            counts,
            Counts { unread: 3, unseen: 2, ..Counts::default() },
            "seen, and reading is the reader's own verb"
        );
        let receipt = |client: &str, delivered, seen, read| Receipt {
            client: client.into(),
            delivered_at: delivered,
            seen_at: seen,
            read_at: read,
        };
        assert_eq!(
            bench.store().receipts(ana, ids[0]).await.unwrap(),
            [
                receipt("laptop", Some(NOW), Some(NOW), None),
                receipt("phone", Some(NOW + 9), Some(NOW + 9), Some(NOW + 9))
            ]
        );
        assert_eq!(
            bench.store().receipts(ana, ids[2]).await.unwrap(),
            [receipt("phone", Some(NOW + 9), None, None)],
            "number 3 arrived where 4 was applied, and nowhere else"
        );
        let devices = bench.store().devices(ana).await.unwrap();
        let told: Vec<_> = devices.iter().map(|device| (device.client.as_str(), device.applied)).collect();
        assert_eq!(told, [("phone", Seq(4)), ("laptop", Seq(2))]);
    })
    .await;
}

#[tokio::test]
async fn acknowledging_again_changes_nothing_and_nobody_acknowledges_what_is_not_there() {
    on_each(async |bench| {
        let ([ana, bob], ids) = three(&bench).await;
        let all = Acknowledged { applied: Some(Seq(3)), seen: ids.clone(), read: vec![ids[1]], ..ack("laptop", NOW) };
        bench.store().acknowledge(ana, all.clone()).await.unwrap();
        let (numbers, receipts) = (bench.numbers(ana), bench.store().receipts(ana, ids[1]).await.unwrap());

        bench.store().acknowledge(ana, Acknowledged { at: NOW + 50, ..all.clone() }).await.unwrap();
        let late = Acknowledged { applied: Some(Seq(1)), ..ack("laptop", NOW + 60) };
        bench.store().acknowledge(ana, late).await.unwrap();
        let ahead = Acknowledged { applied: Some(Seq(1_000)), seen: vec![MessageId(77)], ..ack("laptop", NOW + 70) };
        bench.store().acknowledge(ana, ahead).await.unwrap();

        assert_eq!(bench.numbers(ana), numbers);
        assert_eq!(bench.store().receipts(ana, ids[1]).await.unwrap(), receipts, "the first times stay");
        assert_eq!(bench.store().devices(ana).await.unwrap()[0].applied, Seq(3), "neither back nor ahead");
        assert_eq!(bench.store().receipts(bob, ids[1]).await.unwrap(), [], "one's own inbox only");
    })
    .await;
}

#[tokio::test]
async fn a_device_keeps_its_latest_moments_and_what_it_had_before_them_came_nobody_knows_when() {
    on_each(async |bench| {
        let ([ana, _], ids) = three(&bench).await;
        let ends = [Action::Pin, Action::Unpin];
        let mut applied = 0;
        for n in 0..1_010 {
            bench.act(ana, ids[2], ends[n % 2]).await;
            applied = 4 + n as i64;
            let ack = Acknowledged { applied: Some(Seq(applied)), ..ack("laptop", NOW + applied) };
            bench.store().acknowledge(ana, ack).await.unwrap();
        }
        assert_eq!(bench.store().receipts(ana, ids[0]).await.unwrap(), [], "it came before what is remembered");
        let last = bench.send(ana, &["ana"]).await.id;
        let ack = Acknowledged { applied: Some(Seq(applied + 1)), ..ack("laptop", NOW + 9_000) };
        bench.store().acknowledge(ana, ack).await.unwrap();
        let receipts = bench.store().receipts(ana, last).await.unwrap();
        assert_eq!(receipts.iter().map(|receipt| receipt.delivered_at).collect::<Vec<_>>(), [Some(NOW + 9_000)]);
        assert_eq!(bench.store().devices(ana).await.unwrap()[0].applied, Seq(applied + 1));
    })
    .await;
}

#[tokio::test]
async fn a_person_has_so_many_devices_and_the_silent_one_is_forgotten() {
    on_each(async |bench| {
        let ([ana, _], ids) = three(&bench).await;
        for n in 0..60 {
            let seen = vec![ids[0]];
            bench.store().acknowledge(ana, Acknowledged { seen, ..ack(&format!("c{n}"), NOW + n) }).await.unwrap();
        }
        let devices = bench.store().devices(ana).await.unwrap();
        assert_eq!((devices.len(), devices[0].client.as_str(), devices[49].client.as_str()), (50, "c59", "c10"));
        assert_eq!(bench.store().receipts(ana, ids[0]).await.unwrap().len(), 50);
    })
    .await;
}
