//! Tests of the broker: who hears what, when a reader is sent to the store, and what is left at the end.

use futures_util::FutureExt;

use super::*;
use crate::domain::event::{Gone, Removed};
use crate::domain::{Counts, Event, MessageId};

const ANN: UserId = UserId(1);
const BOB: UserId = UserId(2);
const LAPTOP: Key = Key::Session([1; 32]);
const PHONE: Key = Key::Session([2; 32]);

fn broker() -> Broker {
    Broker::new(Limits { streams: 3, streams_per_user: 2 })
}

fn epoch() -> Epoch {
    "e".parse().expect("a valid epoch")
}

fn change(user: UserId, seq: i64) -> Change {
    let removed = Removed { seq: Seq(seq), id: MessageId(seq), why: Gone::Deleted, counts: Counts::default() };
    Change { user, event: Event::Gone(removed) }
}

fn deliver(broker: &Broker, user: UserId, seqs: impl IntoIterator<Item = i64>) {
    broker.deliver(&epoch(), &seqs.into_iter().map(|seq| change(user, seq)).collect::<Vec<_>>());
}

/// The numbers in what a subscription has now; `None`: it waits.
fn now(subscription: &mut Subscription) -> Option<Vec<i64>> {
    match subscription.next().now_or_never()? {
        Next::Events(events) => Some(events.iter().map(number).collect()),
        other => panic!("expected events, not {other:?}"),
    }
}

fn number(event: &Bytes) -> i64 {
    let text = std::str::from_utf8(event).expect("text");
    text.lines().next().and_then(|line| line.rsplit('-').next()?.parse().ok()).expect("an id")
}

#[test]
fn every_stream_of_a_person_gets_every_event_and_nobody_elses() {
    let broker = broker();
    let mut laptop = broker.subscribe(ANN, LAPTOP).expect("let in");
    let mut phone = broker.subscribe(ANN, PHONE).expect("let in");
    let mut bob = broker.subscribe(BOB, LAPTOP).expect("let in");
    deliver(&broker, ANN, 1..=3);
    assert_eq!(now(&mut laptop), Some(vec![1, 2, 3]));
    deliver(&broker, ANN, [4]);
    assert_eq!(now(&mut laptop), Some(vec![4]));
    assert_eq!(now(&mut phone), Some(vec![1, 2, 3, 4]));
    assert_eq!(now(&mut bob), None);
}

#[test]
fn what_a_replay_has_shown_is_skipped() {
    let broker = broker();
    let mut stream = broker.subscribe(ANN, LAPTOP).expect("let in");
    deliver(&broker, ANN, 5..=7);
    stream.resume_at(Seq(6));
    assert_eq!(now(&mut stream), Some(vec![7]));
    deliver(&broker, ANN, [6, 7, 8]);
    assert_eq!(now(&mut stream), Some(vec![8]), "older numbers are no news");
}

#[test]
fn a_gap_and_a_lag_both_lead_to_the_store() {
    let broker = broker();
    let mut stream = broker.subscribe(ANN, LAPTOP).expect("let in");
    stream.resume_at(Seq(1));
    deliver(&broker, ANN, [2, 4]);
    assert_eq!(stream.next().now_or_never(), Some(Next::Behind), "3 is missing");
    stream.resume_at(Seq(4));
    let burst = 5 + i64::try_from(RING_EVENTS).expect("small");
    deliver(&broker, ANN, 5..=burst);
    assert_eq!(stream.next().now_or_never(), Some(Next::Behind), "5 has left the ring");
    stream.resume_at(Seq(burst - 1));
    assert_eq!(now(&mut stream), Some(vec![burst]));
}

#[tokio::test]
async fn a_waiting_stream_is_woken_and_a_cancelled_wait_loses_nothing() {
    let broker = broker();
    let mut stream = broker.subscribe(ANN, LAPTOP).expect("let in");
    assert_eq!(stream.next().now_or_never(), None);
    let waiting = tokio::spawn(async move { (stream.next().await, stream) });
    tokio::task::yield_now().await;
    deliver(&broker, ANN, [1]);
    let (next, _stream) = waiting.await.expect("the task ends");
    assert!(matches!(next, Next::Events(events) if events.len() == 1));
}

#[test]
fn a_session_takes_its_streams_along_and_no_others() {
    let broker = broker();
    let mut laptop = broker.subscribe(ANN, LAPTOP).expect("let in");
    let mut phone = broker.subscribe(ANN, PHONE).expect("let in");
    broker.end(ANN, LAPTOP, SignedOut::SignedOut);
    assert_eq!(laptop.next().now_or_never(), Some(Next::End(End::SignedOut(SignedOut::SignedOut))));
    assert_eq!(phone.next().now_or_never(), None);
}

#[test]
fn nothing_is_left_when_the_last_stream_is_dropped() {
    let broker = broker();
    let first = broker.subscribe(ANN, LAPTOP).expect("let in");
    let second = broker.subscribe(ANN, PHONE).expect("let in");
    drop(first);
    assert_eq!((broker.streams(), broker.people()), (1, 1));
    drop(second);
    assert_eq!((broker.streams(), broker.people()), (0, 0));
}

#[test]
fn limits_refuse_and_a_freed_place_is_free() {
    let broker = broker();
    let ann = [broker.subscribe(ANN, LAPTOP).expect("let in"), broker.subscribe(ANN, PHONE).expect("let in")];
    assert_eq!(broker.subscribe(ANN, LAPTOP).err(), Some(Refused::TooMany));
    let _bob = broker.subscribe(BOB, LAPTOP).expect("let in");
    assert_eq!(broker.subscribe(BOB, PHONE).err(), Some(Refused::Full));
    drop(ann);
    assert!(broker.subscribe(BOB, PHONE).is_ok());
}

#[test]
fn draining_tells_everybody_when_to_come_back() {
    let broker = broker();
    let window = Duration::from_secs(5);
    let mut stream = broker.subscribe(ANN, LAPTOP).expect("let in");
    broker.drain(window);
    let Some(Next::End(End::Drain { reconnect })) = stream.next().now_or_never() else { panic!("must end") };
    assert!(reconnect < window);
    assert_eq!(broker.subscribe(BOB, LAPTOP).err(), Some(Refused::Draining));
}

#[test]
fn a_ring_is_bounded_in_bytes() {
    let mut ring = RingState::default();
    for seq in 1..=10 {
        ring.push(Seq(seq), || Bytes::from(vec![0; RING_BYTES / 4]));
    }
    assert_eq!((ring.frames.len(), ring.bytes), (4, RING_BYTES));
}
