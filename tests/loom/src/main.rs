//! The broker under loom (<https://docs.rs/loom>): its own source, compiled with locks and counters of which loom tries every
//! order in which threads can meet, up to a few preemptions. A lost wake-up shows as a deadlock.
//!
//! Each model is a handful of threads that do what the server does: the writer commits and then delivers; a stream
//! subscribes, reads the store, and goes on live.

#[path = "../../../src/domain/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the whole vocabulary, of which the broker needs a part")]
mod domain;

#[expect(dead_code, reason = "the models do not use every door of the broker")]
mod server;

mod models;

use std::time::Instant;

/// Most preemptions in one order. Loom's own advice is two or three; without a bound some models take minutes.
const PREEMPTIONS: usize = 3;

fn main() {
    for (name, model) in models::ALL {
        let start = Instant::now();
        let mut builder = loom::model::Builder::new();
        builder.preemption_bound = Some(PREEMPTIONS);
        let runs = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let counted = runs.clone();
        builder.check(move || {
            counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            model();
        });
        let runs = runs.load(std::sync::atomic::Ordering::Relaxed);
        println!("model {name} ... ok ({runs} orders, {:.1} s)", start.elapsed().as_secs_f64());
    }
    println!("loom: {} models, every order with up to {PREEMPTIONS} preemptions", models::ALL.len());
}
