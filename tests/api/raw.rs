//! A connection without an HTTP client: says and reads bytes, slowly, too much, or not at all.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

/// Longest wait for an answer or an end; a miss fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open connection.
pub struct Raw(TcpStream);

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HashMap<String, String>,
    pub body: String,
}

impl Raw {
    /// Connects from another address of this machine: each counts on its own.
    pub async fn connect(to: SocketAddr, from: &str) -> Self {
        Self::with_buffer(to, from, None).await
    }

    /// The same with little room for what was not read yet.
    pub async fn with_buffer(to: SocketAddr, from: &str, bytes: Option<u32>) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        if let Some(bytes) = bytes {
            socket.set_recv_buffer_size(bytes).expect("a size");
        }
        let from: IpAddr = from.parse().expect("an address");
        socket.bind((from, 0).into()).expect("an address of this machine");
        Self(socket.connect(to).await.expect("the server listens"))
    }

    /// Sends text. A server that has closed already is no failure: what it answered counts.
    pub async fn say(&mut self, text: &str) {
        let _ = self.0.write_all(text.as_bytes()).await;
    }

    /// Waits for as many bytes as fit and leaves them unread.
    pub async fn peek(&mut self, bytes: &mut [u8]) {
        let peeked = async { while self.0.peek(bytes).await.expect("an open connection") < bytes.len() {} };
        tokio::time::timeout(PATIENCE, peeked).await.expect("bytes in time");
    }

    /// Reads one answer that has a length.
    pub async fn answer(&mut self) -> Answer {
        let read = async {
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                head.push(self.0.read_u8().await.expect("the rest of a head") as char);
            }
            let mut lines = head.trim_end().lines();
            let status = lines.next().expect("a status line").split(' ').nth(1).expect("a status");
            let status = status.parse().expect("a number");
            let headers: HashMap<_, _> = lines
                .map(|line| line.split_once(": ").expect("a header"))
                .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
                .collect();
            let length = headers.get("content-length").map_or(0, |length| length.parse().expect("a number"));
            let mut body = vec![0; length];
            self.0.read_exact(&mut body).await.expect("a body");
            Answer { status, headers, body: String::from_utf8(body).expect("text") }
        };
        tokio::time::timeout(PATIENCE, read).await.expect("an answer in time")
    }

    /// Reads until the other side closes or cuts; what came until then.
    pub async fn rest(&mut self) -> String {
        let mut bytes = Vec::new();
        let end = tokio::time::timeout(PATIENCE, self.0.read_to_end(&mut bytes)).await;
        let _ = end.expect("an end in time");
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
