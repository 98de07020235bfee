//! Sign in: a plain form. What went wrong comes back in the address as a code, so that it works without script and
//! nobody can put words into our mouth.

use leptos::prelude::*;
use serde::Deserialize;

use crate::app::components::Field;

/// What the address of the page brings.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SignInAgain {
    /// Where to go on to.
    pub next: String,
    /// Why the last try failed.
    pub problem: String,
    /// The name that was typed.
    pub name: String,
    /// Seconds to wait.
    pub wait: String,
    /// What led here.
    pub done: String,
}

impl SignInAgain {
    /// Seconds after which another try makes sense, when the last one was not looked at.
    pub fn wait(&self) -> Option<u32> {
        match self.problem.as_str() {
            "slow-down" => Some(self.wait.parse().unwrap_or(30)),
            "busy" => Some(1),
            _ => None,
        }
    }

    fn sentence(&self) -> Option<String> {
        Some(match self.problem.as_str() {
            "wrong" => "The name or the password is wrong.".into(),
            "slow-down" => {
                let seconds = self.wait().unwrap_or_default();
                format!("Too many tries have failed. Please wait {seconds} seconds, then try again.")
            }
            "busy" => "The server is busy. Please try again in a moment.".into(),
            _ => return None,
        })
    }
}

/// The form.
#[component]
pub fn SignInPage(
    /// What the address brings.
    again: SignInAgain,
) -> impl IntoView {
    let problem = again.sentence().map(|sentence| {
        view! {
            <p class="banner" role="alert" id="problem" data-testid="problem">{sentence}</p>
        }
    });
    let failed = problem.is_some();
    let done = (again.done == "everywhere").then(|| {
        view! { <p class="banner calm" role="status" data-testid="done"><span>"You are signed out everywhere."</span></p> }
    });
    view! {
        <main class="card-page" id="main" data-testid="sign-in-page">
            <form class="card" method="post" action="/api/sign_in">
                <p class="brand"><img src="/favicon.svg" alt="" width="36" height="36"/>"Tidings"</p>
                <h1>"Sign in"</h1>
                {problem}
                {done}
                <input type="hidden" name="next" value=again.next/>
                <Field name="name" label="Username">
                    <input
                        id="field-name"
                        name="name"
                        data-testid="field-name"
                        autocomplete="username"
                        autocapitalize="none"
                        spellcheck="false"
                        required
                        autofocus=!failed
                        value=again.name
                    />
                </Field>
                <Field name="password" label="Password">
                    <input
                        id="field-password"
                        type="password"
                        name="password"
                        data-testid="field-password"
                        autocomplete="current-password"
                        required
                        autofocus=failed
                        aria-invalid=failed.then_some("true")
                        aria-describedby=failed.then_some("problem")
                    />
                </Field>
                <button class="primary" data-testid="sign-in">"Sign in"</button>
            </form>
        </main>
    }
}
