//! Sessions: where one is signed in, each with its end; and one's own password. Plain forms; what they did comes back in the
//! address as a code. Made on the server.

use leptos::prelude::*;

use crate::api::session::MySession;
use crate::app::clock::Clock;
use crate::app::components::{Field, Moment};
use crate::app::place::parameter;
use crate::app::when;

/// What the address of the page says of the last form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionsAgain {
    /// What was done.
    done: Option<&'static str>,
    /// Why the password was not changed.
    problem: Option<Problem>,
}

/// Why the password was not changed, and where that is told.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Problem {
    /// At the field of the current one.
    Current(String),
    /// At the field of the new one.
    New(&'static str),
    /// At the field to repeat it in.
    Again(&'static str),
}

impl SessionsAgain {
    /// Reads the codes in an address; what makes no sense counts as absent.
    pub fn of(address: &str) -> Self {
        let done = parameter(address, "done").and_then(|code| match code {
            "ended" => Some("That device is signed out."),
            "gone" => Some("That device was signed out already."),
            "others" => Some("Every other device is signed out."),
            "password" => Some("Your password is changed, and every other device is signed out."),
            _ => None,
        });
        let problem = parameter(address, "password").and_then(|code| match code {
            "wrong" => Some(Problem::Current("This is not your current password.".into())),
            "slow-down" => {
                let seconds = parameter(address, "wait").and_then(|wait| wait.parse().ok()).unwrap_or(30_u32);
                let told = format!("Too many tries. Please wait {seconds} seconds, then try again.");
                Some(Problem::Current(told))
            }
            "busy" => Some(Problem::Current("The server is busy. Please try again in a moment.".into())),
            "length" => Some(Problem::New("A password has at least 10 characters and at most 1024 bytes.")),
            "differs" => Some(Problem::Again("This is not the same as the new password above.")),
            _ => None,
        });
        Self { done, problem }
    }
}

/// The list and the form.
#[component]
pub fn SessionsPage(
    /// Where one is signed in, this device first.
    sessions: Vec<MySession>,
    /// What the address brings.
    again: SessionsAgain,
    /// The server's clock, in milliseconds since the Unix epoch.
    now: i64,
    /// The reader's.
    clock: Clock,
    /// For password keepers.
    username: String,
) -> impl IntoView {
    let count = sessions.len();
    let done = again.done.map(|done| {
        view! { <p class="banner calm" role="status" data-testid="done"><i class="icon i-check" aria-hidden="true"></i><span>{done}</span></p> }
    });
    view! {
        <main class="desk-page" id="main" data-testid="sessions-page">
            <h1>"Your sessions"</h1>
            {done}
            <section class="card wide" aria-labelledby="devices">
                <h2 id="devices">"Where you are signed in"</h2>
                <p class="lead">
                    "A device that you sign out hears nothing more within a second. What its page has loaded stays on its screen until it is closed."
                </p>
                <ul class="sessions" data-testid="sessions">
                    {sessions.into_iter().map(|session| view! { <Session session now clock=clock.clone()/> }).collect_view()}
                </ul>
                {if count > 1 { view! { <Everywhere count/> }.into_any() } else { view! { <OnlyHere/> }.into_any() }}
            </section>
            <Password problem=again.problem username/>
            <p class="elsewhere"><a href="/preferences" data-testid="to-preferences">"Your preferences, and what you have muted"</a></p>
        </main>
    }
}

#[component]
fn Session(session: MySession, now: i64, clock: Clock) -> impl IntoView {
    let MySession { name, device, address, since, used_at, here, open } = session;
    let which = format!(" {device}, from {address}");
    let used = if here || open {
        view! { <b class="now">"In use now"</b> }.into_any()
    } else {
        view! { "Last used "{when::ago(used_at, now)}": "<Moment at=used_at clock=clock.clone()/> }.into_any()
    };
    view! {
        <li data-testid="session" data-here=here.then_some("")>
            <div>
                <p class="device">
                    <b>{device}</b>
                    {here.then(|| view! { <span class="chip">"This device"</span> })}
                </p>
                <p>{used}</p>
                <p class="from">"Signed in from "<span class="address">{address}</span>", "<Moment at=since clock/></p>
            </div>
            <form method="post" action="/api/end_session">
                <input type="hidden" name="name" value=name/>
                <button class="button" data-testid="session-end">
                    "Sign out"<span class="sr">{which}</span>
                </button>
            </form>
        </li>
    }
}

#[component]
fn OnlyHere() -> impl IntoView {
    view! { <p class="alone" data-testid="only-here"><i class="icon i-check" aria-hidden="true"></i>"You are signed in nowhere else."</p> }
}

/// The second of the two also ends this session, so it asks once more.
#[component]
fn Everywhere(count: usize) -> impl IntoView {
    let others = if count == 2 { "the other device".into() } else { format!("the other {} devices", count - 1) };
    view! {
        <div class="everywhere">
            <form method="post" action="/api/end_sessions">
                <button class="button" data-testid="end-others">"Sign out everywhere else"</button>
            </form>
            <details>
                <summary class="button" data-testid="end-everywhere">"Sign out everywhere…"</summary>
                <form method="post" action="/api/end_sessions">
                    <input type="hidden" name="here" value="true"/>
                    <p>"This signs out "{others}" and this one: you will be asked for your password. Programs with tokens of yours go on."</p>
                    <button class="primary danger" data-testid="end-everywhere-sure">"Yes, sign out everywhere"</button>
                </form>
            </details>
        </div>
    }
}

#[component]
fn Password(#[prop(optional_no_strip)] problem: Option<Problem>, username: String) -> impl IntoView {
    let [current, new, again] = match problem {
        None => [None, None, None],
        Some(Problem::Current(told)) => [Some(told), None, None],
        Some(Problem::New(told)) => [None, Some(told.to_owned()), None],
        Some(Problem::Again(told)) => [None, None, Some(told.to_owned())],
    };
    let wrong = [&current, &new, &again].into_iter().flatten().next().map(|_| {
        view! { <p class="banner" role="alert" data-testid="problem">"Your password is not changed."</p> }
    });
    let failed = wrong.is_some();
    let [bad_current, bad_new, bad_again] = [&current, &new, &again].map(Option::is_some);
    view! {
        <form class="card wide" method="post" action="/api/change_password" aria-labelledby="password" data-testid="password-form">
            <h2 id="password">"Change your password"</h2>
            <p class="lead">"Every other device is signed out; this one goes on."</p>
            {wrong}
            <input type="text" name="username" value=username autocomplete="username" hidden readonly/>
            <Field name="current" label="Current password" problem=current>
                <input
                    id="field-current"
                    type="password"
                    name="current"
                    data-testid="field-current"
                    autocomplete="current-password"
                    required
                    autofocus=failed
                    aria-invalid=bad_current.then_some("true")
                    aria-describedby=bad_current.then_some("problem-current")
                />
            </Field>
            <Field name="new" label="New password" hint="At least 10 characters." problem=new>
                <input
                    id="field-new"
                    type="password"
                    name="new"
                    data-testid="field-new"
                    autocomplete="new-password"
                    minlength="10"
                    required
                    aria-invalid=bad_new.then_some("true")
                    aria-describedby=if bad_new { "problem-new" } else { "hint-new" }
                />
            </Field>
            <Field name="again" label="New password, once more" problem=again>
                <input
                    id="field-again"
                    type="password"
                    name="again"
                    data-testid="field-again"
                    autocomplete="new-password"
                    required
                    aria-invalid=bad_again.then_some("true")
                    aria-describedby=bad_again.then_some("problem-again")
                />
            </Field>
            <p class="buttons"><button class="primary" data-testid="change-password">"Change the password"</button></p>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_codes_are_told() {
        let of = |query: &str| SessionsAgain::of(&format!("/sessions?{query}"));
        assert_eq!(of("done=<b>x</b>&password=x"), SessionsAgain::default());
        assert_eq!(of("done=others").done, Some("Every other device is signed out."));
        assert!(
            matches!(of("password=slow-down&wait=8").problem, Some(Problem::Current(told)) if told.contains(" 8 "))
        );
        assert!(
            matches!(of("password=slow-down&wait=<i>").problem, Some(Problem::Current(told)) if told.contains("30"))
        );
        assert!(matches!(of("password=differs").problem, Some(Problem::Again(_))));
    }
}
