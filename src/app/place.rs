//! Place: what an address of the inbox means, and how it is written.

use leptos_router::params::ParamsMap;

use crate::domain::{MessageId, View};

/// A list, a part of it, and the message that is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Which list.
    pub view: View,
    /// Only what is older than this message.
    pub before: Option<MessageId>,
    /// The open message.
    pub message: Option<MessageId>,
}

impl Place {
    /// Reads the query; what makes no sense counts as absent.
    pub fn of(query: &ParamsMap) -> Self {
        let id = |name| query.get_str(name).and_then(|text| text.parse().ok()).map(MessageId);
        let view = if query.get_str("view") == Some("done") { View::Done } else { View::Inbox };
        Self { view, before: id("before"), message: id("m") }
    }

    /// The list without an open message.
    pub fn list(self) -> Self {
        Self { message: None, ..self }
    }

    /// The same list with this message open.
    pub fn with(self, message: MessageId) -> Self {
        Self { message: Some(message), ..self }
    }

    /// The part of the list that is older than `before`.
    pub fn older(self, before: MessageId) -> Self {
        Self { before: Some(before), message: None, ..self }
    }

    /// The address.
    pub fn href(self) -> String {
        let view = (self.view == View::Done).then(|| "view=done".to_owned());
        let before = self.before.map(|id| format!("before={id}"));
        let message = self.message.map(|id| format!("m={id}"));
        let query: Vec<String> = [view, before, message].into_iter().flatten().collect();
        if query.is_empty() { "/".into() } else { format!("/?{}", query.join("&")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back() {
        let place = Place { view: View::Done, before: Some(MessageId(9)), message: Some(MessageId(4)) };
        assert_eq!(place.href(), "/?view=done&before=9&m=4");
        let mut query = ParamsMap::new();
        for (name, value) in [("view", "done"), ("before", "9"), ("m", "4")] {
            query.insert(name, value.to_owned());
        }
        assert_eq!(Place::of(&query), place);
    }

    #[test]
    fn the_inbox_is_the_root_and_nonsense_is_ignored() {
        assert_eq!(Place::default().href(), "/");
        let mut query = ParamsMap::new();
        query.insert("m", "x".to_owned());
        query.insert("view", "trash".to_owned());
        assert_eq!(Place::of(&query), Place::default());
    }
}
