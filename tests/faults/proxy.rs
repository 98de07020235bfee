//! Proxy: the bad network between readers, publishers and the server. Every connection rolls its own faults.

use std::io::Result;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::dice::Dice;
use crate::tally::{Done, Tally};
use crate::wire::connect;

/// Bytes that the proxy holds for a direction at most, so that who takes nothing is felt by the server.
const BUFFER: usize = 8 * 1024;

/// Crumbs are costly; after so many bytes a split connection goes on whole.
const CRUMBS: usize = 4096;

/// A proxy that listens on a port of its own. Dropping it closes it.
pub struct Proxy {
    pub address: SocketAddr,
    listening: AbortHandle,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// What every connection needs.
#[derive(Clone)]
pub struct Network {
    pub tally: Arc<Tally>,
    /// Where the server is now.
    pub server: watch::Receiver<Option<SocketAddr>>,
    /// False ends the faults and every connection that was made until then.
    pub bad: watch::Receiver<bool>,
}

/// Who comes through.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Long streams down.
    Readers,
    /// Short requests up.
    Publishers,
}

/// What happens to one connection.
#[derive(Default)]
struct Faults {
    /// Cut after so many bytes.
    cut_up: Option<usize>,
    cut_down: Option<usize>,
    /// The cut is a reset instead of a proper end.
    reset: bool,
    /// After a cut the server is not told for so long, as when a laptop falls asleep.
    vanish: Option<Duration>,
    /// After so many bytes down nothing passes for so long.
    stall: Option<(usize, Duration)>,
    /// Each piece waits for so long.
    delay: Option<Duration>,
    /// Pieces of so few bytes.
    split: Option<usize>,
    /// The request arrives a second time.
    twice: bool,
}

impl Faults {
    fn roll(dice: &mut Dice, side: Side, tally: &Tally) -> Self {
        let mut faults = Self::default();
        let stream = side == Side::Readers;
        if dice.percent(if stream { 55 } else { 15 }) {
            // Half of the cuts within the opening, the others anywhere in a long stream.
            let far = if dice.percent(50) { 2_000 } else { 400_000 };
            faults.cut_down = Some(dice.below(if stream { far } else { 400 }));
            faults.reset = dice.percent(50);
            faults.vanish = (stream && dice.percent(20)).then(|| dice.time(1_000..=8_000));
        }
        if dice.percent(if stream { 3 } else { 10 }) {
            faults.cut_up = Some(dice.below(500));
        }
        if dice.percent(if stream { 10 } else { 3 }) {
            faults.stall = Some((dice.below(20_000), dice.time(200..=4_000)));
            tally.did(Done::Held);
        }
        if dice.percent(10) {
            faults.delay = Some(dice.time(1..=120));
            tally.did(Done::Delayed);
        }
        if dice.percent(10) {
            faults.split = Some(dice.within(1..=9));
            tally.did(Done::Split);
        }
        faults.twice = !stream && dice.percent(10);
        faults
    }
}

impl Proxy {
    pub async fn open(network: Network, side: Side, seed: u64) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let mut dice = Dice::new(seed, side as u64);
        let listening = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let bad = *network.bad.borrow();
                let faults = if bad { Faults::roll(&mut dice, side, &network.tally) } else { Faults::default() };
                tokio::spawn(carry(client, faults, network.clone()));
            }
        });
        Ok(Self { address, listening: listening.abort_handle() })
    }
}

/// Carries one connection to its end.
async fn carry(client: TcpStream, mut faults: Faults, network: Network) {
    let Some(server) = *network.server.borrow() else { return };
    let Ok(upstream) = connect(server).await else { return };
    let _ = client.set_nodelay(true);
    let vanish = faults.vanish.take();
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = upstream.into_split();
    let request = Mutex::new(Vec::new());
    let copy = faults.twice.then_some(&request);
    let up = Direction { cut: faults.cut_up, stall: None, delay: faults.delay, split: faults.split, copy };
    let down =
        Direction { cut: faults.cut_down, stall: faults.stall, delay: faults.delay, split: faults.split, copy: None };
    let cut = tokio::select! {
        cut = up.pump(&mut from_client, &mut to_server) => cut,
        cut = down.pump(&mut from_server, &mut to_client) => cut,
        () = ends(network.bad.clone()) => false,
    };
    if cut {
        network.tally.did(Done::Cuts);
    }
    let client = from_client.reunite(to_client).expect("halves of one connection");
    if cut && faults.reset {
        let _ = client.set_zero_linger();
    }
    drop(client);
    if cut && let Some(asleep) = vanish {
        network.tally.did(Done::Vanished);
        let _ = tokio::time::timeout(asleep, ends(network.bad.clone())).await;
    }
    drop((from_server, to_server));
    let request = request.into_inner().expect("no code panics under this lock");
    if !request.is_empty() {
        network.tally.did(Done::Doubled);
        // The answer has nobody who waits for it; reading it keeps the server from seeing a reset.
        let _ = tokio::time::timeout(Duration::from_secs(5), again(server, &request)).await;
    }
}

async fn again(server: SocketAddr, request: &[u8]) -> Result<()> {
    let mut connection = connect(server).await?;
    connection.write_all(request).await?;
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await?;
    Ok(())
}

/// Waits until the network is good.
async fn ends(mut bad: watch::Receiver<bool>) {
    if *bad.borrow() {
        let _ = bad.wait_for(|bad| !bad).await;
    } else {
        std::future::pending::<()>().await;
    }
}

/// One way of a connection.
struct Direction<'a> {
    cut: Option<usize>,
    stall: Option<(usize, Duration)>,
    delay: Option<Duration>,
    split: Option<usize>,
    copy: Option<&'a Mutex<Vec<u8>>>,
}

impl Direction<'_> {
    /// Carries bytes until the end; true when it was this fault that ended it.
    async fn pump(
        mut self,
        from: &mut (impl tokio::io::AsyncRead + Unpin),
        to: &mut (impl tokio::io::AsyncWrite + Unpin),
    ) -> bool {
        let mut buffer = vec![0; BUFFER];
        let mut carried = 0;
        loop {
            let Ok(read @ 1..) = from.read(&mut buffer).await else { return false };
            if let Some(copy) = self.copy {
                copy.lock().expect("no code panics under this lock").extend_from_slice(&buffer[..read]);
            }
            if let Some(delay) = self.delay {
                tokio::time::sleep(delay).await;
            }
            if let Some((_, time)) = self.stall.take_if(|(at, _)| *at < carried + read) {
                tokio::time::sleep(time).await;
            }
            let passes = self.cut.map_or(read, |cut| read.min(cut - carried));
            let crumb = self.split.filter(|_| carried < CRUMBS).unwrap_or(BUFFER);
            for piece in buffer[..passes].chunks(crumb) {
                if to.write_all(piece).await.is_err() {
                    return false;
                }
                tokio::task::yield_now().await;
            }
            carried += passes;
            if self.cut == Some(carried) {
                return true;
            }
        }
    }
}
