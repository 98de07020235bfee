//! Accept: takes connections and serves HTTP/1.1 on each, until it is told to stop.
//!
//! A loop of our own over hyper, because `axum::serve` 0.8 sets no time-out for request heads and makes all
//! connections wait on one shared shutdown signal.
//!
//! The end has three steps. Nothing is accepted any more: what waits in the kernel is for whoever else has the socket.
//! For a moment, connections that wait for a request stay, and an answer says that it is their last: a request that was
//! on its way when the signal came is answered, not reset. Then idle ones are closed, and what is open may finish.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::HttpBody as _;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, header};
use axum::middleware::{AddExtension, map_response};
use axum::response::Response;
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tower::Layer;

use super::limits::{Limits, Times};
use super::metrics::{Limit, Metrics, Stalled};

/// Most headers in one request, and most bytes of its head: twice what `limits::head` lets pass, which answers in words.
/// What goes beyond these is answered with a bare 431.
const MAX_HEADERS: usize = 128;
const MAX_HEAD: usize = 32 * 1024;

/// Pause after an accept that failed for want of file descriptors or memory, so that the loop does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How long idle connections stay after the stop. Who sends often has sent by then, was told to come back on a new
/// connection, and saw nothing of it; that the others send just when theirs is closed becomes unlikely.
const LINGER: Duration = Duration::from_secs(1);

/// Serves until `stop`, then lets open requests finish for at most `grace` and drops the rest.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    max_connections: usize,
    limits: Arc<Limits>,
    stop: CancellationToken,
    grace: Duration,
    metrics: Metrics,
) {
    let router = with_last_answers(router, stop.clone());
    let open = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let places = Arc::new(Semaphore::new(max_connections));
    loop {
        // A full house leaves newcomers in the kernel's queue instead of answering and closing.
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => place.expect("the semaphore is never closed"),
            () = stop.cancelled() => break,
        };
        let (socket, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    pause_after(&error).await;
                    continue;
                }
            },
            () = stop.cancelled() => break,
        };
        while connections.try_join_next().is_some() {}
        let Some(own) = limits.connections.admit(peer.ip()) else {
            let limits = Arc::clone(&limits);
            connections.spawn(async move {
                limits.turn_away(socket).await;
                drop(place);
            });
            continue;
        };
        let counted = metrics.connection();
        let stalled = Stalled::default();
        let connection = connection(socket, peer, router.clone(), limits.times, stalled.clone());
        let mut connection = Box::pin(open.watch(connection));
        let limits = Arc::clone(&limits);
        connections.spawn(async move {
            // Errors here are a client that went away, broke the protocol or met a limit; there is nobody to tell.
            if let Err(error) = connection.as_mut().await {
                if limits.ended(&error) == Some(Limit::WriteTime) {
                    stalled.set();
                }
                tracing::debug!(%error, client.address = %peer, "connection ended early");
            }
            // A stream goes with its connection, and counts why.
            drop(connection);
            drop((place, own, counted));
        });
    }
    drop(listener);
    let deadline = Instant::now() + grace;
    let all_gone = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(LINGER.min(grace), all_gone).await;
    if tokio::time::timeout_at(deadline, open.shutdown()).await.is_err() {
        tracing::warn!(
            connections = connections.len(),
            grace_ms = grace.as_millis() as u64,
            "requests were still open at the deadline and were cut"
        );
        connections.shutdown().await;
    }
}

/// Says `Connection: close` where nothing may follow on the connection: in every answer after the stop, and with every
/// stream, whose reader shall come back to whoever listens by then and not over a connection to a server that stops.
fn with_last_answers(router: Router, stop: CancellationToken) -> Router {
    router.layer(map_response(move |mut response: Response| {
        let last = stop.is_cancelled() || is_stream(&response);
        if last {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        std::future::ready(response)
    }))
}

/// Events without an end. Those of a poll are finite and have a length.
fn is_stream(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind == "text/event-stream") && response.body().size_hint().exact().is_none()
}

/// A router that knows who is at the other end and whether they still read.
type Service = TowerToHyperService<AddExtension<AddExtension<Router, Stalled>, ConnectInfo<SocketAddr>>>;

/// A socket whose writes do not wait for ever. Pinned, because its timers are part of it.
type Socket = TokioIo<Pin<Box<TimeoutStream<TcpStream>>>>;

fn connection(
    socket: TcpStream,
    peer: SocketAddr,
    router: Router,
    times: Times,
    stalled: Stalled,
) -> http1::Connection<Socket, Service> {
    // Events are small and each is wanted at once; without this the kernel would hold them back (RFC 896).
    let _ = socket.set_nodelay(true);
    let mut socket = TimeoutStream::new(socket);
    socket.set_write_timeout(Some(times.write));
    let service = TowerToHyperService::new(Extension(ConnectInfo(peer)).layer(Extension(stalled).layer(router)));
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(times.head)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEAD)
        .serve_connection(TokioIo::new(Box::pin(socket)), service)
}

async fn pause_after(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    if matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted) {
        return;
    }
    tracing::error!(%error, "cannot accept connections; trying again");
    tokio::time::sleep(ACCEPT_PAUSE).await;
}
