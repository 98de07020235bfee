//! Acts: what a reader asks of items, from the word of a form to the store. Comes after the door `api::inbox::act`.

use super::answer;
use super::auth::Caller;
use crate::api::ApiError;
use crate::domain::{Acted, Action, Change, MessageId};

/// Does what the word says, and sends a plain form back to its page.
pub async fn act(caller: &Caller, change: &str) -> Result<Acted, ApiError> {
    let (store, user) = (&caller.state.store, caller.user.id);
    match Change::parse(change).ok_or_else(nonsense)? {
        Change::Act(action, ids) => verb(caller, action, &ids).await,
        Change::Later(..) => Err(nonsense()),
        Change::ReadAll(up_to) => {
            let acted = store.read_all(user, up_to).await?;
            answer::back();
            Ok(acted)
        }
        Change::Undo(act) => {
            let undone = store.undo(user, act).await?.ok_or(ApiError::NotFound)?;
            answer::back();
            Ok(undone)
        }
    }
}

async fn verb(caller: &Caller, action: Action, ids: &[MessageId]) -> Result<Acted, ApiError> {
    let acted = caller.state.store.act(caller.user.id, ids, action).await?;
    answer::back_after(action);
    acted.ok_or(ApiError::NotFound)
}

fn nonsense() -> ApiError {
    ApiError::Invalid("That is no change.".into())
}
