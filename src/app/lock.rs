//! Lock: the one of all tabs that has the stream holds it (Web Locks). Closing, crashing or leaving a tab frees it.
//!
//! `tab` decides when to ask for it, to take it by force and to give it back. Lives in the browser only.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Function, Object, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::AbortController;

#[wasm_bindgen]
extern "C" {
    // web-sys has it only for builds with a flag for unstable interfaces.
    type LockManager;

    #[wasm_bindgen(method)]
    fn request(this: &LockManager, name: &str, options: &Object, granted: &JsValue) -> Promise;
}

/// What a request comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The lock is ours.
    Granted,
    /// Another tab took it by force.
    Robbed,
    /// The browser gives none here.
    Refused,
}

/// The lock of one name. Dropping it gives it back.
pub struct Lock {
    manager: LockManager,
    name: String,
    on_turn: Rc<dyn Fn(Turn)>,
    waiting: Option<AbortController>,
    shared: Rc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Which request counts; what comes of earlier ones is not ours any more.
    request: Cell<u32>,
    /// Ends the promise that keeps the lock.
    release: RefCell<Option<Function>>,
}

impl Lock {
    /// `None`: the browser has no locks, or has them only for pages that came by HTTPS.
    pub fn new(name: String, on_turn: impl Fn(Turn) + 'static) -> Option<Self> {
        let navigator = Reflect::get(&window(), &"navigator".into()).ok()?;
        let manager = Reflect::get(&navigator, &"locks".into()).ok().filter(JsValue::is_object)?;
        let manager = manager.unchecked_into();
        Some(Self { manager, name, on_turn: Rc::new(on_turn), waiting: None, shared: Rc::default() })
    }

    /// Waits for the lock; `steal` takes it from whoever has it.
    pub fn request(&mut self, steal: bool) {
        self.release();
        let options = Object::new();
        // `steal` and `signal` exclude each other (W3C Web Locks §3.2).
        if steal {
            let _ = Reflect::set(&options, &"steal".into(), &true.into());
        } else if let Ok(waiting) = AbortController::new() {
            let _ = Reflect::set(&options, &"signal".into(), &waiting.signal());
            self.waiting = Some(waiting);
        }
        let (request, shared) = (self.shared.request.get(), Rc::clone(&self.shared));
        let on_turn = Rc::clone(&self.on_turn);
        let granted = Closure::once_into_js(move |_: JsValue| -> JsValue {
            if shared.request.get() != request {
                return JsValue::UNDEFINED;
            }
            let kept = Promise::new(&mut |release, _| drop(shared.release.replace(Some(release))));
            on_turn(Turn::Granted);
            kept.into()
        });
        let promise = self.manager.request(&self.name, &options, &granted);
        let (shared, on_turn) = (Rc::clone(&self.shared), Rc::clone(&self.on_turn));
        let failed = Closure::once(move |_: JsValue| {
            if shared.request.get() == request {
                on_turn(if shared.release.take().is_some() { Turn::Robbed } else { Turn::Refused });
            }
        });
        let _ = promise.catch(&failed);
        // Called at most once, at a time that only the browser knows.
        failed.forget();
    }

    /// Gives the lock back, or waits for it no longer.
    pub fn release(&mut self) {
        self.shared.request.set(self.shared.request.get().wrapping_add(1));
        if let Some(waiting) = self.waiting.take() {
            waiting.abort();
        }
        if let Some(release) = self.shared.release.take() {
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.release();
    }
}
