//! Chaos: kills, drains, a store that is held by somebody else, and readers that take nothing.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use tempfile::TempDir;

use crate::dice::Dice;
use crate::people;
use crate::server::DRAIN_WINDOW;
use crate::tally::{Broken, Done};
use crate::world::World;

/// A drain may take so much longer than its window.
const DRAIN_SLACK: Duration = Duration::from_secs(2);

/// Servers die in the middle of everything and come back; every fifth, the second first, is drained instead.
pub async fn kills(world: Arc<World>, mut dice: Dice) {
    let mut ends = 0;
    while world.plan.kills && world.storm(dice.time(1_500..=6_000)).await {
        ends += 1;
        let ended = if ends % 5 == 2 { drain(&world).await } else { kill(&world).await };
        if let Err(why) = ended {
            world.tally.found(Broken::Wire, format_args!("a server could not be ended: {why}"));
        }
        tokio::time::sleep(dice.time(0..=400)).await;
        start(&world).await;
    }
}

async fn start(world: &World) {
    let mut tries = 0;
    while let Err(why) = world.server.start().await {
        // Held by somebody else for too long: an operator's service would try again, too.
        tries += 1;
        if tries == 5 {
            world.tally.found(Broken::Wire, format_args!("the server does not start: {why}"));
            return;
        }
    }
}

async fn kill(world: &World) -> std::io::Result<()> {
    world.server.kill().await?;
    world.tally.did(Done::Kills);
    settle(world).await;
    if let Err(why) = nothing_was_taken_back(world).await {
        world.tally.found(Broken::Wire, format_args!("the database cannot be read after a kill: {why}"));
    }
    Ok(())
}

/// Waits until readers have what was on its way to them.
async fn settle(world: &World) {
    let highest = || world.people.iter().map(|person| person.highest.load(Ordering::SeqCst)).sum::<i64>();
    let mut before = -1;
    while before != highest() {
        before = highest();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// I7: every number that a reader has is in the file as the dead server left it. A copy of the file is looked at, so that
/// the next life finds what a crash leaves.
async fn nothing_was_taken_back(world: &World) -> sqlx::Result<()> {
    let copy = TempDir::new()?;
    // The log first: whoever closes the file meanwhile moves the log into it.
    for file in ["tidings.db-wal", "tidings.db"] {
        let from = world.server.folder().join(file);
        if from.exists() {
            std::fs::copy(from, copy.path().join(file))?;
        }
    }
    let options = SqliteConnectOptions::new().filename(copy.path().join("tidings.db")).disable_statement_logging();
    let mut database = options.connect().await?;
    let rows: Vec<(String, i64)> = sqlx::query_as("SELECT username, seq FROM users").fetch_all(&mut database).await?;
    for person in &world.people {
        let highest = person.highest.load(Ordering::SeqCst);
        let stands = rows.iter().find(|(name, _)| *name == person.name).map_or(0, |(_, seq)| *seq);
        if highest > stands {
            let note = format!("{} had {highest} when the file had {stands}", person.name);
            world.tally.found(Broken::TakenBack, note);
        }
    }
    database.close().await
}

/// I10: a drain ends in its window, and well.
pub async fn drain(world: &World) -> std::io::Result<()> {
    let (status, time) = world.server.drain().await?;
    world.tally.did(Done::Drains);
    if !status.success() || time > DRAIN_WINDOW + DRAIN_SLACK {
        world.tally.found(Broken::Drain, format_args!("a drain ended with {status} after {time:?}"));
    }
    Ok(())
}

/// Another process holds the write lock: a backup, a hand in the file.
pub async fn busy(world: Arc<World>, mut dice: Dice) {
    while world.storm(dice.time(3_000..=9_000)).await {
        // Now and then for longer than the server waits, so that it says that it is busy.
        let time = if dice.percent(15) { dice.time(5_200..=6_500) } else { dice.time(100..=2_000) };
        world.busy.send_replace(true);
        if hold(&world, time).await.is_ok() {
            world.tally.did(Done::Busy);
        }
        world.busy.send_replace(false);
    }
}

async fn hold(world: &World, time: Duration) -> sqlx::Result<()> {
    let mut database = people::database(&world.server).await?;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut database).await?;
    world.storm(time).await;
    sqlx::query("ROLLBACK").execute(&mut database).await?;
    database.close().await
}

/// Every fourth reader takes nothing for a while, again and again.
pub async fn stalls(world: Arc<World>, mut dice: Dice) {
    while world.storm(dice.time(2_000..=4_000)).await {
        world.tally.did(Done::Stalls);
        world.stalling.send_replace(true);
        world.storm(dice.time(2_000..=4_000)).await;
        world.stalling.send_replace(false);
    }
}
