//! Layers: flag over environment over file over default.
//!
//! What the environment and the file say is handed to the same parser as flags, so there is one set of rules and one
//! set of sentences. Flags are read first: only what they leave open is filled in.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command};

use super::Config;
use super::file::File;

/// What came out of all layers.
pub struct Loaded {
    /// The flags with everything filled in; the program's own parser reads them.
    pub matches: ArgMatches,
    /// Where each setting comes from, by its key.
    pub origins: BTreeMap<String, Origin>,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `--key` on the command line.
    Flag,
    /// This environment variable.
    Env(String),
    /// This settings file.
    File(PathBuf),
    /// Nobody said anything.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("flag"),
            Self::Env(name) => f.write_str(name),
            Self::File(path) => path.display().fmt(f),
            Self::Default => f.write_str("default"),
        }
    }
}

/// The keys of all settings, in the order of `--help`.
pub(super) fn keys() -> Vec<String> {
    let command = Config::augment_args(Command::new("tidings"));
    command.get_arguments().map(|arg| arg.get_id().to_string()).collect()
}

/// The environment variable of a key.
pub(super) fn env_name(key: &str) -> String {
    format!("TIDINGS_{}", key.replace('-', "_").to_uppercase())
}

/// Reads the command line, fills in the environment and the file that it names, and checks everything.
///
/// `command` is the whole program, with the settings as global flags and a flag `config`. `env` looks up variables;
/// an empty one counts as absent.
pub fn load(
    mut command: Command,
    args: Vec<OsString>,
    env: impl Fn(&str) -> Option<OsString>,
) -> Result<Loaded, clap::Error> {
    command = with_env_names(command);
    let flags = command.try_get_matches_from_mut(&args)?;
    let env = |key: &str| env(&env_name(key)).filter(|value| !value.is_empty());
    let path = flags.get_one::<PathBuf>("config").cloned().or_else(|| env("config").map(PathBuf::from));
    let keys = keys();
    let file = match path {
        Some(path) => File::read(&path, &keys).map_err(|why| command.error(ErrorKind::ValueValidation, why))?,
        None => File::default(),
    };

    let mut origins = BTreeMap::new();
    let mut filled = args;
    for key in keys {
        let (origin, value) = if flags.value_source(&key) == Some(ValueSource::CommandLine) {
            (Origin::Flag, None)
        } else if let Some(value) = env(&key) {
            (Origin::Env(env_name(&key)), Some(value))
        } else if let Some(value) = file.values.get(&key) {
            (Origin::File(file.path.clone()), Some(value.into()))
        } else {
            (Origin::Default, None)
        };
        if let Some(value) = value {
            let mut flag = OsString::from(format!("--{key}="));
            flag.push(value);
            // Right after the program's name: before subcommands, where global flags are always taken.
            filled.insert(1.min(filled.len()), flag);
        }
        origins.insert(key, origin);
    }
    let matches = command.try_get_matches_from_mut(filled).map_err(|error| blame(&mut command, error, &origins))?;
    Ok(Loaded { matches, origins })
}

/// Adds `[env: …]` to the help of each setting, which is ours to read and not clap's: clap takes an empty variable
/// for a value.
fn with_env_names(command: Command) -> Command {
    keys().into_iter().fold(command, |command, key| {
        command.mut_arg(&key, |arg| {
            let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            arg.help(format!("{help} [env: {}]", env_name(&key)))
        })
    })
}

/// Names the variable or the file's key instead of the flag that nobody typed.
fn blame(command: &mut Command, error: clap::Error, origins: &BTreeMap<String, Origin>) -> clap::Error {
    let text = error.to_string();
    let named = origins.iter().find_map(|(key, origin)| {
        let place = match origin {
            Origin::Env(name) => name.clone(),
            Origin::File(path) => format!("{key} in {}", path.display()),
            Origin::Flag | Origin::Default => return None,
        };
        let start = text.find(&format!("'--{key}"))?;
        let end = start + 1 + text[start + 1..].find('\'')? + 1;
        // `--listen` must not match inside `--listen-more`.
        let whole = text[start + 3 + key.len()..].starts_with([' ', '\'', '=']);
        whole.then(|| format!("{}{place}{}", &text[..start], &text[end..]))
    });
    match named {
        Some(named) => {
            let sentence = named.split("\n\nFor more information").next().unwrap_or(&named);
            let sentence = sentence.trim_start_matches("error: ").trim_end().to_owned();
            command.error(ErrorKind::ValueValidation, sentence)
        }
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use clap::FromArgMatches as _;

    use super::*;

    fn command() -> Command {
        let config = clap::Arg::new("config").long("config").global(true).value_parser(clap::value_parser!(PathBuf));
        Config::augment_args(Command::new("tidings").arg(config)).subcommand(Command::new("serve"))
    }

    fn try_load(args: &[&str], env: &[(&str, &str)]) -> Result<(Config, BTreeMap<String, Origin>), String> {
        let args = std::iter::once("tidings").chain(args.iter().copied()).map(OsString::from).collect();
        let find = |name: &str| env.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value));
        let loaded = load(command(), args, find).map_err(|error| error.to_string())?;
        Ok((Config::from_arg_matches(&loaded.matches).expect("checked"), loaded.origins))
    }

    fn file(text: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(text.as_bytes()).expect("written");
        file
    }

    #[test]
    fn flag_beats_env_beats_file_beats_default() {
        let file = file("listen = '127.0.0.1:1'\nbeat = '1s'\ndata-dir = 'from-file'\nmax-streams = 7");
        let path = file.path().to_str().expect("UTF-8");
        let env = [("TIDINGS_CONFIG", path), ("TIDINGS_LISTEN", "127.0.0.1:2"), ("TIDINGS_BEAT", "2s")];
        let (config, origins) = try_load(&["serve", "--listen", "127.0.0.1:3"], &env).expect("good");
        assert_eq!(config.server.listen.port(), 3);
        assert_eq!(config.streams.beat.as_secs(), 2);
        assert_eq!(config.storage.data_dir, PathBuf::from("from-file"));
        assert_eq!(config.streams.max_streams, 7);
        assert_eq!(origins["listen"], Origin::Flag);
        assert_eq!(origins["beat"], Origin::Env("TIDINGS_BEAT".into()));
        assert_eq!(origins["data-dir"], Origin::File(path.into()));
        assert_eq!(origins["log"], Origin::Default);
    }

    #[test]
    fn lists_of_a_flag_replace_those_of_the_environment() {
        let env = [("TIDINGS_TRUSTED_PROXIES", "10.0.0.1,10.0.0.2")];
        let proxies = |args: &[&str]| try_load(args, &env).expect("good").0.server.trusted_proxies.len();
        assert_eq!(proxies(&[]), 2);
        assert_eq!(proxies(&["--trusted-proxies", "::1"]), 1);
    }

    #[test]
    fn an_empty_variable_is_absent() {
        let (config, origins) = try_load(&[], &[("TIDINGS_LISTEN", ""), ("TIDINGS_CONFIG", "")]).expect("good");
        assert_eq!(config.server.listen.port(), 3000);
        assert_eq!(origins["listen"], Origin::Default);
    }

    #[test]
    fn a_wrong_value_names_its_place_itself_and_what_is_allowed() {
        let expected = "expected an address and port such as 127.0.0.1:3000";
        let flag = try_load(&["--listen", "here"], &[]).expect_err("bad flag");
        assert!(flag.contains("'here' for '--listen <ADDRESS:PORT>'") && flag.contains(expected), "{flag}");
        let env = try_load(&[], &[("TIDINGS_LISTEN", "here")]).expect_err("bad variable");
        assert!(env.contains("'here' for TIDINGS_LISTEN: ") && env.contains(expected), "{env}");
        let file = file("listen = 'here'");
        let path = file.path().to_str().expect("UTF-8");
        let in_file = try_load(&["--config", path], &[]).expect_err("bad key");
        assert!(in_file.contains(&format!("'here' for listen in {path}: {expected}")), "{in_file}");
        let choice = try_load(&[], &[("TIDINGS_LOG_FORMAT", "xml")]).expect_err("bad choice");
        assert!(choice.contains("'xml' for TIDINGS_LOG_FORMAT") && choice.contains("text, json"), "{choice}");
    }

    #[test]
    fn help_shows_the_variables() {
        let help = with_env_names(command()).render_long_help().to_string();
        assert!(help.contains("[env: TIDINGS_MAX_STREAMS_PER_USER]"), "{help}");
    }
}
