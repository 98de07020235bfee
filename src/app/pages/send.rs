//! Send: the form. Posted to the `review` door, which keeps what was typed and comes back here when something is wrong.

use leptos::prelude::*;

use super::details::DetailFields;
use crate::api::send::Composed;
use crate::app::components::Field as FieldView;
use crate::domain::{DraftForm, Field, Priority, Problem};

/// The form.
#[component]
pub fn SendPage(
    /// What was typed so far, and what is wrong with it.
    composed: Composed,
) -> impl IntoView {
    let Composed { form, problems, everyone } = composed;
    let count = problems.len();
    let summary = (count > 0).then(|| {
        let words = if count == 1 {
            "One thing is not right yet.".into()
        } else {
            format!("{count} things are not right yet.")
        };
        view! { <p class="banner" role="alert" data-testid="problems">{words}</p> }
    });
    view! {
        <main class="desk-page" id="main" data-testid="send-page">
            <h1>"Send a message"</h1>
            {summary}
            <form class="card wide" method="post" action="/api/review">
                <Audience form=form.clone() everyone problem=problem(&problems, Field::To)/>
                <TitleField value=form.title.clone() problem=problem(&problems, Field::Title)/>
                <BodyField value=form.body.clone() problem=problem(&problems, Field::Body)/>
                <div class="pair">
                    <PriorityField value=form.priority.clone() problem=problem(&problems, Field::Priority)/>
                    <LinkField value=form.link.clone() problem=problem(&problems, Field::Link)/>
                </div>
                <DetailFields form problems/>
                <p class="buttons">
                    <button class="primary" data-testid="review">"Review"</button>
                    <small>"Nothing is sent yet."</small>
                </p>
            </form>
        </main>
    }
}

#[component]
fn Audience(form: DraftForm, everyone: u64, #[prop(optional_no_strip)] problem: Option<String>) -> impl IntoView {
    let bad = problem.is_some();
    view! {
        <fieldset class="audience">
            <legend>"To"</legend>
            <label class="choice">
                <input type="radio" name="everyone" value="false" data-testid="to-people" checked=!form.everyone/>
                "People"
            </label>
            <label class="choice">
                <input type="radio" name="everyone" value="true" id="to-everyone" data-testid="to-everyone" checked=form.everyone/>
                <span>"Everyone (" <span data-testid="everyone-count">{everyone}</span> ")"</span>
            </label>
            <FieldView name="to" label="Usernames" hint="Separated by commas or spaces." problem>
                <input
                    id="field-to"
                    name="to"
                    data-testid="field-to"
                    autocapitalize="none"
                    autocomplete="off"
                    spellcheck="false"
                    value=form.to
                    aria-invalid=bad.then_some("true")
                    aria-describedby=if bad { "problem-to" } else { "hint-to" }
                />
            </FieldView>
        </fieldset>
    }
}

#[component]
fn TitleField(value: String, #[prop(optional_no_strip)] problem: Option<String>) -> impl IntoView {
    let bad = problem.is_some();
    view! {
        <FieldView name="title" label="Title" problem>
            <input
                id="field-title"
                name="title"
                data-testid="field-title"
                maxlength="200"
                autocomplete="off"
                value=value
                aria-invalid=bad.then_some("true")
                aria-describedby=bad.then_some("problem-title")
            />
        </FieldView>
    }
}

#[component]
fn BodyField(value: String, #[prop(optional_no_strip)] problem: Option<String>) -> impl IntoView {
    let bad = problem.is_some();
    view! {
        <FieldView name="body" label="Message" hint="Markdown: **bold**, lists, links, tables, code." problem>
            // An empty text node would come out as a space, so what was typed is set as HTML, escaped.
            <textarea
                id="field-body"
                name="body"
                data-testid="field-body"
                rows="9"
                aria-invalid=bad.then_some("true")
                aria-describedby=if bad { "problem-body" } else { "hint-body" }
                inner_html=escape(&value)
            ></textarea>
        </FieldView>
    }
}

#[component]
fn PriorityField(value: String, #[prop(optional_no_strip)] problem: Option<String>) -> impl IntoView {
    let chosen = Priority::parse(&value).unwrap_or_default();
    let bad = problem.is_some();
    let choice = move |priority: Priority| {
        let word = match priority {
            Priority::Low => "Low",
            Priority::Normal => "Normal",
            Priority::High => "High",
            Priority::Urgent => "Urgent: announced at once",
        };
        view! { <option value=priority.as_str() selected=priority == chosen>{word}</option> }
    };
    view! {
        <FieldView name="priority" label="Priority" problem>
            <select
                id="field-priority"
                name="priority"
                data-testid="field-priority"
                aria-invalid=bad.then_some("true")
                aria-describedby=bad.then_some("problem-priority")
            >
                {Priority::ALL.map(choice).into_iter().collect_view()}
            </select>
        </FieldView>
    }
}

#[component]
fn LinkField(value: String, #[prop(optional_no_strip)] problem: Option<String>) -> impl IntoView {
    let bad = problem.is_some();
    view! {
        <FieldView name="link" label="Link (optional)" problem>
            <input
                id="field-link"
                name="link"
                data-testid="field-link"
                inputmode="url"
                placeholder="https://"
                autocomplete="off"
                value=value
                aria-invalid=bad.then_some("true")
                aria-describedby=bad.then_some("problem-link")
            />
        </FieldView>
    }
}

pub(super) fn problem(problems: &[Problem], field: Field) -> Option<String> {
    let at: Vec<&str> = problems.iter().filter(|problem| problem.field == field).map(|p| p.detail.as_str()).collect();
    (!at.is_empty()).then(|| at.join(" "))
}

/// Text as the inside of a `textarea`.
pub(super) fn escape(text: &str) -> String {
    // A line end right after the tag would be dropped (WHATWG HTML, «textarea»).
    format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;"))
}
