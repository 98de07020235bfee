//! The parts of the server that are tried here, from their own files.

#[path = "../../../../src/server/broker.rs"]
pub mod broker;

#[path = "../../../../src/server/ring.rs"]
mod ring;

#[path = "../../../../src/server/sync.rs"]
mod sync;

pub mod store;
