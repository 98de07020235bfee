//! Answer: how a server function's outcome becomes a status or a redirect. The only place that does it.
//!
//! Leptos answers every error 500, which would also keep tower-sessions from saving the session. So a program gets the
//! status that fits, a plain form (it accepts HTML) goes back to where it came from with a code, and a page that is
//! being rendered gets the status itself, or goes to the sign-in page.

use axum::http::{HeaderValue, StatusCode, header, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use url::form_urlencoded::Serializer;

use super::auth::{Caller, PasswordProblem, SignInProblem, local_path};
use super::error::accepts_html;
use super::now_ms;
use super::preferences;
use super::run::BUILD;
use super::setup::SetUpProblem;
use crate::api::ApiError;
use crate::api::session::Me;
use crate::api::setup::problem_code;
use crate::domain::{Acted, Cursor};

/// Does the work of a door and puts a refusal into the response's head.
pub async fn with<T>(work: impl Future<Output = Result<T, ApiError>>) -> Result<T, ApiError> {
    work.await.inspect_err(refuse)
}

/// Sends the browser to a local path. Anything else leads to the inbox: a redirect must not leave this server.
pub fn redirect(path: &str) {
    let Some(response) = use_context::<ResponseOptions>() else { return };
    let location = HeaderValue::from_str(local_path(path).unwrap_or("/")).expect("a local path is visible ASCII");
    response.insert_header(header::LOCATION, location);
    response.set_status(StatusCode::FOUND);
}

/// Where a sign-in leads.
pub fn after_sign_in(outcome: Result<(), SignInProblem>, name: &str, next: &str) -> String {
    let wait;
    let problem = match outcome {
        Ok(()) => return local_path(next).unwrap_or("/").to_owned(),
        Err(SignInProblem::Wrong) => [("problem", "wrong"), ("wait", "")],
        Err(SignInProblem::Busy) => [("problem", "busy"), ("wait", "")],
        Err(SignInProblem::SlowDown { seconds }) => {
            wait = seconds.to_string();
            [("problem", "slow-down"), ("wait", wait.as_str())]
        }
    };
    with_query("/sign-in", problem.into_iter().chain([("name", name), ("next", next)]))
}

/// Where changing one's own password leads.
pub fn after_password(outcome: Result<(), PasswordProblem>) -> String {
    let seconds;
    let (problem, wait) = match outcome {
        Ok(()) => return "/sessions?done=password".into(),
        Err(PasswordProblem::Length) => ("length", ""),
        Err(PasswordProblem::Differs) => ("differs", ""),
        Err(PasswordProblem::Current(SignInProblem::Wrong)) => ("wrong", ""),
        Err(PasswordProblem::Current(SignInProblem::Busy)) => ("busy", ""),
        Err(PasswordProblem::Current(SignInProblem::SlowDown { seconds: wait })) => {
            seconds = wait.to_string();
            ("slow-down", seconds.as_str())
        }
    };
    with_query("/sessions", [("password", problem), ("wait", wait)])
}

/// Where a set-up leads.
pub fn after_set_up(outcome: Result<(), SetUpProblem>, link: &str, name: &str, display_name: &str) -> String {
    let problem = match outcome {
        Ok(()) => return "/".into(),
        Err(SetUpProblem::Dead) => "dead",
        Err(SetUpProblem::Invalid(why)) => problem_code(why),
        Err(SetUpProblem::Busy) => "busy",
    };
    with_query("/set-up", [("problem", problem), ("link", link), ("name", name), ("display_name", display_name)])
}

/// Who is signed in, at this moment.
pub async fn me(caller: &Caller) -> Result<Me, ApiError> {
    let (state, user) = (&caller.state, &caller.user);
    let (seq, counts) = state.store.standing(user.id).await?;
    Ok(Me {
        username: user.username.to_string(),
        display_name: user.display_name.clone(),
        role: user.role,
        counts,
        cursor: Cursor { epoch: state.store.epoch().clone(), seq },
        build: BUILD.to_owned(),
        address: state.config.public_url(),
        wishes: preferences::wishes(state, user.id, now_ms()).await?,
    })
}

/// Sends a plain form back to the page that it stands on, which tells what was done and how to take it back; without the
/// open message when it has left the list.
pub fn back_after(word: &str, acted: Acted, leaves: bool) {
    if !use_context::<Parts>().is_some_and(|parts| accepts_html(&parts.headers)) {
        return;
    }
    let (items, undo) = (acted.items.to_string(), acted.undo.map(|act| act.to_string()).unwrap_or_default());
    let without = |name: &str| OUTCOMES.contains(&name) || (leaves && name == "m");
    let did = [("did", word), ("items", &*items), ("undo", &undo)];
    redirect(&if acted.left > 0 {
        let [did, items, undo] = did;
        referring(without, [did, items, undo, ("left", &acted.left.to_string())])
    } else {
        referring(without, did)
    });
}

/// Sends a plain form back to the page that it stands on.
pub fn back() {
    if use_context::<Parts>().is_some_and(|parts| accepts_html(&parts.headers)) {
        redirect(&referring(|name| OUTCOMES.contains(&name), []));
    }
}

/// What an address says of the last form that was sent from its page.
const OUTCOMES: [&str; 9] = ["problem", "done", "wrong", "password", "wait", "did", "items", "undo", "left"];

fn refuse(error: &ApiError) {
    let (Some(parts), Some(response)) = (use_context::<Parts>(), use_context::<ResponseOptions>()) else { return };
    let called = parts.uri.path().starts_with("/api/");
    match error {
        ApiError::SignedOut if !called => redirect(&sign_in(here(&parts))),
        ApiError::SignedOut if accepts_html(&parts.headers) => {
            redirect(&sign_in(&referring(|name| OUTCOMES.contains(&name), [])))
        }
        // No time to come back after: with a redirect it would be how long to wait before following it.
        _ if called && accepts_html(&parts.headers) => {
            redirect(&referring(|name| OUTCOMES.contains(&name), [("problem", error.code())]))
        }
        _ => refuse_with(error, &response),
    }
}

fn refuse_with(error: &ApiError, response: &ResponseOptions) {
    response.set_status(status(error));
    if let ApiError::Busy { retry_after_s } | ApiError::TooMany { retry_after_s, .. } = error {
        response.insert_header(header::RETRY_AFTER, HeaderValue::from(*retry_after_s));
    }
}

/// Gives a page that is rendered all the same the status of what it tells of.
pub fn mark(error: &ApiError) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status(error));
    }
}

fn status(error: &ApiError) -> StatusCode {
    match error {
        ApiError::SignedOut => StatusCode::UNAUTHORIZED,
        ApiError::Forbidden => StatusCode::FORBIDDEN,
        ApiError::NotFound => StatusCode::NOT_FOUND,
        ApiError::Busy { .. } | ApiError::Offline => StatusCode::SERVICE_UNAVAILABLE,
        ApiError::NotStored => StatusCode::INSUFFICIENT_STORAGE,
        ApiError::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        ApiError::Invalid(_) => StatusCode::BAD_REQUEST,
        ApiError::Unexpected { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The sign-in page that leads on to `next`.
fn sign_in(next: &str) -> String {
    // The inbox is where a sign-in leads anyway.
    with_query("/sign-in", [("next", next)].into_iter().filter(|(_, next)| *next != "/"))
}

fn here(parts: &Parts) -> &str {
    parts.uri.path_and_query().map_or("/", |path| path.as_str())
}

/// The local part of the referring page's address, without some of its parameters and with others.
fn referring<const N: usize>(without: impl Fn(&str) -> bool, with: [(&str, &str); N]) -> String {
    let referer = use_context::<Parts>().and_then(|parts| {
        parts.headers.get(header::REFERER)?.to_str().ok().and_then(|text| url::Url::parse(text).ok())
    });
    let Some(page) = referer else { return with_query("/", with) };
    let kept: Vec<(String, String)> = page.query_pairs().into_owned().filter(|(name, _)| !without(name)).collect();
    let kept = kept.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    with_query(page.path(), kept.chain(with))
}

/// A path with those parameters that have a value.
fn with_query<'a>(path: &str, parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut query = Serializer::new(String::new());
    query.extend_pairs(parameters.into_iter().filter(|(_, value)| !value.is_empty()));
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_sign_in_keeps_the_name_and_the_way() {
        let back = after_sign_in(Err(SignInProblem::SlowDown { seconds: 8 }), "Ana P", "/send?x=1&y");
        assert_eq!(back, "/sign-in?problem=slow-down&wait=8&name=Ana+P&next=%2Fsend%3Fx%3D1%26y");
        assert_eq!(after_sign_in(Ok(()), "ana", "//evil.example"), "/");
    }
}
