//! Find: the doors of the searches that people keep. What a search finds comes through the door of lists, `api::inbox::page`.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;
use crate::domain::read::fields;

/// What stands around the list, as HTML: nothing in it is live but its numbers, so it is made on the server, where they are
/// counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Around {
    /// Filters over the list.
    pub chips: String,
    /// Kept searches and sources, in the rail.
    pub rail: String,
    /// What can be done before anything has come; empty: something has.
    pub start: String,
}

fields!(Around { chips, rail, start });

/// What stands around the list.
#[server(name = LookAround, prefix = "/api", endpoint = "around")]
pub async fn around(
    /// The search that is open, as it was typed; empty: none.
    #[server(default)]
    q: String,
) -> Result<Around, ApiError> {
    use crate::server::{answer, around, auth};
    answer::with(async { around::read(&auth::caller().await?, &q).await }).await
}

/// Keeps a search under a name, and goes back to it.
#[server(prefix = "/api", endpoint = "keep_filter")]
pub async fn keep_filter(
    /// What to call it; empty: as its query.
    #[server(default)]
    name: String,
    /// The query.
    #[server(default)]
    q: String,
) -> Result<(), ApiError> {
    use crate::server::{answer, auth, filters};
    let next = answer::with(async { filters::keep(&auth::caller().await?, &name, &q).await }).await?;
    answer::redirect(&next);
    Ok(())
}

/// Forgets a search, and goes back to where one was.
#[server(prefix = "/api", endpoint = "forget_filter")]
pub async fn forget_filter(
    /// Its number.
    #[server(default)]
    id: String,
) -> Result<(), ApiError> {
    use crate::server::{answer, auth, filters};
    answer::with(async { filters::forget(&auth::caller().await?, &id).await }).await?;
    answer::back();
    Ok(())
}
