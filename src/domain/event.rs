//! Event: a numbered change of one inbox, and the wire form in which it travels. `docs/PROTOCOL.md` is the contract.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::item::{Counts, Item};
use super::message::MessageId;

/// The number of a change in one person's sequence: 1, 2, 3, … without holes. 0 is before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub i64);

impl Seq {
    /// The number that follows.
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Names one life of the database; made when it is created or restored. 1 to 32 lower-case letters and digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Epoch(String);

impl Epoch {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Epoch {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let ok = (1..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if ok { Ok(Self(text.to_owned())) } else { Err(NotACursor) }
    }
}

impl TryFrom<String> for Epoch {
    type Error = NotACursor;

    fn try_from(text: String) -> Result<Self, NotACursor> {
        text.parse()
    }
}

impl From<Epoch> for String {
    fn from(epoch: Epoch) -> Self {
        epoch.0
    }
}

/// How far a reader has come: `epoch-sequence`. It is the `id:` of events, hence the browser's `Last-Event-ID`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cursor {
    /// The database's life in which the number counts.
    pub epoch: Epoch,
    /// The last change that the reader has.
    pub seq: Seq,
}

/// A text that is no cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a cursor is «epoch-sequence», as in the id of an event")]
pub struct NotACursor;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.epoch.as_str(), self.seq)
    }
}

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let (epoch, seq) = text.split_once('-').ok_or(NotACursor)?;
        // Digits only: `parse` alone would also take a sign.
        if seq.is_empty() || !seq.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotACursor);
        }
        Ok(Self { epoch: epoch.parse()?, seq: Seq(seq.parse().map_err(|_| NotACursor)?) })
    }
}

/// How a stream begins with respect to the cursor that was brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// No cursor was brought; the stream begins now.
    Fresh,
    /// Everything after the cursor follows.
    Resumed,
    /// The cursor cannot be continued: reload the list. The stream goes on at `to`.
    Reset,
}

/// Why an item is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gone {
    /// Its reader deleted it.
    Deleted,
}

/// Why a stream ended with the session or token that opened it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignedOut {
    /// The person signed out.
    SignedOut,
    /// The session came of age or was idle too long.
    Expired,
    /// The account was disabled, its password changed, the token revoked, or the session ended from elsewhere.
    Revoked,
}

/// Everything that a stream says. One variant, one name, one shape of data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Event {
    /// `hello`: first on every stream.
    Hello(Hello),
    /// `item`: upsert this item.
    Item(Changed),
    /// `gone`: remove this item.
    Gone(Removed),
    /// `caught-up`: the replay is over; from here numbers are contiguous.
    CaughtUp(CaughtUp),
    /// `beat`: a sign of life.
    Beat(Beat),
    /// `drain`: the server is going away.
    Drain(Drain),
    /// `signed-out`: the session ended; the stream closes.
    SignedOut(Ended),
}

/// What a stream says first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The database's life.
    pub epoch: Epoch,
    /// The number that the reader brought; 0 when none could be continued.
    pub from: Seq,
    /// The last number at this moment.
    pub to: Seq,
    /// How it goes on.
    pub verdict: Verdict,
    /// Changed items that follow as replay.
    pub missed: usize,
    /// Milliseconds between two beats, at most.
    pub beat_ms: u64,
    /// The server's build; another one than the page's offers a reload.
    pub build: String,
    /// When the session ends at the latest, milliseconds since the Unix epoch; absent for tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_ends: Option<i64>,
}

/// An item that arrived or changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// The change's number.
    pub seq: Seq,
    /// The item after the change.
    pub item: Item,
    /// Counts after the change.
    pub counts: Counts,
}

/// An item that left for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// The change's number.
    pub seq: Seq,
    /// The item.
    pub id: MessageId,
    /// The reason.
    pub why: Gone,
    /// Counts after the change.
    pub counts: Counts,
}

/// The end of a replay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaughtUp {
    /// The number reached.
    pub seq: Seq,
    /// Counts at that number.
    pub counts: Counts,
}

/// A sign of life. An event, because comments never reach a page's script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beat {
    /// The server's clock, milliseconds since the Unix epoch.
    pub now: i64,
    /// The last number that this stream was sent; it exposes a gap when there is no traffic.
    pub seq: Seq,
}

/// The server is going away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drain {
    /// When to come back, chosen at random for each stream so that not all come at once.
    pub reconnect_ms: u64,
}

/// The session or token behind the stream is no longer good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// The reason.
    pub why: SignedOut,
}

impl Event {
    /// The `event:` field.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Hello(_) => "hello",
            Self::Item(_) => "item",
            Self::Gone(_) => "gone",
            Self::CaughtUp(_) => "caught-up",
            Self::Beat(_) => "beat",
            Self::Drain(_) => "drain",
            Self::SignedOut(_) => "signed-out",
        }
    }

    /// Every name, for readers that listen by name.
    pub const NAMES: [&'static str; 7] = ["hello", "item", "gone", "caught-up", "beat", "drain", "signed-out"];

    /// The number of the change that this event is; only changes move a reader's cursor.
    pub fn seq(&self) -> Option<Seq> {
        match self {
            Self::Item(Changed { seq, .. }) | Self::Gone(Removed { seq, .. }) => Some(*seq),
            _ => None,
        }
    }

    /// The bytes on the wire (WHATWG HTML, «Server-sent events»). JSON escapes every line end and control character,
    /// names are constants and ids are digits and lower-case letters, so no text can forge an event.
    pub fn encode(&self, epoch: &Epoch) -> String {
        let data = serde_json::to_string(self).expect("events have string keys only");
        let mut wire = String::with_capacity(data.len() + 64);
        if let Some(seq) = self.seq() {
            let _ = writeln!(wire, "id: {}-{seq}", epoch.as_str());
        }
        if let Self::Drain(Drain { reconnect_ms }) = self {
            let _ = writeln!(wire, "retry: {reconnect_ms}");
        }
        let _ = write!(wire, "event: {}\ndata: {data}\n\n", self.name());
        wire
    }

    /// Reads an event back from its name and data. `None`: an event of a later build, which a reader passes over.
    pub fn parse(name: &str, data: &str) -> Option<Result<Self, serde_json::Error>> {
        // From bytes, as answers of server functions are read: the WASM then has one reader for every type.
        use serde_json::from_slice;
        let data = data.as_bytes();
        Some(match name {
            "hello" => from_slice(data).map(Self::Hello),
            "item" => from_slice(data).map(Self::Item),
            "gone" => from_slice(data).map(Self::Gone),
            "caught-up" => from_slice(data).map(Self::CaughtUp),
            "beat" => from_slice(data).map(Self::Beat),
            "drain" => from_slice(data).map(Self::Drain),
            "signed-out" => from_slice(data).map(Self::SignedOut),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Priority, State};

    fn epoch() -> Epoch {
        "e1".parse().expect("a valid epoch")
    }

    fn changed(title: &str) -> Event {
        Event::Item(Changed {
            seq: Seq(7),
            item: Item {
                id: MessageId(3),
                seq: Seq(7),
                sent_at: 1_700_000_000_000,
                from: "Ana".into(),
                title: title.into(),
                preview: String::new(),
                priority: Priority::High,
                link: None,
                state: State::default(),
            },
            counts: Counts { unread: 1, unseen: 1 },
        })
    }

    #[test]
    fn a_cursor_reads_back_and_nothing_else_is_one() {
        let cursor = Cursor { epoch: epoch(), seq: Seq(42) };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for bad in
            ["", "-", "e1", "e1-", "-1", "e1--1", "e1-+1", "e1- 1", "E1-1", "e1-99999999999999999999", "e1-1\n", "é-1"]
        {
            assert_eq!(bad.parse::<Cursor>(), Err(NotACursor), "{bad:?}");
        }
    }

    #[test]
    fn an_event_is_four_lines_with_the_cursor_as_its_id() {
        let wire = changed("Hi").encode(&epoch());
        let lines: Vec<_> = wire.lines().collect();
        assert_eq!(lines[0], "id: e1-7");
        assert_eq!(lines[1], "event: item");
        assert!(lines[2].starts_with("data: {\"seq\":7,\"item\":{"));
        assert!(wire.ends_with("}\n\n"));
    }

    #[test]
    fn no_text_can_forge_a_line() {
        for hostile in ["a\nevent: signed-out", "a\rdata: x", "a\r\n\r\nid: e1-9", "\0", "\u{2028}", "\u{85}"] {
            let wire = changed(hostile).encode(&epoch());
            assert_eq!(wire.split(['\n', '\r']).filter(|line| !line.is_empty()).count(), 3, "{hostile:?}");
            let data = wire.lines().nth(2).and_then(|line| line.strip_prefix("data: ")).expect("a data line");
            assert_eq!(Event::parse("item", data).expect("a known name").ok(), Some(changed(hostile)));
        }
    }

    #[test]
    fn an_event_of_a_later_build_is_passed_over() {
        assert!(Event::parse("marked", "{}").is_none());
        assert!(Event::parse("item", "{}").is_some_and(|parsed| parsed.is_err()));
    }
}
