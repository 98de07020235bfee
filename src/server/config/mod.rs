//! Config: everything that can be set, one struct per concern. Their doc comments are the `--help`.
//!
//! Comes first: `main` reads it with [`load`] before anything else runs. A value is taken from the flag, else from the
//! environment, else from the file, else it is the default; one parser reads all of them, so a wrong value is
//! refused in the same words wherever it stands.

mod duration;

mod file;

mod layers;

mod report;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, FromArgMatches as _, ValueEnum};
use url::Url;

use super::images::ImageHost;
use super::limits::Times;

pub use layers::{Loaded, load};
pub use report::report;

/// All settings of one server.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// Where it is reached.
    #[command(flatten)]
    pub server: ServerConfig,
    /// Where it keeps things.
    #[command(flatten)]
    pub storage: StorageConfig,
    /// How long people stay signed in.
    #[command(flatten)]
    pub sessions: SessionConfig,
    /// Open streams.
    #[command(flatten)]
    pub streams: StreamConfig,
    /// What one client may take.
    #[command(flatten)]
    pub limits: LimitConfig,
    /// What messages may show.
    #[command(flatten)]
    pub messages: MessageConfig,
    /// What is logged.
    #[command(flatten)]
    pub log: LogConfig,
    /// What is counted.
    #[command(flatten)]
    pub metrics: MetricsConfig,
}

/// Where the server is reached.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Server")]
pub struct ServerConfig {
    /// Address and port to listen at
    #[arg(id = "listen", long = "listen", global = true, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:3000", value_parser = parse_address)]
    pub listen: SocketAddr,
    /// The address that people type, when a proxy stands in front; with https, cookies become secure ones
    #[arg(id = "public-url", long = "public-url", global = true, value_name = "URL", value_parser = parse_public_url)]
    pub public_url: Option<Url>,
    /// Addresses of proxies whose X-Forwarded-For is believed, separated by commas
    #[arg(id = "trusted-proxies", long = "trusted-proxies", global = true, value_name = "ADDRESS", value_delimiter = ',', value_parser = parse_proxy)]
    pub trusted_proxies: Vec<IpAddr>,
}

/// Where things are kept.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Storage")]
pub struct StorageConfig {
    /// Folder of the database; made when it is not there
    #[arg(id = "data-dir", long = "data-dir", global = true, value_name = "FOLDER", default_value = "data")]
    pub data_dir: PathBuf,
    /// The database, when it is not the file tidings.db in the data folder
    #[arg(id = "database-url", long = "database-url", global = true, value_name = "sqlite:PATH", value_parser = parse_database_url)]
    pub database_url: Option<String>,
    /// What people delete is kept unseen for so long; who comes back later than that reloads the list
    #[arg(id = "keep-deleted", long = "keep-deleted", global = true, value_name = "TIME", default_value = "30d", value_parser = duration::at_least_a_minute)]
    pub keep_deleted: Duration,
}

/// How long people stay signed in.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Sessions")]
pub struct SessionConfig {
    /// A session ends when it was not used for so long
    #[arg(id = "session-idle", long = "session-idle", global = true, value_name = "TIME", default_value = "14d", value_parser = duration::at_least_a_minute)]
    pub idle: Duration,
    /// A session ends so long after signing in, used or not
    #[arg(id = "session-lifetime", long = "session-lifetime", global = true, value_name = "TIME", default_value = "90d", value_parser = duration::at_least_a_minute)]
    pub lifetime: Duration,
}

/// Open streams.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Streams")]
pub struct StreamConfig {
    /// Time between two signs of life on a stream; 1s to 60s
    #[arg(id = "beat", long = "beat", global = true, value_name = "TIME", default_value = "20s", value_parser = duration::beat)]
    pub beat: Duration,
    /// When the server stops, clients are told to come back spread over this time
    #[arg(id = "drain-window", long = "drain-window", global = true, value_name = "TIME", default_value = "5s", value_parser = duration::positive)]
    pub drain_window: Duration,
    /// Most open streams
    #[arg(id = "max-streams", long = "max-streams", global = true, value_name = "NUMBER", default_value = "100000", value_parser = parse_count)]
    pub max_streams: usize,
    /// Most open streams of one person
    #[arg(id = "max-streams-per-user", long = "max-streams-per-user", global = true, value_name = "NUMBER", default_value = "32", value_parser = parse_count)]
    pub max_streams_per_user: usize,
}

/// What one client may take.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Limits")]
pub struct LimitConfig {
    /// Messages that one token may send in a second
    #[arg(id = "sends-per-second", long = "sends-per-second", global = true, value_name = "NUMBER", default_value = "200", value_parser = clap::value_parser!(u32).range(1..))]
    pub sends_per_second: u32,
    /// Requests from one address in a second, without the site's files; an IPv6 network of /64 counts as one
    #[arg(id = "address-requests-per-second", long = "address-requests-per-second", global = true, value_name = "NUMBER", default_value = "1000", value_parser = clap::value_parser!(u32).range(1..))]
    pub address_requests: u32,
    /// Requests that one person who is signed in may make in a second, all their tabs and devices together
    #[arg(id = "user-requests-per-second", long = "user-requests-per-second", global = true, value_name = "NUMBER", default_value = "200", value_parser = clap::value_parser!(u32).range(1..))]
    pub user_requests: u32,
    /// Requests with one token in a second; messages have their own limit
    #[arg(id = "token-requests-per-second", long = "token-requests-per-second", global = true, value_name = "NUMBER", default_value = "500", value_parser = clap::value_parser!(u32).range(1..))]
    pub token_requests: u32,
    /// Most open connections, streams among them
    #[arg(id = "max-connections", long = "max-connections", global = true, value_name = "NUMBER", default_value = "110000", value_parser = parse_count)]
    pub max_connections: usize,
    /// Most open connections from one address that is no trusted proxy [default: half of --max-connections, at most 10000]
    #[arg(id = "max-connections-per-address", long = "max-connections-per-address", global = true, value_name = "NUMBER", value_parser = parse_count)]
    pub max_connections_per_address: Option<usize>,
    /// How long clients may take; not for operators to choose.
    #[arg(skip)]
    pub times: Times,
}

/// Most connections from one address when the operator does not say: a large office behind one address keeps its
/// streams, and nobody takes the place of all others.
const CONNECTIONS_PER_ADDRESS: usize = 10_000;

impl LimitConfig {
    /// Most open connections from one address.
    pub fn connections_per_address(&self) -> usize {
        let half = self.max_connections.div_ceil(2);
        self.max_connections_per_address.unwrap_or(half.min(CONNECTIONS_PER_ADDRESS))
    }
}

/// What messages may show.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Messages")]
pub struct MessageConfig {
    /// Hosts from which images in messages are shown, by https, separated by commas; images from elsewhere become links
    #[arg(id = "image-host", long = "image-host", global = true, value_name = "HOST", value_delimiter = ',', value_parser = str::parse::<ImageHost>)]
    pub image_hosts: Vec<ImageHost>,
}

/// What is logged.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Log")]
pub struct LogConfig {
    /// What to log: a level, or levels by part, such as info,tidings::server::broker=debug
    #[arg(id = "log", long = "log", global = true, value_name = "FILTER", default_value = "info", value_parser = parse_filter)]
    pub filter: String,
    /// How to log
    #[arg(
        id = "log-format",
        long = "log-format",
        global = true,
        value_name = "FORMAT",
        default_value = "text",
        value_enum
    )]
    pub format: LogFormat,
}

/// What is counted.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Metrics")]
pub struct MetricsConfig {
    /// Address and port where /metrics is answered, for Prometheus; without it nothing is counted
    #[arg(id = "metrics-listen", long = "metrics-listen", global = true, value_name = "ADDRESS:PORT", value_parser = parse_address)]
    pub listen: Option<SocketAddr>,
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs: one JSON object a line.
    Json,
}

impl Default for Config {
    /// The defaults that `--help` shows.
    fn default() -> Self {
        let matches = Self::augment_args(clap::Command::new("tidings").no_binary_name(true))
            .get_matches_from(std::iter::empty::<&str>());
        Self::from_arg_matches(&matches).expect("every setting has a valid default")
    }
}

impl Config {
    /// The address that people type, without a slash at the end.
    pub fn public_url(&self) -> String {
        match &self.server.public_url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            // All addresses of this machine are none that can be typed.
            None if self.server.listen.ip().is_unspecified() => {
                format!("http://localhost:{}", self.server.listen.port())
            }
            None => format!("http://{}", self.server.listen),
        }
    }

    /// What to give to `store::open`.
    pub fn database_url(&self) -> String {
        match &self.storage.database_url {
            Some(url) => url.clone(),
            None => format!("sqlite:{}", self.storage.data_dir.join("tidings.db").display()),
        }
    }

    /// Whether cookies are only for https.
    pub fn secure_cookies(&self) -> bool {
        self.server.public_url.as_ref().is_some_and(|url| url.scheme() == "https")
    }
}

fn parse_address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(|_| "expected an address and port such as 127.0.0.1:3000 or [::]:3000")
}

fn parse_proxy(text: &str) -> Result<IpAddr, &'static str> {
    text.trim().parse().map_err(|_| "expected IP addresses separated by commas, such as 127.0.0.1,::1")
}

/// Only a scheme and a host: the product does not live under a path.
fn parse_public_url(text: &str) -> Result<Url, &'static str> {
    let wrong = "expected http:// or https:// and a host, without a path, such as https://tidings.example.org";
    let url = Url::parse(text).map_err(|_| wrong)?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if matches!(url.scheme(), "http" | "https") && url.has_host() && bare && url.password().is_none() {
        Ok(url)
    } else {
        Err(wrong)
    }
}

fn parse_database_url(text: &str) -> Result<String, &'static str> {
    match text.split_once(':') {
        Some(("sqlite", path)) if !path.is_empty() => Ok(text.to_owned()),
        _ => Err("expected sqlite:PATH, such as sqlite:/var/lib/tidings/tidings.db"),
    }
}

fn parse_count(text: &str) -> Result<usize, &'static str> {
    text.parse().ok().filter(|count| *count > 0).ok_or("expected a whole number from 1")
}

fn parse_filter(text: &str) -> Result<String, &'static str> {
    match tracing_subscriber::EnvFilter::try_new(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err("expected error, warn, info, debug or trace, or levels by part such as info,tidings=debug"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_stand_on_their_own() {
        let config = Config::default();
        assert_eq!(config.public_url(), "http://127.0.0.1:3000");
        assert_eq!(config.database_url(), "sqlite:data/tidings.db");
        assert_eq!(config.sessions.idle, Duration::from_secs(14 * 24 * 3600));
        assert!(!config.secure_cookies());
    }

    #[test]
    fn a_public_url_has_no_path_and_no_slash() {
        let mut config = Config::default();
        config.server.public_url = Some(parse_public_url("https://tidings.example.org").expect("a good URL"));
        assert_eq!(config.public_url(), "https://tidings.example.org");
        assert!(config.secure_cookies());
        config.server.public_url = None;
        config.server.listen = ([0, 0, 0, 0], 80).into();
        assert_eq!(config.public_url(), "http://localhost:80");
        for bad in ["tidings.example.org", "ftp://x.org", "https://x.org/inbox", "https://a@x.org", "https://x.org/?q"]
        {
            assert!(parse_public_url(bad).is_err(), "{bad}");
        }
    }
}
