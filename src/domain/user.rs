//! People: how they are named and what they may do. Parsed at every door before anything is stored.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_security::MixedScript;

use super::line::is_plain_line;

/// A person's number in this database. Never shown, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(pub i64);

/// What a person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads their own inbox.
    Reader,
    /// Also sends to anybody.
    Sender,
    /// Also manages people.
    Admin,
}

impl Role {
    /// The word that is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Sender => "sender",
            Self::Admin => "admin",
        }
    }

    /// Whether they may send, by page and by token.
    pub fn may_send(self) -> bool {
        matches!(self, Self::Sender | Self::Admin)
    }
}

impl FromStr for Role {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "reader" => Ok(Self::Reader),
            "sender" => Ok(Self::Sender),
            "admin" => Ok(Self::Admin),
            _ => Err("a role is reader, sender or admin"),
        }
    }
}

/// The name that a person signs in with and that messages are addressed to.
///
/// 1 to 64 letters, digits, `.`, `_` or `-`, beginning and ending with a letter or digit, kept in Unicode
/// normalization form NFKC (UAX #15), all from one script (UTS #39 §5.1), so that a Cyrillic «а» cannot pose as a
/// Latin «a» inside a Latin name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Username(String);

/// Longest username, in characters.
pub const USERNAME_MAX: usize = 64;

/// Longest display name, in characters.
pub const DISPLAY_NAME_MAX: usize = 80;

/// Shortest password, in characters (NIST SP 800-63B §3.1.1.2 for a sole factor asks for length, not for symbols).
pub const PASSWORD_MIN: usize = 10;

/// Longest password, in bytes; bounds the work that a hostile sign-in can cause.
pub const PASSWORD_MAX: usize = 1024;

/// Why a name or password was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UserError {
    /// Nothing was given.
    #[error("a username needs at least one character")]
    Empty,
    /// Longer than [`USERNAME_MAX`].
    #[error("a username has at most 64 characters")]
    TooLong,
    /// A character outside letters, digits, `.`, `_` and `-`.
    #[error("a username has only letters, digits, «.», «_» and «-»")]
    Character,
    /// It begins or ends with a mark.
    #[error("a username begins and ends with a letter or a digit")]
    Edge,
    /// Letters of several scripts.
    #[error("a username keeps to one script, so that nobody can pose as somebody else")]
    MixedScripts,
    /// A word that addresses everybody.
    #[error("«everyone» addresses all people and cannot be a username")]
    Reserved,
    /// The display name is too long, or no [plain line](is_plain_line).
    #[error("a display name has 1 to 80 characters, something to see, and no control characters")]
    DisplayName,
    /// The password is too short or too long.
    #[error("a password has at least 10 characters and at most 1024 bytes")]
    Password,
}

impl Username {
    /// Parses what somebody typed.
    pub fn parse(typed: &str) -> Result<Self, UserError> {
        // NFKC can grow a character eighteenfold, so hostile length is cut off before the work.
        if typed.len() > USERNAME_MAX * 4 + 64 {
            return Err(UserError::TooLong);
        }
        let name: String = typed.trim().nfkc().collect();
        let length = name.chars().count();
        if length == 0 {
            return Err(UserError::Empty);
        }
        if length > USERNAME_MAX {
            return Err(UserError::TooLong);
        }
        if !name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-')) {
            return Err(UserError::Character);
        }
        if !name.starts_with(char::is_alphanumeric) || !name.ends_with(char::is_alphanumeric) {
            return Err(UserError::Edge);
        }
        if !name.as_str().is_single_script() {
            return Err(UserError::MixedScripts);
        }
        let name = Self(name);
        if name.key() == "everyone" {
            return Err(UserError::Reserved);
        }
        Ok(name)
    }

    /// The name as it was chosen.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form that is unique: two names with one key are one person.
    ///
    /// Lower case alone keeps letters apart that share an upper case, such as σ and ς or ß and ss, so the name goes
    /// there and back; down first, because ẞ has no upper case but itself.
    pub fn key(&self) -> String {
        let upper = self.0.chars().flat_map(char::to_lowercase).flat_map(char::to_uppercase);
        upper.flat_map(char::to_lowercase).nfkc().collect()
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Username {
    type Error = UserError;

    fn try_from(typed: String) -> Result<Self, UserError> {
        Self::parse(&typed)
    }
}

impl From<Username> for String {
    fn from(name: Username) -> Self {
        name.0
    }
}

/// Parses a display name; an empty one becomes the username.
pub fn display_name(typed: &str, username: &Username) -> Result<String, UserError> {
    let name = typed.trim();
    if name.is_empty() {
        return Ok(username.to_string());
    }
    if name.chars().count() > DISPLAY_NAME_MAX || !is_plain_line(name) {
        return Err(UserError::DisplayName);
    }
    Ok(name.to_owned())
}

/// Checks a new password. Only length counts.
pub fn check_password(password: &str) -> Result<(), UserError> {
    if password.chars().count() < PASSWORD_MIN || password.len() > PASSWORD_MAX {
        return Err(UserError::Password);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_one_script_are_taken() {
        for name in ["alice", "Ana.Petrov", "u0", "мария", "李小龙", "josé", "a", "x_1-b"] {
            assert_eq!(Username::parse(name).map(String::from).as_deref(), Ok(name));
        }
    }

    #[test]
    fn one_person_cannot_be_written_two_ways() {
        let key = |name| Username::parse(name).expect("a valid name").key();
        assert_eq!(key("Alice"), key("aLICE"));
        assert_eq!(key("ｕｓｅｒ"), key("user"), "full-width letters");
        assert_eq!(key("jose\u{301}"), key("JOSÉ"), "composed and decomposed");
        assert_eq!(key("ΟΔΟΣ"), key("οδος"), "the sigma at the end");
        assert_eq!(key("οδοσ"), key("οδος"), "the sigma within");
        for name in ["STRASSE", "straße", "STRAẞE"] {
            assert_eq!(key(name), "strasse", "{name}");
        }
    }

    #[test]
    fn hostile_names_are_refused_with_the_reason() {
        let long = "x".repeat(65);
        let huge = "x".repeat(1 << 20);
        let cases = [
            ("", UserError::Empty),
            ("  ", UserError::Empty),
            (long.as_str(), UserError::TooLong),
            (huge.as_str(), UserError::TooLong),
            ("a b", UserError::Character),
            ("a\r\nb", UserError::Character),
            ("a\0b", UserError::Character),
            ("a\u{202e}b", UserError::Character),
            ("a\u{200b}b", UserError::Character),
            ("-a", UserError::Edge),
            ("a.", UserError::Edge),
            ("p\u{430}ul", UserError::MixedScripts),
            ("Everyone", UserError::Reserved),
        ];
        for (name, why) in cases {
            assert_eq!(Username::parse(name), Err(why), "{name:.20?}");
        }
    }

    #[test]
    fn a_display_name_falls_back_to_the_username() {
        let username = Username::parse("ana").expect("a valid name");
        assert_eq!(display_name(" ", &username).as_deref(), Ok("ana"));
        assert_eq!(display_name(" Ana Petrov ", &username).as_deref(), Ok("Ana Petrov"));
        assert_eq!(display_name("دانا", &username).as_deref(), Ok("دانا"));
        for bad in ["a\nb", "ana\u{202e}nimda", "\u{200b}"] {
            assert_eq!(display_name(bad, &username), Err(UserError::DisplayName), "{bad:?}");
        }
    }
}
