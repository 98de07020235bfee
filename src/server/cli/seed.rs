//! `tidings seed`: many people with a read token each, for load tests.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{BufWriter, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::super::config::Config;
use super::super::store::{AddUserError, NewToken, NewUser, Scope};
use super::super::{auth, now_ms};
use super::{Failure, open};
use crate::domain::{Role, Username};

#[derive(Args)]
pub(super) struct Seed {
    /// How many people
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    users: u32,
    /// What their names begin with; a number from 0 follows
    #[arg(long, default_value = "u")]
    prefix: String,
    /// Where to write a line «Authorization: Bearer td_…» for each of them, in their order
    #[arg(long, value_name = "FILE")]
    tokens_out: PathBuf,
}

impl Seed {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failure> {
        let now = now_ms();
        let people = (0..self.users).map(|n| person(&self.prefix, n, now)).collect::<Result<Vec<_>, _>>()?;
        let store = open(config).await?;
        // Before anything is stored: tokens that cannot be written down are lost.
        let file = create_private(&self.tokens_out)?;
        let ids = match store.add_users(people).await {
            Ok(ids) => ids,
            Err(AddUserError::NameTaken) => {
                let sentence = format!("some people are called «{}…» already; choose another --prefix", self.prefix);
                return Err(Failure::new(sentence));
            }
            Err(AddUserError::Store(error)) => return Err(error.into()),
        };
        let secrets: Vec<_> = ids.iter().map(|_| auth::fresh_token()).collect();
        let tokens = ids.iter().zip(&secrets).map(|(user, secret)| NewToken {
            user: *user,
            scope: Scope::Read,
            digest: auth::digest(secret),
            created_at: now,
        });
        store.add_tokens(tokens.collect()).await?;
        store.close().await;
        write(file, &secrets)?;
        eprintln!("Added {} people; their tokens are in {}.", self.users, self.tokens_out.display());
        Ok(())
    }
}

fn person(prefix: &str, n: u32, now: i64) -> Result<NewUser, Failure> {
    let username = Username::parse(&format!("{prefix}{n}"))?;
    let display_name = username.to_string();
    Ok(NewUser { username, display_name, role: Role::Reader, password: None, created_at: now })
}

/// Only for whoever runs this; also when the file was there with other rights.
fn create_private(path: &Path) -> Result<File, Failure> {
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path);
    let file = file.map_err(|error| Failure::new(format!("cannot write {}: {error}", path.display())))?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(file)
}

fn write(file: File, secrets: &[String]) -> Result<(), Failure> {
    let mut lines = BufWriter::new(file);
    for secret in secrets {
        writeln!(lines, "Authorization: Bearer {secret}")?;
    }
    Ok(lines.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn people_and_tokens_are_made_once() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let mut config = Config::default();
        config.storage.data_dir = folder.path().join("data");
        let out = folder.path().join("tokens");
        let seed = || Seed { users: 3, prefix: "u".into(), tokens_out: out.clone() };
        seed().run(&config).await.expect("seeded");
        let lines = std::fs::read_to_string(&out).expect("tokens");
        assert_eq!(std::fs::metadata(&out).expect("a file").permissions().mode() & 0o777, 0o600);
        let store = open(&config).await.expect("the store");
        for (n, line) in lines.lines().enumerate() {
            let secret = line.strip_prefix("Authorization: Bearer ").expect("a header");
            let token = store.token(auth::digest(secret)).await.expect("read").expect("a token");
            let name = Username::parse(&format!("u{n}")).expect("a name");
            let user = store.user(super::super::UserRef::Name(&name)).await.expect("read").expect("a person");
            assert_eq!((token.user, token.scope), (user.id, Scope::Read));
        }
        assert_eq!(lines.lines().count(), 3);
        assert!(seed().run(&config).await.expect_err("twice").to_string().contains("choose another --prefix"));
    }
}
