//! Sound: two short notes, made by Web Audio, so that there is no file to load. Lives in the browser only.

use std::cell::RefCell;

use js_sys::Reflect;
use leptos::prelude::window;
use wasm_bindgen::JsValue;
use web_sys::{AudioContext, OscillatorType};

use super::ask::quietly;

/// Arrivals within this time share one sound, in seconds.
const PAUSE: f64 = 2.0;

/// The notes in hertz, a fourth apart, and when each begins, in seconds.
const NOTES: [(f32, f64); 2] = [(659.3, 0.0), (880.0, 0.12)];

/// How long a note fades, in seconds.
const FADE: f64 = 0.35;

thread_local! {
    /// The one way to the loudspeaker, and when it was used last, by its own clock. Browsers give a page only some.
    static SPEAKER: RefCell<Option<(AudioContext, f64)>> = const { RefCell::new(None) };
}

/// Plays it, if the browser lets this page be heard: until the reader has done something in it, it may not, and what it
/// could not play then must not be heard later.
pub fn play() {
    if was_used() {
        SPEAKER.with_borrow_mut(|speaker| {
            let _ = sound(speaker);
        });
    }
}

fn sound(speaker: &mut Option<(AudioContext, f64)>) -> Result<(), JsValue> {
    let (context, before) = match speaker.take() {
        Some(speaker) => speaker,
        None => (AudioContext::new()?, -PAUSE),
    };
    let now = context.current_time();
    let again = now - before >= PAUSE;
    let (context, _) = speaker.insert((context, if again { now } else { before }));
    if !again {
        return Ok(());
    }
    // After a pause of the tab, or when the machine slept.
    quietly(context.resume()?);
    for (hertz, after) in NOTES {
        let (note, loud) = (context.create_oscillator()?, context.create_gain()?);
        note.set_type(OscillatorType::Sine);
        note.frequency().set_value(hertz);
        loud.gain().set_value_at_time(0.2, now + after)?;
        loud.gain().exponential_ramp_to_value_at_time(0.001, now + after + FADE)?;
        note.connect_with_audio_node(&loud)?;
        loud.connect_with_audio_node(&context.destination())?;
        note.start_with_when(now + after)?;
        note.stop_with_when(now + after + FADE)?;
    }
    Ok(())
}

/// Whether the reader has clicked or typed in this page. A browser that cannot say is asked to play.
fn was_used() -> bool {
    let get = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok();
    let activation = get(&window().navigator(), "userActivation").filter(JsValue::is_object);
    activation.and_then(|activation| get(&activation, "hasBeenActive")).is_none_or(|used| used.is_truthy())
}
