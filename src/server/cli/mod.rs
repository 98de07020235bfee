//! The command line: a noun or verb a file. `main` reads it; each command opens the store itself, so it works
//! whether or not the server runs.
//!
//! What was asked for goes to standard output, everything else to standard error. 0: done; 1: failed; 2: wrong usage.

mod passed;

mod serve;

mod config;

mod user;

mod token;

mod seed;

mod demo;

mod failure;

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use super::config::{Config, Loaded, load};
use super::store::{self, Store, User, UserRef};
use crate::domain::Username;

pub use failure::Failure;

/// A live notification inbox for every user, in one binary.
#[derive(Parser)]
#[command(name = "tidings", version = super::BUILD)]
pub struct Cli {
    /// A TOML file with settings, named as the flags: listen = "127.0.0.1:3000" [env: TIDINGS_CONFIG]
    #[arg(id = "config", long = "config", global = true, value_name = "FILE")]
    config_file: Option<PathBuf>,
    #[command(flatten)]
    config: Config,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What to do; without one, `serve`.
#[derive(Subcommand)]
enum Command {
    /// Run the server (also without any command)
    Serve,
    /// Print the settings in force and where each comes from
    Config,
    /// Add and manage people
    #[command(subcommand)]
    User(user::Verb),
    /// Make and revoke tokens, with which programs sign in
    #[command(subcommand)]
    Token(token::Verb),
    /// Add many people with a token each, for load tests
    Seed(seed::Seed),
    /// Add a few sample people and messages, and print fresh passwords
    Demo,
}

/// Reads flags, environment and settings file. The error prints itself and knows its exit code.
pub fn read(args: Vec<OsString>) -> Result<(Cli, Loaded), clap::Error> {
    let loaded = load(Cli::command(), args, |name| std::env::var_os(name))?;
    let cli = Cli::from_arg_matches(&loaded.matches)?;
    Ok((cli, loaded))
}

/// Does it.
pub fn run(cli: Cli, settings: &Loaded) -> Result<(), Failure> {
    let config = cli.config;
    let command = cli.command.unwrap_or(Command::Serve);
    // Before there are threads, because it changes the environment.
    let passed = if matches!(command, Command::Serve) { passed::listener()? } else { None };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let done = runtime.block_on(async {
        match command {
            Command::Serve => serve::serve(config, passed).await,
            Command::Config => config::print(settings),
            Command::User(verb) => verb.run(&config).await,
            Command::Token(verb) => verb.run(&config).await,
            Command::Seed(seed) => seed.run(&config).await,
            Command::Demo => demo::demo(&config).await,
        }
    });
    // What still runs on a thread of its own, such as the check of a password, has nobody to answer to.
    runtime.shutdown_background();
    done
}

/// Opens the store. No stream of this process hears of changes; a running server's pages see them when they reload.
async fn open(config: &Config) -> Result<Arc<dyn Store>, Failure> {
    Ok(store::open(&config.database_url(), Arc::new(|_, _| {})).await?)
}

/// The person of this name, or a sentence.
async fn find(store: &Arc<dyn Store>, name: &str) -> Result<User, Failure> {
    let username = Username::parse(name)?;
    let user = store.user(UserRef::Name(&username)).await?;
    user.ok_or_else(|| Failure::new(format!("nobody is called «{username}»; `tidings user list` shows who is there")))
}

/// Prints a line. Who closes our output early, as `head` does, has seen enough.
fn say(line: impl std::fmt::Display) -> Result<(), Failure> {
    match writeln!(std::io::stdout(), "{line}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &str) -> Result<Option<Command>, String> {
        let args = words.split(' ').map(OsString::from).collect();
        read(args).map(|(cli, _)| cli.command).map_err(|error| error.to_string())
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn settings_are_taken_before_and_after_a_command() {
        for words in ["tidings --data-dir x user list", "tidings user list --data-dir x"] {
            let args = words.split(' ').map(OsString::from).collect();
            let (cli, _) = read(args).unwrap_or_else(|error| panic!("{words}: {error}"));
            assert_eq!(cli.config.storage.data_dir, PathBuf::from("x"), "{words}");
        }
    }

    #[test]
    fn commands_are_read() {
        assert!(matches!(parse("tidings"), Ok(None)));
        assert!(matches!(parse("tidings serve --listen [::1]:0"), Ok(Some(Command::Serve))));
        assert!(matches!(parse("tidings user add ana --admin --password-stdin"), Ok(Some(Command::User(_)))));
        assert!(matches!(parse("tidings token create ana --scope read"), Ok(Some(Command::Token(_)))));
        assert!(matches!(parse("tidings seed --users 3 --prefix u --tokens-out f"), Ok(Some(Command::Seed(_)))));
        let scope = parse("tidings token create ana --scope write").err().expect("no such scope");
        assert!(scope.contains("'write' for '--scope <SCOPE>': a scope is read or send"), "{scope}");
    }
}
