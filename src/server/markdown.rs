//! Markdown: turns a body into safe HTML and a plain preview, once, when it is sent.
//!
//! Nothing that was written vanishes. HTML in a body is text: programs send `Vec<String>` and logs with `<style>` in them, and
//! mean just that.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ammonia::Builder;
use pulldown_cmark::{Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html};

use super::images::{ImageHost, allowed, as_allowed};
use crate::domain::item::PREVIEW_MAX;

/// A body as readers see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rendered {
    /// Sanitised HTML: no scripts, styles, forms or frames, and images only from hosts that the operator has named; links
    /// and images carry no referrer.
    pub(super) html: String,
    /// The beginning as plain text on one line.
    pub(super) preview: String,
}

/// What markdown can make and readers need.
const TAGS: [&str; 23] = [
    "a",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];

/// Where links may lead.
const SCHEMES: [&str; 3] = ["http", "https", "mailto"];

/// How the cells of a column stand: as the parser writes it, which the policy of pages would not let pass, and as our style
/// sheet has it. Nobody else can have written the former, because angle brackets of a text are escaped.
const ALIGNED: [(&str, &str); 6] = [
    ("<th style=\"text-align: left\"", "<th class=\"start\""),
    ("<th style=\"text-align: center\"", "<th class=\"middle\""),
    ("<th style=\"text-align: right\"", "<th class=\"end\""),
    ("<td style=\"text-align: left\"", "<td class=\"start\""),
    ("<td style=\"text-align: center\"", "<td class=\"middle\""),
    ("<td style=\"text-align: right\"", "<td class=\"end\""),
];

/// Renders by the rules of one server. A cheap handle.
#[derive(Clone)]
pub struct Markdown(Arc<Rules>);

struct Rules {
    cleaner: Builder<'static>,
    hosts: Vec<ImageHost>,
}

impl Markdown {
    /// Images pass from these hosts; from others they would tell third parties who reads when, and become links.
    pub(super) fn new(hosts: Vec<ImageHost>) -> Self {
        let mut cleaner = Builder::default();
        cleaner
            .tags(HashSet::from(TAGS))
            .generic_attributes(HashSet::new())
            .allowed_classes(HashMap::from(["th", "td"].map(|cell| (cell, HashSet::from(["start", "middle", "end"])))))
            .url_schemes(HashSet::from(SCHEMES))
            .url_relative(ammonia::UrlRelative::Deny)
            // A link that left the page would end its stream.
            .set_tag_attribute_value("a", "target", "_blank")
            .link_rel(Some("noopener noreferrer nofollow"));
        if !hosts.is_empty() {
            let known = hosts.clone();
            cleaner
                .add_tags(["img"])
                .add_tag_attributes("img", ["src", "alt"])
                .set_tag_attribute_value("img", "loading", "lazy")
                .set_tag_attribute_value("img", "decoding", "async")
                .set_tag_attribute_value("img", "referrerpolicy", "no-referrer")
                // Others do not come here, by `as_allowed`; this is the second lock on that door.
                .attribute_filter(move |tag, name, value| {
                    let passes = (tag, name) != ("img", "src") || allowed(value, &known);
                    passes.then_some(Cow::Borrowed(value))
                });
        }
        Self(Arc::new(Rules { cleaner, hosts }))
    }

    /// Renders CommonMark with tables and strikethrough.
    pub(super) fn render(&self, body: &str) -> Rendered {
        let mut raw = String::with_capacity(body.len() * 2);
        html::push_html(&mut raw, as_allowed(events(body), &self.0.hosts).into_iter());
        for (style, class) in ALIGNED {
            if raw.contains(style) {
                raw = raw.replace(style, class);
            }
        }
        Rendered { html: self.0.cleaner.clean(&raw).to_string(), preview: preview(events(body)) }
    }

    /// Where images come from, for the policy that pages give to browsers: each with a space before it.
    pub(super) fn image_sources(&self) -> String {
        self.0.hosts.iter().map(|host| format!(" {host}")).collect()
    }
}

/// What a body consists of.
fn events(body: &str) -> impl Iterator<Item = Event<'_>> {
    flat(as_written(Parser::new_ext(body, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH)))
}

/// Makes text of what is HTML, and of what only looks like a link: `Vec<std::string::String>` has no address in it. Headings
/// go below the message's own, which is the second of its page.
fn as_written<'a>(events: impl Iterator<Item = Event<'a>>) -> impl Iterator<Item = Event<'a>> {
    let below = |level: HeadingLevel| HeadingLevel::try_from(level as usize + 2).unwrap_or(HeadingLevel::H6);
    let mut bracket = false;
    events.map(move |event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
        Event::Start(Tag::Link { link_type: LinkType::Autolink, ref dest_url, .. }) if !leads_somewhere(dest_url) => {
            bracket = true;
            Event::Text("<".into())
        }
        Event::End(TagEnd::Link) if std::mem::take(&mut bracket) => Event::Text(">".into()),
        Event::Start(Tag::Heading { level, id, classes, attrs }) => {
            Event::Start(Tag::Heading { level: below(level), id, classes, attrs })
        }
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(below(level))),
        event => event,
    })
}

/// Whether a link may lead there.
pub(super) fn leads_somewhere(address: &str) -> bool {
    address.split_once(':').is_some_and(|(scheme, _)| SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme)))
}

/// Deepest nesting that is kept. Cleaning HTML takes time that grows with the square of its depth: 16 KiB of `>` would
/// hold a core for seconds. Nobody reads a quote of the twenty-fifth order as one.
const DEPTH_MAX: usize = 24;

/// Leaves out the tags that are nested too deeply, and keeps what is in them.
fn flat<'a>(events: impl Iterator<Item = Event<'a>>) -> impl Iterator<Item = Event<'a>> {
    let mut depth = 0;
    events.filter(move |event| match event {
        Event::Start(_) => {
            depth += 1;
            depth <= DEPTH_MAX
        }
        Event::End(_) => {
            depth -= 1;
            depth < DEPTH_MAX
        }
        _ => true,
    })
}

/// All of a body's text, as [`Rendered::preview`] has its beginning.
pub(super) fn text(body: &str) -> String {
    let mut text = plain(events(body), usize::MAX);
    text.truncate(text.trim_end().len());
    text
}

/// The text without its marks, white space folded, cut at a word with an ellipsis.
fn preview<'a>(events: impl Iterator<Item = Event<'a>>) -> String {
    // Four bytes a character at most, and one space that may be the last; the rest need not be read.
    let text = plain(events, (PREVIEW_MAX + 1) * 4);
    let text = text.trim_end();
    if text.chars().count() <= PREVIEW_MAX {
        return text.to_owned();
    }
    let cut: String = text.chars().take(PREVIEW_MAX - 1).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{cut}…")
}

/// The text without its marks, white space folded, until it is longer than `enough` bytes.
fn plain<'a>(events: impl Iterator<Item = Event<'a>>, enough: usize) -> String {
    let mut text = String::new();
    for event in events {
        match event {
            Event::Text(part) | Event::Code(part) => fold(&part, &mut text),
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::Heading(_)) => {
                fold(" ", &mut text);
            }
            Event::End(TagEnd::TableCell | TagEnd::CodeBlock) => fold(" ", &mut text),
            _ => {}
        }
        if text.len() > enough {
            break;
        }
    }
    text
}

/// Adds text, with one space for any white space and none at the beginning.
fn fold(part: &str, text: &mut String) {
    for c in part.chars() {
        if !c.is_whitespace() {
            text.push(c);
        } else if !text.is_empty() && !text.ends_with(' ') {
            text.push(' ');
        }
    }
}

#[cfg(test)]
#[path = "markdown_tests.rs"]
mod tests;
