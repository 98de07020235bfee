//! Tests of serving the site, over a site in memory.

use super::*;

fn site(name: &str) -> Option<EmbeddedFile> {
    let data: &'static [u8] = match name {
        "pkg/tidings.AbCdEfGhIjKlMnOpQrStUv.js" => b"js",
        "pkg/tidings.AbCdEfGhIjKlMnOpQrStUv.js.br" => b"js, small",
        "pkg/tidings.AbCdEfGhIjKlMnOpQrStUv.js.gz" => b"js, less small",
        "favicon.svg" => b"<svg/>",
        _ => return None,
    };
    let mut digest = [0; 32];
    digest[..data.len()].copy_from_slice(data);
    let metadata = rust_embed::Metadata::__rust_embed_new(digest, None, None);
    Some(EmbeddedFile { data: Cow::Borrowed(data), metadata })
}

fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.clone(), value.parse().expect("a value"))).collect()
}

fn get(name: &str, pairs: &[(HeaderName, &str)]) -> Option<Response> {
    let headers = headers(pairs);
    Found::look_up(name, &headers, site).map(|found| found.respond(&Method::GET, &headers))
}

const JS: &str = "pkg/tidings.AbCdEfGhIjKlMnOpQrStUv.js";

#[test]
fn a_hashed_file_is_kept_for_ever_and_sent_small() {
    let answer = get(JS, &[(header::ACCEPT_ENCODING, "gzip, br")]).expect("found");
    assert_eq!(answer.headers()[header::CONTENT_ENCODING], "br");
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
    assert_eq!(answer.headers()[header::CONTENT_LENGTH], "9");
    assert_eq!(answer.headers()[header::CACHE_CONTROL], FOR_EVER);
    assert_eq!(answer.headers()[header::VARY], "accept-encoding");
}

#[test]
fn a_client_that_asks_for_nothing_gets_the_file_as_it_is() {
    let answer = get(JS, &[]).expect("found");
    assert!(!answer.headers().contains_key(header::CONTENT_ENCODING));
    assert_eq!(answer.headers()[header::CONTENT_LENGTH], "2");
}

#[test]
fn each_form_has_its_own_tag_and_it_saves_the_transfer() {
    let tag = |pairs: &[_]| get(JS, pairs).expect("found").headers()[header::ETAG].clone();
    let brotli = tag(&[(header::ACCEPT_ENCODING, "br")]);
    assert_ne!(brotli, tag(&[]));
    let etag = brotli.to_str().expect("ASCII").to_owned();
    let again = |tags: &str, encoding| get(JS, &[(header::IF_NONE_MATCH, tags), (header::ACCEPT_ENCODING, encoding)]);
    assert_eq!(again(&etag, "br").expect("found").status(), StatusCode::NOT_MODIFIED);
    assert_eq!(again(&format!("\"x\", W/{etag}"), "br").expect("found").status(), StatusCode::NOT_MODIFIED);
    assert_eq!(again(&etag, "gzip").expect("found").status(), StatusCode::OK);
}

#[test]
fn other_files_are_asked_for_again() {
    let answer = get("favicon.svg", &[(header::ACCEPT_ENCODING, "br")]).expect("found");
    assert_eq!(answer.headers()[header::CACHE_CONTROL], ASK_AGAIN);
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "image/svg+xml");
}

#[test]
fn folders_compressed_forms_and_ways_out_are_not_found() {
    for name in ["", "pkg", "pkg/", "pkg//x", "../Cargo.toml", "pkg/../favicon.svg", "./favicon.svg", "favicon%2esvg"] {
        assert!(get(name, &[]).is_none(), "{name}");
    }
    assert!(get(&format!("{JS}.br"), &[]).is_none());
    assert!(get("..\\favicon.svg", &[]).is_none());
}

#[tokio::test]
async fn head_tells_the_length_and_sends_nothing() {
    let found = Found::look_up("favicon.svg", &HeaderMap::new(), site).expect("found");
    let answer = found.respond(&Method::HEAD, &HeaderMap::new());
    assert_eq!(answer.headers()[header::CONTENT_LENGTH], "6");
    let body = axum::body::to_bytes(answer.into_body(), 100).await.expect("a body");
    assert!(body.is_empty());
}

#[test]
fn the_pages_files_are_found_by_their_hashes() {
    let names = ["favicon.svg", "pkg/tidings.js", JS, "pkg/tidings.AbCdEfGhIjKlMnOpQrStUv.js.br"].map(Cow::from);
    assert_eq!(hashed(&names, "js"), Some(JS));
    assert_eq!(hashed(&names, "css"), None);
}

#[test]
fn only_hashed_names_are_immutable() {
    assert!(is_immutable(JS));
    for name in ["pkg/tidings.js", "favicon.svg", "pkg/a.min.js", "tidings.AbCdEfGhIjKlMnOpQrStUv.js"] {
        assert!(!is_immutable(name), "{name}");
    }
}
