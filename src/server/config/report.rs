//! The report of `tidings config`: what is in force, as a settings file, with each value's origin beside it.

use std::fmt::Write as _;

use super::layers::{Loaded, keys};

/// Writes all settings as TOML that can be used as a settings file. Secrets are redacted.
pub fn report(loaded: &Loaded) -> String {
    let mut text = String::new();
    for key in keys() {
        let origin = &loaded.origins[&key];
        let values: Vec<_> = loaded
            .matches
            .get_raw(&key)
            .map(|values| values.map(|value| value.to_string_lossy().into_owned()).collect())
            .unwrap_or_default();
        let line = match (key.as_str(), values.as_slice()) {
            ("trusted-proxies" | "image-host", values) => format!("{key} = {}", list(values)),
            (_, []) => format!("# {key} is not set"),
            ("database-url", [url, ..]) => format!("{key} = {}", quoted(&redacted(url))),
            (_, [value, ..]) if value.parse::<u32>().is_ok() => format!("{key} = {value}"),
            (_, [value, ..]) => format!("{key} = {}", quoted(value)),
        };
        let _ = writeln!(text, "{line:<40}  # {origin}");
    }
    text
}

fn quoted(value: &str) -> String {
    toml::Value::String(value.to_owned()).to_string()
}

fn list(values: &[String]) -> String {
    let values: Vec<_> = values.iter().map(|value| quoted(value)).collect();
    format!("[{}]", values.join(", "))
}

/// Hides the password of a database URL.
fn redacted(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((user, host)) => {
            let user = user.split_once(':').map_or(user, |(name, _)| name);
            format!("{scheme}://{user}:[redacted]@{host}")
        }
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, Command};

    use super::super::{Config, load};
    use super::*;

    #[test]
    fn the_report_is_a_settings_file() {
        let args = ["tidings", "--trusted-proxies", "10.0.0.1,::1"].map(Into::into).to_vec();
        let command = Config::augment_args(
            Command::new("tidings")
                .arg(clap::Arg::new("config").long("config").value_parser(clap::value_parser!(std::path::PathBuf))),
        );
        let env = |name: &str| (name == "TIDINGS_BEAT").then(|| "3s".into());
        let text = report(&load(command, args, env).expect("good"));
        let table: toml::Table = text.parse().expect("TOML");
        assert_eq!(table["trusted-proxies"].as_array().map(Vec::len), Some(2));
        assert_eq!(table["max-streams-per-user"].as_integer(), Some(32));
        assert!(
            text.lines().any(|line| line.starts_with("beat = \"3s\"") && line.ends_with("# TIDINGS_BEAT")),
            "{text}"
        );
        assert!(text.contains("# public-url is not set"));
    }

    #[test]
    fn passwords_in_urls_are_hidden() {
        assert_eq!(redacted("postgres://a:p@ss@db:5432/x"), "postgres://a:[redacted]@db:5432/x");
        assert_eq!(redacted("sqlite:data/tidings.db"), "sqlite:data/tidings.db");
    }
}
