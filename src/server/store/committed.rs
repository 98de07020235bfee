//! Committed: what a commit did that open streams must hear of. The store tells it, the broker hears it.

use std::fmt;

use super::{Digest, TokenId};
use crate::domain::event::SignedOut;
use crate::domain::{Event, UserId};

/// A committed change of one person's inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whose.
    pub user: UserId,
    /// An `item`, `marked` or `gone` event with its number.
    pub event: Event,
}

/// What one commit did that open streams must hear of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// Changes of inboxes, in number order for each person.
    pub changes: Vec<Change>,
    /// Sessions and tokens that are no longer good.
    pub ended: Vec<Ending>,
}

/// Sessions or tokens of one person that are no longer good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// Whose.
    pub user: UserId,
    /// Which.
    pub what: Ended,
    /// The reason, for the reader.
    pub why: SignedOut,
}

/// What ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// One session.
    Session(Digest),
    /// One token.
    Token(TokenId),
    /// All sessions but this one.
    Sessions {
        /// The one that goes on.
        except: Option<Digest>,
    },
    /// All sessions and tokens.
    Everything,
}

impl fmt::Debug for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Session(_) => f.write_str("Session"),
            Self::Token(id) => write!(f, "Token({})", id.0),
            Self::Sessions { except } => write!(f, "Sessions {{ except one: {} }}", except.is_some()),
            Self::Everything => f.write_str("Everything"),
        }
    }
}
