//! Preferences: how each reader wants to be told of what comes.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::theme::Theme;
use crate::domain::{Preferences, UserId};

/// What readers have chosen.
#[async_trait]
pub trait Prefer: Send + Sync {
    /// What the person has chosen, in its latest version; who has chosen nothing has the usual, in version 0.
    async fn preferences(&self, user: UserId) -> Result<(i64, Preferences), StoreError>;

    /// The version alone. It is asked for at every beat of every stream.
    async fn preferences_version(&self, user: UserId) -> Result<i64, StoreError>;

    /// Replaces what the person has chosen, as a whole, and answers the version of it. Nothing new is no new version.
    async fn prefer(&self, user: UserId, preferences: Preferences) -> Result<i64, StoreError>;

    /// Keeps the zone of the person's browser, unless they have one already.
    async fn settle_zone(&self, user: UserId, zone: String) -> Result<(), StoreError>;

    /// Keeps other colours, and leaves the rest as it is.
    async fn prefer_theme(&self, user: UserId, theme: Theme) -> Result<(), StoreError>;

    /// The categories of the person's latest messages, by the alphabet.
    async fn categories(&self, user: UserId) -> Result<Vec<String>, StoreError>;
}

/// So many of the latest messages tell which categories there are.
pub const CATEGORIES_OF: usize = 1000;
