//! The machine: everything that runs on the server only. In the order of a message's way:
//! a request comes in through [`accept`] and [`router`], a draft is published, stored, delivered, and written to streams.

pub mod config;

pub mod telemetry;

pub mod state;

mod accept;

mod router;

mod security;

mod csrf;

mod session_store;

pub mod auth;

pub mod setup;

pub mod limits;

mod assets;

pub mod drafts;

mod values;

pub mod sessions;

pub mod preferences;

pub mod find;

pub mod zone;

pub mod mutes;

pub mod filters;

pub mod around;

pub mod desk;

pub mod first;

pub mod acts;

pub mod answer;

mod plain_pages;

mod messages_api;

pub mod metrics;

mod fingerprint;

mod markdown;

pub mod images;

mod words;

mod snippet;

mod hex;

pub mod publish;

pub mod receipts;

pub mod store;

mod sync;

mod ring;

pub mod broker;

mod endings;

mod sweep;

mod wake;

mod stream_owner;

mod subscribe;

mod replay;

mod open_stream;

pub mod error;

mod run;

pub mod cli;

pub use router::doors;
pub use run::{BUILD, Listeners, RunError, now_ms, run};

#[cfg(test)]
mod hostile_tests;
