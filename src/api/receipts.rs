//! Receipts: the door for what a page acknowledges.

use leptos::prelude::*;

use super::ApiError;

/// Keeps what this browser has applied, shown, and had opened. Made for batches: can be repeated, and a page that goes
/// away sends it as a beacon (W3C Beacon), whose answer nobody reads.
#[server(prefix = "/api", endpoint = "acknowledge")]
pub async fn acknowledge(
    /// The browser's name for itself, as in the address of its stream.
    client: String,
    /// The cursor up to which every change has been applied; empty: no news of that.
    #[server(default)]
    cursor: String,
    /// Messages that stood before the reader's eyes, separated by commas.
    #[server(default)]
    seen: String,
    /// Messages that were opened.
    #[server(default)]
    read: String,
    /// How long messages took from being sent to being applied here, in milliseconds.
    #[server(default)]
    latency: String,
) -> Result<(), ApiError> {
    use crate::server::{answer, auth, receipts};
    answer::with(async {
        let caller = auth::caller().await?;
        receipts::acknowledge(&caller, receipts::Told { client, cursor, seen, read, latency }).await
    })
    .await
}
