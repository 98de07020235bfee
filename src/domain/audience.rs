//! Audience: whom a draft is for. Names are resolved to people by the store at the moment of sending.

use serde::{Deserialize, Serialize};

use super::user::Username;

/// Most names in one send; more people than this are better addressed as everyone.
pub const NAMES_MAX: usize = 1000;

/// Whom a message is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Audience {
    /// Every enabled person at the moment of sending.
    Everyone,
    /// These people, each once, in the order given.
    Users(Vec<Username>),
}

/// Why a list of names is no audience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AudienceError {
    /// No name was given.
    Nobody,
    /// More than [`NAMES_MAX`] names.
    TooMany,
    /// These cannot be usernames.
    NotNames(Vec<String>),
}

impl Audience {
    /// Parses what was typed into one field: names separated by commas, semicolons or white space.
    pub fn parse_names(typed: &str) -> Result<Self, AudienceError> {
        Self::from_names(typed.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';')))
    }

    /// Builds an audience from single names; repeated ones count once.
    pub fn from_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, AudienceError> {
        let mut seen = std::collections::HashSet::new();
        let mut users = Vec::new();
        let mut bad = Vec::new();
        for name in names.into_iter().map(str::trim).filter(|name| !name.is_empty()) {
            match Username::parse(name) {
                Ok(name) if seen.insert(name.key()) => users.push(name),
                Ok(_) => {}
                Err(_) => bad.push(name.chars().take(64).collect()),
            }
            if users.len() + bad.len() > NAMES_MAX {
                return Err(AudienceError::TooMany);
            }
        }
        match (users.is_empty(), bad.is_empty()) {
            (_, false) => Err(AudienceError::NotNames(bad)),
            (true, true) => Err(AudienceError::Nobody),
            (false, true) => Ok(Self::Users(users)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_and_counted_once() {
        let audience = Audience::parse_names("alice, bob;  ALICE\n carol").expect("three people");
        let Audience::Users(users) = audience else { panic!("not everyone") };
        assert_eq!(users.iter().map(Username::as_str).collect::<Vec<_>>(), ["alice", "bob", "carol"]);
    }

    #[test]
    fn what_cannot_be_a_name_is_named() {
        assert_eq!(Audience::parse_names(" , "), Err(AudienceError::Nobody));
        assert_eq!(Audience::parse_names("a! bob -x"), Err(AudienceError::NotNames(vec!["a!".into(), "-x".into()])));
        let many = (0..=NAMES_MAX).map(|n| format!("u{n} ")).collect::<String>();
        assert_eq!(Audience::parse_names(&many), Err(AudienceError::TooMany));
    }
}
