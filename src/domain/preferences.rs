//! Preferences: how a reader wants to be told of what comes. What is kept is [`Preferences`]; what an open page goes by is
//! [`Wishes`], which the server makes of them for some days ahead.

use serde::{Deserialize, Serialize};

use super::quiet::{Week, is_quiet};
use super::theme::Theme;

/// Most categories for which one person chooses by name.
pub const CATEGORIES_MAX: usize = 100;

/// How loud arrivals may be. What is not in the inbox at all is muted, which is another matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loud {
    /// A toast on the page, and a notification of the browser where it may.
    pub toast: bool,
    /// A short sound.
    pub sound: bool,
}

impl Default for Loud {
    fn default() -> Self {
        Self { toast: true, sound: false }
    }
}

/// How loud messages of one category may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The category.
    pub category: String,
    /// How loud.
    #[serde(flatten)]
    pub loud: Loud,
}

/// What a reader has chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preferences {
    /// The IANA name of their time zone; `None`: UTC.
    pub zone: Option<String>,
    /// Single letters are keys.
    pub keys: bool,
    /// The colours.
    pub theme: Theme,
    /// When it is quiet, on the clock of their zone.
    pub week: Week,
    /// How loud messages are whose category is not in [`Self::choices`].
    pub other: Loud,
    /// How loud those of a category are, by its name.
    pub choices: Vec<Choice>,
}

impl Default for Preferences {
    fn default() -> Self {
        let (week, other) = (Week::default(), Loud::default());
        Self { zone: None, keys: true, theme: Theme::System, week, other, choices: Vec::new() }
    }
}

/// What an open page goes by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wishes {
    /// Which version of the preferences this is: a beat with another one says that they have changed.
    pub version: i64,
    /// The IANA name of their time zone, by which the page shows times; `None`: none is kept yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Single letters are keys.
    pub keys: bool,
    /// The colours.
    #[serde(default)]
    pub theme: Theme,
    /// When it becomes quiet and loud again, in turn: [`Week::moments`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quiet: Vec<i64>,
    /// How loud messages are of whose category nothing is said.
    pub other: Loud,
    /// How loud those of a category are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
}

impl Default for Wishes {
    fn default() -> Self {
        let (zone, quiet, choices) = (None, Vec::new(), Vec::new());
        Self { version: 0, zone, keys: true, theme: Theme::System, quiet, other: Loud::default(), choices }
    }
}

impl Wishes {
    /// How loud a message of this category may be when it is not quiet.
    pub fn loud(&self, category: Option<&str>) -> Loud {
        let chosen = self.choices.iter().find(|choice| Some(&*choice.category) == category);
        chosen.map_or(self.other, |choice| choice.loud)
    }

    /// Whether it is quiet at this moment.
    pub fn is_quiet(&self, at: i64) -> bool {
        is_quiet(&self.quiet, at)
    }

    /// Whether all moments that were told are past: the server knows further ones.
    pub fn is_stale(&self, now: i64) -> bool {
        self.quiet.last().is_some_and(|last| *last <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_has_its_own_choice_and_the_rest_share_one() {
        let deploy = Choice { category: "deploy".into(), loud: Loud { toast: false, sound: true } };
        let wishes = Wishes { choices: vec![deploy], ..Wishes::default() };
        assert_eq!(wishes.loud(Some("deploy")), Loud { toast: false, sound: true });
        assert_eq!([wishes.loud(Some("lunch")), wishes.loud(None)], [Loud { toast: true, sound: false }; 2]);
    }

    #[test]
    fn when_the_last_moment_is_past_there_is_more_to_ask_for() {
        let wishes = |quiet: &[i64]| Wishes { quiet: quiet.to_vec(), ..Wishes::default() };
        assert!(!wishes(&[]).is_stale(9) && !wishes(&[5, 10]).is_stale(9));
        assert!(wishes(&[5, 10]).is_stale(10));
    }
}
