//! Failure: why a command did not do it, as a sentence for the person at the terminal.

use std::error::Error;
use std::fmt;

/// A sentence, with its causes.
#[derive(Debug)]
pub struct Failure {
    sentence: String,
    code: u8,
}

impl Failure {
    /// A sentence of our own.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), code: 1 }
    }

    /// A sentence of our own for who started the program the wrong way.
    pub(super) fn usage(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), code: 2 }
    }

    /// What the process exits with.
    pub fn code(&self) -> u8 {
        self.code
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl<E: Error> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut sentence = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            let words = error.to_string();
            // Many errors repeat their cause in their own sentence.
            if !sentence.contains(&words) {
                sentence = format!("{sentence}: {words}");
            }
            cause = error.source();
        }
        Self::new(sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::store::StoreError;

    #[test]
    fn causes_are_told_once() {
        let failure = Failure::from(StoreError::unexpected("no such table"));
        assert_eq!(failure.to_string(), "the database failed: no such table");
        assert_eq!(Failure::from(std::fmt::Error).to_string(), std::fmt::Error.to_string());
    }
}
