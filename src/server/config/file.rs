//! The settings file: TOML with the keys of the flags, `listen = "0.0.0.0:80"`. `_` is taken for `-`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The values of a settings file, as the words that a flag would have.
#[derive(Debug, Default)]
pub(super) struct File {
    /// Where it was read.
    pub(super) path: PathBuf,
    /// Values by key; lists are joined by commas.
    pub(super) values: BTreeMap<String, String>,
}

/// Why a settings file was refused.
#[derive(Debug, thiserror::Error)]
pub(super) enum FileError {
    #[error("cannot read the settings file {}: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("the settings file {} is not TOML: {source}", path.display())]
    Syntax { path: PathBuf, source: toml::de::Error },
    #[error("unknown key «{key}» in {}{near}", path.display())]
    Unknown { path: PathBuf, key: String, near: String },
    #[error("the key «{key}» in {} is there twice, with - and with _", path.display())]
    Twice { path: PathBuf, key: String },
    #[error("the key «{key}» in {} has a value of the wrong kind; expected a text or a number", path.display())]
    Kind { path: PathBuf, key: String },
}

impl File {
    /// Reads a file; `known` are the keys that there are.
    pub(super) fn read(path: &Path, known: &[String]) -> Result<Self, FileError> {
        let text = std::fs::read_to_string(path).map_err(|source| FileError::Read { path: path.to_owned(), source })?;
        Self::parse(path, &text, known)
    }

    fn parse(path: &Path, text: &str, known: &[String]) -> Result<Self, FileError> {
        let path = path.to_owned();
        let table: toml::Table = text.parse().map_err(|source| FileError::Syntax { path: path.clone(), source })?;
        let mut values = BTreeMap::new();
        for (written, value) in table {
            let key = written.replace('_', "-");
            if !known.contains(&key) {
                return Err(FileError::Unknown { path, near: near(&key, known), key: written });
            }
            let Some(value) = words(&value) else {
                return Err(FileError::Kind { path, key: written });
            };
            if values.insert(key, value).is_some() {
                return Err(FileError::Twice { path, key: written });
            }
        }
        Ok(Self { path, values })
    }
}

fn words(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Array(list) => list.iter().map(words).collect::<Option<Vec<_>>>().map(|list| list.join(",")),
        _ => None,
    }
}

/// «; did you mean …?» with the keys that look alike, or all keys when none does.
fn near(key: &str, known: &[String]) -> String {
    let mut alike: Vec<_> = known.iter().map(|other| (strsim::jaro_winkler(key, other), other.as_str())).collect();
    // Above 0.8 are typing errors; further below the best one stand words that only begin alike.
    let best = alike.iter().map(|(likeness, _)| *likeness).fold(0.8, f64::max);
    alike.retain(|(likeness, _)| *likeness > 0.8 && *likeness > best - 0.1);
    let alike: Vec<_> = alike.into_iter().map(|(_, other)| other).collect();
    if alike.is_empty() {
        format!("; there are: {}", known.join(", "))
    } else {
        format!("; did you mean {}?", alike.join(" or "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<File, String> {
        let known = ["listen", "data-dir", "trusted-proxies", "beat"].map(str::to_owned);
        File::parse(Path::new("tidings.toml"), text, &known).map_err(|why| why.to_string())
    }

    #[test]
    fn keys_are_those_of_the_flags() {
        let file =
            parse("listen = '[::]:80'\ndata_dir = '/srv'\ntrusted-proxies = ['127.0.0.1', '::1']").expect("good");
        assert_eq!(file.values["listen"], "[::]:80");
        assert_eq!(file.values["data-dir"], "/srv");
        assert_eq!(file.values["trusted-proxies"], "127.0.0.1,::1");
    }

    #[test]
    fn an_unknown_key_is_named_with_its_likes() {
        assert_eq!(
            parse("data-dri = 'x'").expect_err("unknown"),
            "unknown key «data-dri» in tidings.toml; did you mean data-dir?"
        );
        assert!(parse("zzz = 1").expect_err("unknown").ends_with("there are: listen, data-dir, trusted-proxies, beat"));
        assert!(parse("data-dir = 'x'\ndata_dir = 'y'").expect_err("twice").contains("twice"));
        assert!(parse("[listen]\nport = 1").expect_err("a table").contains("«listen»"));
        assert!(parse("listen =").expect_err("no value").contains("is not TOML"));
    }
}
