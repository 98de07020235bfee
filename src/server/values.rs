//! Values: what a session keeps of forms that are not done yet: the draft of a message, and preferences that could not be
//! kept as they were typed. Between the doors' workers (`drafts`, `preferences`) and the store.

use serde::{Deserialize, Serialize};

use super::auth::Caller;
use super::drafts::Kept;
use super::error::log_unexpected;
use super::now_ms;
use crate::api::ApiError;
use crate::api::preferences::PreferencesForm;

/// How often a change is tried anew when another request of the same session changed its values meanwhile.
const TRIES: usize = 8;

/// The session's values.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Values {
    /// The message that is being written.
    pub draft: Kept,
    /// Preferences as they were typed, when they could not be kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferences: Option<PreferencesForm>,
}

/// What the session has now.
pub(super) async fn read(caller: &Caller) -> Result<Values, ApiError> {
    text(caller).await.map(|text| parse(&text))
}

/// Changes them, whatever other requests of the session do to them meanwhile.
pub(super) async fn change(caller: &Caller, next: impl Fn(Values) -> Values) -> Result<(), ApiError> {
    for _ in 0..TRIES {
        let old = text(caller).await?;
        let new = serde_json::to_string(&next(parse(&old)));
        let new = new.map_err(|error| ApiError::Unexpected { id: log_unexpected(&error) })?;
        if caller.state.store.replace_values(caller.digest, old, new).await? {
            return Ok(());
        }
    }
    Err(ApiError::Busy { retry_after_s: 1 })
}

async fn text(caller: &Caller) -> Result<String, ApiError> {
    let session = caller.state.store.session(caller.digest, now_ms()).await?;
    Ok(session.ok_or(ApiError::SignedOut)?.data)
}

/// Values of another build that cannot be read are none.
fn parse(values: &str) -> Values {
    serde_json::from_str(values).unwrap_or_default()
}
