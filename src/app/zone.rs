//! Zone: the reader's wall clock. It is that of the zone that they keep; while none is kept, that of the browser, which tells the
//! server so. Then snoozing, days and quiet hours are the same on all devices and without script. Lives in the browser only.

use std::cell::RefCell;

use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};

use super::live::Live;
use super::place::escape;

thread_local! {
    /// Writes a moment on the clock of a zone that is not the browser's.
    static ELSEWHERE: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Goes by the zone that is kept; tells the server of the browser's, when none is.
pub fn follow(live: Live, kept: Option<String>) {
    let Some(here) = here() else { return };
    let elsewhere = kept.as_ref().filter(|kept| **kept != here);
    ELSEWHERE.set(elsewhere.and_then(|zone| writer(zone).ok()));
    if kept.is_none() {
        // The reader has asked for nothing: when it fails, the next page tells it.
        spawn_local(async move { drop(live.keep("zone", &escape(&here)).await) });
    }
}

/// The IANA name of the browser's time zone.
pub fn here() -> Option<String> {
    let options = Intl::DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    Reflect::get(&options, &"timeZone".into()).ok()?.as_string()
}

/// Minutes that the reader's clock is behind UTC at that moment.
pub fn west(at: i64) -> i64 {
    let date = Date::new(&(at as f64).into());
    let shown = ELSEWHERE.with_borrow(|writer| writer.as_ref()?.call1(&JsValue::NULL, &date).ok()?.as_string());
    match shown.map(|shown| Date::parse(&(shown.replace(' ', "T") + "Z"))) {
        Some(wall) if wall.is_finite() => (at - wall as i64).div_euclid(60_000),
        _ => date.get_timezone_offset() as i64,
    }
}

/// `Intl.DateTimeFormat.format` (ECMA-402) for a zone, which this browser may not know; in Swedish, which writes `2026-11-24 09:00:00`.
fn writer(zone: &str) -> Result<Function, JsValue> {
    let options = Object::new();
    for (name, value) in [("timeZone", zone), ("dateStyle", "short"), ("timeStyle", "medium")] {
        Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value))?;
    }
    let class = Reflect::get(&Reflect::get(&window(), &"Intl".into())?, &"DateTimeFormat".into())?;
    let format = Reflect::construct(class.unchecked_ref::<Function>(), &Array::of2(&"sv".into(), &options))?;
    Ok(Reflect::get(&format, &"format".into())?.unchecked_into())
}
