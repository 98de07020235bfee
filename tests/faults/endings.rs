//! Endings: sessions and tokens end while their streams are open. A witness on a straight line measures how long its
//! stream outlives them (I8).

use std::io::{Error, Result};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::timeout;

use crate::dice::Dice;
use crate::people::{Kind, Pass, Person, post};
use crate::tally::{Broken, Done};
use crate::wire::{Answer, ask, request};
use crate::world::World;

/// No stream may outlive its session by more.
const LIMIT: Duration = Duration::from_secs(1);

/// Ends a session or a token now and then.
pub async fn endings(world: Arc<World>, mut dice: Dice) {
    while world.storm(dice.time(300..=2_000)).await {
        let person = &world.people[dice.below(world.people.len())];
        let kind = if dice.percent(70) { Kind::Session } else { Kind::Token };
        // A server that dies in between ends the stream, too, but shows nothing.
        let _ = end(&world, person, kind).await;
    }
}

async fn end(world: &World, person: &Person, kind: Kind) -> Result<()> {
    let pass = person.pass(kind, None, &world.server, &world.tally).await?;
    let life = world.server.lives();
    let mut witness = open(world, &pass).await?;
    match kind {
        Kind::Session => sign_out(world, &pass).await?,
        Kind::Token => revoke(world, person, &pass).await?,
    }
    let answered = Instant::now();
    pass.end();
    let ended = timeout(LIMIT * 5, async { while let Ok(Some(_)) = witness.piece().await {} }).await;
    if world.server.lives() != life || world.server.address().is_none() {
        return Ok(());
    }
    world.tally.did(Done::Endings);
    let time = answered.elapsed();
    if ended.is_err() || time > LIMIT {
        world.tally.found(Broken::Outlived, format_args!("a stream of a {kind:?} lived for {time:?} after it"));
    }
    Ok(())
}

async fn open(world: &World, pass: &Pass) -> Result<Answer> {
    let address = world.server.address().ok_or_else(|| Error::other("no server runs"))?;
    let answer = ask(address, &request("GET", "/events", &[&pass.field], "")).await?;
    if answer.status == 200 { Ok(answer) } else { Err(Error::other("no stream")) }
}

async fn sign_out(world: &World, pass: &Pass) -> Result<()> {
    let answer = post(&world.server, "/api/sign_out", &[&pass.field], "").await?;
    if answer.status < 400 { Ok(()) } else { Err(Error::other("not signed out")) }
}

/// By the command line, as an operator does.
async fn revoke(world: &World, person: &Person, pass: &Pass) -> Result<()> {
    // The list does not show tokens, so only a person's only one is known to be this one.
    let _ = pass;
    let list = world.server.command(&["token", "list", &person.name], "").await?;
    for line in list.lines().skip(1) {
        let id = line.split_whitespace().next().unwrap_or_default();
        world.server.command(&["token", "revoke", id], "").await?;
    }
    Ok(())
}
