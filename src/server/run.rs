//! Run: build → serve → drain, in that order. `main` and the tests both call it.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::broker::{Broker, Limits};
use super::config::Config;
use super::metrics::{self, Metrics};
use super::state::AppState;
use super::store::{self, OpenError, StoreError};
use super::{accept, endings, router, setup, sweep, wake};

/// Which build this is; pages compare it with the one that rendered them.
pub const BUILD: &str = env!("TIDINGS_BUILD");

/// Open requests may go on for the drain window and this; then they are cut.
const GRACE: Duration = Duration::from_secs(1);

/// How much longer than that the rest of the stop may take: the writes that wait, the jobs, the database. Together the
/// stop ends within the window and two seconds.
const CLOSING: Duration = Duration::from_millis(800);

/// Where the server listens.
#[derive(Debug)]
pub struct Listeners {
    /// For people and programs.
    pub site: TcpListener,
    /// For who watches the server; `None`: it counts nothing.
    pub metrics: Option<TcpListener>,
}

impl From<TcpListener> for Listeners {
    fn from(site: TcpListener) -> Self {
        Self { site, metrics: None }
    }
}

/// Why the server could not run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database failed at start.
    #[error("cannot start: {0}")]
    Store(#[from] StoreError),
    /// A part of the server panicked.
    #[error("a part of the server broke; the log says which")]
    Broken,
}

/// Serves on `listeners` until `shutdown`, then drains: streams are told when to come back, requests finish, writes
/// that were accepted are committed.
pub async fn run(
    listeners: impl Into<Listeners>,
    config: Config,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), RunError> {
    let listeners = listeners.into();
    let broker = Broker::new(Limits {
        streams: config.streams.max_streams,
        streams_per_user: config.streams.max_streams_per_user,
    });
    let online = broker.clone();
    let store = store::open_to_serve(
        &config.database_url(),
        Arc::new(move |epoch, committed| online.deliver(epoch, &committed)),
    )
    .await?;
    // Before anybody is let in: whoever comes later is checked at the door.
    let heard = store.newest_ending().await?;
    let keep_deleted = config.storage.keep_deleted;
    let drain_window = config.streams.drain_window;
    let max_connections = config.limits.max_connections;
    let metrics = if listeners.metrics.is_some() { Metrics::on() } else { Metrics::off() };
    store.watch(Arc::new(metrics.clone()));
    let state = AppState::new(Arc::clone(&store), broker.clone(), metrics, config);
    setup::offer(&state).await?;

    // Ends after all others, so that stopping can be watched.
    let unwatch = CancellationToken::new();
    let mut watchers = JoinSet::new();
    if let Some(listener) = listeners.metrics {
        watchers.spawn(metrics::serve(listener, state.clone(), unwatch.clone()));
    }
    let stop = CancellationToken::new();
    let mut tasks = JoinSet::new();
    tasks.spawn(state.publisher.clone().run_broadcasts(stop.clone()));
    tasks.spawn(endings::follow(Arc::clone(&store), broker.clone(), heard, stop.clone()));
    tasks.spawn(wake::wake(Arc::clone(&store), stop.clone()));
    tasks.spawn(sweep::sweep(Arc::clone(&store), keep_deleted, stop.clone()));
    let (counts, limits) = (state.metrics.clone(), Arc::clone(&state.limits));
    let (router, grace) = (router::router(state), drain_window + GRACE);
    tasks.spawn(accept::serve(listeners.site, router, max_connections, limits, stop.clone(), grace, counts));

    // None of them ends before it is told to; one that did has panicked, and a server without it only looks alive.
    let broken = tokio::select! {
        () = shutdown => false,
        _ = tasks.join_next() => true,
        _ = watchers.join_next(), if !watchers.is_empty() => true,
    };
    tracing::info!(streams = broker.streams(), "stopping");
    stop.cancel();
    broker.drain(drain_window);
    let rest = async {
        while tasks.join_next().await.is_some() {}
        debug_assert_eq!((broker.streams(), broker.people()), (0, 0), "streams go with their connections");
        store.close().await;
        unwatch.cancel();
        while watchers.join_next().await.is_some() {}
    };
    match tokio::time::timeout(grace + CLOSING, rest).await {
        Ok(()) => tracing::info!("stopped"),
        // The file is held by another process. Who sent what waits in the queue has no answer yet.
        Err(_) => {
            tracing::warn!("stopped before the database was closed; writes that were not answered may be missing")
        }
    }
    if broken { Err(RunError::Broken) } else { Ok(()) }
}

/// The clock, in milliseconds since the Unix epoch.
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
