//! Place: what an address of the app means, and how it is written. Pure.

use crate::domain::{MessageId, View};

/// A page of the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// The inbox.
    Inbox(Place),
    /// A page that the server makes, by its path: of the desk, or one's sessions.
    Desk(String),
}

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

impl Address {
    /// Reads a path with its query. `None`: no page of the app.
    pub fn of(href: &str) -> Option<Self> {
        let (path, query) = href.split_once('?').unwrap_or((href, ""));
        match path {
            "/" => Some(Self::Inbox(Place::parse(query))),
            "/send" | "/send/review" | "/sessions" => Some(Self::Desk(path.to_owned())),
            _ => path.starts_with("/send/sent/").then(|| Self::Desk(path.to_owned())),
        }
    }

    /// The place in the inbox; elsewhere the beginning.
    pub fn place(&self) -> Place {
        match self {
            Self::Inbox(place) => *place,
            Self::Desk(_) => Place::default(),
        }
    }

    /// The address as text.
    pub fn href(&self) -> String {
        match self {
            Self::Inbox(place) => place.href(),
            Self::Desk(path) => path.clone(),
        }
    }
}

impl Place {
    /// Reads a query; what makes no sense counts as absent.
    fn parse(query: &str) -> Self {
        let mut place = Self::default();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or_default();
            match name {
                "view" if value == "done" => place.view = View::Done,
                "before" => place.before = value.parse().ok().map(MessageId),
                "m" => place.message = value.parse().ok().map(MessageId),
                _ => {}
            }
        }
        place
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

    /// The list from its beginning.
    pub fn newest(self) -> Self {
        Self { before: None, message: None, ..self }
    }

    /// The address.
    pub fn href(self) -> String {
        let mut href = String::from("/");
        let mut add = |part: &str, id: Option<MessageId>| {
            href.push(if href.len() == 1 { '?' } else { '&' });
            href.push_str(part);
            if let Some(id) = id {
                href.push_str(&id.0.to_string());
            }
        };
        if self.view == View::Done {
            add("view=done", None);
        }
        if self.before.is_some() {
            add("before=", self.before);
        }
        if self.message.is_some() {
            add("m=", self.message);
        }
        href
    }
}

/// The value of a parameter in an address, as it stands there.
pub fn parameter<'a>(href: &'a str, name: &str) -> Option<&'a str> {
    href.split(['?', '&']).find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back() {
        let place = Place { view: View::Done, before: Some(MessageId(9)), message: Some(MessageId(4)) };
        assert_eq!(place.href(), "/?view=done&before=9&m=4");
        assert_eq!(Address::of("/?view=done&before=9&m=4"), Some(Address::Inbox(place)));
        assert_eq!(Place::default().with(MessageId(4)).href(), "/?m=4");
        assert_eq!(Place::default().older(MessageId(9)).href(), "/?before=9");
    }

    #[test]
    fn the_inbox_is_the_root_and_nonsense_is_ignored() {
        assert_eq!(Place::default().href(), "/");
        assert_eq!(Address::of("/?m=x&view=trash&&=&a"), Some(Address::Inbox(Place::default())));
    }

    #[test]
    fn only_pages_of_the_app_are_addresses() {
        for path in ["/send", "/send/review", "/send/sent/12", "/sessions"] {
            assert_eq!(Address::of(path), Some(Address::Desk(path.into())));
        }
        for path in ["", "/x", "/sign-in", "/sender", "/api/me", "/events"] {
            assert_eq!(Address::of(path), None, "{path}");
        }
    }

    #[test]
    fn a_parameter_is_found_by_its_whole_name() {
        assert_eq!(parameter("/?a=1&problem=busy", "problem"), Some("busy"));
        assert_eq!(parameter("/?noproblem=1", "problem"), None);
    }
}
