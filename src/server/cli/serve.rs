//! `tidings serve`: telemetry → bind → run, until SIGTERM or SIGINT.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpSocket};
use tokio::signal::unix::{SignalKind, signal};

use super::super::config::Config;
use super::super::{Listeners, run, telemetry};
use super::{Failure, say};

/// Connections that wait in the kernel to be accepted. After a restart all pages come back within seconds; the usual
/// 128 would turn many of them away. The kernel cuts it to net.core.somaxconn, 4096 by default.
const BACKLOG: u32 = 4096;

pub(super) async fn serve(mut config: Config) -> Result<(), Failure> {
    telemetry::init(&config.log)?;
    let listener = bind(config.server.listen, "listen")?;
    let metrics = config.metrics.listen.map(|address| bind(address, "metrics-listen")).transpose()?;
    // Port 0 asks the system to choose.
    config.server.listen = listener.local_addr()?;
    fit_to_files(&mut config);
    let stop = stop_signal()?;
    say(format_args!("Tidings is at {}", config.public_url()))?;
    tracing::info!(listen = %config.server.listen, data_dir = %config.storage.data_dir.display(), "starting");
    if let Some(listener) = &metrics {
        tracing::info!(listen = %listener.local_addr()?, "metrics are at /metrics");
    }
    Ok(run(Listeners { site: listener, metrics }, config, stop).await?)
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

/// Listens at the address, also while connections of an earlier run are dying.
fn bind(address: SocketAddr, flag: &str) -> Result<TcpListener, Failure> {
    let listen = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        socket.set_reuseaddr(true)?;
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

/// Ends with SIGTERM, which init systems send, or SIGINT, which Ctrl-C sends. Draining takes seconds, so a second
/// one has no meaning of its own; SIGKILL loses nothing that was acknowledged.
fn stop_signal() -> io::Result<impl Future<Output = ()> + Send> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_taken_port_is_told_in_a_sentence() {
        let first = bind("127.0.0.1:0".parse().expect("an address"), "listen").expect("a free port");
        let taken = first.local_addr().expect("bound");
        let failure = bind(taken, "listen").expect_err("taken").to_string();
        assert_eq!(
            failure,
            format!("another program listens at {taken}; stop it, or choose another port with --listen")
        );
    }
}
