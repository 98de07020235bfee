//! What threads do to a broker at the same time, and what must hold in every order.

use loom::future::block_on;
use loom::sync::{Arc, Mutex};
use loom::thread;
use std::time::Duration;

use crate::domain::event::{DrainWhy, Gone, Removed, SignedOut};
use crate::domain::{Counts, Epoch, Event, MessageId, Seq, UserId};
use crate::server::broker::{Broker, Client, End, Key, Limits, Next, Refused, Subscription};
use crate::server::store::{Change, Committed, Ended, Ending};

/// Every model by its sentence.
pub const ALL: [(&str, fn()); 7] = [
    ("a stream that opens amid commits has every number once and in order", hand_over),
    ("a reader that falls off the ring finds the rest in the store", overrun),
    ("a person who leaves and comes back misses nothing and leaves nothing", removal),
    ("a session that ends while its stream opens has no stream", ending),
    ("nobody slips in while the server drains", draining),
    ("of two streams of one client just one stays", superseding),
    ("a place that is freed is free, and one too many is never let in", full_house),
];

const ANN: UserId = UserId(1);
const LAPTOP: [u8; 32] = [1; 32];

/// How far the database is. A commit raises it before the broker hears of it, as the writer does.
type Store = Arc<Mutex<i64>>;

fn broker(streams: usize) -> Broker {
    Broker::new(Limits { streams, streams_per_user: 9 })
}

fn epoch() -> Epoch {
    "e".parse().expect("a valid epoch")
}

fn commit(store: &Store, broker: &Broker, seq: i64) {
    *store.lock().expect("no panic") = seq;
    let removed = Removed { seq: Seq(seq), id: MessageId(seq), why: Gone::Deleted, counts: Counts::default() };
    let changes = vec![Change { user: ANN, event: Event::Gone(removed) }];
    broker.deliver(&epoch(), &Committed { changes, ..Committed::default() });
}

fn subscribe(broker: &Broker) -> Subscription {
    broker.subscribe(ANN, Key::Session(LAPTOP), None).expect("let in")
}

/// Reads as a stream does, replay first, until it has `last`. Every number must be the next one.
fn read_to(store: &Store, stream: &mut Subscription, last: i64) {
    let mut applied = replay(store, stream, 0);
    while applied < last {
        match block_on(stream.next()) {
            Next::Events(frames) => {
                for frame in frames {
                    assert_eq!(frame.seq, Seq(applied + 1), "the next number");
                    applied = frame.seq.0;
                }
            }
            Next::Behind => applied = replay(store, stream, applied),
            Next::End(end) => panic!("nobody ended it: {end:?}"),
        }
    }
    assert_eq!((applied, stream.cursor()), (last, Seq(last)));
}

/// What the store has is applied whole: it is never behind what was applied.
fn replay(store: &Store, stream: &mut Subscription, applied: i64) -> i64 {
    let stands = *store.lock().expect("no panic");
    assert!(stands >= applied, "nothing is delivered that is not in the store");
    stream.resume_at(Seq(stands));
    stands
}

fn nothing_left(broker: &Broker) {
    assert_eq!((broker.streams(), broker.people()), (0, 0));
}

fn hand_over() {
    let (store, broker) = (Store::default(), broker(9));
    let writer = {
        let (store, broker) = (store.clone(), broker.clone());
        thread::spawn(move || (1..=2).for_each(|seq| commit(&store, &broker, seq)))
    };
    let mut stream = subscribe(&broker);
    read_to(&store, &mut stream, 2);
    writer.join().expect("no panic");
    drop(stream);
    nothing_left(&broker);
}

/// Under loom a ring keeps two events.
fn overrun() {
    let (store, broker) = (Store::default(), broker(9));
    let mut stream = subscribe(&broker);
    replay(&store, &mut stream, 0);
    let writer = {
        let (store, broker) = (store.clone(), broker.clone());
        thread::spawn(move || (1..=4).for_each(|seq| commit(&store, &broker, seq)))
    };
    read_to(&store, &mut stream, 4);
    writer.join().expect("no panic");
}

fn removal() {
    let (store, broker) = (Store::default(), broker(9));
    let first = subscribe(&broker);
    let writer = {
        let (store, broker) = (store.clone(), broker.clone());
        thread::spawn(move || commit(&store, &broker, 1))
    };
    let leaver = thread::spawn(move || drop(first));
    let mut second = subscribe(&broker);
    read_to(&store, &mut second, 1);
    drop(second);
    writer.join().expect("no panic");
    leaver.join().expect("no panic");
    nothing_left(&broker);
}

fn ending() {
    let (good, broker) = (Arc::new(Mutex::new(true)), broker(9));
    let ender = {
        let (good, broker) = (good.clone(), broker.clone());
        thread::spawn(move || {
            *good.lock().expect("no panic") = false;
            let what = Ended::Session(LAPTOP);
            let ended = vec![Ending { user: ANN, what, why: SignedOut::SignedOut }];
            broker.deliver(&epoch(), &Committed { ended, ..Committed::default() });
        })
    };
    let mut stream = subscribe(&broker);
    // Registered first, then looked up: one of the two notices.
    if *good.lock().expect("no panic") {
        assert_eq!(block_on(stream.next()), Next::End(End::SignedOut(SignedOut::SignedOut)));
    }
    drop(stream);
    ender.join().expect("no panic");
    nothing_left(&broker);
}

fn draining() {
    let broker = broker(9);
    let stopper = {
        let broker = broker.clone();
        thread::spawn(move || broker.drain(Duration::from_secs(5)))
    };
    match broker.subscribe(ANN, Key::Session(LAPTOP), None) {
        Ok(mut stream) => {
            let Next::End(End::Drain { why, .. }) = block_on(stream.next()) else { panic!("it must end") };
            assert_eq!(why, DrainWhy::Stopping);
        }
        Err(refused) => assert_eq!(refused, Refused::Draining),
    }
    stopper.join().expect("no panic");
    nothing_left(&broker);
}

fn superseding() {
    let broker = broker(9);
    let open = |broker: &Broker| broker.subscribe(ANN, Key::Session(LAPTOP), Client::parse("tab")).expect("let in");
    let other = {
        let broker = broker.clone();
        thread::spawn(move || open(&broker))
    };
    let mut streams = [open(&broker), other.join().expect("no panic")];
    let ended = streams.each_mut().map(|stream| {
        let waker = std::task::Waker::noop();
        let next = stream.poll_next(&std::task::Context::from_waker(waker));
        matches!(next, std::task::Poll::Ready(Next::End(End::Drain { why: DrainWhy::Superseded, .. })))
    });
    assert_eq!(ended.iter().filter(|ended| **ended).count(), 1);
}

fn full_house() {
    let broker = broker(1);
    let other = {
        let broker = broker.clone();
        thread::spawn(move || broker.subscribe(UserId(2), Key::Session([2; 32]), None).map(drop).is_ok())
    };
    let mine = broker.subscribe(ANN, Key::Session(LAPTOP), None);
    assert!(broker.streams() <= 2, "one is in, another may be on its way out again");
    let let_in = mine.is_ok();
    drop(mine);
    assert!(other.join().expect("no panic") || let_in, "one of them got the place");
    nothing_left(&broker);
    assert!(broker.subscribe(ANN, Key::Session(LAPTOP), None).is_ok());
}
