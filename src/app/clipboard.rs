//! Clipboard: `navigator.clipboard.writeText` (W3C Clipboard API), which is there on secure pages only. In the browser only.

use js_sys::{Function, Reflect};
use leptos::prelude::window;
use wasm_bindgen::JsCast;

/// Puts text where it can be pasted. `false`: this page cannot.
pub fn copy(text: &str) -> bool {
    let copied = || {
        let clipboard = Reflect::get(&window().navigator(), &"clipboard".into()).ok()?;
        let write = Reflect::get(&clipboard, &"writeText".into()).ok()?.dyn_into::<Function>().ok()?;
        write.call1(&clipboard, &text.into()).ok()
    };
    copied().is_some()
}
