//! World: what every player of a round shares.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::people::Person;
use crate::proxy::Proxy;
use crate::server::Server;
use crate::tally::Tally;

/// By then the buffers of a reader that takes nothing are full.
const WALL: Duration = Duration::from_secs(4);

/// What to do.
#[derive(Clone)]
pub struct Plan {
    pub binary: PathBuf,
    pub seed: u64,
    /// How long faults go on.
    pub time: Duration,
    pub users: usize,
    /// Readers of each user.
    pub readers: usize,
    /// Sends in a second, of all publishers.
    pub rate: usize,
    /// Whether servers die.
    pub kills: bool,
}

/// How far a round is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Faults.
    Storm,
    /// The network is good, the server stays, and everybody catches up.
    Calm,
    /// Readers leave.
    Over,
}

/// One round's stage.
pub struct World {
    pub plan: Plan,
    pub tally: Arc<Tally>,
    pub server: Server,
    pub people: Vec<Arc<Person>>,
    pub phase: watch::Sender<Phase>,
    /// While true, every fourth reader takes nothing.
    pub stalling: watch::Sender<bool>,
    /// Since when a reader of the first person takes nothing at all.
    pub wall: Mutex<Option<Instant>>,
    /// While true, the store is held from outside.
    pub busy: watch::Sender<bool>,
    pub reading: Proxy,
    pub publishing: Proxy,
}

impl World {
    pub fn calm(&self) -> bool {
        *self.phase.borrow() != Phase::Storm
    }

    /// Sleeps, but not longer than the storm. False when it is over.
    pub async fn storm(&self, time: Duration) -> bool {
        let mut phase = self.phase.subscribe();
        tokio::select! {
            () = tokio::time::sleep(time) => !self.calm(),
            _ = phase.wait_for(|phase| *phase != Phase::Storm) => false,
        }
    }

    /// Whether what is sent to the first person meets a connection that is full.
    pub fn walled(&self) -> bool {
        let since = *self.wall.lock().expect("no code panics under this lock");
        since.is_some_and(|since| since.elapsed() > WALL)
    }

    /// Where a reader goes: through the bad network, and straight when it is calm.
    pub fn door(&self) -> Option<SocketAddr> {
        if self.calm() { self.server.address() } else { Some(self.reading.address) }
    }
}
