//! Preferences: the doors of the form on `/preferences`, of the palette's themes, and the one at which a browser tells its time zone.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// The form, as a browser sends it: boxes that are not checked are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PreferencesForm {
    /// An IANA name; empty: UTC.
    pub zone: String,
    /// The colours, by their word; empty: those of the system.
    pub theme: String,
    /// `on`: single letters are keys.
    pub keys: String,
    /// The days on which there are quiet hours, 0 is Monday.
    pub quiet: Vec<String>,
    /// When they begin on each day of the week, as `22:00`.
    pub from: Vec<String>,
    /// When they end.
    pub to: Vec<String>,
    /// `on`: a toast for messages of all other categories.
    pub other_toast: String,
    /// `on`: a sound for them.
    pub other_sound: String,
    /// The categories that have a row.
    pub category: Vec<String>,
    /// Those of them that come into the inbox.
    pub inbox: Vec<String>,
    /// Those with a toast.
    pub toast: Vec<String>,
    /// Those with a sound.
    pub sound: Vec<String>,
    /// One more category, for the next time.
    pub another: String,
}

/// Why preferences cannot be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// No such time zone.
    Zone,
    /// Quiet hours without their times.
    Time,
    /// A category that is none.
    Category,
    /// More categories than can be kept.
    TooMany,
}

impl Wrong {
    const ALL: [Self; 4] = [Self::Zone, Self::Time, Self::Category, Self::TooMany];

    /// The word in the address of the page.
    pub fn code(self) -> &'static str {
        match self {
            Self::Zone => "zone",
            Self::Time => "time",
            Self::Category => "category",
            Self::TooMany => "too-many",
        }
    }

    /// Reads [`Self::code`] back.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|wrong| wrong.code() == code)
    }

    /// What a person is told, at the field.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Zone => "There is no time zone of that name. Choose one from the list, such as Europe/Berlin.",
            Self::Time => "Quiet hours need a time at which they begin and one at which they end.",
            Self::Category => "A category is one word of at most 40 characters.",
            Self::TooMany => "These are more categories than can be kept.",
        }
    }
}

/// Keeps what the reader has chosen. Every outcome is a redirect to the form.
#[server(prefix = "/api", endpoint = "preferences")]
pub async fn save_preferences(
    /// The whole form; its fields are called `chosen[zone]` and so on.
    #[server(default)]
    chosen: PreferencesForm,
) -> Result<(), ApiError> {
    use crate::server::{answer, auth, preferences};
    let next = answer::with(async { preferences::save(&auth::caller().await?, chosen).await }).await?;
    answer::redirect(&next);
    Ok(())
}

/// Keeps the colours that the reader has chosen in the palette, and nothing else.
#[server(prefix = "/api", endpoint = "theme")]
pub async fn save_theme(
    /// Their word.
    #[server(default)]
    theme: String,
) -> Result<(), ApiError> {
    use crate::server::{answer, auth, preferences};
    answer::with(async { preferences::save_theme(&auth::caller().await?, &theme).await }).await?;
    answer::back();
    Ok(())
}

/// Keeps the time zone of a browser for who has chosen none yet, so that quiet hours, days and «tomorrow» are theirs.
#[server(prefix = "/api", endpoint = "zone")]
pub async fn settle_zone(
    /// An IANA name.
    #[server(default)]
    zone: String,
) -> Result<(), ApiError> {
    use crate::server::{answer, auth, preferences};
    answer::with(async { preferences::settle_zone(&auth::caller().await?, &zone).await }).await
}
