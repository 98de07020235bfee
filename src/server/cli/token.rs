//! `tidings token`: what programs sign in with.

use clap::Subcommand;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::super::config::Config;
use super::super::store::{NewToken, Scope, TokenId};
use super::super::{auth, now_ms};
use super::{Failure, find, open, say};

#[derive(Subcommand)]
pub(super) enum Verb {
    /// Make a token and print it; it is shown only this once
    Create {
        /// Whose inbox it reads, or in whose name it sends
        user: String,
        /// read: open the stream; send: send messages (senders and admins only)
        #[arg(long)]
        scope: Scope,
    },
    /// List a person's tokens; the tokens themselves are not kept
    List {
        /// Whose
        user: String,
    },
    /// Kill a token; a running server ends its streams within a second
    Revoke {
        /// Its number in the list
        id: i64,
    },
}

impl Verb {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failure> {
        match self {
            Self::Create { user, scope } => create(config, &user, scope).await,
            Self::List { user } => list(config, &user).await,
            Self::Revoke { id } => revoke(config, TokenId(id)).await,
        }
    }
}

async fn create(config: &Config, name: &str, scope: Scope) -> Result<(), Failure> {
    let store = open(config).await?;
    let user = find(&store, name).await?;
    if scope == Scope::Send && !user.role.may_send() {
        return Err(Failure::new(format!(
            "only senders and admins send, and {} is a {}",
            user.username,
            user.role.as_str()
        )));
    }
    let token = auth::fresh_token();
    let row = NewToken { user: user.id, scope, digest: auth::digest(&token), created_at: now_ms() };
    store.add_tokens(vec![row]).await?;
    store.close().await;
    say(token)
}

async fn list(config: &Config, name: &str) -> Result<(), Failure> {
    let store = open(config).await?;
    let user = find(&store, name).await?;
    say(format_args!("{:>6}  {:5}  {:20}  LAST USED", "ID", "SCOPE", "MADE"))?;
    for token in store.tokens(user.id).await? {
        let used = token.last_used_at.map_or_else(|| "never".into(), moment);
        say(format_args!("{:>6}  {:5}  {:20}  {used}", token.id.0, token.scope.as_str(), moment(token.created_at)))?;
    }
    Ok(())
}

async fn revoke(config: &Config, id: TokenId) -> Result<(), Failure> {
    let store = open(config).await?;
    if !store.revoke_token(id).await? {
        return Err(Failure::new(format!("there is no token {}; `tidings token list USER` shows a person's", id.0)));
    }
    store.close().await;
    eprintln!("Token {} is revoked.", id.0);
    Ok(())
}

/// To the second, in UTC.
fn moment(ms: i64) -> String {
    let moment = OffsetDateTime::from_unix_timestamp(ms.div_euclid(1000)).ok();
    moment.and_then(|moment| moment.format(&Rfc3339).ok()).unwrap_or_else(|| ms.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_by_people() {
        assert_eq!(moment(0), "1970-01-01T00:00:00Z");
        assert_eq!(moment(1_700_000_000_999), "2023-11-14T22:13:20Z");
    }
}
