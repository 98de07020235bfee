//! Endings: sessions and tokens end while their streams are open. A witness on a straight line measures how long its
//! stream outlives them (I8).

use std::io::{Error, Result};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::timeout;

use crate::dice::Dice;
use crate::people::{Kind, PASSWORD, Pass, Person, post};
use crate::tally::{Broken, Done};
use crate::wire::{Answer, ask, request};
use crate::world::World;

/// No stream may outlive its session by more.
const LIMIT: Duration = Duration::from_secs(1);

/// How something ends.
#[derive(Clone, Copy, Debug)]
enum How {
    SignOut,
    /// The others by the command line, as an operator does it: a second process, of which the server has to hear.
    Revoke,
    NewPassword,
    NewRole,
}

impl How {
    fn roll(dice: &mut Dice) -> Self {
        match dice.below(10) {
            0..6 => Self::SignOut,
            6..8 => Self::Revoke,
            8 => Self::NewPassword,
            _ => Self::NewRole,
        }
    }

    fn kind(self) -> Kind {
        if matches!(self, Self::Revoke) { Kind::Token } else { Kind::Session }
    }

    /// What the stream says last.
    fn why(self) -> &'static str {
        match self {
            Self::SignOut => "signed-out",
            Self::Revoke => "revoked",
            Self::NewPassword => "password-changed",
            Self::NewRole => "role-changed",
        }
    }

    /// Does it; comes back when it was answered.
    async fn end(self, world: &World, person: &Person, pass: &Pass) -> Result<()> {
        let command = async |arguments: &[&str]| world.server.command(arguments, PASSWORD).await;
        match self {
            Self::SignOut => sign_out(world, pass).await,
            Self::Revoke => {
                let list = command(&["token", "list", &person.name]).await?;
                for line in list.lines().skip(1) {
                    command(&["token", "revoke", line.split_whitespace().next().unwrap_or_default()]).await?;
                }
                Ok(())
            }
            Self::NewPassword => command(&["user", "set-password", &person.name, "--password-stdin"]).await.map(drop),
            Self::NewRole => command(&["user", "set-role", &person.name, "admin"]).await.map(drop),
        }
    }
}

/// Ends a session or a token now and then.
pub async fn endings(world: Arc<World>, mut dice: Dice) {
    while world.storm(dice.time(300..=2_000)).await {
        let person = &world.people[dice.below(world.people.len())];
        let how = How::roll(&mut dice);
        // A server that dies in between ends the stream, too, but shows nothing.
        let _ = end(&world, person, how).await;
        if matches!(how, How::NewRole) {
            let _ = world.server.command(&["user", "set-role", &person.name, "reader"], "").await;
        }
    }
}

/// A reader of the first person that takes nothing at all, for as long as a server lives.
pub async fn wall(world: Arc<World>) {
    let mut lives = world.server.addresses();
    while !world.calm() {
        let stream = async {
            let pass = world.people[0].pass(Kind::Token, None, &world.server, &world.tally).await?;
            open(&world, &pass).await
        };
        let stream = stream.await;
        let since = stream.is_ok().then(Instant::now);
        *world.wall.lock().expect("no code panics under this lock") = since;
        tokio::select! {
            _ = lives.changed() => {}
            _ = world.storm(Duration::from_secs(3600)) => {}
        }
    }
}

async fn end(world: &World, person: &Person, how: How) -> Result<()> {
    let pass = person.pass(how.kind(), None, &world.server, &world.tally).await?;
    let life = world.server.lives();
    let mut witness = open(world, &pass).await?;
    how.end(world, person, &pass).await?;
    let answered = Instant::now();
    pass.end();
    let said = timeout(LIMIT * 5, rest(&mut witness)).await;
    let time = answered.elapsed();
    if world.server.lives() != life || world.server.address().is_none() {
        return Ok(());
    }
    world.tally.did(Done::Endings);
    if said.is_err() || time > LIMIT {
        world.tally.found(Broken::Outlived, format_args!("a stream lived for {time:?} after its {how:?}"));
    }
    let last = format!("event: signed-out\ndata: {{\"why\":\"{}\"}}\n\n", how.why());
    if let Ok(said) = said
        && !said.ends_with(&last)
    {
        let said = said.lines().rev().take(4).collect::<Vec<_>>();
        world.tally.found(Broken::Wire, format_args!("a stream ended with its {how:?} and said {said:?}"));
    }
    Ok(())
}

async fn open(world: &World, pass: &Pass) -> Result<Answer> {
    let address = world.server.address().ok_or_else(|| Error::other("no server runs"))?;
    let answer = ask(address, &request("GET", "/events", &[&pass.field], "")).await?;
    if answer.status == 200 { Ok(answer) } else { Err(Error::other("no stream")) }
}

/// Everything that a stream still says.
async fn rest(witness: &mut Answer) -> String {
    let mut said = Vec::new();
    while let Ok(Some(piece)) = witness.piece().await {
        said.extend(piece);
    }
    String::from_utf8_lossy(&said).into_owned()
}

async fn sign_out(world: &World, pass: &Pass) -> Result<()> {
    let answer = post(&world.server, "/api/sign_out", &[&pass.field], "").await?;
    if answer.status < 400 { Ok(()) } else { Err(Error::other("not signed out")) }
}
