//! Security headers: what browsers are asked to refuse on our behalf, on every answer.
//!
//! The outermost layer but one. Pages bring their own content security policy with a nonce; this fills it in where a
//! route did not.

use axum::extract::{Request, State};
use axum::http::header::Entry;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use super::state::AppState;

/// On every answer.
const ALWAYS: [(HeaderName, HeaderValue); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    // Not `no-referrer`: forms without JavaScript go back to where they were sent from.
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
];

/// For what is no page: nothing may run or load.
const BARE_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");

/// A year, as hstspreload.org and OWASP ask; not for subdomains, which are not ours to bind.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Adds them.
pub(super) async fn headers(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    add(response.headers_mut(), state.config.secure_cookies());
    response
}

fn add(headers: &mut HeaderMap, https: bool) {
    for (name, value) in ALWAYS {
        headers.insert(name, value);
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(BARE_POLICY);
    if https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
        secure_removal(headers);
    }
}

/// tower-sessions removes its cookie without `Secure`, and browsers take nothing named `__Host-` without it, not even
/// the removal (RFC 6265bis §4.1.3.2): the dead cookie would stay and be brought with every request.
fn secure_removal(headers: &mut HeaderMap) {
    let Entry::Occupied(mut cookies) = headers.entry(header::SET_COOKIE) else { return };
    for cookie in cookies.iter_mut() {
        let bare = cookie.to_str().ok().filter(|text| text.starts_with("__Host-") && !text.contains("; Secure"));
        if let Some(secure) = bare.and_then(|text| HeaderValue::try_from(format!("{text}; Secure")).ok()) {
            *cookie = secure;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pages_own_policy_stays() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'self'"));
        add(&mut headers, false);
        assert_eq!(headers[header::CONTENT_SECURITY_POLICY], "default-src 'self'");
        assert!(!headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
    }

    #[test]
    fn a_host_cookie_is_secure_also_when_it_goes() {
        let mut headers = HeaderMap::new();
        let cookies = ["__Host-tidings=; Path=/; Max-Age=0", "__Host-tidings=x; Secure; Path=/", "other=1"];
        for cookie in cookies {
            headers.append(header::SET_COOKIE, HeaderValue::from_static(cookie));
        }
        add(&mut headers, true);
        let sent: Vec<_> = headers.get_all(header::SET_COOKIE).iter().collect();
        assert_eq!(sent, ["__Host-tidings=; Path=/; Max-Age=0; Secure", cookies[1], cookies[2]]);
    }

    #[test]
    fn everything_else_gets_the_bare_one() {
        let mut headers = HeaderMap::new();
        add(&mut headers, true);
        assert_eq!(headers[header::CONTENT_SECURITY_POLICY], BARE_POLICY);
        assert_eq!(headers[header::STRICT_TRANSPORT_SECURITY], HSTS);
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    }
}
