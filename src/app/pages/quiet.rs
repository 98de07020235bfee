//! Quiet: the part of the page of preferences with the hours in which nothing is told.

use leptos::prelude::*;

use super::preferences::told;
use crate::api::preferences::{PreferencesForm, Wrong};
use crate::domain::quiet::{DAYS, Hours};

/// A row for each day.
#[component]
pub fn Quiet(
    /// What is kept, or was typed.
    form: PreferencesForm,
    /// Why it could not be kept.
    #[prop(optional_no_strip)]
    wrong: Option<Wrong>,
) -> impl IntoView {
    let problem = wrong.filter(|wrong| *wrong == Wrong::Time);
    let days = (0..DAYS.len()).map(|day| {
        let at = |times: &[String]| times.get(day).cloned().unwrap_or_default();
        let quiet = form.quiet.contains(&day.to_string());
        view! { <Day day quiet from=at(&form.from) to=at(&form.to)/> }
    });
    view! {
        <fieldset class="card wide" id="week">
            <legend><h2>"Quiet hours"</h2></legend>
            <p class="lead">
                "Toasts, sounds and notifications wait; afterwards you hear of all of it at once. Messages come into the inbox as always, and urgent ones are told at once. Hours that end before they begin end on the next day."
            </p>
            {problem.map(|problem| told("week", problem))}
            <ul class="week" data-testid="week">
                {days.collect_view()}
            </ul>
        </fieldset>
    }
}

#[component]
fn Day(day: usize, quiet: bool, from: String, to: String) -> impl IntoView {
    let name = DAYS[day];
    let bad = (quiet && Hours::parse(&from, &to).is_none()).then_some("true");
    view! {
        <li>
            <label class="check">
                <input type="checkbox" name="chosen[quiet][]" value=day checked=quiet data-testid=format!("quiet-{day}")/>
                {name}
            </label>
            <label>
                <span>"from"</span>
                <input type="time" name="chosen[from][]" value=from required aria-label=format!("from, quiet on {name}") aria-invalid=bad data-testid=format!("quiet-from-{day}")/>
            </label>
            <label>
                <span>"to"</span>
                <input type="time" name="chosen[to][]" value=to required aria-label=format!("to, quiet on {name}") aria-invalid=bad data-testid=format!("quiet-to-{day}")/>
            </label>
        </li>
    }
}
