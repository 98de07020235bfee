//! Round: one server, one database, from an empty folder through the storm to the verdict.

use std::collections::HashMap;
use std::io::{Error, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, watch};
use tokio::task::{JoinHandle, JoinSet};

use crate::dice::Dice;
use crate::inbox::Inbox;
use crate::people::{self, Kind, Person};
use crate::proxy::{Network, Proxy, Side};
use crate::publisher::{Publisher, Sent, Times, metronome};
use crate::reader::Reader;
use crate::server::Server;
use crate::tally::{Broken, Tally};
use crate::verdict::{Truth, standing};
use crate::world::{Phase, Plan, World};
use crate::{chaos, endings};

/// Publishers beside the metronome.
const PUBLISHERS: usize = 16;

/// Time between two sends of the metronome.
pub const BEAT: Duration = Duration::from_millis(100);

/// Bytes that are kept for one person online at most.
const RING: usize = 128 * 1024;

/// Longest wait for the last reader to catch up, and for everything to be gone after the last left.
const PATIENCE: Duration = Duration::from_secs(60);

/// What one round measured.
pub struct Measured {
    pub times: Times,
    pub peak_kib: u64,
    /// Resident when everybody had left.
    pub rest_kib: u64,
}

/// Plays one round.
pub async fn play(plan: Plan, tally: Arc<Tally>) -> Result<Measured> {
    let server = Server::new(plan.binary.clone())?;
    let (people, pass) = people::make(&server, plan.users).await?;
    begin(&server, &people, &tally).await?;
    let bare = server.sockets().await;
    let bad = watch::Sender::new(true);
    let network = Network { tally: Arc::clone(&tally), server: server.addresses(), bad: bad.subscribe() };
    let world = Arc::new(World {
        reading: Proxy::open(network.clone(), Side::Readers, plan.seed).await?,
        publishing: Proxy::open(network, Side::Publishers, plan.seed).await?,
        plan,
        tally,
        server,
        people,
        phase: watch::Sender::new(Phase::Storm),
        stalling: watch::Sender::new(false),
        busy: watch::Sender::new(false),
        wall: std::sync::Mutex::default(),
    });
    let times = Arc::new(Mutex::new(Times::default()));
    let (readers, reached) = readers(&world);
    let publishers = publishers(&world, &pass, &times);
    storm(&world).await;

    bad.send_replace(false);
    world.phase.send_replace(Phase::Calm);
    let sent: Vec<Sent> = publishers.join_all().await.into_iter().flatten().collect();
    if let Err(why) = all_catch_up(&world, &reached).await {
        world.tally.found(Broken::Lost, why);
    }
    world.phase.send_replace(Phase::Over);
    let inboxes = readers.join_all().await;
    nothing_is_left(&world, bare).await;
    let rest_kib = world.server.look().await;
    judge(&world, &sent, &inboxes).await.map_err(Error::other)?;
    chaos::drain(&world).await?;
    let log = world.server.log();
    for line in log.lines().filter(|line| line.contains("panicked") || line.contains("ERROR")) {
        world.tally.found(Broken::Wire, format_args!("the server said {line:.300}"));
    }
    let times = std::mem::take(&mut *times.lock().await);
    Ok(Measured { times, peak_kib: world.server.peak_kib(), rest_kib })
}

/// Signs everybody in, in a life of its own: hashing passwords takes memory that is not the streams'.
async fn begin(server: &Server, people: &[Arc<Person>], tally: &Tally) -> Result<()> {
    server.start().await?;
    for person in people {
        person.pass(Kind::Session, None, server, tally).await?;
    }
    server.kill().await?;
    server.forget_peak();
    server.start().await
}

type Reached = Vec<(String, Arc<AtomicI64>)>;

fn readers(world: &Arc<World>) -> (JoinSet<(Arc<Person>, Inbox)>, Reached) {
    let (mut readers, mut all) = (JoinSet::new(), Reached::new());
    for (at, person) in world.people.iter().enumerate() {
        for number in 0..world.plan.readers {
            let reached = Arc::new(AtomicI64::new(-1));
            all.push((person.name.clone(), Arc::clone(&reached)));
            let reader = Reader {
                world: Arc::clone(world),
                person: Arc::clone(person),
                number,
                kind: if number % 2 == 0 { Kind::Token } else { Kind::Session },
                dice: Dice::new(world.plan.seed, (1 + at as u64) << 16 | number as u64),
                inbox: Inbox::default(),
                reached,
                stale: None,
                reload: false,
            };
            readers.spawn(reader.run());
        }
    }
    (readers, all)
}

fn publishers(world: &Arc<World>, pass: &str, times: &Arc<Mutex<Times>>) -> JoinSet<Vec<Sent>> {
    let mut publishers = JoinSet::new();
    let every = Duration::from_secs(PUBLISHERS as u64 + 1) / u32::try_from(world.plan.rate).expect("a small rate");
    for number in 0..=PUBLISHERS {
        let dice = Dice::new(world.plan.seed, (1 << 40) + number as u64);
        let publisher =
            Publisher { world: Arc::clone(world), number, pass: pass.to_owned(), dice, every, burst: (0, 0) };
        if number == 0 {
            // Long messages, all to the person who has the wall.
            let publisher = Publisher { every: BEAT, burst: (usize::MAX, 0), ..publisher };
            publishers.spawn(metronome(publisher, Arc::clone(times)));
        } else {
            publishers.spawn(publisher.run());
        }
    }
    publishers
}

/// All faults at once, for the time of the plan.
async fn storm(world: &Arc<World>) {
    let dice = |who: u64| Dice::new(world.plan.seed, (1 << 41) + who);
    let faults: [JoinHandle<()>; 5] = [
        tokio::spawn(endings::wall(Arc::clone(world))),
        tokio::spawn(chaos::kills(Arc::clone(world), dice(0))),
        tokio::spawn(chaos::busy(Arc::clone(world), dice(1))),
        tokio::spawn(chaos::stalls(Arc::clone(world), dice(2))),
        tokio::spawn(endings::endings(Arc::clone(world), dice(3))),
    ];
    let begin = Instant::now();
    while begin.elapsed() < world.plan.time {
        tokio::time::sleep(Duration::from_millis(500).min(world.plan.time)).await;
        world.server.look().await;
        rings_are_bounded(world).await;
    }
    // Ends the faults that come by themselves; the network stays bad until the last server is up.
    world.phase.send_replace(Phase::Calm);
    for fault in faults {
        fault.await.expect("chaos does not panic");
    }
}

/// I5: what is kept for people online stays below what `docs/OPERATING.md` says, however slow they are.
async fn rings_are_bounded(world: &World) {
    let cap = (world.people.len() * RING) as f64;
    if let Ok(bytes) = world.server.gauge("tidings_ring_bytes").await
        && bytes > cap
    {
        world.tally.found(Broken::Memory, format_args!("rings hold {bytes} bytes, may hold {cap}"));
    }
}

/// Waits until nothing changes any more and every reader has the last number.
async fn all_catch_up(world: &World, reached: &Reached) -> std::result::Result<(), String> {
    let begin = Instant::now();
    let mut before = HashMap::new();
    loop {
        // Until everything has been compared.
        let until = people::now_ms() + PATIENCE.as_millis() as i64;
        let (stands, rests) = standing(&world.server, until).await.map_err(|why| why.to_string())?;
        let late = reached.iter().filter(|(name, at)| stands.get(name) != Some(&at.load(Ordering::SeqCst))).count();
        if rests && late == 0 && stands == before {
            return Ok(());
        }
        if begin.elapsed() > PATIENCE {
            return Err(format!("{late} readers did not catch up within {PATIENCE:?}; nothing more to come: {rests}"));
        }
        before = stands;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// I9: after the last reader has left the server holds no socket but those it began with, and its gauges are at zero.
async fn nothing_is_left(world: &World, bare: usize) {
    let begin = Instant::now();
    loop {
        let left = left(world, bare).await;
        if left.is_empty() {
            return;
        }
        if begin.elapsed() > PATIENCE {
            world.tally.found(Broken::LeftOver, left.join(", "));
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn left(world: &World, bare: usize) -> Vec<String> {
    let mut left = Vec::new();
    for gauge in ["tidings_streams_open", "tidings_people_online", "tidings_connections_open"] {
        match world.server.gauge(gauge).await {
            Ok(0.0) => {}
            other => left.push(format!("{gauge}: {other:?}")),
        }
    }
    let sockets = world.server.sockets().await;
    if sockets > bare {
        left.push(format!("{sockets} sockets, {bare} when it started"));
    }
    left
}

async fn judge(world: &World, sent: &[Sent], inboxes: &[(Arc<Person>, Inbox)]) -> sqlx::Result<()> {
    let mut truth = Truth::read(&world.server).await?;
    for (person, inbox) in inboxes {
        truth.compare(person, inbox, &world.tally);
    }
    truth.judge(sent, &world.people, &world.tally);
    Ok(())
}
