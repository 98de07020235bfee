//! Mute: the doors for what a reader does not want to hear of, and wants to hear again.

use leptos::prelude::*;

use super::ApiError;

/// Something that the reader mutes, as `/preferences` lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MyMute {
    /// What it is unmuted by: [`Mute`](crate::domain::Mute) as a word.
    pub word: String,
    /// It is a sender; else a category.
    pub sender: bool,
    /// What people call it.
    pub shown: String,
    /// Since when; milliseconds since the Unix epoch.
    pub since: i64,
}

/// Mutes a sender or a category: what comes of it from now on arrives done and read, unless it is urgent.
#[server(prefix = "/api", endpoint = "mute")]
pub async fn mute(
    /// `sender:NAME` or `category:WORD`; or `sender-of:ID` or `category-of:ID`, by an item of one's own.
    #[server(default)]
    mute: String,
) -> Result<(), ApiError> {
    use crate::server::{answer, auth, mutes};
    answer::with(async { mutes::mute(&auth::caller().await?, &mute).await }).await?;
    answer::back();
    Ok(())
}

/// Hears it again.
#[server(prefix = "/api", endpoint = "unmute")]
pub async fn unmute(
    /// As for [`mute`].
    #[server(default)]
    unmute: String,
) -> Result<(), ApiError> {
    use crate::server::{answer, auth, mutes};
    answer::with(async { mutes::unmute(&auth::caller().await?, &unmute).await }).await?;
    answer::back();
    Ok(())
}
