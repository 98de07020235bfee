//! Preferences: how one wants to be told of what comes. A plain form; what it did comes back in the address as a code. Made on
//! the server. What only this browser knows or may do is done by [`here`](crate::app::here), where script runs.

use leptos::prelude::*;

use super::muted::Muted;
use crate::api::mute::MyMute;
use crate::app::place::parameter;
use crate::app::when;
use crate::domain::Preferences;
use crate::domain::preferences::Loud;
use crate::domain::quiet::{DAYS, Hours, time};

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// What is kept.
    pub chosen: Preferences,
    /// The categories that can be chosen for.
    pub rows: Vec<Row>,
    /// What the clock of the reader's zone shows, in milliseconds since 1970-01-01T00:00 on it.
    pub there: i64,
    /// The names of all zones.
    pub zones: Vec<String>,
}

/// A category, and what was chosen for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its name.
    pub category: String,
    /// Its messages come into the inbox.
    pub inbox: bool,
    /// How loud they are.
    pub loud: Loud,
}

/// What the address of the page says of the last form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PreferencesAgain {
    saved: bool,
    wrong: Option<&'static str>,
}

impl PreferencesAgain {
    /// Reads the codes in an address; what makes no sense counts as absent.
    pub fn of(address: &str) -> Self {
        let wrong = parameter(address, "wrong").and_then(|code| match code {
            "zone" => Some("There is no time zone of that name. Choose one from the list, such as Europe/Berlin."),
            "time" => Some("Quiet hours need a time at which they begin and one at which they end."),
            "category" => Some("A category is one word of at most 40 characters."),
            "too-many" => Some("These are more categories than can be kept."),
            _ => None,
        });
        Self { saved: parameter(address, "done") == Some("saved"), wrong }
    }
}

/// The form.
#[component]
pub fn PreferencesPage(
    /// What is kept.
    shown: Shown,
    /// What the address brings.
    again: PreferencesAgain,
    /// What is muted, the latest first.
    mutes: Vec<MyMute>,
) -> impl IntoView {
    let Shown { chosen, rows, there, zones } = shown;
    let saved = again.saved.then(|| {
        view! { <p class="banner calm" role="status" data-testid="done"><i class="icon i-check" aria-hidden="true"></i><span>"Your preferences are saved. Open pages follow within seconds."</span></p> }
    });
    let wrong = again.wrong.map(|told| {
        view! { <p class="banner" role="alert" data-testid="problem"><span>"Nothing is saved. "{told}</span></p> }
    });
    view! {
        <main class="desk-page" id="main" data-testid="preferences-page">
            <h1>"Preferences"</h1>
            <p class="elsewhere"><a href="/sessions">"Your sessions and password"</a></p>
            {saved}
            {wrong}
            <form class="preferences" method="post" action="/api/preferences" data-testid="preferences-form">
                <Categories rows other=chosen.other/>
                <Quiet week=chosen.week.0/>
                <Clock zone=chosen.zone.unwrap_or_default() there zones/>
                <Keys keys=chosen.keys/>
                <p class="buttons">
                    <button class="primary" data-testid="save">"Save"</button>
                </p>
            </form>
            <ThisBrowser/>
            <Muted mutes/>
        </main>
    }
}

#[component]
fn Categories(rows: Vec<Row>, other: Loud) -> impl IntoView {
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
                        <td><Check name="chosen[other_toast]" value="on" checked=other.toast label="Toast for everything else"/></td>
                        <td><Check name="chosen[other_sound]" value="on" checked=other.sound label="Sound for everything else"/></td>
                    </tr>
                    {rows.into_iter().map(|row| view! { <CategoryRow row/> }).collect_view()}
                </tbody>
            </table>
            <div class="field">
                <label for="field-another">"One more category"</label>
                <small class="hint" id="hint-another">"It gets a row of its own when you save."</small>
                <input
                    id="field-another"
                    name="chosen[another]"
                    data-testid="field-another"
                    maxlength="40"
                    autocapitalize="none"
                    autocomplete="off"
                    spellcheck="false"
                    aria-describedby="hint-another"
                />
            </div>
        </fieldset>
    }
}

#[component]
fn CategoryRow(row: Row) -> impl IntoView {
    let Row { category, inbox, loud } = row;
    let label = |what: &str| format!("{what} for {category}");
    let (inboxed, toasts, sounds) = (label("Inbox"), label("Toast"), label("Sound"));
    view! {
        <tr data-testid="loud-row" data-category=category.clone()>
            <th scope="row">
                {category.clone()}
                <input type="hidden" name="chosen[category][]" value=category.clone()/>
            </th>
            <td><Check name="chosen[inbox][]" value=category.clone() checked=inbox label=inboxed/></td>
            <td><Check name="chosen[toast][]" value=category.clone() checked=loud.toast label=toasts/></td>
            <td><Check name="chosen[sound][]" value=category.clone() checked=loud.sound label=sounds/></td>
        </tr>
    }
}

#[component]
fn Check(name: &'static str, #[prop(into)] value: String, checked: bool, #[prop(into)] label: String) -> impl IntoView {
    view! { <label class="check"><input type="checkbox" name=name value=value checked=checked aria-label=label/></label> }
}

#[component]
fn Quiet(week: [Option<Hours>; 7]) -> impl IntoView {
    view! {
        <fieldset class="card wide">
            <legend><h2>"Quiet hours"</h2></legend>
            <p class="lead">
                "Toasts, sounds and notifications wait; afterwards you hear of all of it at once. Messages come into the inbox as always, and urgent ones are told at once. Hours that end before they begin end on the next day."
            </p>
            <ul class="week" data-testid="week">
                {week.into_iter().enumerate().map(|(day, hours)| view! { <Day day hours/> }).collect_view()}
            </ul>
        </fieldset>
    }
}

#[component]
fn Day(day: usize, #[prop(optional_no_strip)] hours: Option<Hours>) -> impl IntoView {
    let name = DAYS[day];
    let (from, to) = hours.map_or((22 * 60, 7 * 60), |hours| (hours.from(), hours.to()));
    view! {
        <li>
            <label class="check">
                <input type="checkbox" name="chosen[quiet][]" value=day checked=hours.is_some() data-testid=format!("quiet-{day}")/>
                {name}
            </label>
            <label>
                <span>"from"</span>
                <input type="time" name="chosen[from][]" value=time(from) required aria-label=format!("from, quiet on {name}") data-testid=format!("quiet-from-{day}")/>
            </label>
            <label>
                <span>"to"</span>
                <input type="time" name="chosen[to][]" value=time(to) required aria-label=format!("to, quiet on {name}") data-testid=format!("quiet-to-{day}")/>
            </label>
        </li>
    }
}

#[component]
fn Clock(zone: String, there: i64, zones: Vec<String>) -> impl IntoView {
    let clock = when::clock(there, 0);
    let now = if zone.is_empty() {
        format!("None is chosen, so UTC counts. It is {clock} there.")
    } else {
        format!("It is {clock} there.")
    };
    view! {
        <fieldset class="card wide">
            <legend><h2>"Time zone"</h2></legend>
            <div class="field">
                <label for="field-zone">"Where your clock is"</label>
                <small class="hint" id="hint-zone">{now}" Quiet hours and «tomorrow» go by it."</small>
                <input
                    id="field-zone"
                    name="chosen[zone]"
                    data-testid="field-zone"
                    list="zones"
                    value=zone
                    placeholder="UTC"
                    autocomplete="off"
                    spellcheck="false"
                    aria-describedby="hint-zone"
                />
                <datalist id="zones">{zones.into_iter().map(|zone| view! { <option value=zone></option> }).collect_view()}</datalist>
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
