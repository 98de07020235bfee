//! Icon: a drawing beside words; never the only bearer of a meaning. The drawings are masks in `style/parts/icons.css`,
//! so they cost the WASM nothing.

use leptos::prelude::*;

/// The drawing of that name.
#[component]
pub fn Icon(
    /// Its class.
    name: &'static str,
) -> impl IntoView {
    view! { <i class=format!("icon i-{name}") aria-hidden="true"></i> }
}
