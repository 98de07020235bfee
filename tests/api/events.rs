//! A reader of streams that follows `docs/PROTOCOL.md` and nothing else.

use std::pin::Pin;
use std::time::Duration;

use futures_util::{Stream, StreamExt};
use serde_json::Value;

/// Longest wait for an event; far above what any takes, so that a miss fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(20);

/// One event as it came over the wire.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    pub id: Option<String>,
    pub name: String,
    pub data: Value,
}

/// An open stream.
pub struct EventReader {
    body: Pin<Box<dyn Stream<Item = reqwest::Result<bytes::Bytes>> + Send>>,
    buffer: String,
    patience: Duration,
}

impl EventReader {
    pub fn new(response: reqwest::Response) -> Self {
        Self { body: Box::pin(response.bytes_stream()), buffer: String::new(), patience: PATIENCE }
    }

    /// Waits so long for an event.
    pub fn patient(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The next event; `None` when the server closed the stream.
    pub async fn next(&mut self) -> Option<Received> {
        tokio::time::timeout(self.patience, self.read()).await.expect("an event or the end within the time")
    }

    /// The next event that is not a beat, which must have this name.
    pub async fn expect(&mut self, name: &str) -> Received {
        loop {
            let event = self.next().await.unwrap_or_else(|| panic!("the stream ended before {name}"));
            if event.name == name {
                return event;
            }
            assert_eq!(event.name, "beat", "expected {name}, got {event:?}");
        }
    }

    /// Reads the opening and gives its hello; what was replayed comes with it.
    pub async fn opening(&mut self) -> (Received, Vec<Received>) {
        let hello = self.next().await.expect("a first event");
        assert_eq!(hello.name, "hello");
        let mut replayed = Vec::new();
        loop {
            let event = self.next().await.expect("the end of the replay");
            if event.name == "caught-up" {
                return (hello, replayed);
            }
            replayed.push(event);
        }
    }

    async fn read(&mut self) -> Option<Received> {
        loop {
            if let Some((block, rest)) = self.buffer.split_once("\n\n") {
                let received = parse(block);
                self.buffer = rest.to_owned();
                return Some(received);
            }
            // A connection that was cut reads as an error; to a reader it is the end.
            let bytes = self.body.next().await?.ok()?;
            self.buffer.push_str(std::str::from_utf8(&bytes).expect("events are UTF-8"));
        }
    }
}

fn parse(block: &str) -> Received {
    let field = |name: &str| {
        let prefix = format!("{name}: ");
        block.lines().find_map(|line| line.strip_prefix(&prefix)).map(str::to_owned)
    };
    Received {
        id: field("id"),
        name: field("event").expect("every event has a name"),
        data: serde_json::from_str(&field("data").expect("every event has data")).expect("data is JSON"),
    }
}
