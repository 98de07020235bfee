//! Exposition: `GET /metrics` on a listener of its own, so that what the world reaches does not have it.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::super::accept;
use super::super::limits::Limits;
use super::super::state::AppState;
use super::instruments::Metrics;

/// How often latencies are sorted into their buckets, asked for or not; until then each of them takes memory.
const SORT: Duration = Duration::from_secs(1);

/// Most connections of who watches; far more than a few Prometheus servers and a person with a browser need.
const WATCHERS: usize = 16;

/// How long an answer may go on after the server ended.
const GRACE: Duration = Duration::from_millis(100);

/// Answers at `listener` until `stop`, which comes after everything else has ended: stopping can be watched, too.
pub(in crate::server) async fn serve(listener: TcpListener, state: AppState, stop: CancellationToken) {
    let router = Router::new().route("/metrics", get(metrics)).with_state(state.clone());
    let limits = Arc::new(Limits::new(&state.config, Metrics::off()));
    let mut served = std::pin::pin!(accept::serve(listener, router, WATCHERS, limits, stop, GRACE, Metrics::off()));
    let mut sort = tokio::time::interval(SORT);
    loop {
        tokio::select! {
            () = &mut served => return,
            _ = sort.tick() => state.metrics.sort(),
        }
    }
}

async fn metrics(State(state): State<AppState>) -> impl IntoResponse {
    state.metrics.rings(state.broker.people(), state.broker.ring_bytes());
    state.metrics.now(state.broker.streams(), state.store.waiting());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], state.metrics.text())
}
