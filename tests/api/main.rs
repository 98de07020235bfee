//! The API and the pages over the real server: real HTTP, real SQLite, a database of its own for every test.

#![expect(unreachable_pub, reason = "the modules of a test binary are its own")]

mod app;

mod access;

mod program;

mod cli;

mod events;

mod crash;

mod dashboard;

mod find;

mod hooks;

mod injection;

mod limits;

mod messages;

mod details;

mod metrics;

mod acts;

mod pages;

mod preferences;

mod raw;

mod session;

mod sessions;

mod endings;

mod shutdown;

mod receipts;

mod restore;

mod stream;

mod upgrade;
