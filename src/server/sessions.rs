//! Sessions: one's own, listed and ended. Comes after the doors in `api::session`; the store ends the streams with them.

use super::auth::{self, Caller};
use super::hex::hex;
use super::now_ms;
use super::store::{Digest, SessionRow};
use crate::api::ApiError;
use crate::api::session::MySession;
use crate::domain::event::SignedOut;

/// Bytes of the digest that a session is named by. Only one's own are looked through for a name, so it opens nothing and
/// reaches nobody else's.
const NAME: usize = 8;

/// Where the caller is signed in: this session first, then the one used last.
pub async fn list(caller: &Caller) -> Result<Vec<MySession>, ApiError> {
    let mut rows = rows(caller).await?;
    if !rows.iter().any(|row| row.digest == caller.digest) {
        // There are more than a list holds, and others were used later.
        rows.extend(caller.state.store.session(caller.digest, now_ms()).await?);
    }
    rows.sort_by_key(|row| row.digest != caller.digest);
    let open = caller.state.broker.open_sessions(caller.user.id);
    let shown = |row: SessionRow| MySession {
        name: name(&row.digest),
        here: row.digest == caller.digest,
        open: open.contains(&row.digest),
        device: row.device,
        address: row.address,
        since: row.created_at,
        used_at: row.last_used_at,
    };
    Ok(rows.into_iter().map(shown).collect())
}

/// Ends the session with this name, if the caller has one. Answers where to go on.
pub async fn end(caller: &Caller, named: &str) -> Result<&'static str, ApiError> {
    if name(&caller.digest) == named {
        auth::sign_out().await?;
        return Ok("/sign-in");
    }
    let row = rows(caller).await?.into_iter().find(|row| name(&row.digest) == named);
    let ended = match row {
        Some(row) => caller.state.store.end_session_of(caller.user.id, row.digest, SignedOut::EndedElsewhere).await?,
        None => false,
    };
    Ok(if ended { "/sessions?done=ended" } else { "/sessions?done=gone" })
}

/// Ends all sessions of the caller but this one; with `here` this one too, in the end. Answers where to go on.
pub async fn end_all(caller: &Caller, here: bool) -> Result<&'static str, ApiError> {
    let ended = caller.state.store.end_sessions(caller.user.id, Some(caller.digest), SignedOut::EndedElsewhere).await?;
    tracing::info!(user.id = caller.user.id.0, sessions = ended, here, "signed out everywhere else");
    if here {
        auth::sign_out().await?;
        return Ok("/sign-in?done=everywhere");
    }
    Ok("/sessions?done=others")
}

async fn rows(caller: &Caller) -> Result<Vec<SessionRow>, ApiError> {
    Ok(caller.state.store.sessions(caller.user.id, now_ms()).await?)
}

fn name(digest: &Digest) -> String {
    hex(&digest[..NAME])
}
