//! Limits: what one client may take before it is asked to slow down. Each refusal says when to come back.

mod address;

mod body;

mod throttle;

mod send_rate;

pub use address::client_address;
pub use body::whole_body;
pub use send_rate::{SendRate, TooFast};
pub use throttle::Throttle;
