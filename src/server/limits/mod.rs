//! Limits: what one client may take before it is asked to slow down. Each refusal names the limit and says when to come
//! back, where that makes sense.
//!
//! In the order in which a client meets them: its connections, the head of a request, its address, the body, who asks.
//! How many streams there may be is the broker's.

mod refused;

mod address;

mod rate;

mod connections;

mod head;

mod body;

mod replays;

mod throttle;

mod set;

pub use address::client_address;
pub use body::whole_body;
pub use connections::{Connections, Place};
pub use head::head;
pub use refused::Refused;
pub use replays::{Held, Replays};
pub use set::{Limits, Times};
pub use throttle::Throttle;
