//! What the broker knows of the store: the shape of what it tells.

#[path = "../../../../src/server/store/committed.rs"]
mod committed;

pub use committed::{Change, Committed, Ended, Ending};

/// As in the store.
pub type Digest = [u8; 32];

/// As in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenId(pub i64);
