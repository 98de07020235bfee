//! `tidings serve`: telemetry → bind, or take the socket that was `passed` → run, until SIGTERM or SIGINT.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::super::config::Config;
use super::super::{Listeners, run, telemetry};
use super::{Failure, say};

/// Connections that wait in the kernel to be accepted. After a restart all pages come back within seconds; the usual
/// 128 would turn many of them away. The kernel cuts it to net.core.somaxconn, 4096 by default.
const BACKLOG: u32 = 4096;

/// A signal that comes again so soon is the same one: timeout(1) and some terminals send it to the process and to its
/// group.
const SAME_SIGNAL: Duration = Duration::from_millis(500);

/// Serves on the socket that was passed in, or else on one of its own.
pub(super) async fn serve(mut config: Config, passed: Option<std::net::TcpListener>) -> Result<(), Failure> {
    telemetry::init(&config.log)?;
    // Two servers may then run at a time, and both are to be watched.
    let share = passed.is_some();
    let metrics = config.metrics.listen.map(|address| bind(address, "metrics-listen", share)).transpose()?;
    let site = match passed {
        Some(socket) => passed_in(socket, config.server.listen)?,
        None => bind(config.server.listen, "listen", false)?,
    };
    // Port 0 asks the system to choose; a socket that was passed in has the address that its maker chose.
    config.server.listen = site.local_addr()?;
    fit_to_files(&mut config);
    let (mut first, mut again) = (Signals::new()?, Signals::new()?);
    say(format_args!("Tidings is at {}", config.public_url()))?;
    tracing::info!(listen = %config.server.listen, data_dir = %config.storage.data_dir.display(), "starting");
    if let Some(listener) = &metrics {
        tracing::info!(listen = %listener.local_addr()?, "metrics are at /metrics");
    }
    let stop = async move { first.one().await };
    tokio::select! {
        ended = run(Listeners { site, metrics }, config, stop) => Ok(ended?),
        () = again.two() => Err(Failure::new("stopped at once by a second signal; open requests were cut")),
    }
}

/// Listens on a socket that outlives this process. Its queue is as long as its maker asked for.
fn passed_in(socket: std::net::TcpListener, unused: SocketAddr) -> Result<TcpListener, Failure> {
    let listener = TcpListener::from_std(socket)?;
    let listen = listener.local_addr()?;
    tracing::info!(%listen, "listening on the socket that was passed in; --listen ({unused}) is not used");
    Ok(listener)
}

/// Files that are not connections: the database, the log, the listener.
const OWN_FILES: u64 = 64;

/// Every connection is a file, and a usual soft limit is 1024. Raises it to what the system allows this process, and
/// lets in no more connections than that: without a file left, the database could not be opened.
fn fit_to_files(config: &mut Config) {
    let files = rlimit::increase_nofile_limit(u64::MAX).unwrap_or(1024);
    let most = usize::try_from(files.saturating_sub(OWN_FILES)).unwrap_or(usize::MAX).max(1);
    let asked = config.limits.max_connections;
    if asked > most {
        tracing::info!(
            files,
            "the system allows {most} connections (asked for: {asked}); raise its limit of open files for more"
        );
        config.limits.max_connections = most;
    }
}

/// Listens at the address, also while connections of an earlier run are dying; `share`: also beside another server of
/// this user that shares it.
fn bind(address: SocketAddr, flag: &str, share: bool) -> Result<TcpListener, Failure> {
    let listen = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        socket.set_reuseaddr(true)?;
        socket.set_reuseport(share)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    listen().map_err(|error| Failure::new(explain(address, flag, &error)))
}

fn explain(address: SocketAddr, flag: &str, error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::AddrInUse => {
            format!("another program listens at {address}; stop it, or choose another port with --{flag}")
        }
        ErrorKind::PermissionDenied => {
            format!("the system does not let this user listen at {address}; choose a port from 1024 with --{flag}")
        }
        ErrorKind::AddrNotAvailable => {
            format!("this machine does not have the address {}; see --{flag}", address.ip())
        }
        _ => format!("cannot listen at {address}: {error}"),
    }
}

/// SIGTERM, which init systems send, and SIGINT, which Ctrl-C sends. The first one drains. A second one ends the server
/// at once: connections are cut, and what was acknowledged is on disk as ever.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn one(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    async fn two(&mut self) {
        self.one().await;
        let same = tokio::time::sleep(SAME_SIGNAL);
        tokio::pin!(same);
        loop {
            tokio::select! {
                () = &mut same => break,
                () = self.one() => {}
            }
        }
        self.one().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_taken_port_is_told_in_a_sentence() {
        let first = bind("127.0.0.1:0".parse().expect("an address"), "listen", false).expect("a free port");
        let taken = first.local_addr().expect("bound");
        let failure = bind(taken, "listen", false).expect_err("taken").to_string();
        assert_eq!(
            failure,
            format!("another program listens at {taken}; stop it, or choose another port with --listen")
        );
    }
}
