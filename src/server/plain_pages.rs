//! Plain pages: HTML without any script, for people who are not signed in and for addresses that lead nowhere.
//!
//! They are rendered from the same components as the app but outside of it: Leptos's own rendering would add scripts
//! to carry on in the browser, and there is nothing to carry on.

use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use leptos::prelude::*;

use super::state::AppState;
use super::{assets, auth, limits, now_ms};
use crate::app;
use crate::app::pages::{NotFoundPage, Refill, RefusedPage, SetUpPage, SignInAgain, SignInPage};

/// Styles, our own pictures and our own forms; nothing may run.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// `GET /sign-in`
pub(super) async fn sign_in(Query(again): Query<SignInAgain>) -> Response {
    let (status, seconds) = match again.wait() {
        Some(seconds) if again.problem == "busy" => (StatusCode::SERVICE_UNAVAILABLE, Some(seconds)),
        Some(seconds) => (StatusCode::TOO_MANY_REQUESTS, Some(seconds)),
        None => (StatusCode::OK, None),
    };
    let mut response = page(status, "Sign in · Tidings", || view! { <SignInPage again/> }.into_any());
    if let Some(seconds) = seconds {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// What a limit refused, for a person.
pub(super) fn refused(refused: limits::Refused) -> Response {
    let limits::Refused { status, sentence, retry_after } = refused;
    page(status, "Refused · Tidings", || view! { <RefusedPage sentence retry_after/> }.into_any())
}

/// `GET /set-up`
pub(super) async fn set_up(State(state): State<AppState>, Query(refill): Query<Refill>) -> Response {
    let offered = match state.store.setup_offered(auth::digest(&refill.link), now_ms()).await {
        Ok(offered) => offered,
        Err(error) => return super::error::Refusal::from(error).into_response(),
    };
    let status = if offered { StatusCode::OK } else { StatusCode::GONE };
    page(status, "Set up · Tidings", || view! { <SetUpPage refill offered/> }.into_any())
}

/// What no route knows.
pub(super) fn not_found() -> Response {
    page(StatusCode::NOT_FOUND, "Not found · Tidings", || view! { <NotFoundPage/> }.into_any())
}

fn page(status: StatusCode, title: &'static str, view: impl FnOnce() -> AnyView) -> Response {
    let html = Owner::new_root(None).with(|| app::plain(assets::current().css, title, view()));
    let headers =
        [(header::CONTENT_SECURITY_POLICY, POLICY), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (status, headers, Html(html)).into_response()
}
