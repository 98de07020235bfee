//! Store conformance: every engine passes the same suite, written against `dyn Store` only.
//!
//! A new engine adds itself to `bench::ENGINES`. What only SQLite can suffer, such as a locked file, is in `sqlite`.

#![expect(clippy::unwrap_used, reason = "tests say what they expect by failing")]

#[path = "store/bench.rs"]
mod bench;

#[path = "store/sending.rs"]
mod sending;

#[path = "store/broadcasts.rs"]
mod broadcasts;

#[path = "store/inboxes.rs"]
mod inboxes;

#[path = "store/acts.rs"]
mod acts;

#[path = "store/find.rs"]
mod find;

#[path = "store/find_speed.rs"]
mod find_speed;

#[path = "store/act_speed.rs"]
mod act_speed;

#[path = "store/model.rs"]
mod model;

#[path = "store/repeats.rs"]
mod repeats;

#[path = "store/mutes.rs"]
mod mutes;

#[path = "store/preferences.rs"]
mod preferences;

#[path = "store/people.rs"]
mod people;

#[path = "store/tokens.rs"]
mod tokens;

#[path = "store/sessions.rs"]
mod sessions;

#[path = "store/receipts.rs"]
mod receipts;

#[path = "store/endings.rs"]
mod endings;

#[path = "store/purge.rs"]
mod purge;

#[path = "store/sqlite.rs"]
mod sqlite;

#[path = "store/life.rs"]
mod life;

#[path = "store/crash.rs"]
mod crash;
