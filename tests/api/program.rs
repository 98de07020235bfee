//! The real program: its commands, and servers that are processes of their own, on a socket that outlives them.

use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use reqwest::Client;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpSocket;
use tokio::process::{Child, Command};
use tokio::sync::watch;

use crate::app::PASSWORD;
use crate::events::EventReader;

pub const TIDINGS: &str = env!("CARGO_BIN_EXE_tidings");

/// Longest wait for what a server does on its own.
const PATIENCE: Duration = Duration::from_secs(60);

/// Makes standard input the first socket that is passed in: what systemd does, by means of a shell.
pub const PASS_IN: &str =
    r#"exec 3<&0 0</dev/null; export LISTEN_FDS="${FDS:-1}" LISTEN_PID="${PID:-$$}"; exec "$0" "$@""#;

/// A data folder and a listening socket, on which any number of servers may follow each other.
pub struct Place {
    pub address: SocketAddr,
    pub client: Client,
    folder: TempDir,
    socket: std::net::TcpListener,
}

impl Place {
    pub async fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a free port");
        let socket = socket.listen(4096).and_then(tokio::net::TcpListener::into_std).expect("it listens");
        let address = socket.local_addr().expect("bound");
        Self { address, client: Client::new(), folder, socket }
    }

    pub fn data(&self) -> &Path {
        self.folder.path()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Runs a command that must succeed, and gives what it printed.
    pub async fn tell(&self, words: &[&str], input: &str) -> String {
        let mut command = Command::new(TIDINGS);
        command.args(words).arg("--data-dir").arg(self.data());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program starts");
        // Most commands end without reading; then nobody is there to write to.
        let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes()).await;
        let mut printed = String::new();
        child.stdout.take().expect("a pipe").read_to_string(&mut printed).await.expect("text");
        assert!(child.wait().await.expect("an end").success(), "{words:?}");
        printed
    }

    /// An admin's token that sends.
    pub async fn sender(&self) -> String {
        self.tell(&["user", "add", "ops", "--admin", "--password-stdin"], PASSWORD).await;
        self.tell(&["token", "create", "ops", "--scope", "send"], "").await.trim().to_owned()
    }

    /// The read tokens of `n` new people called u0, u1, ….
    pub async fn readers(&self, n: usize) -> Vec<String> {
        let file = self.data().join("tokens");
        let path = file.to_str().expect("UTF-8");
        self.tell(&["seed", "--users", &n.to_string(), "--tokens-out", path], "").await;
        let lines = std::fs::read_to_string(&file).expect("the tokens");
        let token = |line: &str| line.strip_prefix("Authorization: Bearer ").expect("a header line").to_owned();
        lines.lines().map(token).collect()
    }

    /// Starts a server on the socket. It may not listen yet when this returns; what connects, waits.
    pub fn serve(&self, flags: &[&str]) -> Server {
        let mut command = Command::new("sh");
        command.args(["-c", PASS_IN, TIDINGS, "serve", "--data-dir"]).arg(self.data()).args(flags);
        let socket = OwnedFd::from(self.socket.try_clone().expect("a second handle"));
        command.stdin(socket).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        Server::watch(command.spawn().expect("the server starts"))
    }

    pub async fn stream(&self, token: &str, cursor: Option<&str>) -> EventReader {
        let request = self.client.get(self.url("/events")).bearer_auth(token);
        let request = if let Some(cursor) = cursor { request.header("last-event-id", cursor) } else { request };
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), 200);
        EventReader::new(response)
    }
}

/// A server as a process.
pub struct Server {
    child: Child,
    log: watch::Receiver<String>,
}

impl Server {
    fn watch(mut child: Child) -> Self {
        let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
        let (tell, log) = watch::channel(String::new());
        // Ends with the process.
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                tell.send_modify(|log| {
                    log.push_str(&line);
                    log.push('\n');
                });
            }
        });
        Self { child, log }
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        self.log.borrow().clone()
    }

    /// Waits until it has logged these words.
    pub async fn logs(&mut self, words: &str) {
        let said = self.log.wait_for(|log| log.contains(words));
        let said = tokio::time::timeout(PATIENCE, said).await;
        assert!(matches!(said, Ok(Ok(_))), "«{words}» in the log");
    }

    pub async fn signal(&self, name: &str) {
        let process = self.child.id().expect("it runs").to_string();
        assert!(Command::new("kill").args([name, &process]).status().await.expect("kill").success());
    }

    /// Waits for its end.
    pub async fn ended(&mut self) -> ExitStatus {
        tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("an end in time").expect("an end")
    }
}
