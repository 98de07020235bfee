//! Tokens: how programs say who they are, `Authorization: Bearer td_…` (RFC 6750).

use axum::http::{HeaderMap, header};

use super::super::error::Refusal;
use super::super::limits::Refused;
use super::super::now_ms;
use super::super::state::AppState;
use super::super::store::{Scope, StoreError, TokenRow, User, UserRef};
use super::{TOUCH_EVERY, secret};

/// With more writes waiting than this, a use is not remembered.
const TOUCHES_WAITING: usize = 64;

/// Why a program was not let in.
#[derive(Debug, thiserror::Error)]
pub enum TokenProblem {
    /// No token was brought.
    #[error("Bring a token: Authorization: Bearer td_….")]
    Missing,
    /// Nobody has this token, it was revoked, or its owner is disabled.
    #[error("This token is not good, or not any more.")]
    Unknown,
    /// The token is good, but not for this.
    #[error("This token may not do that; it needs the scope «{}».", .0.as_str())]
    WrongScope(Scope),
    /// The store's own reason.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It asks too often.
    #[error("{}", .0.sentence)]
    TooFast(Refused),
}

impl From<TokenProblem> for Refusal {
    fn from(problem: TokenProblem) -> Self {
        match problem {
            TokenProblem::Missing | TokenProblem::Unknown => Self::unauthorized(problem.to_string()),
            TokenProblem::WrongScope(_) => Self::forbidden(problem.to_string()),
            TokenProblem::Store(error) => error.into(),
            TokenProblem::TooFast(refused) => refused.into(),
        }
    }
}

/// The token in the headers, `Ok(None)` when there is no `Authorization` at all.
pub fn bearer(headers: &HeaderMap) -> Result<Option<&str>, TokenProblem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    // Two of them: somebody between would read one and we the other.
    if values.next().is_some() {
        return Err(TokenProblem::Unknown);
    }
    let (scheme, token) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(TokenProblem::Unknown)?;
    let token = token.trim_start_matches(' ');
    if scheme.eq_ignore_ascii_case("bearer") && token.starts_with(secret::TOKEN_PREFIX) {
        Ok(Some(token))
    } else {
        Err(TokenProblem::Unknown)
    }
}

/// A token that is good for `scope`; its owner is enabled.
pub async fn token(state: &AppState, headers: &HeaderMap, scope: Scope) -> Result<TokenRow, TokenProblem> {
    let token = bearer(headers)?.ok_or(TokenProblem::Missing)?;
    let row = state.store.token(secret::digest(token)).await?.ok_or(TokenProblem::Unknown)?;
    let in_turn = match scope {
        Scope::Read => state.limits.token(row.id),
        Scope::Send => state.limits.send(row.id),
    };
    in_turn.map_err(TokenProblem::TooFast)?;
    if row.scope != scope {
        return Err(TokenProblem::WrongScope(scope));
    }
    touch(state, &row);
    Ok(row)
}

/// The person who brings a token that sends.
pub async fn sender(state: &AppState, headers: &HeaderMap) -> Result<User, TokenProblem> {
    let row = token(state, headers, Scope::Send).await?;
    let user = state.store.user(UserRef::Id(row.user)).await?.filter(|user| user.enabled);
    let user = user.ok_or(TokenProblem::Unknown)?;
    // A token must not outlive the role that it was made for.
    if !user.role.may_send() {
        return Err(TokenProblem::WrongScope(Scope::Send));
    }
    Ok(user)
}

/// Remembers the use, at most once a minute, without holding up the request; a lost one is no harm. When thousands come
/// back at once, these writes must not keep sends out of the queue.
fn touch(state: &AppState, row: &TokenRow) {
    let now = now_ms();
    if row.last_used_at.is_some_and(|at| now - at < TOUCH_EVERY) || state.store.waiting() > TOUCHES_WAITING {
        return;
    }
    let (store, id) = (state.store.clone(), row.id);
    tokio::spawn(async move {
        if let Err(error) = store.touch_token(id, now).await {
            tracing::debug!(%error, token.id = id.0, "the last use of a token was not kept");
        }
    });
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(values: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn one_bearer_token_is_read() {
        assert!(matches!(bearer(&headers(&[])), Ok(None)));
        for good in ["Bearer td_abc", "bearer td_abc", "BEARER  td_abc"] {
            assert!(matches!(bearer(&headers(&[good])), Ok(Some("td_abc"))), "{good}");
        }
    }

    #[test]
    fn everything_else_is_no_token() {
        for bad in [&["Basic dTpw"][..], &["td_abc"], &["Bearer abc"], &["Bearer"], &["Bearer td_a", "Bearer td_b"]] {
            assert!(matches!(bearer(&headers(bad)), Err(TokenProblem::Unknown)), "{bad:?}");
        }
    }
}
