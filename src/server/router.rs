//! Router: every route in one table, every layer in one stack.

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderValue, StatusCode, Uri, header, request};
use axum::response::Response;
use axum::routing::{get, post};
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use super::state::AppState;
use super::{assets, csrf, messages_api, plain_pages, security, session_store, subscribe, telemetry};
use crate::app::{self, App};

/// Longest request body. A body of 16 KiB may be six times as long in JSON, and a thousand names stand beside it.
const BODY_LIMIT: usize = 512 * 1024;

/// How long a request may take before it is answered 503. Streams are not held to it: their head is sent at once.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);

/// The whole service.
pub(super) fn router(state: AppState) -> Router {
    let pages = generate_route_list(App);

    Router::new()
        // The page and its server functions
        .leptos_routes(&state, pages, page)
        .route("/sign-in", get(plain_pages::sign_in))
        .route("/set-up", get(plain_pages::set_up))
        // The stream
        .route("/events", get(subscribe::events))
        // Programs
        .route("/api/v1/messages", post(messages_api::create))
        // Operators
        .route("/healthz", get(telemetry::healthz))
        .route("/readyz", get(telemetry::readyz))
        // Files of the site, which are in the binary; else the page that says that there is nothing
        .fallback(file_or_page)
        // Layers: the last one sees a request first.
        .layer(session_store::layer(&state))
        .layer(axum::middleware::from_fn_with_state(state.clone(), csrf::check))
        .layer(CompressionLayer::new())
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIMEOUT))
        .layer(CatchPanicLayer::new())
        .layer(axum::middleware::from_fn_with_state(state.clone(), security::headers))
        .layer(telemetry::requests())
        .with_state(state)
}

async fn file_or_page(request: Request) -> Response {
    if let Some(file) = assets::find(request.method(), request.uri(), request.headers()) {
        return file;
    }
    plain_pages::not_found()
}

/// The HTML around a page. Pages for people who are not signed in carry no script at all.
fn page() -> impl IntoView {
    let path = use_context::<request::Parts>().map(|parts| parts.uri).unwrap_or_else(|| Uri::from_static("/"));
    let live = !matches!(path.path(), "/sign-in" | "/set-up");
    if let (Some(response), Some(nonce)) = (use_context::<ResponseOptions>(), use_nonce()) {
        let policy = HeaderValue::from_str(&content_security_policy(&nonce)).expect("a nonce is base64");
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        // A page shows one person's inbox at one moment; going back must not bring another's.
        response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    app::shell(assets::current(), live)
}

/// CSP level 3: scripts only by nonce or from ourselves; WebAssembly may be compiled, nothing may be evaluated.
fn content_security_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'; font-src 'self'"
    )
}
