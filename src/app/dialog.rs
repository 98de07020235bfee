//! Dialog: opening and closing one by its id. In the browser only; a modal `<dialog>` keeps the focus inside and gives it
//! back (WHATWG HTML, «The dialog element»).

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlDialogElement;

/// Shows the dialog over the page.
pub fn show(id: &str) {
    // Fails only for one that is open already.
    let _ = dialog(id).map(|dialog| dialog.show_modal());
}

/// Closes it.
pub fn close(id: &str) {
    dialog(id).into_iter().for_each(|dialog| dialog.close());
}

/// Whether any is open.
pub fn any_open() -> bool {
    document().query_selector("dialog[open]").is_ok_and(|dialog| dialog.is_some())
}

fn dialog(id: &str) -> Option<HtmlDialogElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}
