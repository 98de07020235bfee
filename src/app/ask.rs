//! Ask: calls a door of the server and reads its answer. In the browser only.
//!
//! The doors are server functions, and a plain form reaches them without any of this. The page calls them by `fetch` and
//! reads with `domain::read`, because the stubs that Leptos would make carry a writer, a reader and a client for each:
//! `docs/DESIGN.md` has what they weigh.

use js_sys::Reflect;
use leptos::prelude::window;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, RequestInit, Response};

use crate::api::ApiError;
use crate::domain::read::{Read, read};

/// Sends `form`, which is `application/x-www-form-urlencoded`, to a door by its name.
pub async fn ask<T: Read>(door: &str, form: &str) -> Result<T, ApiError> {
    understand(&answer(door, form).await?)
}

/// The same, with the answer as it came; for what would else be compiled for each of them.
pub async fn answer(door: &str, form: &str) -> Result<String, ApiError> {
    let (ok, text) = fetch(door, form).await.map_err(|_| ApiError::Offline)?;
    if ok { Ok(text) } else { Err(understand(&text).unwrap_or_else(|error| error)) }
}

/// Reads an answer.
pub fn understand<T: Read>(text: &str) -> Result<T, ApiError> {
    read(text).ok_or_else(|| ApiError::Unexpected { id: "transport".into() })
}

/// Lets a promise end as it will: a refusal is not told in the console.
pub fn quietly(promise: js_sys::Promise) {
    spawn_local(async move { drop(JsFuture::from(promise).await) });
}

/// Whether it was done, and the text of the answer.
async fn fetch(door: &str, form: &str) -> Result<(bool, String), JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    headers.set("content-type", "application/x-www-form-urlencoded")?;
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_headers(&headers);
    request.set_body(&form.into());
    // What the reader did outlives a page that they leave at once (WHATWG Fetch, «keepalive», which web-sys does not know).
    if matches!(door, "act" | "mute" | "unmute" | "note") {
        Reflect::set(&request, &"keepalive".into(), &JsValue::TRUE)?;
    }
    let asked = window().fetch_with_str_and_init(&["/api/", door].concat(), &request);
    let answer: Response = JsFuture::from(asked).await?.unchecked_into();
    let text = JsFuture::from(answer.text()?).await?;
    Ok((answer.ok(), text.as_string().unwrap_or_default()))
}
