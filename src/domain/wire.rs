//! Wire: the form in which events travel, Server-Sent Events (WHATWG HTML §9.2), written and read.

use std::fmt::Write as _;

use super::cursor::{Epoch, Seq};
use super::event::{CaughtUp, Changed, ChangedMany, Drain, Event, Marked, Removed};
use super::read::read;

/// An event of a known name whose data is something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the event cannot be read")]
pub struct Unreadable;

impl Event {
    /// The `event:` field.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Hello(_) => "hello",
            Self::Item(_) => "item",
            Self::Items(_) => "items",
            Self::Marked(_) => "marked",
            Self::Gone(_) => "gone",
            Self::CaughtUp(_) => "caught-up",
            Self::Beat(_) => "beat",
            Self::Drain(_) => "drain",
            Self::SignedOut(_) => "signed-out",
        }
    }

    /// Every name, for readers that listen by name.
    pub const NAMES: [&'static str; 9] =
        ["hello", "item", "items", "marked", "gone", "caught-up", "beat", "drain", "signed-out"];

    /// The number of the change that this event is; only changes move a reader's cursor.
    pub fn seq(&self) -> Option<Seq> {
        match self {
            Self::Item(Changed { seq, .. })
            | Self::Items(ChangedMany { seq, .. })
            | Self::Marked(Marked { seq, .. })
            | Self::Gone(Removed { seq, .. }) => Some(*seq),
            _ => None,
        }
    }

    /// Where a reader stands that has applied this event and all before it: the `id:`.
    fn reached(&self) -> Option<Seq> {
        match self {
            Self::CaughtUp(CaughtUp { seq, .. }) => Some(*seq),
            // Who comes back with the number before gets what changed.
            Self::Items(ChangedMany { anew: true, .. }) => None,
            _ => self.seq(),
        }
    }

    /// The bytes on the wire (WHATWG HTML, «Server-sent events»). JSON escapes every line end and control character,
    /// names are constants and ids are digits and lower-case letters, so no text can forge an event.
    pub fn encode(&self, epoch: &Epoch) -> String {
        let data = serde_json::to_string(self).expect("events have string keys only");
        let mut wire = String::with_capacity(data.len() + 64);
        if let Some(seq) = self.reached() {
            let _ = writeln!(wire, "id: {}-{seq}", epoch.as_str());
        }
        if let Self::Drain(Drain { reconnect_ms, .. }) = self {
            let _ = writeln!(wire, "retry: {reconnect_ms}");
        }
        let _ = write!(wire, "event: {}\ndata: {data}\n\n", self.name());
        wire
    }

    /// Reads an event back from its name and data. `None`: an event of a later build, which a reader passes over.
    pub fn parse(name: &str, data: &str) -> Option<Result<Self, Unreadable>> {
        let event = match name {
            "hello" => read(data).map(Self::Hello),
            "item" => read(data).map(Self::Item),
            "items" => read(data).map(Self::Items),
            "marked" => read(data).map(Self::Marked),
            "gone" => read(data).map(Self::Gone),
            "caught-up" => read(data).map(Self::CaughtUp),
            "beat" => read(data).map(Self::Beat),
            "drain" => read(data).map(Self::Drain),
            "signed-out" => read(data).map(Self::SignedOut),
            _ => return None,
        };
        Some(event.ok_or(Unreadable))
    }

    /// Reads the events of a whole text, such as the answer to a long poll, in order. What a later build says is passed
    /// over; one that cannot be read ends the reading with its error, as what follows may build on it.
    pub fn parse_all(text: &str) -> impl Iterator<Item = Result<Self, Unreadable>> {
        Self::split(text).filter_map(|(name, data)| Self::parse(name, data))
    }

    /// The names and data of the events of a whole text, in order.
    pub fn split(text: &str) -> impl Iterator<Item = (&str, &str)> {
        text.split("\n\n").filter_map(|block| {
            let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            Some((field("event")?, field("data")?))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::{DrainWhy, Ended, SignedOut};
    use crate::domain::{Counts, Item, MessageId, Priority, State};

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
                times: 1,
                ..Item::default()
            },
            counts: Counts { unread: 1, unseen: 1, ..Counts::default() },
        })
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
    fn a_text_of_events_reads_back_in_order() {
        let events =
            [changed("a\n\nevent: b"), changed("c"), Event::Drain(Drain { reconnect_ms: 5, why: DrainWhy::Replaced })];
        let text: String = events.iter().map(|event| event.encode(&epoch())).collect();
        let read: Result<Vec<_>, _> = Event::parse_all(&text).collect();
        assert_eq!(read.expect("good events"), events);
        assert!(Event::parse_all("event: item\ndata: {\n\n").next().is_some_and(|read| read.is_err()));
    }

    #[test]
    fn reasons_of_a_later_build_are_taken_for_the_general_one() {
        for why in SignedOut::ALL {
            let data = format!("{{\"why\":\"{}\"}}", why.as_str());
            let read = Event::parse("signed-out", &data).expect("a known name").expect("a known word");
            assert_eq!(read, Event::SignedOut(Ended { why }));
            assert_eq!(read.encode(&epoch()), format!("event: signed-out\ndata: {data}\n\n"));
        }
        let later = Event::parse("signed-out", r#"{"why":"eclipse"}"#).expect("a known name").expect("an event");
        assert_eq!(later, Event::SignedOut(Ended { why: SignedOut::Revoked }));
        let later = Event::parse("drain", r#"{"reconnect_ms":1,"why":"eclipse"}"#).expect("a known name");
        assert_eq!(later.expect("an event"), Event::Drain(Drain { reconnect_ms: 1, why: DrainWhy::Stopping }));
    }

    #[test]
    fn an_event_of_a_later_build_is_passed_over() {
        assert!(Event::parse("presence", "{}").is_none());
        assert!(Event::parse("item", "{}").is_some_and(|parsed| parsed.is_err()));
    }
}
