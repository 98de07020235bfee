//! Preferences: the door of the form on `/preferences`.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// The form, as a browser sends it: boxes that are not checked are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PreferencesForm {
    /// An IANA name; empty: UTC.
    pub zone: String,
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

/// Keeps what the reader has chosen. Every outcome is a redirect to the form.
#[server(prefix = "/api", endpoint = "preferences")]
pub async fn save_preferences(
    /// The whole form; its fields are called `chosen[zone]` and so on.
    #[server(default)]
    chosen: PreferencesForm,
) -> Result<(), ApiError> {
    use crate::server::{answer, auth, preferences};
    let next = answer::with(async { preferences::save(&auth::caller().await?, chosen).await }).await?;
    answer::redirect(next);
    Ok(())
}
