//! Wire: HTTP/1.1 by hand, one request a connection. A client that reconnects and repairs by itself would hide what this
//! test is about.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

/// Longest wait for the head of an answer. A busy store makes the server wait for five seconds by itself.
const PATIENCE: Duration = Duration::from_secs(12);

/// The text of a request; `fields` are header lines.
pub fn request(method: &str, path: &str, fields: &[&str], body: &str) -> String {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: tidings.test\r\nconnection: close\r\n");
    for field in fields {
        text.push_str(field);
        text.push_str("\r\n");
    }
    if method != "GET" {
        text.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    text + "\r\n" + body
}

/// An answer whose body is still to be read.
pub struct Answer {
    pub status: u16,
    fields: Vec<(String, String)>,
    connection: BufReader<TcpStream>,
    framing: Framing,
}

/// How the body ends.
enum Framing {
    Length(usize),
    /// Bytes that are left of this chunk.
    Chunk(usize),
    Over,
}

/// A small window, and the packets of a real network: over loopback the kernel would hold megabytes for a reader that takes
/// nothing, and the server would not notice.
pub async fn connect(to: SocketAddr) -> Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(8 * 1024)?;
    SockRef::from(&socket).set_tcp_mss(1400)?;
    let connection = socket.connect(to).await?;
    connection.set_nodelay(true)?;
    Ok(connection)
}

/// Sends the request and reads the head of the answer.
pub async fn ask(to: SocketAddr, request: &str) -> Result<Answer> {
    let asked = async {
        let mut connection = connect(to).await?;
        connection.write_all(request.as_bytes()).await?;
        head(BufReader::new(connection)).await
    };
    timeout(PATIENCE, asked).await.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()))
}

async fn head(mut connection: BufReader<TcpStream>) -> Result<Answer> {
    let status = line(&mut connection).await?;
    let status = status.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or_else(broken)?;
    let mut fields = Vec::new();
    loop {
        let field = line(&mut connection).await?;
        let Some((name, value)) = field.split_once(':') else { break };
        fields.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let field = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let framing = match (field("transfer-encoding"), field("content-length")) {
        (Some("chunked"), _) => Framing::Chunk(0),
        (None, Some(length)) => Framing::Length(length.parse().map_err(|_| broken())?),
        _ => Framing::Over,
    };
    Ok(Answer { status, fields, connection, framing })
}

/// A line without its end. The end of the connection before the end of the line is an error.
async fn line(connection: &mut BufReader<TcpStream>) -> Result<String> {
    let mut line = String::new();
    connection.read_line(&mut line).await?;
    if !line.ends_with('\n') {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    line.truncate(line.trim_end().len());
    Ok(line)
}

fn broken() -> Error {
    ErrorKind::InvalidData.into()
}

impl Answer {
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The next bytes of the body as they come; `None` at its proper end.
    pub async fn piece(&mut self) -> Result<Option<Vec<u8>>> {
        if let Framing::Chunk(0) = self.framing {
            let size = line(&mut self.connection).await?;
            let size = usize::from_str_radix(&size, 16).map_err(|_| broken())?;
            self.framing = if size == 0 { Framing::Over } else { Framing::Chunk(size) };
        }
        let left = match &mut self.framing {
            Framing::Over | Framing::Length(0) => return Ok(None),
            Framing::Length(left) | Framing::Chunk(left) => left,
        };
        let buffer = self.connection.fill_buf().await?;
        let taken = buffer.len().min(*left);
        if taken == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let piece = buffer[..taken].to_vec();
        self.connection.consume(taken);
        *left -= taken;
        if *left == 0 && matches!(self.framing, Framing::Chunk(_)) {
            let mut end = [0; 2];
            self.connection.read_exact(&mut end).await?;
        }
        Ok(Some(piece))
    }

    /// The whole body.
    pub async fn text(mut self) -> Result<String> {
        let whole = async {
            let mut body = Vec::new();
            while let Some(piece) = self.piece().await? {
                body.extend(piece);
            }
            String::from_utf8(body).map_err(|_| broken())
        };
        timeout(PATIENCE, whole).await.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()))
    }
}
