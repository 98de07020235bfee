//! CSRF: keeps requests that another site's page makes with the reader's cookie away from everything that changes.
//!
//! One layer around all routes, before the session is read. Browsers say where a request comes from: `Sec-Fetch-Site`
//! (Fetch Metadata) or, older ones, `Origin`. What a program sends with a token carries no cookie, so no page could have
//! made it in somebody's name.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use url::Url;

use super::state::AppState;

/// Lets a request pass or answers 403.
pub(super) async fn check(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if passes(request.method(), request.headers(), state.config.server.public_url.as_ref()) {
        return next.run(request).await;
    }
    tracing::warn!(http.path = request.uri().path(), "a request from another site was refused");
    let sentence = "This request came from another site, so nothing was changed. \
                    If you typed the address yourself, the server's --public-url may not be the address that you use.\n";
    (StatusCode::FORBIDDEN, sentence).into_response()
}

fn passes(method: &Method, headers: &HeaderMap, public_url: Option<&Url>) -> bool {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) || is_program(headers) {
        return true;
    }
    match text(headers, "sec-fetch-site") {
        Some("same-origin" | "none") => true,
        _ => text(headers, "origin").is_some_and(|origin| is_ours(origin, headers, public_url)),
    }
}

/// Brings no cookie, and either a token or none of the marks that every browser puts on a request that changes things.
fn is_program(headers: &HeaderMap) -> bool {
    if headers.contains_key(header::COOKIE) {
        return false;
    }
    let browser = headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-site");
    matches!(super::auth::bearer(headers), Ok(Some(_))) || !browser
}

/// The origin is the configured one, or, when none is, that of the host that was asked.
fn is_ours(origin: &str, headers: &HeaderMap, public_url: Option<&Url>) -> bool {
    let Ok(origin) = Url::parse(origin) else { return false };
    match public_url {
        Some(public_url) => origin.origin().is_tuple() && origin.origin() == public_url.origin(),
        None => {
            // The scheme is the origin's: without a public URL we cannot know what stands before us.
            let host = text(headers, "host").and_then(|host| Url::parse(&format!("{}://{host}", origin.scheme())).ok());
            origin.origin().is_tuple() && host.is_some_and(|host| host.origin() == origin.origin())
        }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn post(marks: &[(&'static str, &'static str)], public_url: Option<&str>) -> bool {
        let headers: HeaderMap = marks
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        let public_url = public_url.map(|url| Url::parse(url).expect("a URL"));
        passes(&Method::POST, &headers, public_url.as_ref())
    }

    const COOKIE: (&str, &str) = ("cookie", "tidings=x");

    #[test]
    fn our_own_pages_pass() {
        assert!(post(&[COOKIE, ("sec-fetch-site", "same-origin")], None));
        assert!(post(&[COOKIE, ("sec-fetch-site", "none")], None));
        assert!(post(&[COOKIE, ("origin", "http://localhost:3000"), ("host", "localhost:3000")], None));
        assert!(post(&[COOKIE, ("origin", "https://t.example"), ("host", "t.example:443")], None));
        assert!(post(&[COOKIE, ("origin", "https://t.example"), ("host", "inner:3000")], Some("https://t.example")));
    }

    #[test]
    fn other_sites_do_not() {
        for site in ["cross-site", "same-site", "nonsense"] {
            assert!(!post(&[COOKIE, ("sec-fetch-site", site)], None), "{site}");
            assert!(!post(&[("sec-fetch-site", site)], None), "signing in, {site}");
        }
        assert!(!post(&[COOKIE], None), "no mark at all");
        for origin in ["https://evil.example", "null", "http://localhost:3001", "http://localhost"] {
            assert!(!post(&[COOKIE, ("origin", origin), ("host", "localhost:3000")], None), "{origin}");
        }
        assert!(!post(&[COOKIE, ("origin", "http://t.example"), ("host", "t.example")], Some("https://t.example")));
    }

    #[test]
    fn programs_pass_without_a_cookie_only() {
        let token = ("authorization", "Bearer td_x");
        assert!(post(&[token], None));
        assert!(post(&[], None), "they are told what is missing");
        assert!(!post(&[token, COOKIE], None));
        assert!(!post(&[("authorization", "Basic x"), ("origin", "https://evil.example")], None));
    }

    #[test]
    fn reading_is_free() {
        let cross = [(HeaderName::from_static("sec-fetch-site"), HeaderValue::from_static("cross-site"))];
        assert!(passes(&Method::GET, &cross.into_iter().collect(), None));
    }
}
