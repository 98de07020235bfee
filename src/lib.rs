//! Tidings
pub mod domain;
