//! Attempt: one try of a password. Counted as a failure before it is looked at, so that many at once do not slip through.

use std::net::IpAddr;

use super::super::metrics::Limit;
use super::super::now_ms;
use super::super::state::AppState;

/// Why a password was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInProblem {
    /// The name or the password is wrong; which one is not told.
    Wrong,
    /// Too many failures; this attempt was not looked at.
    SlowDown {
        /// When to come back.
        seconds: u64,
    },
    /// The server cannot do it now.
    Busy,
}

/// Looks at an attempt in the name of `key`, unless there were too many failures. `check` answers what it found, `None` when
/// the password is wrong, and an error when it could not be judged, which leaves no trace.
pub(super) async fn attempt<T>(
    state: &AppState,
    key: &str,
    address: IpAddr,
    check: impl Future<Output = Result<Option<T>, SignInProblem>>,
) -> Result<T, SignInProblem> {
    state.auth.throttle().attempt(key, address, now_ms()).map_err(|wait| {
        tracing::info!(client.address = %address, "a password was slowed down");
        state.metrics.refused(Limit::SignIns);
        SignInProblem::SlowDown { seconds: wait.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX) }
    })?;
    let found = check.await.inspect_err(|_| state.auth.throttle().undo(key, address))?;
    let Some(found) = found else {
        tracing::info!(client.address = %address, "a password was wrong");
        return Err(SignInProblem::Wrong);
    };
    state.auth.throttle().succeeded(key, address);
    Ok(found)
}
