//! Live: what the open page shows and what may happen to it. One for the whole page; it outlives navigation.
//!
//! Begins with the answer that came with the page, so the server and the browser render the same. Comes after `line`,
//! which brings events; the components read its signals and call its verbs.

mod state;

mod arrivals;

mod verbs;

mod commands;

mod going;

mod scrolling;

mod growing;

mod feed;

mod curtain;

mod connection;

pub use crate::app::zone::west;
pub use feed::row_of;
pub use state::{Call, Live, Pane, now_ms};
