//! Telemetry: log lines, a span around every request, and the two questions that operators' machines ask.

use std::io::IsTerminal as _;
use std::pin::Pin;
use std::time::Instant;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{FromFnLayer, Next, from_fn};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tracing::Instrument as _;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

use super::config::{LogConfig, LogFormat};
use super::state::AppState;

/// Starts logging to standard error. Only the first call of a process has an effect.
pub fn init(config: &LogConfig) -> Result<(), ParseError> {
    let mut filter = EnvFilter::try_new(&config.filter)?;
    if !config.filter.contains("tower_sessions") {
        // It calls every cookie of an expired session suspicious.
        filter = filter.add_directive("tower_sessions=error".parse()?);
    }
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours);
    // An error means that a test in this process was first.
    let _ = match config.format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    Ok(())
}

type Timed = fn(Request, Next) -> Pin<Box<dyn Future<Output = Response> + Send>>;

/// The layer that puts a span around every request. It ends with the answer's head: a stream that stays open for days
/// carries no span.
pub(super) fn requests() -> FromFnLayer<Timed, (), (Request,)> {
    from_fn(|request, next| Box::pin(timed(request, next)))
}

/// Logs method, path, status and time. Never the query: it may have a link's secret or what somebody looked for.
async fn timed(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    // Asked every few seconds, or many at once with each page: only on demand.
    let quiet = matches!(path, "/healthz" | "/readyz") || path.starts_with("/pkg/");
    let span = tracing::info_span!("request", http.method = %request.method(), http.path = path);
    async {
        let start = Instant::now();
        let response = next.run(request).await;
        let status = response.status().as_u16();
        let duration_ms = start.elapsed().as_micros() as f64 / 1000.0;
        if quiet && status < 500 {
            tracing::debug!(http.status = status, duration_ms, "answered");
        } else {
            tracing::info!(http.status = status, duration_ms, "answered");
        }
        response
    }
    .instrument(span)
    .await
}

/// `GET /healthz`: the process lives. Says nothing about the store, so that a full disk does not restart the server.
pub(super) async fn healthz() -> impl IntoResponse {
    Json(json!({ "status": "ok" }))
}

/// `GET /readyz`: requests may be sent here.
pub(super) async fn readyz(State(state): State<AppState>) -> Response {
    if state.broker.draining() {
        return (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "draining" }))).into_response();
    }
    match state.store.ready().await {
        Ok(()) => Json(json!({ "status": "ok" })).into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "store" }))).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_cannot_be_read_is_refused() {
        let config = LogConfig { filter: "tidings=loud".into(), format: LogFormat::Text };
        assert!(init(&config).is_err());
    }
}
