//! Found: what a search adds to a page of items: what was asked, what is wrong with that, and where the words stand.

use serde::{Deserialize, Serialize};

use super::message::MessageId;

/// What a page answers to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The query, as it was typed.
    pub query: String,
    /// Why nothing was looked for, as a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Nothing was found, and without what narrows the query to a state or a time it asks for this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wider: Option<String>,
    /// What the rows show of their messages, for those where words were looked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hits: Vec<Hit>,
}

/// A message that has the words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// Which message.
    pub id: MessageId,
    /// Its title.
    pub title: Pieces,
    /// The part of its body in which the words stand, as plain text on one line.
    pub text: Pieces,
}

/// Text in parts, in turn: beside the words, one of the words, beside them, … The first may be empty. Plain text, to be
/// escaped like any other; whoever shows it puts every second one into `<mark>`.
pub type Pieces = Vec<String>;
