//! Here: what only this browser knows or may do, on the page of preferences: its time zone, its notifications, its sound; and the clipboard.
//! Lives in the browser only.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, MouseEvent};

use super::clipboard::copy;
use super::{notify, sound, zone};

/// Fills in what the server could not know.
pub fn fill() {
    if let Some(here) = document().get_element_by_id("here") {
        let _ = here.set_attribute("data-state", &notify::state());
    }
    let (Some(zone), Some(field)) = (zone::here(), field()) else { return };
    if let Ok(Some(button)) = document().query_selector("[data-do=zone]")
        && let Ok(Some(name)) = button.query_selector("b")
        && field.value() != zone
    {
        name.set_text_content(Some(&zone));
        let _ = button.remove_attribute("hidden");
    }
}

/// A button that only script can do something for.
pub fn press(event: &MouseEvent) {
    let button = event.target().and_then(|target| target.dyn_into::<Element>().ok()?.closest("[data-do]").ok()?);
    let Some(button) = button else { return };
    match button.get_attribute("data-do").as_deref() {
        Some("copy") => {
            let text = button.previous_element_sibling().and_then(|text| text.text_content()).unwrap_or_default();
            button.set_text_content(Some(if copy(&text) { "Copied" } else { "Select it" }));
        }
        Some("zone") => zone::here().zip(field()).into_iter().for_each(|(zone, field)| field.set_value(&zone)),
        Some("sound") => sound::play(),
        Some("notify") => spawn_local(async {
            notify::turn().await;
            fill();
        }),
        _ => {}
    }
}

fn field() -> Option<HtmlInputElement> {
    document().get_element_by_id("field-zone").map(JsCast::unchecked_into)
}
