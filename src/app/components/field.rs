//! Field: a label, its control, and what is wrong with it, tied together for screen readers.

use leptos::prelude::*;

/// One field of a form. The control inside must have the id `field-NAME`, and name `problem-NAME` as its description
/// when there is a problem.
#[component]
pub fn Field(
    /// The name in the form.
    name: &'static str,
    /// What it asks for.
    label: &'static str,
    /// How to fill it in.
    #[prop(optional)]
    hint: &'static str,
    /// What is wrong with what was typed.
    #[prop(optional_no_strip)]
    problem: Option<String>,
    /// The control.
    children: Children,
) -> impl IntoView {
    let hint = (!hint.is_empty()).then(|| view! { <small class="hint" id=format!("hint-{name}")>{hint}</small> });
    let problem = problem.map(|problem| {
        view! {
            <p class="problem" id=format!("problem-{name}") data-testid=format!("problem-{name}")>
                {problem}
            </p>
        }
    });
    view! {
        <div class="field">
            <label for=format!("field-{name}")>{label}</label>
            {hint}
            {children()}
            {problem}
        </div>
    }
}
