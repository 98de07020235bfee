//! Face: what people see. Rendered on the server, hydrated in the browser; touches the browser only in effects and
//! event handlers.
//!
//! The last step of a message's way: [`event_stream`] (or [`long_poll`]) hears an event in the tab that leads ([`lock`]), the
//! [`channel`] brings it to the others; [`tab`] decides and is pure, [`mod@line`] does what it says. [`live`] holds the page's
//! state, [`inbox`] knows the rules of numbers and is pure, the components show it.

pub mod shell;

pub mod root;

pub mod layout;

pub mod event_stream;

pub mod long_poll;

pub mod lock;

pub mod channel;

pub mod did;

pub mod link;

pub mod lasting;

pub mod tab;

pub mod line;

pub mod memory;

pub mod sight;

pub mod receipts;

pub mod acknowledge;

pub mod backoff;

pub mod ask;

pub mod live;

pub mod inbox;

pub mod command;

pub mod keys;

pub mod focus;

pub mod palette;

pub mod html;

pub mod dialog;

pub mod undo;

pub mod fuzzy;

pub mod selection;

pub mod swipe;

pub mod news;

pub mod toast;

pub mod attention;

pub mod badge;

pub mod sound;

pub mod notify;

pub mod here;

pub mod clipboard;
pub mod clock;

pub mod when;

pub mod zone;

pub mod place;

pub mod marked;

pub mod navigation;

pub mod whole;

pub mod heights;

pub mod window;

pub mod pages;

pub mod components;

pub use root::{App, brought};
pub use shell::{Assets, Brought, plain, shell};
