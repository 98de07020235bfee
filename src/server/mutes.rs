//! Mutes: what a reader does not want to hear of, by the word of a button. Comes after the doors in `api::mute`.

use super::auth::Caller;
use super::now_ms;
use super::store::{MuteRow, Muted};
use crate::api::ApiError;
use crate::api::mute::MyMute;
use crate::domain::item::Opened;
use crate::domain::mute::MUTES_MAX;
use crate::domain::{MessageId, Mute, Username};

/// What the caller mutes, the latest first.
pub async fn list(caller: &Caller) -> Result<Vec<MyMute>, ApiError> {
    let rows = caller.state.store.mutes(caller.user.id).await?;
    let shown = |MuteRow { mute, shown, since }| MyMute {
        word: mute.to_string(),
        sender: matches!(mute, Mute::Sender(_)),
        shown,
        since,
    };
    Ok(rows.into_iter().map(shown).collect())
}

/// Mutes what the word says.
pub async fn mute(caller: &Caller, word: &str) -> Result<(), ApiError> {
    let mute = meant(caller, word).await?;
    match caller.state.store.mute(caller.user.id, mute, now_ms()).await? {
        Muted::Done => Ok(()),
        Muted::Nobody => Err(ApiError::NotFound),
        Muted::TooMany => Err(ApiError::Invalid(format!("At most {MUTES_MAX} senders and categories can be muted."))),
    }
}

/// Hears it again; what is not muted is heard already.
pub async fn unmute(caller: &Caller, word: &str) -> Result<(), ApiError> {
    let mute = meant(caller, word).await?;
    caller.state.store.unmute(caller.user.id, mute).await?;
    Ok(())
}

/// What is named, or what an item of the caller's own has.
async fn meant(caller: &Caller, word: &str) -> Result<Mute, ApiError> {
    let invalid = || ApiError::Invalid("That is nothing to mute.".into());
    let of = |kind| word.strip_prefix(kind).map(|id| id.parse().map(MessageId).map_err(|_| invalid()));
    if let Some(id) = of("sender-of:") {
        let name = Username::parse(&opened(caller, id?).await?.sender);
        return name.map(Mute::Sender).map_err(|_| invalid());
    }
    if let Some(id) = of("category-of:") {
        return opened(caller, id?).await?.item.category.map(Mute::Category).ok_or_else(invalid);
    }
    Mute::parse(word).ok_or_else(invalid)
}

async fn opened(caller: &Caller, id: MessageId) -> Result<Opened, ApiError> {
    caller.state.store.opened(caller.user.id, id).await?.ok_or(ApiError::NotFound)
}
