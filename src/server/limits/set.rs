//! Set: the limits of one server, as its operator chose them.

use std::error::Error as _;
use std::hash::Hash;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use tokio::net::TcpStream;

use super::super::config::Config;
use super::super::metrics::{Limit, Metrics};
use super::super::store::TokenId;
use super::address::network;
use super::body::Bodies;
use super::rate::Rate;
use super::{Connections, Refused, Replays};
use crate::domain::UserId;

/// Everything that counts against a limit of this server, but streams, which the broker counts, and failed sign-ins.
pub struct Limits {
    /// Open connections by address.
    pub connections: Arc<Connections>,
    /// How long clients may take.
    pub times: Times,
    /// Memory of request bodies.
    pub bodies: Bodies,
    /// Memory of replays.
    pub replays: Replays,
    addresses: Rate<IpAddr>,
    users: Rate<UserId>,
    tokens: Rate<TokenId>,
    sends: Rate<TokenId>,
    metrics: Metrics,
}

/// How long a client may take for its part. Nobody has to choose these; tests are not as patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// For the head of a request; a slower one would hold a connection for nothing.
    pub head: Duration,
    /// For its body.
    pub body: Duration,
    /// For taking something of what was written to it. A stream to one that takes nothing is cut: it would keep its
    /// place, and could not even be told that its session ended.
    pub write: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self { head: Duration::from_secs(10), body: Duration::from_secs(20), write: Duration::from_secs(30) }
    }
}

impl Limits {
    /// The limits that `config` sets; what is refused is counted.
    pub fn new(config: &Config, metrics: Metrics) -> Self {
        let limits = &config.limits;
        Self {
            connections: Connections::new(limits.connections_per_address(), &config.server.trusted_proxies),
            times: limits.times,
            bodies: Bodies::default(),
            replays: Replays::default(),
            addresses: Rate::new(limits.address_requests),
            users: Rate::new(limits.user_requests),
            tokens: Rate::new(limits.token_requests),
            sends: Rate::new(limits.sends_per_second),
            metrics,
        }
    }

    /// One request from this address.
    pub fn address(&self, address: IpAddr) -> Result<(), Refused> {
        self.check(&self.addresses, &network(address), Limit::AddressRequests, |most| {
            format!("More than {most} requests a second came from this address.")
        })
    }

    /// One request by this person.
    pub fn user(&self, user: UserId) -> Result<(), Refused> {
        self.check(&self.users, &user, Limit::UserRequests, |most| {
            format!("More than {most} requests a second came from this person.")
        })
    }

    /// One request with this token that sends nothing.
    pub fn token(&self, token: TokenId) -> Result<(), Refused> {
        self.check(&self.tokens, &token, Limit::TokenRequests, |most| {
            format!("More than {most} requests a second came with this token.")
        })
    }

    /// One message that wants to be sent with this token.
    pub fn send(&self, token: TokenId) -> Result<(), Refused> {
        self.check(&self.sends, &token, Limit::TokenSends, |most| {
            format!("This token may send {most} messages a second. Nothing was sent.")
        })
    }

    fn check<K: Hash + Eq + Clone>(
        &self,
        rate: &Rate<K>,
        key: &K,
        limit: Limit,
        sentence: impl FnOnce(u32) -> String,
    ) -> Result<(), Refused> {
        rate.check(key).map_err(|seconds| {
            self.metrics.refused(limit);
            Refused::new(StatusCode::TOO_MANY_REQUESTS, sentence(rate.per_second())).retry_after(seconds)
        })
    }

    /// Tells a connection that [`Connections::admit`] refused why, and closes it.
    pub async fn turn_away(&self, socket: TcpStream) {
        self.metrics.refused(Limit::AddressConnections);
        self.connections.turn_away(socket).await;
    }

    /// Counts a connection that ended because it met a limit of `accept`'s, and says which.
    pub fn ended(&self, error: &hyper::Error) -> Option<Limit> {
        let stalled = error.source().and_then(|source| source.downcast_ref::<io::Error>());
        let limit = if stalled.is_some_and(|source| source.kind() == io::ErrorKind::TimedOut) {
            Limit::WriteTime
        } else if error.is_timeout() {
            Limit::HeadTime
        } else if error.is_parse_too_large() {
            Limit::HeadSize
        } else {
            return None;
        };
        self.metrics.refused(limit);
        Some(limit)
    }
}
