//! Details: what a message says about itself beside its words, as a part of the send form and of the review.

use leptos::prelude::*;

use super::send::problem;
use crate::app::components::Field as FieldView;
use crate::domain::{Details, DraftForm, Field, Problem, typed};

/// The fields, folded away until one of them is used.
#[component]
pub fn DetailFields(
    /// What was typed so far.
    form: DraftForm,
    /// What is wrong with it.
    problems: Vec<Problem>,
) -> impl IntoView {
    let DraftForm { category, tags, collapse_key, resolved, actions, acknowledge, .. } = form;
    let filled = !(category.is_empty() && tags.is_empty() && collapse_key.is_empty() && actions.is_empty());
    let open = filled || resolved || acknowledge;
    let at = |field| problem(&problems, field);
    view! {
        <details class="more" open=open data-testid="more-fields">
            <summary>"More: category, tags, repeats, actions"</summary>
            <div class="pair">
                <Line name="category" label="Category" hint="One word. Readers can mute it." value=category problem=at(Field::Category)/>
                <Line name="tags" label="Tags" hint="Up to ten words, to find it by." value=tags.join(" ") problem=at(Field::Tags)/>
            </div>
            <Line
                name="collapse_key"
                label="Collapse key"
                hint="Your messages with the same key share one row, the latest on top."
                value=collapse_key
                problem=at(Field::CollapseKey)
            />
            <Check name="resolved" label="Resolved: what the earlier ones told of is over" checked=resolved problem=at(Field::Resolved)/>
            <Check name="acknowledge" label="Ask readers to take note" checked=acknowledge problem=None/>
            <Actions value=typed::written(&actions) problem=at(Field::Actions)/>
        </details>
    }
}

#[component]
fn Line(
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    value: String,
    #[prop(optional_no_strip)] problem: Option<String>,
) -> impl IntoView {
    let bad = problem.is_some();
    view! {
        <FieldView name label hint problem>
            <input
                id=format!("field-{name}")
                name=name
                data-testid=format!("field-{name}")
                autocomplete="off"
                value=value
                aria-invalid=bad.then_some("true")
                aria-describedby=described(name, bad)
            />
        </FieldView>
    }
}

#[component]
fn Check(
    name: &'static str,
    label: &'static str,
    checked: bool,
    #[prop(optional_no_strip)] problem: Option<String>,
) -> impl IntoView {
    let bad = problem.is_some();
    let told = problem.map(|told| view! { <p class="problem" id=format!("problem-{name}") data-testid=format!("problem-{name}")>{told}</p> });
    view! {
        <label class="choice">
            <input
                type="checkbox"
                name=name
                value="true"
                data-testid=format!("field-{name}")
                checked=checked
                aria-invalid=bad.then_some("true")
                aria-describedby=bad.then(|| format!("problem-{name}"))
            />
            {label}
        </label>
        {told}
    }
}

#[component]
fn Actions(value: String, #[prop(optional_no_strip)] problem: Option<String>) -> impl IntoView {
    let bad = problem.is_some();
    view! {
        <FieldView name="actions" label="Actions" hint="Up to four, one a line: what the button says, then its address." problem>
            <textarea
                id="field-actions"
                name="actions"
                data-testid="field-actions"
                rows="3"
                aria-invalid=bad.then_some("true")
                aria-describedby=described("actions", bad)
                inner_html=super::send::escape(&value)
            ></textarea>
        </FieldView>
    }
}

fn described(name: &str, bad: bool) -> String {
    format!("{}-{name}", if bad { "problem" } else { "hint" })
}

/// How the review tells them; nothing when there is nothing to tell.
#[component]
pub fn DetailList(
    /// What the draft says about itself.
    details: Details,
) -> impl IntoView {
    if details == Details::default() {
        return None;
    }
    let Details { category, tags, collapse_key, resolved, actions, acknowledge } = details;
    let lines = [
        category.map(|category| ("Category", category)),
        (!tags.is_empty()).then(|| ("Tags", tags.join(", "))),
        collapse_key.map(|key| ("Collapse key", key)),
        resolved.then(|| ("Resolved", "what the earlier ones told of is over".into())),
        acknowledge.then(|| ("Acknowledge", "readers are asked to take note".into())),
    ];
    let line = |(name, value): (&'static str, String)| view! { <div><dt>{name}</dt> <dd>{value}</dd></div> };
    let action = |action: crate::domain::LinkAction| {
        view! {
            <p class="link">
                <span class="button">{action.label}</span>
                <small class="address">{action.url}</small>
            </p>
        }
    };
    Some(view! {
        {actions.into_iter().map(action).collect_view()}
        <dl class="details" data-testid="details">{lines.into_iter().flatten().map(line).collect_view()}</dl>
    })
}
