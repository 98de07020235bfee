//! Images: from where the pictures in messages may come, and what becomes of the others. A part of `markdown`.

use std::fmt;
use std::str::FromStr;

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};
use url::Url;

use super::markdown::leads_somewhere;

/// A host that images may come from, by https, with its port when that is another than 443.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageHost(String);

impl FromStr for ImageHost {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "expected host names separated by commas, such as images.example.org or images.example.org:8443";
        let url = Url::parse(&format!("https://{}", text.trim())).map_err(|_| wrong)?;
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        let origin = url.origin().ascii_serialization();
        // It becomes a part of the policy of pages, in which a semicolon would begin another directive.
        let plain = origin.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '/' | '[' | ']'));
        if bare && url.password().is_none() && plain { Ok(Self(origin)) } else { Err(wrong) }
    }
}

impl fmt::Display for ImageHost {
    /// As a source in a content security policy.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether an image may come from there.
pub(super) fn allowed(address: &str, hosts: &[ImageHost]) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let origin = url.origin().ascii_serialization();
    url.username().is_empty() && url.password().is_none() && hosts.iter().any(|host| host.0 == origin)
}

/// What becomes of a link or an image.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// It stays.
    Itself,
    /// An image becomes a link to it; `true` once there are words in it.
    Link(bool),
    /// Only its words are left.
    Words,
}

/// Turns images that may not be shown into links, or into their words inside of a link, as links cannot be nested; and links
/// that must not lead where they do into their words.
pub(super) fn as_allowed<'a>(events: impl Iterator<Item = Event<'a>>, hosts: &[ImageHost]) -> Vec<Event<'a>> {
    let mut open: Vec<(Shown, bool)> = Vec::new();
    let mut shown = Vec::new();
    for event in events {
        let in_link = open.iter().any(|(shown, link)| *shown != Shown::Words && *link);
        match event {
            Event::Start(Tag::Image { dest_url, title, id, link_type }) => {
                if allowed(&dest_url, hosts) {
                    open.push((Shown::Itself, false));
                    shown.push(Event::Start(Tag::Image { link_type, dest_url, title, id }));
                } else if in_link || !is_web(&dest_url) {
                    open.push((Shown::Words, false));
                } else {
                    open.push((Shown::Link(false), true));
                    shown.push(Event::Start(Tag::Link { link_type: LinkType::Inline, dest_url, title, id }));
                }
            }
            Event::Start(link @ Tag::Link { .. }) => {
                if in_link || !leads(&link) {
                    open.push((Shown::Words, false));
                } else {
                    open.push((Shown::Itself, true));
                    shown.push(Event::Start(link));
                }
            }
            Event::End(end @ (TagEnd::Image | TagEnd::Link)) => match open.pop() {
                Some((Shown::Itself, _)) => shown.push(Event::End(end)),
                Some((Shown::Link(words), _)) => {
                    if !words {
                        shown.push(Event::Text("image".into()));
                    }
                    shown.push(Event::End(TagEnd::Link));
                }
                Some((Shown::Words, _)) | None => {}
            },
            Event::Text(_) | Event::Code(_) => {
                for (shown, _) in &mut open {
                    if let Shown::Link(words) = shown {
                        *words = true;
                    }
                }
                shown.push(event);
            }
            event => shown.push(event),
        }
    }
    shown
}

fn leads(link: &Tag<'_>) -> bool {
    matches!(link, Tag::Link { link_type: LinkType::Email, .. })
        || matches!(link, Tag::Link { dest_url, .. } if leads_somewhere(dest_url))
}

fn is_web(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_and_perhaps_a_port() {
        let host = |text: &str| text.parse::<ImageHost>().map(|host| host.to_string());
        assert_eq!(host("Images.Example.org"), Ok("https://images.example.org".into()));
        assert_eq!(host("münchen.example:8443"), Ok("https://xn--mnchen-3ya.example:8443".into()));
        assert_eq!(host("a.example:443"), Ok("https://a.example".into()));
        for bad in [
            "",
            "https://a.example",
            "a.example/x",
            "a.example?x",
            "u@a.example",
            "*.example.org",
            "a b",
            "a;b",
            "a,b",
            "'self'",
        ] {
            assert!(host(bad).is_err(), "{bad:?}");
        }
    }
}
