//! Face: what people see. Rendered on the server, hydrated in the browser; touches the browser only in effects and
//! event handlers.
//!
//! The last step of a message's way: [`event_stream`] hears an event, [`mod@line`] keeps it connected, [`live`] holds the
//! page's state, [`inbox`] knows the rules and is pure, the components show it.

pub mod shell;

pub mod root;

pub mod layout;

pub mod event_stream;

pub mod line;

pub mod backoff;

pub mod live;

pub mod inbox;

pub mod news;

pub mod when;

pub mod place;

pub mod navigation;

pub mod whole;

pub mod wire;

pub mod pages;

pub mod components;

pub use root::{App, Here};
pub use shell::{Assets, plain, shell};
