//! Message: what a person or a program has written, in words that its readers and its senders share.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A message's number, which is also the number of its item in every inbox. Later messages have greater numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(pub i64);

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How loudly a message asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// Worth knowing some time.
    Low,
    /// The usual.
    #[default]
    Normal,
    /// Before the others.
    High,
    /// Now: announced to screen readers at once.
    Urgent,
}

impl Priority {
    /// All of them, quietest first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Urgent];

    /// The word on the wire, in the store and in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }

    /// Reads [`Self::as_str`] back; nothing typed is normal.
    pub fn parse(word: &str) -> Option<Self> {
        if word.is_empty() {
            return Some(Self::default());
        }
        Self::ALL.into_iter().find(|priority| priority.as_str() == word)
    }
}

/// Something that readers can follow from the message: a button that opens an address in a new tab.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkAction {
    /// What the button says: one line.
    pub label: String,
    /// An absolute `http` or `https` URL.
    pub url: String,
}

/// What a message may say about itself beside its words. Valid by construction, as a [`Draft`](super::Draft) is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// What it is about, as one word: readers mute by it.
    pub category: Option<String>,
    /// Words to find it by, each once.
    pub tags: Vec<String>,
    /// Messages of one sender with one key are one row of an inbox, the latest of them.
    pub collapse_key: Option<String>,
    /// What the earlier ones with this key told of is over.
    pub resolved: bool,
    /// What readers can follow.
    pub actions: Vec<LinkAction>,
    /// Readers are asked to say that they have taken note.
    pub acknowledge: bool,
}
