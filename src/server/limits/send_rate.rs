//! Send rate: how fast one token may send. Comes after `auth` and before a message is parsed.

use std::num::NonZeroU32;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::super::error::Refusal;
use super::super::metrics::Limit;
use super::super::store::TokenId;

/// One bucket a token; it holds a second's worth.
pub struct SendRate {
    buckets: DefaultKeyedRateLimiter<TokenId>,
    clock: DefaultClock,
}

/// The token sends too fast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooFast {
    /// When to come back.
    pub seconds: u64,
}

impl SendRate {
    /// So many a second; zero counts as one.
    pub fn new(per_second: u32) -> Self {
        let quota = Quota::per_second(NonZeroU32::new(per_second).unwrap_or(NonZeroU32::MIN));
        Self { buckets: RateLimiter::keyed(quota), clock: DefaultClock::default() }
    }

    /// Whether the token may send now.
    pub fn check(&self, token: TokenId) -> Result<(), TooFast> {
        self.buckets.check_key(&token).map_err(|until| {
            let wait = until.wait_time_from(self.clock.now());
            TooFast { seconds: wait.as_millis().div_ceil(1000).max(1).try_into().unwrap_or(u64::MAX) }
        })
    }
}

impl From<TooFast> for Refusal {
    fn from(TooFast { seconds }: TooFast) -> Self {
        let status = axum::http::StatusCode::TOO_MANY_REQUESTS;
        Self::new(status, "This token sends faster than it may. Nothing was sent.")
            .retry_after(seconds)
            .at(Limit::TokenSends)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_token_has_its_own_bucket() {
        let rate = SendRate::new(2);
        assert_eq!([rate.check(TokenId(1)), rate.check(TokenId(1))], [Ok(()), Ok(())]);
        assert_eq!(rate.check(TokenId(1)), Err(TooFast { seconds: 1 }));
        assert_eq!(rate.check(TokenId(2)), Ok(()));
    }
}
