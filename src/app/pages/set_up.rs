//! Set up: the first admin makes their account. The page is reached by a link that the server prints when nobody has
//! an account; a dead one says so.

use leptos::prelude::*;
use serde::Deserialize;

use crate::api::setup::problem_of;
use crate::app::components::Field;
use crate::domain::user::UserError;

/// What the address of the page brings.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Refill {
    /// The secret.
    pub link: String,
    /// Why the last try failed.
    pub problem: String,
    /// The username that was typed.
    pub name: String,
    /// The display name that was typed.
    pub display_name: String,
}

impl Refill {
    /// What is wrong with which field.
    fn problems(&self) -> [Option<String>; 3] {
        let Some(problem) = problem_of(&self.problem) else { return [None, None, None] };
        let sentence = Some(capital(&problem.to_string()));
        match problem {
            UserError::DisplayName => [None, sentence, None],
            UserError::Password => [None, None, sentence],
            _ => [sentence, None, None],
        }
    }
}

/// A sentence from an error's words.
fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).chain(['.']).collect()).unwrap_or_default()
}

/// The form, or the news that the link is dead.
#[component]
pub fn SetUpPage(
    /// What the address brings.
    refill: Refill,
    /// Whether the link is good.
    offered: bool,
) -> impl IntoView {
    let inside = if offered { form(refill).into_any() } else { dead().into_any() };
    view! {
        <main class="card-page" id="main" data-testid="set-up-page">
            {inside}
        </main>
    }
}

fn form(refill: Refill) -> impl IntoView {
    let [name, display_name, password] = refill.problems();
    let (bad_name, bad_display_name, bad_password) = (name.is_some(), display_name.is_some(), password.is_some());
    let busy = (refill.problem == "busy").then(|| {
        view! {
            <p class="banner" role="alert" data-testid="problem">
                "The server is busy. Please try again in a moment."
            </p>
        }
    });
    view! {
        <form class="card" method="post" action="/api/set_up">
            <p class="brand"><img src="/favicon.svg" alt="" width="36" height="36"/>"Tidings"</p>
            <h1>"Welcome"</h1>
            <p class="lead">"Make the first account. It can send messages and manages people."</p>
            {busy}
            <input type="hidden" name="link" value=refill.link data-testid="field-link"/>
            <Field name="name" label="Username" hint="Letters, digits, «.», «_» and «-»; to sign in with." problem=name>
                <input
                    id="field-name"
                    name="name"
                    data-testid="field-name"
                    autocomplete="username"
                    autocapitalize="none"
                    spellcheck="false"
                    required
                    autofocus=!bad_password
                    value=refill.name
                    aria-invalid=bad_name.then_some("true")
                    aria-describedby=if bad_name { "problem-name" } else { "hint-name" }
                />
            </Field>
            <Field name="display_name" label="Your name" hint="As others will see it." problem=display_name>
                <input
                    id="field-display_name"
                    name="display_name"
                    data-testid="field-display-name"
                    autocomplete="name"
                    value=refill.display_name
                    aria-invalid=bad_display_name.then_some("true")
                    aria-describedby=if bad_display_name { "problem-display_name" } else { "hint-display_name" }
                />
            </Field>
            <Field name="password" label="Password" hint="At least 10 characters." problem=password>
                <input
                    id="field-password"
                    type="password"
                    name="password"
                    data-testid="field-password"
                    autocomplete="new-password"
                    minlength="10"
                    required
                    autofocus=bad_password
                    aria-invalid=bad_password.then_some("true")
                    aria-describedby=if bad_password { "problem-password" } else { "hint-password" }
                />
            </Field>
            <button class="primary" data-testid="create">"Create the account"</button>
        </form>
    }
}

fn dead() -> impl IntoView {
    view! {
        <section class="card">
            <p class="brand"><img src="/favicon.svg" alt="" width="36" height="36"/>"Tidings"</p>
            <h1>"This link is dead"</h1>
            <p data-testid="problem">
                "It was used, or it is older than an hour, or somebody has an account already. While nobody has one, starting the server again prints a new link."
            </p>
            <a class="button" href="/sign-in">"Sign in"</a>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_stands_at_its_field() {
        let at = |code: &str| {
            let refill = Refill { problem: code.into(), ..Refill::default() };
            refill.problems().map(|problem| problem.is_some())
        };
        assert_eq!(at("name-edge"), [true, false, false]);
        assert_eq!(at("display-name"), [false, true, false]);
        assert_eq!(at("password"), [false, false, true]);
        assert_eq!(at("<script>"), [false; 3]);
        let refill = Refill { problem: "name-empty".into(), ..Refill::default() };
        assert_eq!(refill.problems()[0].as_deref(), Some("A username needs at least one character."));
    }
}
