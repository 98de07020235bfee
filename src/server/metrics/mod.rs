//! Metrics: what the server counts of itself, for who watches it. `docs/OPERATING.md` says how to read each number.
//!
//! Beside the message's way: every step says in one line what happened. Handles belong to one server and not to the
//! process, so servers of one process do not count into each other; without a listener nothing is counted at all.

mod families;

mod labels;

mod instruments;

mod reader;

mod refusals;

mod process;

mod exposition;

pub use families::{FAMILIES, Family, Kind};
pub use instruments::{Held, Metrics};
pub use labels::{Cause, Label, Limit, Opened, Outcome, Way};
pub use reader::{Reader, Stalled};

pub(super) use exposition::serve;
pub(super) use refusals::refusals;
