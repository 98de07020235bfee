//! Channel: what the tabs of one person in one browser tell each other, over a `BroadcastChannel`.
//!
//! The words are pure; `tab` decides what is said, `line` carries it. Tabs of different builds and of different people have
//! channels of different names, so whatever is heard was said by the same code for the same person.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{BroadcastChannel, MessageEvent};

use super::link::Link;
use crate::domain::{Cursor, Epoch};

/// Names a tab while it is open; 0 names none.
pub type TabId = u32;

/// What one tab tells all others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// A tab came, or its reader did. The leader answers with [`Message::State`], and tries at once if it is not connected.
    Hi {
        /// Who.
        tab: TabId,
        /// Whether its reader looks at it.
        looked: bool,
        /// The highest leadership that it has heard of.
        term: i64,
    },
    /// The tab that tells its reader of arrivals is left. The leader does it until another tab is looked at.
    Bye(TabId),
    /// From the leader: how things are.
    State(State),
    /// From the leader: what the stream said.
    Heard {
        /// Whose leadership.
        term: i64,
        /// The life in which its numbers count.
        epoch: Epoch,
        /// As on the stream.
        name: String,
        /// As on the stream.
        data: String,
    },
    /// The server took an act for a stranger's: the leader should ask who is signed in.
    Doubt,
    /// For the leader to hand on to the server, whose words it does not know.
    Note(String),
}

/// How things are with the leader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// Leaderships are numbered, each higher than those before; what is said under a lower number is late.
    pub term: i64,
    /// How it is connected, and with it all tabs.
    pub link: Link,
    /// The greatest number it has heard of.
    pub heard: Option<Cursor>,
    /// Milliseconds between two beats, at most.
    pub beat_ms: u64,
    /// The tab that tells its reader of arrivals.
    pub teller: TabId,
    /// Another build of the server is running.
    pub outdated: bool,
}

impl Message {
    /// As text: words, and after the first line what is not ours to read.
    pub fn encode(&self) -> String {
        match self {
            Self::Hi { tab, looked, term } => {
                ["hi", &tab.to_string(), if *looked { "1" } else { "0" }, &term.to_string()].join(" ")
            }
            Self::State(State { term, link, heard, beat_ms, teller, outdated }) => {
                let heard = heard.as_ref().map(Cursor::to_string).unwrap_or_default();
                let numbers = [term.to_string(), beat_ms.to_string(), teller.to_string()].join(" ");
                ["state", &numbers, if *outdated { "1" } else { "0" }, &link.encode(), &heard].join(" ")
            }
            Self::Heard { term, epoch, name, data } => {
                ["heard ", &term.to_string(), " ", epoch.as_str(), " ", name, "\n", data].concat()
            }
            Self::Bye(tab) => ["bye ", &tab.to_string()].concat(),
            Self::Doubt => "doubt".into(),
            Self::Note(text) => ["note\n", text].concat(),
        }
    }

    /// Reads [`Self::encode`] back.
    pub fn parse(text: &str) -> Option<Self> {
        let (head, rest) = text.split_once('\n').unwrap_or((text, ""));
        let mut words = head.split(' ');
        Some(match words.next()? {
            "hi" => Self::Hi {
                tab: words.next()?.parse().ok()?,
                looked: words.next()? == "1",
                term: words.next()?.parse().ok()?,
            },
            "state" => Self::State(State {
                term: words.next()?.parse().ok()?,
                beat_ms: words.next()?.parse().ok()?,
                teller: words.next()?.parse().ok()?,
                outdated: words.next()? == "1",
                link: Link::parse(words.next()?)?,
                heard: words.next().and_then(|heard| heard.parse().ok()),
            }),
            "heard" => Self::Heard {
                term: words.next()?.parse().ok()?,
                epoch: words.next()?.parse().ok()?,
                name: words.next()?.to_owned(),
                data: rest.to_owned(),
            },
            "bye" => Self::Bye(words.next()?.parse().ok()?),
            "doubt" => Self::Doubt,
            "note" => Self::Note(rest.to_owned()),
            _ => return None,
        })
    }
}

/// An open channel. Closes when it is dropped.
pub struct Channel {
    channel: BroadcastChannel,
    _heard: Closure<dyn FnMut(MessageEvent)>,
}

impl Channel {
    /// Joins the channel of this name. `None`: the browser has none.
    pub fn join(name: &str, on_message: impl Fn(Message) + 'static) -> Option<Self> {
        let channel = BroadcastChannel::new(name).ok()?;
        let heard = Closure::new(move |event: MessageEvent| {
            if let Some(message) = event.data().as_string().and_then(|text| Message::parse(&text)) {
                on_message(message);
            }
        });
        channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        Some(Self { channel, _heard: heard })
    }

    /// Tells all other tabs.
    pub fn tell(&self, message: &Message) {
        // Fails only when the channel is closed.
        let _ = self.channel.post_message(&message.encode().into());
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.channel.set_onmessage(None);
        self.channel.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_reads_back() {
        let state =
            State { term: 9, link: Link::Live, heard: "e1-7".parse().ok(), beat_ms: 20_000, teller: 4, outdated: true };
        let messages = [
            Message::Hi { tab: 7, looked: true, term: 9 },
            Message::State(State { heard: None, ..state.clone() }),
            Message::State(state),
            Message::Heard {
                term: 9,
                epoch: "e1".parse().expect("an epoch"),
                name: "item".into(),
                data: "{\"a\":\"b\\n c\"}\n\nd".into(),
            },
            Message::Bye(7),
            Message::Doubt,
            Message::Note("seen 1 2\n3".into()),
        ];
        for message in messages {
            assert_eq!(Message::parse(&message.encode()), Some(message));
        }
    }

    #[test]
    fn what_nobody_says_is_not_understood() {
        for text in ["", "hi", "hi x 1", "state 1 2 3 0 quantum:0:0: e1-1", "heard 1 E item\n{}", "hello", "\n"] {
            assert_eq!(Message::parse(text), None, "{text:?}");
        }
    }
}
