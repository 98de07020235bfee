//! Mute: what a reader does not want to hear of. Its messages arrive done and read; urgent ones arrive as always.

use std::fmt;

use super::label;
use super::user::Username;

/// Most that one person mutes.
pub const MUTES_MAX: usize = 200;

/// What is muted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mute {
    /// All that this person sends.
    Sender(Username),
    /// All of this category.
    Category(String),
}

impl Mute {
    /// Reads the word of a button back: `sender:ops`, `category:deploy`.
    pub fn parse(word: &str) -> Option<Self> {
        match word.split_once(':')? {
            ("sender", name) => Username::parse(name).ok().map(Self::Sender),
            ("category", name) => label::parse(name).map(Self::Category),
            _ => None,
        }
    }
}

impl fmt::Display for Mute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sender(name) => write!(f, "sender:{name}"),
            Self::Category(name) => write!(f, "category:{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back_and_nothing_else_is_one() {
        for word in ["sender:ops", "category:deploy", "category:a:b"] {
            assert_eq!(Mute::parse(word).map(|mute| mute.to_string()).as_deref(), Some(word));
        }
        for bad in
            ["", ":", "sender:", "sender", "category:", "category:two words", "tag:x", "sender:a\nb", "Sender:ops"]
        {
            assert_eq!(Mute::parse(bad), None, "{bad:?}");
        }
    }
}
