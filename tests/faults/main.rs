//! The checker: readers and publishers that follow `docs/PROTOCOL.md` around the real program, on a network that cuts,
//! stalls, delays, splits and doubles, while servers die and come back, sessions end and the store is busy. At the end it
//! compares what every reader holds with what the store holds. Everything is seen from outside: HTTP, the command line,
//! the process, the database file.
//!
//! It has no harness of tests: its last line counts invariants. Set by the environment: `FAULTS_SECONDS`, `FAULTS_SEED`,
//! `FAULTS_USERS`, `FAULTS_READERS` (of each user), `FAULTS_RATE` (sends in a second), `FAULTS_KILLS=no`,
//! `TIDINGS_BIN` (the program; else the debug build). `docs/TESTING.md` tells more.

#![expect(unreachable_pub, reason = "the modules of a test binary are its own")]

mod dice;

mod tally;

mod wire;

mod sse;

mod inbox;

mod course;

mod server;

mod proxy;

mod people;

mod world;

mod reader;

mod publisher;

mod chaos;

mod endings;

mod verdict;

mod round;

use std::env::var;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use publisher::Times;
use round::BEAT;
use tally::{Broken, Done, Tally, grouped};
use world::Plan;

/// A long run is many rounds, each with a database of its own: what is compared at the end of each stays small.
const ROUND: u64 = 60;

/// From here on a run must have met every fault.
const LONG: u64 = 30;

fn main() -> ExitCode {
    // `cargo test WORD` runs the tests with that word in their names, and this is called faults.
    let wanted = |word: &String| word == "faults";
    if std::env::args().skip(1).any(|word| word == "--list" || !word.starts_with('-') && !wanted(&word)) {
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime starts");
    if runtime.block_on(run()) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn number(name: &str, otherwise: u64) -> u64 {
    var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

async fn run() -> bool {
    let seconds = number("FAULTS_SECONDS", 5);
    let seed = number("FAULTS_SEED", people::now_ms().unsigned_abs());
    let plan = |round| Plan {
        binary: var("TIDINGS_BIN").unwrap_or_else(|_| env!("CARGO_BIN_EXE_tidings").to_owned()).into(),
        seed: seed + round,
        time: Duration::from_secs(ROUND.min(seconds - round * ROUND)),
        users: number("FAULTS_USERS", 12) as usize,
        readers: number("FAULTS_READERS", 4) as usize,
        rate: number("FAULTS_RATE", 12) as usize,
        kills: var("FAULTS_KILLS").as_deref() != Ok("no"),
    };
    let first = plan(0);
    println!(
        "faults: FAULTS_SEED={seed}, {seconds} s, {} users with {} readers each, {} sends a second, {}",
        first.users,
        first.readers,
        first.rate,
        first.binary.display()
    );
    let (tally, begin) = (Arc::new(Tally::new()), Instant::now());
    let (mut times, mut peak, mut rest) = (Times::default(), 0, 0);
    for round in 0..seconds.div_ceil(ROUND) {
        match round::play(plan(round), Arc::clone(&tally)).await {
            Ok(measured) => {
                times.free.extend(measured.times.free);
                times.stalled.extend(measured.times.stalled);
                peak = peak.max(measured.peak_kib);
                rest = rest.max(measured.rest_kib);
            }
            Err(why) => tally.found(Broken::Wire, format_args!("round {round} broke off: {why}")),
        }
        let (kills, deliveries) = (tally.done(Done::Kills), grouped(tally.done(Done::Deliveries)));
        println!(
            "  {:>4} s: {deliveries} deliveries, {kills} kills, {} broken",
            begin.elapsed().as_secs(),
            tally.verdict().1
        );
    }
    if seconds >= LONG {
        demand_everything(&tally, first.kills);
    }
    judge_times(&mut times, &tally);
    judge_memory(peak, &first, &tally);
    print!("{}", tally.report());
    println!("  memory when all had left: {} MiB", rest >> 10);
    let (passed, failed) = tally.verdict();
    println!("faults: {passed} passed, {failed} failed (FAULTS_SEED={seed})");
    failed == 0
}

fn demand_everything(tally: &Tally, kills: bool) {
    let rare = [Done::Unacknowledged, Done::Behind, Done::Refused];
    let wanted = |what: &&Done| !rare.contains(what) && (kills || **what != Done::Kills);
    Done::ALL.iter().filter(wanted).for_each(|what| tally.demand(*what));
}

/// I5. What the program takes by itself, most of it for hashing passwords, and what one person online and one stream may cost
/// at most, in MiB.
const MEMORY: (f64, f64, f64) = (400.0, 0.125, 0.064);

fn judge_memory(peak_kib: u64, plan: &Plan, tally: &Tally) {
    let (itself, person, stream) = MEMORY;
    let cap = itself + plan.users as f64 * person + (plan.users * plan.readers) as f64 * stream;
    let peak = peak_kib as f64 / 1024.0;
    println!("  memory: {peak:.0} MiB at most, may take {cap:.0} MiB");
    if peak > cap {
        tally.found(Broken::Memory, format_args!("{peak:.0} MiB, may take {cap:.0} MiB"));
    }
}

/// From here on a single send is late.
const LATE: Duration = Duration::from_secs(1);

/// I6. A machine that is busy with other things makes a send late now and then; a publisher that waits for readers spends its
/// time with it.
fn judge_times(times: &mut Times, tally: &Tally) {
    let middle = |times: &mut Vec<Duration>| {
        times.sort_unstable();
        times.get(times.len() / 2).copied().unwrap_or_default()
    };
    let (free, stalled) = (middle(&mut times.free), middle(&mut times.stalled));
    println!(
        "  a send takes {free:?} ({} times), past a reader that takes nothing {stalled:?} ({} times), {:.2} times as long",
        times.free.len(),
        times.stalled.len(),
        stalled.as_secs_f64() / free.as_secs_f64().max(1e-9)
    );
    let all = times.free.iter().chain(&times.stalled);
    let late: Vec<_> = all.clone().filter(|time| **time > LATE).collect();
    let (lost, spent) = (late.iter().copied().sum::<Duration>(), all.map(|time| *time + BEAT).sum::<Duration>());
    if late.len() > 1 && lost * 5 > spent {
        tally.found(Broken::Waited, format_args!("{} sends took {lost:?} of {spent:?}", late.len()));
    }
}
