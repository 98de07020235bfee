//! Server: the real program on a folder of its own. It is started, killed, drained, and looked at from outside.

use std::io::{Error, Result};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, watch};
use tokio::time::timeout;

use crate::wire::{ask, request};

/// Longest wait for a start: a busy store holds it up for some seconds.
const START: Duration = Duration::from_secs(30);

/// The time over which a drain is spread.
pub const DRAIN_WINDOW: Duration = Duration::from_secs(1);

/// The program and its folder.
pub struct Server {
    binary: PathBuf,
    folder: TempDir,
    child: Mutex<Option<Child>>,
    address: watch::Sender<Option<SocketAddr>>,
    metrics: std::sync::Mutex<Option<SocketAddr>>,
    /// Moments at which a life began or began to end. What has another one behind it shows nothing about this life.
    lives: AtomicU64,
    peak_kib: AtomicU64,
}

impl Server {
    pub fn new(binary: PathBuf) -> Result<Self> {
        let (child, address, metrics) = (Mutex::default(), watch::Sender::new(None), std::sync::Mutex::default());
        let (lives, peak_kib) = (AtomicU64::new(0), AtomicU64::new(0));
        Ok(Self { binary, folder: TempDir::new()?, child, address, metrics, lives, peak_kib })
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn database(&self) -> PathBuf {
        self.folder().join("tidings.db")
    }

    /// What it complained about.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder().join("log")).unwrap_or_default()
    }

    pub fn address(&self) -> Option<SocketAddr> {
        *self.address.borrow()
    }

    pub fn addresses(&self) -> watch::Receiver<Option<SocketAddr>> {
        self.address.subscribe()
    }

    pub fn lives(&self) -> u64 {
        self.lives.load(Ordering::SeqCst)
    }

    /// What was before does not count.
    pub fn forget_peak(&self) {
        self.peak_kib.store(0, Ordering::Relaxed);
    }

    /// Most memory that any life had resident.
    pub fn peak_kib(&self) -> u64 {
        self.peak_kib.load(Ordering::Relaxed)
    }

    /// Runs a command of the program on the same folder, beside the server, and gives what it printed.
    pub async fn command(&self, arguments: &[&str], input: &str) -> Result<String> {
        let mut child = Command::new(&self.binary)
            .args(arguments)
            .arg("--data-dir")
            .arg(self.folder())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        child.stdin.take().expect("a pipe").write_all(input.as_bytes()).await?;
        let output = child.wait_with_output().await?;
        if !output.status.success() {
            return Err(Error::other(format!("{arguments:?} failed")));
        }
        String::from_utf8(output.stdout).map_err(Error::other)
    }

    /// Starts a life and lets it be found when it listens.
    pub async fn start(&self) -> Result<()> {
        let log = std::fs::File::options().create(true).append(true).open(self.folder().join("log"))?;
        let metrics = free_address()?;
        let mut child = Command::new(&self.binary)
            .args(["serve", "--metrics-listen", &metrics.to_string()])
            .args(["--listen", "127.0.0.1:0", "--beat", "2s", "--drain-window"])
            .arg(format!("{}ms", DRAIN_WINDOW.as_millis()))
            // Everybody here has one address and asks as fast as they can.
            .args(["--address-requests-per-second", "1000000", "--user-requests-per-second", "100000"])
            .args(["--token-requests-per-second", "100000"])
            .args(["--sends-per-second", "100000", "--max-streams-per-user", "64", "--log", "warn", "--data-dir"])
            .arg(self.folder())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()?;
        let mut said = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let address = async {
            loop {
                let line = said.next_line().await?.ok_or_else(|| Error::other("the server ended while it started"))?;
                if let Some(address) = line.strip_prefix("Tidings is at http://") {
                    return address.parse().map_err(Error::other);
                }
            }
        };
        let address = timeout(START, address).await.unwrap_or_else(|_| Err(Error::other("no start in time")))?;
        tokio::spawn(async move { while let Ok(Some(_)) = said.next_line().await {} });
        answers(&mut child, address).await?;
        *self.metrics.lock().expect("no code panics under this lock") = Some(metrics);
        *self.child.lock().await = Some(child);
        self.lives.fetch_add(1, Ordering::SeqCst);
        self.address.send_replace(Some(address));
        Ok(())
    }

    /// `kill -9`; comes back when it is dead.
    pub async fn kill(&self) -> Result<()> {
        self.look().await;
        self.lives.fetch_add(1, Ordering::SeqCst);
        let Some(mut child) = self.child.lock().await.take() else { return Ok(()) };
        child.kill().await?;
        self.address.send_replace(None);
        Ok(())
    }

    /// SIGTERM; gives how it ended and how long that took.
    pub async fn drain(&self) -> Result<(ExitStatus, Duration)> {
        self.look().await;
        self.lives.fetch_add(1, Ordering::SeqCst);
        let mut child = self.child.lock().await.take().ok_or_else(|| Error::other("no server runs"))?;
        let process = child.id().ok_or_else(|| Error::other("it has ended by itself"))?.to_string();
        let begin = Instant::now();
        Command::new("kill").args(["-TERM", &process]).status().await?;
        let status = match timeout(Duration::from_secs(30), child.wait()).await {
            Ok(status) => status?,
            Err(_) => return Err(Error::other("a drain did not end within 30 s")),
        };
        self.address.send_replace(None);
        Ok((status, begin.elapsed()))
    }

    /// Notes the peak of memory, and gives what is resident now.
    pub async fn look(&self) -> u64 {
        let Some(process) = self.process().await else { return 0 };
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        let kib = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim_matches(|c: char| !c.is_ascii_digit()).parse::<u64>().ok()
        };
        self.peak_kib.fetch_max(kib("VmHWM").unwrap_or(0), Ordering::Relaxed);
        kib("VmRSS").unwrap_or(0)
    }

    /// What it says of a gauge about itself.
    pub async fn gauge(&self, name: &str) -> Result<f64> {
        let metrics = *self.metrics.lock().expect("no code panics under this lock");
        let metrics = metrics.ok_or_else(|| Error::other("no server runs"))?;
        let text = ask(metrics, &request("GET", "/metrics", &[], "")).await?.text().await?;
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok());
        value.ok_or_else(|| Error::other(format!("there is no {name}")))
    }

    /// Sockets that it holds open, its listeners among them.
    pub async fn sockets(&self) -> usize {
        let Some(process) = self.process().await else { return 0 };
        let Ok(files) = std::fs::read_dir(format!("/proc/{process}/fd")) else { return 0 };
        let links = files.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
        links.filter(|link| link.to_string_lossy().starts_with("socket:")).count()
    }

    async fn process(&self) -> Option<u32> {
        self.child.lock().await.as_ref().and_then(Child::id)
    }
}

/// Waits until it answers. With a database that is held for too long it gives up instead.
async fn answers(child: &mut Child, address: SocketAddr) -> Result<()> {
    while ask(address, &request("GET", "/healthz", &[], "")).await.is_err() {
        if let Some(status) = child.try_wait()? {
            return Err(Error::other(format!("it ended with {status} while it started")));
        }
    }
    Ok(())
}

/// An address where nobody listens now. Who takes it in between makes a start fail, and the next one takes another.
fn free_address() -> Result<SocketAddr> {
    std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()
}
