//! Tests of the broker: who hears what, when a reader is sent to the store, and what is left at the end.

use futures_util::FutureExt;

use super::super::ring::RING_EVENTS;
use super::super::store::Change;
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
    let changes = seqs.into_iter().map(|seq| change(user, seq)).collect();
    broker.deliver(&epoch(), &Committed { changes, ..Committed::default() });
}

/// The numbers in what a subscription has now; `None`: it waits.
fn now(subscription: &mut Subscription) -> Option<Vec<i64>> {
    match subscription.next().now_or_never()? {
        Next::Events(events) => Some(events.iter().map(|frame| number(&frame.wire)).collect()),
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
    let mut laptop = broker.subscribe(ANN, LAPTOP, None).expect("let in");
    let mut phone = broker.subscribe(ANN, PHONE, None).expect("let in");
    let mut bob = broker.subscribe(BOB, LAPTOP, None).expect("let in");
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
    let mut stream = broker.subscribe(ANN, LAPTOP, None).expect("let in");
    deliver(&broker, ANN, 5..=7);
    stream.resume_at(Seq(6));
    assert_eq!(now(&mut stream), Some(vec![7]));
    deliver(&broker, ANN, [6, 7, 8]);
    assert_eq!(now(&mut stream), Some(vec![8]), "older numbers are no news");
}

#[test]
fn a_gap_and_a_lag_both_lead_to_the_store() {
    let broker = broker();
    let mut stream = broker.subscribe(ANN, LAPTOP, None).expect("let in");
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
    let mut stream = broker.subscribe(ANN, LAPTOP, None).expect("let in");
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
    let mut laptop = broker.subscribe(ANN, LAPTOP, None).expect("let in");
    let mut phone = broker.subscribe(ANN, PHONE, None).expect("let in");
    broker.end(&Ending { user: ANN, what: Ended::Session([1; 32]), why: SignedOut::SignedOut });
    assert_eq!(laptop.next().now_or_never(), Some(Next::End(End::SignedOut(SignedOut::SignedOut))));
    assert_eq!(phone.next().now_or_never(), None);
}

#[test]
fn nothing_is_left_when_the_last_stream_is_dropped() {
    let broker = broker();
    let first = broker.subscribe(ANN, LAPTOP, None).expect("let in");
    let second = broker.subscribe(ANN, PHONE, None).expect("let in");
    drop(first);
    assert_eq!((broker.streams(), broker.people()), (1, 1));
    drop(second);
    assert_eq!((broker.streams(), broker.people()), (0, 0));
}

#[test]
fn an_ending_takes_what_it_names() {
    let cases = [
        (Ended::Session([2; 32]), [false, true, false]),
        (Ended::Token(TokenId(7)), [false, false, true]),
        (Ended::Sessions { except: None }, [true, true, false]),
        (Ended::Sessions { except: Some([1; 32]) }, [false, true, false]),
        (Ended::Everything, [true, true, true]),
    ];
    for (what, ended) in cases {
        let broker = Broker::new(Limits { streams: 9, streams_per_user: 9 });
        let mut streams =
            [LAPTOP, PHONE, Key::Token(TokenId(7))].map(|key| broker.subscribe(ANN, key, None).expect("let in"));
        let mut bob = broker.subscribe(BOB, LAPTOP, None).expect("let in");
        broker.deliver(
            &epoch(),
            &Committed { ended: vec![Ending { user: ANN, what, why: SignedOut::Disabled }], ..Committed::default() },
        );
        let end = Some(Next::End(End::SignedOut(SignedOut::Disabled)));
        let got = streams.each_mut().map(|stream| stream.next().now_or_never() == end);
        assert_eq!(got, ended, "{what:?}");
        assert_eq!(now(&mut bob), None, "{what:?}");
    }
}

#[test]
fn a_stream_that_waits_for_the_store_hears_of_its_end_all_the_same() {
    let broker = broker();
    let stream = broker.subscribe(ANN, LAPTOP, None).expect("let in");
    deliver(&broker, ANN, [1]);
    assert_eq!(stream.ended().now_or_never(), None, "events are no end");
    broker.drain(Duration::from_secs(1));
    assert!(matches!(stream.ended().now_or_never(), Some(End::Drain { .. })));
}

#[test]
fn one_stream_too_many_takes_the_place_of_the_oldest() {
    let broker = broker();
    let mut first = broker.subscribe(ANN, LAPTOP, None).expect("let in");
    let mut second = broker.subscribe(ANN, PHONE, None).expect("let in");
    let mut third = broker.subscribe(ANN, LAPTOP, None).expect("let in");
    let Some(Next::End(End::Drain { reconnect, why })) = first.next().now_or_never() else { panic!("must end") };
    assert_eq!(why, DrainWhy::Replaced);
    assert!(reconnect >= REPLACED_FOR, "or it would replace the next one at once");
    assert_eq!((now(&mut second), now(&mut third)), (None, None));
}

#[test]
fn a_client_that_comes_again_takes_its_own_place() {
    let broker = broker();
    let client = || Client::parse("tab-1");
    let mut before = broker.subscribe(ANN, LAPTOP, client()).expect("let in");
    let mut other = broker.subscribe(ANN, PHONE, Client::parse("tab-2")).expect("let in");
    let mut bob = broker.subscribe(BOB, PHONE, client()).expect("let in");
    drop(bob.next().now_or_never());
    drop(other.next().now_or_never());
    drop(other);
    let mut after = broker.subscribe(ANN, LAPTOP, client()).expect("let in");
    let Some(Next::End(End::Drain { why, .. })) = before.next().now_or_never() else { panic!("must end") };
    assert_eq!(why, DrainWhy::Superseded);
    assert_eq!((now(&mut after), now(&mut bob)), (None, None));
}

#[test]
fn who_opens_faster_than_streams_end_is_refused_and_so_is_one_too_many_in_all() {
    let broker = Broker::new(Limits { streams: 5, streams_per_user: 1 });
    let ann: Vec<_> = (0..ENDING).map(|_| broker.subscribe(ANN, LAPTOP, None).expect("let in")).collect();
    assert_eq!(broker.subscribe(ANN, LAPTOP, None).err(), Some(Refused::TooFast(1)));
    let _bob = broker.subscribe(BOB, LAPTOP, None).expect("let in");
    assert_eq!(broker.subscribe(BOB, PHONE, None).err(), Some(Refused::Full(5)));
    drop(ann);
    assert!(broker.subscribe(BOB, PHONE, None).is_ok());
}

#[test]
fn a_client_is_a_short_word() {
    for good in ["a", "Tab_1-x", &"x".repeat(64)] {
        assert_eq!(Client::parse(good).as_ref().map(Client::as_str), Some(good));
    }
    for bad in ["", "a b", "ä", "a\n", "a/b", &"x".repeat(65)] {
        assert_eq!(Client::parse(bad), None, "{bad:?}");
    }
}

#[test]
fn draining_tells_everybody_when_to_come_back() {
    let broker = broker();
    let window = Duration::from_secs(5);
    let mut stream = broker.subscribe(ANN, LAPTOP, None).expect("let in");
    broker.drain(window);
    let Some(Next::End(End::Drain { reconnect, why: DrainWhy::Stopping })) = stream.next().now_or_never() else {
        panic!("must end")
    };
    assert!(reconnect < window);
    assert_eq!(broker.subscribe(BOB, LAPTOP, None).err(), Some(Refused::Draining));
}
