//! Tab: which part this tab plays among the tabs of its browser, and when it connects. Pure: `line` says what happened, and
//! does what comes out.
//!
//! One tab leads: it has the lock, and the stream for all. The others follow: they hear the leader, and take the lock when it
//! is free, or by force when the leader is silent for too long. Where tabs cannot share, each is alone and connects itself.

pub mod words;

pub mod state;

mod sharing;

mod connecting;

mod polling;

pub use state::{Seat, Tab};
pub use words::{Act, Asked, Heard, Input};

#[cfg(test)]
mod tests;

#[cfg(test)]
mod many_tabs;
