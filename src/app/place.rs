//! Place: what an address of the app means, and how it is written. Pure.

use crate::domain::{MessageId, Rank, View};

/// A page of the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// The inbox.
    Inbox(Place),
    /// A page that the server makes, by its path: of the desk, one's sessions, or preferences.
    Desk(String),
}

/// A list, a part of it, and the message that is open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Which list.
    pub view: View,
    /// What is looked for, as it was typed; empty: everything in the view. A search looks in all views.
    pub query: String,
    /// Only what is below this place.
    pub before: Option<Rank>,
    /// The open message.
    pub message: Option<MessageId>,
}

impl Address {
    /// Reads a path with its query. `None`: no page of the app.
    pub fn of(href: &str) -> Option<Self> {
        let (path, query) = href.split_once('?').unwrap_or((href, ""));
        match path {
            "/" => Some(Self::Inbox(Place::parse(query))),
            "/send" | "/send/review" | "/sessions" | "/preferences" | "/keys" => Some(Self::Desk(path.to_owned())),
            _ => path.starts_with("/send/sent/").then(|| Self::Desk(path.to_owned())),
        }
    }

    /// The place in the inbox; elsewhere the beginning.
    pub fn place(&self) -> Place {
        match self {
            Self::Inbox(place) => place.clone(),
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
                "view" => place.view = View::parse(value).unwrap_or_default(),
                "before" => place.before = value.parse().ok(),
                "q" => unescape(value).trim().clone_into(&mut place.query),
                "m" => place.message = value.parse().ok().map(MessageId),
                _ => {}
            }
        }
        if !place.query.is_empty() {
            place.view = View::default();
        }
        place
    }

    /// What is found for this, as it was typed.
    pub fn search(query: &str) -> Self {
        Self { query: query.trim().to_owned(), ..Self::default() }
    }

    /// Whether the list beside the message is the same part of the same one.
    pub fn same_list(&self, other: &Self) -> bool {
        (self.view, self.before, &self.query) == (other.view, other.before, &other.query)
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
    pub fn older(self, before: Rank) -> Self {
        Self { before: Some(before), message: None, ..self }
    }

    /// The list from its beginning.
    pub fn newest(self) -> Self {
        Self { before: None, message: None, ..self }
    }

    /// Its first rows, as the door `api::inbox::page` is asked for them.
    pub fn form(&self, rows: usize) -> String {
        let before = self.before.map(|before| format!("&before={before}")).unwrap_or_default();
        let query = if self.query.is_empty() { String::new() } else { ["&q=", &escape(&self.query)].concat() };
        ["view=", self.view.as_str(), "&rows=", &rows.to_string(), &before, &query].concat()
    }

    /// The address.
    pub fn href(&self) -> String {
        let mut href = String::from("/");
        let mut add = |part: &str, value: &str| {
            href.push(if href.len() == 1 { '?' } else { '&' });
            href.push_str(part);
            href.push_str(value);
        };
        if self.view != View::default() {
            add("view=", self.view.as_str());
        }
        if !self.query.is_empty() {
            add("q=", &escape(&self.query));
        }
        if let Some(before) = self.before {
            add("before=", &before.to_string());
        }
        if let Some(message) = self.message {
            add("m=", &message.to_string());
        }
        href
    }
}

/// The value of a parameter in an address, as it stands there.
pub fn parameter<'a>(href: &'a str, name: &str) -> Option<&'a str> {
    href.split(['?', '&']).find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// Percent-encodes text for a query value. A local path stays readable.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b':' => {
                escaped.push(byte.into());
            }
            b' ' => escaped.push('+'),
            _ => {
                let digit = |half: u8| char::from(b"0123456789ABCDEF"[usize::from(half & 15)]);
                escaped.extend(['%', digit(byte >> 4), digit(byte)]);
            }
        }
    }
    escaped
}

/// Reads a query value as forms write it, which [`escape`] does, too. What is no text becomes marks of that.
pub fn unescape(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        let digit = |at: usize| after.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = &after[2..];
            }
            (b'+', ..) => bytes.push(b' '),
            _ => bytes.push(*first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Seq;
    use proptest::prelude::*;

    #[test]
    fn an_address_reads_back() {
        let before = Rank { surfaced: Seq(9), id: MessageId(7) };
        for view in View::ALL {
            let place = Place { view, before: Some(before), message: Some(MessageId(4)), ..Place::default() };
            assert_eq!(Address::of(&place.href()), Some(Address::Inbox(place)));
        }
        let place = Place { view: View::Pinned, message: Some(MessageId(4)), ..Place::default() };
        assert_eq!(place.href(), "/?view=pinned&m=4");
        assert_eq!(Place::default().with(MessageId(4)).href(), "/?m=4");
        assert_eq!(Place::default().older(before).href(), "/?before=9-7");
    }

    #[test]
    fn the_inbox_is_the_root_and_nonsense_is_ignored() {
        assert_eq!(Place::default().href(), "/");
        assert_eq!(Address::of("/?m=x&view=trash&before=9&&=&a"), Some(Address::Inbox(Place::default())));
    }

    #[test]
    fn a_search_is_in_the_address_and_looks_in_all_views() {
        let place = Place::search(" is:unread \"a+b\" ü ");
        assert_eq!(place.href(), "/?q=is:unread+%22a%2Bb%22+%C3%BC");
        assert_eq!(Address::of("/?view=done&q=is%3Aunread+%22a%2Bb%22%20%c3%BC").map(|at| at.place()), Some(place));
        assert_eq!(Address::of("/?view=done&q=+").map(|at| at.place().view), Some(View::Done), "nothing was asked");
        assert_eq!(unescape("%"), "%");
        assert_eq!(unescape("%f%+0%zz%ff"), "%f% 0%zz\u{fffd}");
    }

    proptest! {
        #[test]
        fn any_text_survives_an_address(text in "\\PC*") {
            prop_assert_eq!(unescape(&escape(&text)), text.clone());
            let place = Place::search(&text);
            prop_assert_eq!(Address::of(&place.href()), Some(Address::Inbox(place)));
        }

        #[test]
        fn no_address_makes_it_panic(query in ".*") {
            Address::of(&format!("/?q={query}"));
        }
    }

    #[test]
    fn only_pages_of_the_app_are_addresses() {
        for path in ["/send", "/send/review", "/send/sent/12", "/sessions", "/preferences"] {
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
