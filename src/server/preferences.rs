//! Preferences: what the page of them shows, what its form changes, and what open pages go by. Comes after the doors
//! `api::preferences` and `api::session::me`.

use super::auth::Caller;
use super::now_ms;
use super::state::AppState;
use super::store::{Muted, StoreError};
use super::values::{self, Values};
use super::zone::{self, Zone};
use crate::api::ApiError;
use crate::api::preferences::{PreferencesForm, Wrong};
use crate::app::pages::Shown;
use crate::domain::preferences::{CATEGORIES_MAX, Choice, Loud};
use crate::domain::quiet::{Hours, Week, time};
use crate::domain::theme::Theme;
use crate::domain::{Mute, Preferences, UserId, Wishes, label};

/// What an open page of this person goes by, for some days ahead.
pub async fn wishes(state: &AppState, user: UserId, now: i64) -> Result<Wishes, StoreError> {
    let (version, chosen) = state.store.preferences(user).await?;
    let zone = Zone::of(chosen.zone.as_deref());
    let quiet = chosen.week.moments(now, zone.wall(now), |wall| zone.moment(wall));
    let Preferences { zone, keys, theme, other, choices, .. } = chosen;
    Ok(Wishes { version, zone, keys, theme, quiet, other, choices })
}

/// What the page shows; `refused`: what was typed when it could not be kept, as it was.
pub async fn shown(caller: &Caller, now: i64, refused: bool) -> Result<Shown, ApiError> {
    let (store, user) = (&caller.state.store, caller.user.id);
    let (_, chosen) = store.preferences(user).await?;
    let there = Zone::of(chosen.zone.as_deref()).wall(now);
    let zone = chosen.zone.clone();
    let typed = if refused { values::read(caller).await?.preferences } else { None };
    let form = match typed {
        Some(typed) => typed,
        None => filled(chosen, &muted(caller).await?, store.categories(user).await?),
    };
    Ok(Shown { form, zone, there, zones: zone::names() })
}

/// The form with what is kept. `categories` are those of the reader's messages.
fn filled(chosen: Preferences, muted: &[String], mut categories: Vec<String>) -> PreferencesForm {
    categories.extend(muted.iter().cloned());
    categories.extend(chosen.choices.iter().map(|choice| choice.category.clone()));
    categories.sort();
    categories.dedup();
    categories.truncate(CATEGORIES_MAX);
    let loud = |category: &String| {
        let choice = chosen.choices.iter().find(|choice| choice.category == *category);
        choice.map_or(chosen.other, |choice| choice.loud)
    };
    let those = |which: &dyn Fn(&String) -> bool| categories.iter().filter(|name| which(name)).cloned().collect();
    let days = chosen.week.0.iter().enumerate();
    let times = chosen.week.0.iter().map(|hours| hours.map_or((22 * 60, 7 * 60), |hours| (hours.from(), hours.to())));
    let (from, to) = times.map(|(from, to)| (time(from), time(to))).unzip();
    let word = |on: bool| if on { "on".to_owned() } else { String::new() };
    PreferencesForm {
        inbox: those(&|name| !muted.contains(name)),
        toast: those(&|name| loud(name).toast),
        sound: those(&|name| loud(name).sound),
        zone: chosen.zone.clone().unwrap_or_default(),
        theme: chosen.theme.as_str().to_owned(),
        keys: word(chosen.keys),
        quiet: days.filter(|(_, hours)| hours.is_some()).map(|(day, _)| day.to_string()).collect(),
        from,
        to,
        other_toast: word(chosen.other.toast),
        other_sound: word(chosen.other.sound),
        another: String::new(),
        category: categories,
    }
}

async fn muted(caller: &Caller) -> Result<Vec<String>, ApiError> {
    let mutes = caller.state.store.mutes(caller.user.id).await?.into_iter();
    Ok(mutes.filter_map(|row| if let Mute::Category(category) = row.mute { Some(category) } else { None }).collect())
}

/// Keeps the zone of the caller's browser, when they have chosen none; one that is not known here changes nothing.
pub async fn settle_zone(caller: &Caller, name: &str) -> Result<(), ApiError> {
    if let Some(zone) = Zone::find(name) {
        caller.state.store.settle_zone(caller.user.id, zone.name().to_owned()).await?;
    }
    Ok(())
}

/// Keeps what was chosen, and answers where to go on. What cannot be read changes nothing, and is there again to be mended.
pub async fn save(caller: &Caller, form: PreferencesForm) -> Result<String, ApiError> {
    match keep(caller, &form).await? {
        Ok(()) => {
            if values::read(caller).await?.preferences.is_some() {
                values::change(caller, |values| Values { preferences: None, ..values }).await?;
            }
            Ok("/preferences?done=saved".into())
        }
        Err(wrong) => {
            values::change(caller, |values| Values { preferences: Some(form.clone()), ..values }).await?;
            Ok(["/preferences?wrong=", wrong.code()].concat())
        }
    }
}

async fn keep(caller: &Caller, form: &PreferencesForm) -> Result<Result<(), Wrong>, ApiError> {
    let chosen = match parse(form) {
        Ok(chosen) => chosen,
        Err(wrong) => return Ok(Err(wrong)),
    };
    if !mute(caller, form).await? {
        return Ok(Err(Wrong::TooMany));
    }
    caller.state.store.prefer(caller.user.id, chosen).await?;
    Ok(Ok(()))
}

/// Keeps other colours, and leaves the rest as it is.
pub async fn save_theme(caller: &Caller, word: &str) -> Result<(), ApiError> {
    let theme = Theme::parse(word).ok_or_else(|| ApiError::Invalid("There are no such colours.".into()))?;
    Ok(caller.state.store.prefer_theme(caller.user.id, theme).await?)
}

/// Mutes the categories that are not to come into the inbox, and hears the others. `false`: that would be too many.
async fn mute(caller: &Caller, form: &PreferencesForm) -> Result<bool, ApiError> {
    let (store, user, before) = (&caller.state.store, caller.user.id, muted(caller).await?);
    for category in form.category.iter().filter_map(|typed| label::parse(typed)) {
        let wanted = !form.inbox.contains(&category);
        if wanted == before.contains(&category) {
            continue;
        }
        if !wanted {
            store.unmute(user, Mute::Category(category)).await?;
        } else if store.mute(user, Mute::Category(category), now_ms()).await? == Muted::TooMany {
            return Ok(false);
        }
    }
    Ok(true)
}

fn parse(form: &PreferencesForm) -> Result<Preferences, Wrong> {
    let zone = match form.zone.trim() {
        "" => None,
        name => Some(Zone::find(name).ok_or(Wrong::Zone)?.name().to_owned()),
    };
    let other = Loud { toast: on(&form.other_toast), sound: on(&form.other_sound) };
    let choices = choices(form, other)?;
    let theme = Theme::parse(&form.theme).unwrap_or_default();
    Ok(Preferences { zone, keys: on(&form.keys), theme, week: week(form)?, other, choices })
}

fn on(word: &str) -> bool {
    word == "on"
}

fn week(form: &PreferencesForm) -> Result<Week, Wrong> {
    let mut week = Week::default();
    for day in &form.quiet {
        let day = day.parse::<usize>().ok().filter(|day| *day < 7).ok_or(Wrong::Time)?;
        let hours = form.from.get(day).zip(form.to.get(day)).and_then(|(from, to)| Hours::parse(from, to));
        week.0[day] = Some(hours.ok_or(Wrong::Time)?);
    }
    Ok(week)
}

/// Those that say anything else than what holds for all others.
fn choices(form: &PreferencesForm, other: Loud) -> Result<Vec<Choice>, Wrong> {
    if form.category.len() > CATEGORIES_MAX {
        return Err(Wrong::TooMany);
    }
    let mut choices = Vec::new();
    for typed in &form.category {
        let category = label::parse(typed).ok_or(Wrong::Category)?;
        let loud = Loud { toast: form.toast.contains(typed), sound: form.sound.contains(typed) };
        choices.push(Choice { category, loud });
    }
    choices.retain(|choice| choice.loud != other);
    if !form.another.trim().is_empty() {
        choices.push(Choice { category: label::parse(&form.another).ok_or(Wrong::Category)?, loud: other });
    }
    choices.sort_by(|a, b| a.category.cmp(&b.category));
    choices.dedup_by(|a, b| a.category == b.category);
    if choices.len() > CATEGORIES_MAX { Err(Wrong::TooMany) } else { Ok(choices) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words<const N: usize>(words: [&str; N]) -> Vec<String> {
        words.map(str::to_owned).to_vec()
    }

    fn form() -> PreferencesForm {
        let [from, to] = ["22:00", "07:00"].map(|time| vec![time.to_owned(); 7]);
        PreferencesForm { from, to, other_toast: "on".into(), keys: "on".into(), ..PreferencesForm::default() }
    }

    #[test]
    fn the_form_as_it_comes_is_the_usual() {
        assert_eq!(parse(&form()), Ok(Preferences::default()));
    }

    #[test]
    fn the_form_with_what_is_kept_is_read_as_what_is_kept() {
        let mut week = Week::default();
        week.0[6] = Hours::parse("23:30", "06:00");
        let loud = Loud { toast: false, sound: true };
        let choices = vec![Choice { category: "ci".into(), loud }];
        let zone = Some("Europe/Berlin".to_owned());
        let chosen = Preferences { zone, keys: false, theme: Theme::Dark, week, choices, ..Preferences::default() };
        let form = filled(chosen.clone(), &words(["lunch"]), words(["ci", "deploy"]));
        assert_eq!(form.category, ["ci", "deploy", "lunch"]);
        assert_eq!(form.inbox, ["ci", "deploy"]);
        assert_eq!(parse(&form), Ok(chosen));
    }

    #[test]
    fn days_that_are_checked_have_their_hours() {
        let chosen = parse(&PreferencesForm { quiet: words(["0", "6"]), ..form() }).expect("preferences");
        let night = Hours::parse("22:00", "07:00");
        assert_eq!(chosen.week.0, [night, None, None, None, None, None, night]);
    }

    #[test]
    fn only_categories_that_differ_are_kept_and_one_that_was_added() {
        let form = PreferencesForm {
            category: words(["ci", "deploy", "lunch"]),
            toast: words(["ci", "lunch"]),
            sound: words(["lunch"]),
            another: " Ops ".into(),
            ..form()
        };
        let kept = parse(&form).expect("preferences").choices;
        let names: Vec<_> =
            kept.iter().map(|choice| (&*choice.category, choice.loud.toast, choice.loud.sound)).collect();
        assert_eq!(names, [("deploy", false, false), ("lunch", true, true), ("ops", true, false)]);
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let many = (0..=CATEGORIES_MAX).map(|n| format!("c{n}")).collect();
        for (form, wrong) in [
            (PreferencesForm { zone: "Mars/Olympus".into(), ..form() }, Wrong::Zone),
            (PreferencesForm { quiet: words(["7"]), ..form() }, Wrong::Time),
            (PreferencesForm { quiet: words(["1"]), to: words(["07:00"]), ..form() }, Wrong::Time),
            (PreferencesForm { quiet: words(["0"]), from: words(["25:00"]), ..form() }, Wrong::Time),
            (PreferencesForm { category: words(["two words"]), ..form() }, Wrong::Category),
            (PreferencesForm { another: "a\"b".into(), ..form() }, Wrong::Category),
            (PreferencesForm { category: many, ..form() }, Wrong::TooMany),
        ] {
            assert_eq!(parse(&form), Err(wrong));
        }
        let zone = parse(&PreferencesForm { zone: " europe/berlin".into(), ..form() }).expect("preferences").zone;
        assert_eq!(zone.as_deref(), Some("Europe/Berlin"));
    }
}
