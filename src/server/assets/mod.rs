//! Assets: the site that cargo-leptos builds, carried in the binary and served from it.
//!
//! A release binary has the files inside; a debug one reads them from `target/site`, and works without. Names under
//! `/pkg` carry a hash of the content, so browsers keep them for ever; everything else is asked for again by its tag.

mod negotiate;

use std::borrow::Cow;
use std::sync::OnceLock;

use axum::body::Body;
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use rust_embed::{EmbeddedFile, RustEmbed};

use super::hex::hex;
use crate::app::Assets;
use negotiate::{Encoding, acceptable};

#[derive(RustEmbed)]
#[folder = "target/site"]
#[allow_missing = true]
// Type declarations for editors.
#[exclude = "*.ts"]
#[exclude = "*.ts.*"]
struct Site;

/// A file whose name has its hash never changes (RFC 8246).
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Everything else may be kept, but is asked for again before it is used.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// The names of the page's files as they are now.
pub(super) fn current() -> Assets {
    static BUILT_IN: OnceLock<Assets> = OnceLock::new();
    // A debug build's site changes while it runs (`make dev`).
    if cfg!(debug_assertions) { find_names() } else { BUILT_IN.get_or_init(find_names).clone() }
}

fn find_names() -> Assets {
    let names: Vec<_> = Site::iter().collect();
    let path = |extension| format!("/{}", hashed(&names, extension).unwrap_or(&format!("pkg/tidings.{extension}")));
    Assets { css: path("css"), js: path("js"), wasm: path("wasm") }
}

/// `pkg/tidings.HASH.js`; a name with a hash is preferred to one without, which an earlier build may have left.
fn hashed<'a>(names: &'a [Cow<'_, str>], extension: &str) -> Option<&'a str> {
    let ours = |name: &&str| {
        let middle = name.strip_prefix("pkg/tidings.").and_then(|name| name.strip_suffix(extension));
        middle
            .is_some_and(|middle| middle.is_empty() || (middle.ends_with('.') && is_hash(&middle[..middle.len() - 1])))
    };
    names.iter().map(AsRef::as_ref).filter(ours).max_by_key(|name| name.len())
}

/// cargo-leptos writes a hash as base64url without padding, 22 characters.
fn is_hash(part: &str) -> bool {
    part.len() >= 8 && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Answers with a file of the site, or `None` when there is none of this name.
pub(super) fn find(method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Response> {
    let name = uri.path().strip_prefix('/')?;
    let found = Found::look_up(name, headers, Site::get)?;
    Some(if matches!(*method, Method::GET | Method::HEAD) {
        found.respond(method, headers)
    } else {
        (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response()
    })
}

/// A file in the form that the client takes best.
struct Found {
    file: EmbeddedFile,
    encoding: Encoding,
    content_type: HeaderValue,
    cache_control: HeaderValue,
}

impl Found {
    fn look_up(name: &str, headers: &HeaderMap, get: impl Fn(&str) -> Option<EmbeddedFile>) -> Option<Self> {
        // Only plain names: a debug build looks on the disk. The compressed forms are no files of their own.
        let plain = |part: &str| !part.is_empty() && !part.starts_with('.');
        let safe = name.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'%'));
        if !safe || !name.split('/').all(plain) || name.ends_with(".br") || name.ends_with(".gz") {
            return None;
        }
        let original = get(name)?;
        let (encoding, file) = acceptable(headers)
            .into_iter()
            .find_map(|encoding| get(&format!("{name}{}", encoding.suffix()?)).map(|file| (encoding, file)))
            .unwrap_or((Encoding::Identity, original));
        let cache_control = if is_immutable(name) { FOR_EVER } else { ASK_AGAIN };
        Some(Self { file, encoding, content_type: content_type(name), cache_control })
    }

    fn respond(self, method: &Method, headers: &HeaderMap) -> Response {
        // Each form has other bytes, hence its own strong tag (RFC 9110 §8.8.3.3).
        let tag = tag(&self.file.metadata.sha256_hash());
        let mut answer = HeaderMap::from_iter([
            (header::ETAG, tag.clone()),
            (header::CACHE_CONTROL, self.cache_control),
            (header::VARY, HeaderValue::from_static("accept-encoding")),
        ]);
        if matches_tag(headers, &tag) {
            return (StatusCode::NOT_MODIFIED, answer).into_response();
        }
        answer.insert(header::CONTENT_TYPE, self.content_type);
        answer.insert(header::CONTENT_LENGTH, HeaderValue::from(self.file.data.len()));
        if let Some(name) = self.encoding.name() {
            answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
        }
        let body = if *method == Method::HEAD { Body::empty() } else { Body::from(bytes(self.file.data)) };
        (answer, body).into_response()
    }
}

fn bytes(data: Cow<'static, [u8]>) -> Bytes {
    match data {
        Cow::Borrowed(built_in) => Bytes::from_static(built_in),
        Cow::Owned(read) => Bytes::from(read),
    }
}

fn tag(digest: &[u8; 32]) -> HeaderValue {
    HeaderValue::try_from(format!("\"{}\"", hex(&digest[..16]))).expect("hexadecimal digits are visible ASCII")
}

/// `If-None-Match` compares weakly (RFC 9110 §13.1.2).
fn matches_tag(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let lines = headers.get_all(HeaderName::from_static("if-none-match")).iter();
    let mut tags = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(',')).map(str::trim);
    tags.any(|theirs| theirs == "*" || theirs.strip_prefix("W/").unwrap_or(theirs).as_bytes() == tag.as_bytes())
}

/// `pkg/NAME.HASH.EXTENSION`.
fn is_immutable(name: &str) -> bool {
    let Some(file) = name.strip_prefix("pkg/") else { return false };
    let parts: Vec<_> = file.split('.').collect();
    matches!(parts.as_slice(), [.., hash, _] if parts.len() >= 3 && hash.len() >= 20 && is_hash(hash))
}

/// The types of what a site has. WebAssembly compiles while it loads only with its own type.
fn content_type(name: &str) -> HeaderValue {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    HeaderValue::from_static(match extension {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "ico" => "image/x-icon",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    })
}

#[cfg(test)]
mod tests;
