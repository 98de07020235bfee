//! Preferences: how one wants to be told of what comes. A plain form; what it did comes back in the address as a code. Made on
//! the server. What only this browser knows or may do is done by [`here`](crate::app::here), where script runs.

use leptos::prelude::*;

use super::muted::Muted;
use super::quiet::Quiet;
use crate::api::mute::MyMute;
use crate::api::preferences::{PreferencesForm, Wrong};
use crate::app::clock::Clock;
use crate::app::place::parameter;
use crate::app::when;
use crate::domain::theme::Theme;

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// What is kept, or what was typed when it could not be.
    pub form: PreferencesForm,
    /// The reader's zone, which is kept.
    pub zone: Option<String>,
    /// What its clock shows, in milliseconds since 1970-01-01T00:00 on it.
    pub there: i64,
    /// The names of all zones.
    pub zones: Vec<String>,
}

/// What the address of the page says of the last form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PreferencesAgain {
    /// It was kept.
    pub saved: bool,
    /// Why it was not.
    pub wrong: Option<Wrong>,
}

impl PreferencesAgain {
    /// Reads the codes in an address; what makes no sense counts as absent.
    pub fn of(address: &str) -> Self {
        let wrong = parameter(address, "wrong").and_then(Wrong::parse);
        Self { saved: parameter(address, "done") == Some("saved"), wrong }
    }
}

/// The form.
#[component]
pub fn PreferencesPage(
    /// What is kept, or was typed.
    shown: Shown,
    /// What the address brings.
    again: PreferencesAgain,
    /// What is muted, the latest first.
    mutes: Vec<MyMute>,
    /// The reader's.
    clock: Clock,
) -> impl IntoView {
    let Shown { form, zone, there, zones } = shown;
    let saved = again.saved.then(|| {
        view! { <p class="banner calm" role="status" data-testid="done"><i class="icon i-check" aria-hidden="true"></i><span>"Your preferences are saved. Open pages follow within seconds."</span></p> }
    });
    let wrong = again.wrong;
    let told = wrong.map(|wrong| {
        let field = match wrong {
            Wrong::Zone => "#field-zone",
            Wrong::Time => "#week",
            Wrong::Category | Wrong::TooMany => "#field-another",
        };
        view! { <p class="banner" role="alert" data-testid="problem"><span>"Nothing is saved. "{wrong.sentence()}</span><a class="button" href=field>"Show me"</a></p> }
    });
    let (zoned, theme, keys) = (form.zone.clone(), form.theme.clone(), form.keys == "on");
    view! {
        <main class="desk-page" id="main" data-testid="preferences-page">
            <h1>"Preferences"</h1>
            <p class="elsewhere"><a href="/sessions">"Your sessions and password"</a><a href="/keys">"Keys"</a></p>
            {saved}
            {told}
            <form class="preferences" method="post" action="/api/preferences" data-testid="preferences-form">
                <Look theme/>
                <Categories form=form.clone() wrong/>
                <Quiet form wrong/>
                <Clock typed=zoned zone there zones wrong/>
                <Keys keys/>
                <p class="buttons">
                    <button class="primary" data-testid="save">"Save"</button>
                </p>
            </form>
            <ThisBrowser/>
            <Muted mutes clock/>
        </main>
    }
}

#[component]
fn Look(theme: String) -> impl IntoView {
    let chosen = Theme::parse(&theme).unwrap_or_default();
    let choice = |theme: Theme| {
        let word = match theme {
            Theme::System => "As my system",
            Theme::Light => "Light",
            Theme::Dark => "Dark",
        };
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="chosen[theme]"
                    value=theme.as_str()
                    checked=theme == chosen
                    data-testid=format!("theme-{}", theme.as_str())
                />
                {word}
            </label>
        }
    };
    view! {
        <fieldset class="card wide looks">
            <legend><h2>"Colours"</h2></legend>
            <p class="choices">{Theme::ALL.map(choice).into_iter().collect_view()}</p>
        </fieldset>
    }
}

#[component]
fn Categories(form: PreferencesForm, #[prop(optional_no_strip)] wrong: Option<Wrong>) -> impl IntoView {
    let problem = wrong.filter(|wrong| matches!(wrong, Wrong::Category | Wrong::TooMany));
    let (toast, sound) = (form.other_toast == "on", form.other_sound == "on");
    let rows = form.category.iter().map(|category| row(&form, category)).collect_view();
    view! {
        <fieldset class="card wide">
            <legend><h2>"What comes, and how loud"</h2></legend>
            <p class="lead">
                "Without «Inbox» messages go to Done, read, and nothing is told of them. A toast also brings a notification of the browser where you allow it. Urgent messages always come into the inbox, with a toast."
            </p>
            <table class="loud" data-testid="loud">
                <thead>
                    <tr>
                        <th scope="col">"Category"</th>
                        <th scope="col">"Inbox"</th>
                        <th scope="col">"Toast"</th>
                        <th scope="col">"Sound"</th>
                    </tr>
                </thead>
                <tbody>
                    <tr data-testid="loud-other">
                        <th scope="row">"Everything else"</th>
                        <td><i class="icon i-check" aria-hidden="true"></i><span class="sr">"always"</span></td>
                        <td><Check name="chosen[other_toast]" value="on" checked=toast label="Toast for everything else"/></td>
                        <td><Check name="chosen[other_sound]" value="on" checked=sound label="Sound for everything else"/></td>
                    </tr>
                    {rows}
                </tbody>
            </table>
            <div class="field">
                <label for="field-another">"One more category"</label>
                <small class="hint" id="hint-another">"It gets a row of its own when you save."</small>
                <input
                    id="field-another"
                    name="chosen[another]"
                    data-testid="field-another"
                    value=form.another.clone()
                    maxlength="40"
                    autocapitalize="none"
                    autocomplete="off"
                    spellcheck="false"
                    aria-invalid=problem.map(|_| "true")
                    aria-describedby=if problem.is_some() { "problem-another" } else { "hint-another" }
                />
                {problem.map(|problem| told("another", problem))}
            </div>
        </fieldset>
    }
}

fn row(form: &PreferencesForm, category: &String) -> impl IntoView + use<> {
    let label = |what: &str| format!("{what} for {category}");
    let (inboxed, toasts, sounds) = (label("Inbox"), label("Toast"), label("Sound"));
    let [inbox, toast, sound] = [&form.inbox, &form.toast, &form.sound].map(|those| those.contains(category));
    let category = category.clone();
    view! {
        <tr data-testid="loud-row" data-category=category.clone()>
            <th scope="row">
                {category.clone()}
                <input type="hidden" name="chosen[category][]" value=category.clone()/>
            </th>
            <td><Check name="chosen[inbox][]" value=category.clone() checked=inbox label=inboxed/></td>
            <td><Check name="chosen[toast][]" value=category.clone() checked=toast label=toasts/></td>
            <td><Check name="chosen[sound][]" value=category.clone() checked=sound label=sounds/></td>
        </tr>
    }
}

/// What is wrong, at its field.
pub(super) fn told(field: &'static str, wrong: Wrong) -> impl IntoView {
    let id = ["problem-", field].concat();
    view! { <p class="problem" id=id.clone() data-testid=id>{wrong.sentence()}</p> }
}

#[component]
fn Check(name: &'static str, #[prop(into)] value: String, checked: bool, #[prop(into)] label: String) -> impl IntoView {
    view! { <label class="check"><input type="checkbox" name=name value=value checked=checked aria-label=label/></label> }
}

#[component]
fn Clock(
    typed: String,
    #[prop(optional_no_strip)] zone: Option<String>,
    there: i64,
    zones: Vec<String>,
    #[prop(optional_no_strip)] wrong: Option<Wrong>,
) -> impl IntoView {
    let problem = wrong.filter(|wrong| *wrong == Wrong::Zone);
    let clock = when::clock(there, 0);
    let now = match zone {
        None => format!(
            "None is kept yet, so UTC counts, where it is {clock}. With script, the first browser that you use tells its own."
        ),
        Some(zone) if zone != typed => format!("{zone} counts until you save. It is {clock} there."),
        Some(_) => format!("It is {clock} there."),
    };
    view! {
        <fieldset class="card wide">
            <legend><h2>"Time zone"</h2></legend>
            <div class="field">
                <label for="field-zone">"Where your clock is"</label>
                <small class="hint" id="hint-zone">{now}" Times, days, quiet hours and «tomorrow» go by it."</small>
                <input
                    id="field-zone"
                    name="chosen[zone]"
                    data-testid="field-zone"
                    list="zones"
                    value=typed
                    placeholder="UTC"
                    autocomplete="off"
                    spellcheck="false"
                    aria-invalid=problem.map(|_| "true")
                    aria-describedby=if problem.is_some() { "problem-zone" } else { "hint-zone" }
                />
                <datalist id="zones">{zones.into_iter().map(|zone| view! { <option value=zone></option> }).collect_view()}</datalist>
                {problem.map(|problem| told("zone", problem))}
            </div>
            <button type="button" class="button" data-do="zone" data-testid="zone-here" hidden>
                "Use "<b></b>" of this browser"
            </button>
        </fieldset>
    }
}

#[component]
fn Keys(keys: bool) -> impl IntoView {
    view! {
        <fieldset class="card wide">
            <legend><h2>"Keyboard"</h2></legend>
            <label class="check">
                <input type="checkbox" name="chosen[keys]" value="on" checked=keys data-testid="keys"/>
                "Single letters are keys, such as e for Done"
            </label>
        </fieldset>
    }
}

/// What script makes work; without it the section says so.
#[component]
fn ThisBrowser() -> impl IntoView {
    view! {
        <section class="card wide here" id="here" aria-labelledby="this-browser" data-testid="here">
            <h2 id="this-browser">"This browser"</h2>
            <p class="lead if-none">"Notifications and sounds need JavaScript."</p>
            <p class="lead if-default">"While a page of Tidings is open, the browser can show notifications of what comes when you look elsewhere. It will ask you."</p>
            <p class="lead if-granted">"While a page of Tidings is open, this browser shows notifications of what comes when you look elsewhere."</p>
            <p class="lead if-off">"This browser may show notifications, and you have turned them off."</p>
            <p class="lead if-denied">"This browser does not let Tidings show notifications. Its settings for this site can change that."</p>
            <p class="lead if-never">"This browser has no notifications for pages, or only for pages that come by HTTPS."</p>
            <p class="buttons">
                <button type="button" class="button" data-do="notify" data-testid="notify">
                    <span class="if-default">"Allow notifications"</span>
                    <span class="if-granted">"Turn notifications off here"</span>
                    <span class="if-off">"Turn notifications on here"</span>
                </button>
                <button type="button" class="button" data-do="sound" data-testid="sound-test">"Play the sound"</button>
            </p>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_codes_of_ours_are_told() {
        assert_eq!(PreferencesAgain::of("/preferences?done=x&wrong=%3Cb%3E"), PreferencesAgain::default());
        assert!(PreferencesAgain::of("/preferences?done=saved").saved);
        assert!(PreferencesAgain::of("/preferences?wrong=zone").wrong.is_some());
    }
}
