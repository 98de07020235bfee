//! Notify: notifications of the browser, while a page of ours is open. Asked for only when the reader presses the button for it.
//! Lives in the browser only.

use js_sys::{Object, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::memory;

#[wasm_bindgen]
extern "C" {
    // That of web-sys takes for granted that there is one.
    type Notification;

    #[wasm_bindgen(catch, constructor)]
    fn new(title: &str, options: &Object) -> Result<Notification, JsValue>;

    #[wasm_bindgen(catch, static_method_of = Notification, getter)]
    fn permission() -> Result<String, JsValue>;

    #[wasm_bindgen(catch, static_method_of = Notification, js_name = requestPermission)]
    fn request_permission() -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, setter)]
    fn set_onclick(this: &Notification, clicked: &JsValue);

    #[wasm_bindgen(method)]
    fn close(this: &Notification);
}

/// Where this browser remembers that they are turned off.
const OFF: &str = "tidings:notify";

/// Whether there are notifications here, in one word: `default` (nobody was asked), `granted`, `denied`, `off` (granted, and
/// turned off by the reader), `never` (not in this browser).
pub fn state() -> String {
    match Notification::permission() {
        Ok(word) if word == "granted" && memory::recall(OFF).is_some() => "off".into(),
        Ok(word) => word,
        Err(_) => "never".into(),
    }
}

/// The reader pressed the button: asks the browser, or turns them off and on again.
pub async fn turn() {
    match &*state() {
        "granted" => memory::keep(OFF, "off"),
        "off" => memory::forget(OFF),
        "default" => {
            if let Ok(asked) = Notification::request_permission() {
                let _ = JsFuture::from(asked).await;
            }
        }
        _ => {}
    }
}

/// Shows one, which takes the place of the last. `pressed` is what happens when the reader follows it.
pub fn show(title: &str, body: &str, pressed: impl FnOnce() + 'static) {
    if state() != "granted" {
        return;
    }
    let options = Object::new();
    let set = |name: &str, value: &str| Reflect::set(&options, &name.into(), &value.into());
    let _ = (set("body", body), set("tag", "tidings"), set("icon", "/favicon.svg"));
    // Phones throw here: they only show what a service worker brings.
    let Ok(notification) = Notification::new(title, &options) else { return };
    let shown: Notification = JsValue::clone(notification.as_ref()).unchecked_into();
    let clicked = move || {
        let _ = window().focus();
        shown.close();
        pressed();
    };
    notification.set_onclick(&Closure::once_into_js(clicked));
}
