//! Router: every route in one table, every layer in one stack.

use any_spawner::Executor;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderValue, Method, header, request};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, get, on, post};
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos::server_fn::axum::server_fn_paths;
use leptos::tachys::reactive_graph::OwnedView;
use leptos_axum::ResponseOptions;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use super::state::AppState;
use super::{
    assets, auth, csrf, error, first, limits, messages_api, metrics, plain_pages, security, session_store, subscribe,
    telemetry,
};
use crate::app;

/// The whole service.
pub(super) fn router(state: AppState) -> Router {
    // Leptos spawns on it; an error says that an earlier router of this process has set it.
    let _ = Executor::init_tokio();
    routes()
        .into_iter()
        .fold(Router::new(), |router, (_, path, door)| router.route(&path, door))
        // Files of the site, which are in the binary; else the page that says that there is nothing
        .fallback(file_or_page)
        // Layers: the last one sees a request first.
        .layer(session_store::layer(&state))
        .layer(axum::middleware::from_fn_with_state(state.clone(), csrf::check))
        .layer(CompressionLayer::new())
        // It has its own limit, and what comes after reads from memory.
        .layer(DefaultBodyLimit::disable())
        .layer(axum::middleware::from_fn_with_state(state.clone(), limits::whole_body))
        .layer(axum::middleware::from_fn_with_state(state.clone(), metrics::refusals))
        .layer(CatchPanicLayer::new())
        // Before anything costs anything.
        .layer(axum::middleware::from_fn_with_state(state.clone(), limits::head))
        .layer(axum::middleware::from_fn(error::in_its_form))
        .layer(axum::middleware::from_fn_with_state(state.clone(), security::headers))
        .layer(telemetry::requests())
        .with_state(state)
}

/// Every way in, by method and path. Beside them only the files of the site are answered, so the test of who may do what misses none.
pub fn doors() -> Vec<(Method, String)> {
    routes().into_iter().map(|(method, path, _)| (method, path)).collect()
}

fn routes() -> Vec<(Method, String, MethodRouter<AppState>)> {
    let read = |path: &str, door| (Method::GET, path.to_owned(), door);
    let page = |path| read(path, get(app_page));
    let mut routes = vec![
        // The pages of the app
        page("/"),
        page("/send"),
        page("/send/review"),
        page("/send/sent/{id}"),
        page("/sessions"),
        page("/preferences"),
        page("/keys"),
        // Pages without script
        read("/sign-in", get(plain_pages::sign_in)),
        read("/set-up", get(plain_pages::set_up)),
        // The stream
        read("/events", get(subscribe::events)),
        // Programs
        (Method::POST, "/api/v1/messages".to_owned(), post(messages_api::create)),
        // Operators
        read("/healthz", get(telemetry::healthz)),
        read("/readyz", get(telemetry::readyz)),
    ];
    // Every server function at its own path
    routes.extend(server_fn_paths().map(|(path, method)| {
        let filter = MethodFilter::try_from(method.clone()).expect("server functions are called by usual methods");
        (method, path.to_owned(), on(filter, server_function))
    }));
    routes
}

async fn server_function(State(state): State<AppState>, request: Request) -> Response {
    let answer = leptos_axum::handle_server_fns_with_context(move || provide_context(state.clone()), request).await;
    let mut response = answer.into_response();
    // Where Leptos itself sends a form back, for arguments that cannot be read, it is to whatever the referer says.
    if let Some(location) = response.headers_mut().get_mut(header::LOCATION)
        && location.to_str().ok().and_then(auth::local_path).is_none()
    {
        *location = HeaderValue::from_static("/");
    }
    response
}

/// A page of the app, whole: its head leaves after everything is known, so a redirect or a status can still be said.
async fn app_page(State(state): State<AppState>, request: Request) -> Response {
    leptos_axum::render_app_async_with_context(move || provide_context(state.clone()), page)(request).await
}

async fn file_or_page(request: Request) -> Response {
    if let Some(file) = assets::find(request.method(), request.uri(), request.headers()) {
        return file;
    }
    plain_pages::not_found()
}

/// The document of the app.
fn page() -> impl IntoView {
    let here = use_context::<request::Parts>().and_then(|parts| parts.uri.path_and_query().map(ToString::to_string));
    let here = here.unwrap_or_else(|| "/".into());
    let nonce = use_nonce();
    let state = expect_context::<AppState>();
    if let (Some(response), Some(nonce)) = (use_context::<ResponseOptions>(), nonce.clone()) {
        let policy = content_security_policy(&nonce, &state.markdown.image_sources());
        let policy = HeaderValue::from_str(&policy).expect("a nonce is base64, and hosts are ASCII");
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        // A page shows one person's inbox at one moment; going back must not bring another's.
        response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    let options = state.leptos.clone();
    Suspend::new(async move {
        let brought = first::read(&here).await;
        // Rendered later, when no owner is current any more.
        OwnedView::new(app::shell(assets::current(), options, nonce, brought))
    })
}

/// CSP level 3: scripts only by nonce or from ourselves; WebAssembly may be compiled, nothing may be evaluated.
fn content_security_policy(nonce: &str, images: &str) -> String {
    // cargo-leptos sets the variable when it watches; the page then hears of builds over a WebSocket of its own.
    let watched = if std::env::var_os("LEPTOS_WATCH").is_some() { " ws:" } else { "" };
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:{images}; \
         connect-src 'self'{watched}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'; font-src 'self'"
    )
}
