//! Negotiation: which compressed forms of a file a client takes (RFC 9110 §12.5.3).

use axum::http::{HeaderMap, header};

/// A form in which the build left a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// The smallest.
    Brotli,
    /// Older clients.
    Gzip,
    /// As it is.
    Identity,
}

impl Encoding {
    /// What the build adds to the file's name.
    pub(super) fn suffix(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some(".br"),
            Self::Gzip => Some(".gz"),
            Self::Identity => None,
        }
    }

    /// The word in `Content-Encoding`.
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }
}

/// The compressed forms that the client takes, best first. As it is, a file is always taken: refusing it as well would
/// leave nothing to send.
pub(super) fn acceptable(headers: &HeaderMap) -> Vec<Encoding> {
    let weight = |encoding: Encoding| weight(headers, encoding.name().unwrap_or("identity"));
    let mut forms: Vec<_> = [Encoding::Brotli, Encoding::Gzip]
        .into_iter()
        .map(|form| (weight(form), form))
        .filter(|(q, _)| *q > 0)
        .collect();
    // Stable: with the same weight brotli stays first.
    forms.sort_by_key(|(q, _)| std::cmp::Reverse(*q));
    forms.into_iter().map(|(_, form)| form).collect()
}

/// How much the client wants an encoding, in thousandths; a word by name counts before `*`.
fn weight(headers: &HeaderMap, name: &str) -> u16 {
    let mut by_name = None;
    let mut by_star = None;
    let lines = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    for part in lines.flat_map(|line| line.split(',')) {
        let (word, parameters) = part.split_once(';').unwrap_or((part, ""));
        let word = word.trim();
        let q = quality(parameters);
        if word.eq_ignore_ascii_case(name) || (name == "gzip" && word.eq_ignore_ascii_case("x-gzip")) {
            by_name = Some(q);
        } else if word == "*" {
            by_star = Some(q);
        }
    }
    by_name.or(by_star).unwrap_or(0)
}

fn quality(parameters: &str) -> u16 {
    let q = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim())
    });
    match q.map(str::parse::<f32>) {
        None => 1000,
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=1000 before")]
        Some(Ok(q)) => (q.clamp(0.0, 1.0) * 1000.0) as u16,
        // Not a number: the client did not say that it wants this.
        Some(Err(_)) => 0,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn accept(value: &'static str) -> Vec<Encoding> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
        acceptable(&headers)
    }

    #[test]
    fn brotli_is_preferred_unless_the_client_says_otherwise() {
        use Encoding::{Brotli, Gzip};
        assert_eq!(accept("gzip, deflate, br, zstd"), [Brotli, Gzip]);
        assert_eq!(accept("gzip;q=1.0, br;q=0.5"), [Gzip, Brotli]);
        assert_eq!(accept("GZIP ; Q=0.3"), [Gzip]);
        assert_eq!(accept("br;q=0, *"), [Gzip]);
        assert_eq!(accept("*;q=0.1"), [Brotli, Gzip]);
    }

    #[test]
    fn without_a_wish_nothing_is_compressed() {
        assert_eq!(acceptable(&HeaderMap::new()), []);
        for nothing in ["", "identity", "gzip;q=0, br;q=0.0", "br;q=much", "brotli"] {
            assert_eq!(accept(nothing), [], "{nothing}");
        }
    }
}
