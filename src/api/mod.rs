//! Doors: the server functions that the page calls. Each asks who calls, parses, and calls inward once.
//!
//! Comes after a form or a click in [`crate::app`], before `crate::server`. Every one of them is a public endpoint
//! under `/api/`, so the check of who calls is in the function, not in the page. What changes anything is a POST.

mod error;

pub mod session;

pub mod setup;

pub mod inbox;

pub mod note;

pub mod mute;

pub mod find;

pub mod receipts;

pub mod preferences;

pub mod send;

pub use error::ApiError;
