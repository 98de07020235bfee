//! Secrets that Tidings makes: tokens and links. The holder has the text; the store has its digest.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::super::store::Digest;

/// What a token begins with, so that people and leak scanners know one when they see it.
pub(super) const TOKEN_PREFIX: &str = "td_";

/// 32 random bytes as 43 characters that need no escaping in a URL or a header.
pub fn fresh() -> String {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the system has randomness; without it nothing can be kept secret");
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A new token.
pub fn fresh_token() -> String {
    format!("{TOKEN_PREFIX}{}", fresh())
}

/// What is stored of a secret. Secrets are 256 random bits (session ids 128), so no salt and no slow hash is needed.
pub fn digest(secret: &str) -> Digest {
    Sha256::digest(secret).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_url_safe_and_never_the_same() {
        let (one, two) = (fresh_token(), fresh_token());
        assert_ne!(one, two);
        let body = one.strip_prefix("td_").expect("the prefix");
        assert_eq!(body.len(), 43);
        assert!(body.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')));
        assert_ne!(digest(&one), digest(&two));
    }
}
