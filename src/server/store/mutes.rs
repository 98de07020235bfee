//! Mutes: what each reader does not want to hear of.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::{Mute, UserId};

/// What is muted by whom. It counts for what is delivered afterwards.
#[async_trait]
pub trait Mutes: Send + Sync {
    /// Mutes it; once more changes nothing.
    async fn mute(&self, user: UserId, mute: Mute, at: i64) -> Result<Muted, StoreError>;

    /// Hears it again. `false`: it was not muted.
    async fn unmute(&self, user: UserId, mute: Mute) -> Result<bool, StoreError>;

    /// What a person mutes, the latest first.
    async fn mutes(&self, user: UserId) -> Result<Vec<MuteRow>, StoreError>;
}

/// What became of the wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Muted {
    /// It is muted.
    Done,
    /// Nobody has this name.
    Nobody,
    /// They mute [`MUTES_MAX`](crate::domain::mute::MUTES_MAX) already.
    TooMany,
}

/// Something that is muted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MuteRow {
    /// What.
    pub mute: Mute,
    /// What people call it: the sender's display name, or the category.
    pub shown: String,
    /// Since when; milliseconds since the Unix epoch.
    pub since: i64,
}
