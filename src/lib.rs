//! Tidings: a live notification inbox for every user, in one binary.
//!
//! The four modules stand in the order in which they can be read, from words to faces:
//!
//! 1. [`domain`]: the words, shared by both sides. What a draft, an item, an event is.
//! 2. [`api`]: the doors. Server functions that the page calls; each asks who calls, parses, and calls inward once.
//! 3. [`server`]: the machine. A message goes `publish` → `store` (durable, numbered) → `broker` → `subscribe` (the stream).
//! 4. [`app`]: the face. Rendered on the server, hydrated in the browser, where `event_stream` feeds `inbox`.

// The types of nested views are deep; the default of 128 is too little for the pages together.
#![recursion_limit = "512"]

pub mod domain;

pub mod api;

#[cfg(feature = "ssr")]
pub mod server;

pub mod app;

/// The browser's entry point: makes the server's HTML live.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    if let Some((address, first, clock)) = app::brought() {
        leptos::mount::hydrate_body(move || leptos::view! { <app::App address first clock/> });
    }
}
