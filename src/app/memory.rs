//! Memory: what this browser remembers beyond one page, in its `localStorage`. Where there is none, nothing is remembered.
//!
//! Lives in the browser only.

use leptos::prelude::window;
use web_sys::Storage;

/// Where the browser's name for its one stream is kept.
const CLIENT: &str = "tidings:client";

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// What is remembered under this name.
pub fn recall(name: &str) -> Option<String> {
    storage()?.get_item(name).ok().flatten()
}

/// Remembers it. A browser that is full or forbids it forgets.
pub fn keep(name: &str, value: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(name, value);
    }
}

/// Forgets it.
pub fn forget(name: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(name);
    }
}

/// A number that no other tab has, for all practical purposes. Not a secret.
pub fn random_word() -> u32 {
    // 0 is nobody.
    (js_sys::Math::random() * f64::from(u32::MAX - 1)) as u32 + 1
}

/// One name for the whole browser, so that at the server the next stream takes the place of the last.
pub fn client() -> String {
    recall(CLIENT).filter(|name| is_name(name)).unwrap_or_else(|| {
        let name = random_word().to_string();
        keep(CLIENT, &name);
        name
    })
}

/// What `/events` takes, with room for more: the storage is open to whatever else runs at this address.
fn is_name(name: &str) -> bool {
    (1..=32).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_short_words_are_names() {
        assert!(is_name("4071112236"));
        for bad in ["", "a b", "a&poll=1", "ü", "0123456789012345678901234567890123"] {
            assert!(!is_name(bad), "{bad:?}");
        }
    }
}
