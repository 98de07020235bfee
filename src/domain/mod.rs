//! Words: the vocabulary that the server and the browser share. Pure types and rules, no I/O, no `cfg`.
//!
//! A message's way in words: somebody writes a [`DraftForm`], it is parsed into a [`Draft`] for an
//! [`Audience`], published as a *message*, arrives as an [`Item`] in each recipient's inbox, and travels
//! to open pages as an [`Event`] that carries the next number of that person's sequence.

pub mod line;

pub mod user;

pub mod audience;

pub mod label;

pub mod message;

pub mod draft;

pub mod typed;

pub mod state;

pub mod snooze;

pub mod change;

pub mod item;

pub mod arrival;

pub mod mute;

pub mod day;

pub mod query;

pub mod found;

pub mod quiet;

pub mod theme;

pub mod preferences;

pub mod cursor;

pub mod event;

pub mod json;

pub mod read;

pub mod wire;

pub use audience::Audience;
pub use change::Change;
pub use cursor::{Cursor, Epoch, NotACursor, Seq};
pub use draft::{Draft, DraftForm, Field, Problem};
pub use event::{Event, Verdict};
pub use found::{Found, Hit};
pub use item::{Acted, Item, Page, Rank};
pub use message::{Details, LinkAction, MessageId, Priority};
pub use mute::Mute;
pub use preferences::{Preferences, Wishes};
pub use query::Query;
pub use state::{Action, Counts, State, View};
pub use user::{Role, UserId, Username};

#[cfg(test)]
mod hostile_tests;
