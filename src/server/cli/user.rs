//! `tidings user`: accounts, from the terminal.

use std::io::{BufRead as _, IsTerminal as _, Read as _};

use clap::Subcommand;

use super::super::config::Config;
use super::super::store::{AddUserError, ManageError, NewUser, PasswordHash, User};
use super::super::{auth, now_ms};
use super::{Failure, find, open, say};
use crate::domain::user::{PASSWORD_MAX, check_password, display_name};
use crate::domain::{Role, Username};

#[derive(Subcommand)]
pub(super) enum Verb {
    /// Add a person
    Add {
        /// The name to sign in with
        name: String,
        /// reader: reads their own inbox; sender: also sends; admin: also manages people
        #[arg(long, default_value = "reader")]
        role: Role,
        /// The same as --role admin
        #[arg(long, conflicts_with = "role")]
        admin: bool,
        /// The name that others see; the name to sign in with when absent
        #[arg(long, value_name = "NAME")]
        display_name: Option<String>,
        /// Read the password from standard input; without it they cannot sign in with one
        #[arg(long)]
        password_stdin: bool,
    },
    /// List everybody
    List,
    /// Keep a person out; their sessions end
    Disable {
        /// Who
        name: String,
    },
    /// Let a person in again
    Enable {
        /// Who
        name: String,
    },
    /// Give a person another role; their sessions end
    SetRole {
        /// Who
        name: String,
        /// reader: reads their own inbox; sender: also sends; admin: also manages people
        role: Role,
    },
    /// Set a person's password; their sessions end
    SetPassword {
        /// Who
        name: String,
        /// Read the password from standard input
        #[arg(long, required = true)]
        password_stdin: bool,
    },
}

impl Verb {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failure> {
        match self {
            Self::Add { name, role, admin, display_name, password_stdin } => {
                let role = if admin { Role::Admin } else { role };
                add(config, &name, role, &display_name.unwrap_or_default(), password_stdin).await
            }
            Self::List => list(config).await,
            Self::Disable { name } => set_enabled(config, &name, false).await,
            Self::Enable { name } => set_enabled(config, &name, true).await,
            Self::SetRole { name, role } => set_role(config, &name, role).await,
            Self::SetPassword { name, .. } => set_password(config, &name).await,
        }
    }
}

async fn add(config: &Config, name: &str, role: Role, display: &str, with_password: bool) -> Result<(), Failure> {
    let username = Username::parse(name)?;
    let display_name = display_name(display, &username)?;
    let password = if with_password { Some(read_password()?) } else { None };
    let store = open(config).await?;
    let user = NewUser { username: username.clone(), display_name, role, password, created_at: now_ms() };
    match store.add_user(user).await {
        Ok(_) => eprintln!("Added {username} ({}).", role.as_str()),
        Err(AddUserError::NameTaken) => {
            return Err(Failure::new(format!("somebody is called «{username}» already, perhaps in another case")));
        }
        Err(AddUserError::Store(error)) => return Err(error.into()),
    }
    store.close().await;
    Ok(())
}

async fn list(config: &Config) -> Result<(), Failure> {
    let users = open(config).await?.users().await?;
    let width = users.iter().map(|user| user.username.as_str().chars().count()).max().unwrap_or(0).max(4);
    say(format_args!("{:width$}  {:6}  {:8}  SHOWN AS", "NAME", "ROLE", "STATE"))?;
    for user in users {
        let state = if user.enabled { "enabled" } else { "disabled" };
        let (name, role) = (user.username.as_str(), user.role.as_str());
        say(format_args!("{name:width$}  {role:6}  {state:8}  {}", user.display_name))?;
    }
    Ok(())
}

async fn set_enabled(config: &Config, name: &str, enabled: bool) -> Result<(), Failure> {
    let store = open(config).await?;
    let user = find(&store, name).await?;
    store.set_enabled(user.id, enabled).await.map_err(|why| refused(&user, why))?;
    store.close().await;
    eprintln!("{} is {}.", user.username, if enabled { "let in again" } else { "kept out" });
    Ok(())
}

async fn set_role(config: &Config, name: &str, role: Role) -> Result<(), Failure> {
    let store = open(config).await?;
    let user = find(&store, name).await?;
    store.set_role(user.id, role).await.map_err(|why| refused(&user, why))?;
    store.close().await;
    if user.role == role {
        eprintln!("{} is {} already.", user.username, a(role));
    } else {
        eprintln!("{} is {} now; all their sessions have ended.", user.username, a(role));
    }
    Ok(())
}

fn refused(user: &User, why: ManageError) -> Failure {
    match why {
        ManageError::LastAdmin => Failure::new(format!(
            "{} is the last admin who is let in; make somebody else one before: tidings user set-role NAME admin",
            user.username
        )),
        ManageError::Store(error) => error.into(),
    }
}

fn a(role: Role) -> &'static str {
    match role {
        Role::Reader => "a reader",
        Role::Sender => "a sender",
        Role::Admin => "an admin",
    }
}

async fn set_password(config: &Config, name: &str) -> Result<(), Failure> {
    let store = open(config).await?;
    let user = find(&store, name).await?;
    store.set_password(user.id, read_password()?).await?;
    store.close().await;
    eprintln!("{} has a new password; all their sessions have ended.", user.username);
    Ok(())
}

/// The first line of standard input. Not an argument, because everybody on the machine can see those.
fn read_password() -> Result<PasswordHash, Failure> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        eprint!("Password (it is shown as you type): ");
    }
    let mut line = String::new();
    stdin.lock().take(PASSWORD_MAX as u64 + 2).read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']);
    check_password(password)?;
    Ok(auth::hash_password(password))
}
