//! Local paths: where `next` may lead after signing in. An open redirect would let a link to us end elsewhere.

/// The path when it stays here: it begins with one `/`, and browsers cannot read it as another site's address.
///
/// `//host` is another site; browsers take `\` for `/` and drop tabs and line ends (WHATWG URL, «basic URL parser»).
pub fn local_path(next: &str) -> Option<&str> {
    let rest = next.strip_prefix('/')?;
    let plain = next.chars().all(|c| c.is_ascii_graphic() && c != '\\');
    (plain && !rest.starts_with('/') && next.len() <= 2048).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_on_this_site_pass() {
        for good in ["/", "/send", "/?view=done&m=7", "/send/sent/12", "/a//b", "/%5C"] {
            assert_eq!(local_path(good), Some(good));
        }
        for bad in [
            "",
            "send",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "https://evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "/a\r\nset-cookie: x",
            "javascript:alert(1)",
            " /",
            "/é",
            "/a b",
            "/\0",
            "///",
        ] {
            assert_eq!(local_path(bad), None, "{bad:?}");
        }
        assert_eq!(local_path(&format!("/{}", "a".repeat(3000))), None);
    }
}
