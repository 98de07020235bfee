//! How long «mark all read» of 100,000 items and its undo hold the writer, and what a send waits that comes meanwhile. Measured
//! by `make speed`, in a release build.

use std::time::{Duration, Instant};

use tidings::domain::Seq;

use crate::bench::{Bench, message};
use crate::find_speed::{ITEMS, fill};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures for a minute; make speed"]
async fn marking_all_read_and_who_waits_for_it() {
    let bench = Bench::new("sqlite").await;
    let people = bench.people(["ana", "ops"]).await;
    let [ana, ops] = people;
    fill(&bench, &people).await;
    let mut alone = Vec::new();
    for _ in 0..50 {
        let begin = Instant::now();
        bench.store().publish(message(ops, &["ops"])).await.unwrap();
        alone.push(begin.elapsed());
    }
    alone.sort();
    let alone = alone[25];
    println!("a send alone: {alone:.2?}");
    let mut act = None;
    for round in 1..=4 {
        let store = bench.store().clone();
        let undo = act.take();
        let begin = Instant::now();
        let all = tokio::spawn(async move {
            let acted = match undo {
                None => store.read_all(ana, Seq(i64::MAX)).await.unwrap(),
                Some(act) => store.undo(ana, act).await.unwrap().unwrap(),
            };
            (acted, begin.elapsed())
        });
        tokio::time::sleep(Duration::from_millis(5)).await;
        let sent = Instant::now();
        bench.store().publish(message(ops, &["ops"])).await.unwrap();
        let waited = sent.elapsed();
        let (acted, took) = all.await.unwrap();
        assert_eq!(acted.items, ITEMS as i64);
        act = (round % 2 == 1).then_some(acted.undo).flatten();
        let what = if act.is_some() { "all read" } else { "all as before" };
        println!(
            "{round}: {what}: {took:.0?}; a send beside it: {waited:.0?}, {:.0} times one alone",
            waited.div_duration_f64(alone)
        );
    }
}
