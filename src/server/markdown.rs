//! Markdown: turns a body into safe HTML and a plain preview, once, when it is sent.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use ammonia::Builder;
use pulldown_cmark::{Event, Options, Parser, TagEnd, html};

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
const TAGS: [&str; 25] = [
    "a",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "h1",
    "h2",
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
            .url_schemes(HashSet::from(["http", "https", "mailto"]))
            .url_relative(ammonia::UrlRelative::Deny)
            .link_rel(Some("noopener noreferrer nofollow"));
        if !hosts.is_empty() {
            let known = hosts.clone();
            cleaner
                .add_tags(["img"])
                .add_tag_attributes("img", ["src", "alt"])
                .set_tag_attribute_value("img", "loading", "lazy")
                .set_tag_attribute_value("img", "decoding", "async")
                .set_tag_attribute_value("img", "referrerpolicy", "no-referrer")
                // HTML that was written by hand comes past `as_allowed`; what is left of it shows its `alt`.
                .attribute_filter(move |tag, name, value| {
                    let passes = (tag, name) != ("img", "src") || allowed(value, &known);
                    passes.then_some(Cow::Borrowed(value))
                });
        }
        Self(Arc::new(Rules { cleaner, hosts }))
    }

    /// Renders CommonMark with tables and strikethrough.
    pub(super) fn render(&self, body: &str) -> Rendered {
        let events = || flat(Parser::new_ext(body, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH));
        let mut raw = String::with_capacity(body.len() * 2);
        html::push_html(&mut raw, as_allowed(events(), &self.0.hosts).into_iter());
        Rendered { html: self.0.cleaner.clean(&raw).to_string(), preview: preview(events()) }
    }

    /// Where images come from, for the policy that pages give to browsers: each with a space before it.
    pub(super) fn image_sources(&self) -> String {
        self.0.hosts.iter().map(|host| format!(" {host}")).collect()
    }
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
    let mut text =
        plain(flat(Parser::new_ext(body, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH)), usize::MAX);
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
mod tests {
    use super::*;

    fn render(body: &str) -> Rendered {
        Markdown::new(Vec::new()).render(body)
    }

    #[test]
    fn images_of_named_hosts_are_lazy_and_others_are_links() {
        let markdown = Markdown::new(vec!["images.example.org".parse().expect("a host")]);
        let html = |body: &str| markdown.render(body).html;
        let image = html("![A graph](https://images.example.org/g.png \"title\")");
        for part in [
            "src=\"https://images.example.org/g.png\"",
            "alt=\"A graph\"",
            "loading=\"lazy\"",
            "referrerpolicy=\"no-referrer\"",
        ] {
            assert!(image.contains(part), "{part} in {image}");
        }
        for body in [
            "![x](https://evil.example/pixel)",
            "![x](http://images.example.org/plain)",
            "![x](https://images.example.org:8443/port)",
            "![x](https://images.example.org.evil.example/)",
            "![x](https://images.example.org@evil.example/)",
        ] {
            let html = html(body);
            assert!(
                !html.contains("<img") && html.contains("<a href=") && html.contains(">x</a>"),
                "{body} gave {html}"
            );
        }
        for body in [
            "<img src=https://evil.example/pixel>",
            "<img src=//evil.example/pixel>",
            "<IMG SRC=https://evil.example/x onerror=alert(1) srcset='https://evil.example/y 2x'>",
            "![x](data:image/png;base64,AAAA)",
            "![x](javascript:alert(1))",
        ] {
            let html = html(body);
            assert!(
                !html.contains("evil") && !html.contains("data:") && !html.contains("script"),
                "{body} gave {html}"
            );
        }
    }

    #[test]
    fn without_named_hosts_every_image_is_a_link() {
        assert_eq!(
            render("![A graph](https://images.example.org/g.png)").html,
            "<p><a href=\"https://images.example.org/g.png\" rel=\"noopener noreferrer nofollow\">A graph</a></p>\n"
        );
        assert!(render("![](https://a.example/g.png)").html.contains(">image</a>"), "a link has words");
        let both = render("[![alt](https://a.example/g.png)](https://b.example/)").html;
        assert_eq!(both.matches("<a ").count(), 1, "no link in a link: {both}");
        assert!(both.contains("https://b.example/") && both.contains("alt"), "{both}");
        let inner = render("![a [b](https://b.example/) c](https://a.example/g.png) after").html;
        assert_eq!((inner.matches("<a ").count(), inner.matches("</a>").count()), (1, 1), "{inner}");
    }

    #[test]
    fn the_usual_marks_become_html() {
        let rendered =
            render("**Freeze** is `noon`.\n\n- one\n- [two](https://example.org)\n\n| a | b |\n|---|---|\n| 1 | 2 |");
        for part in
            ["<strong>Freeze</strong>", "<code>noon</code>", "<li>one</li>", "<table>", "href=\"https://example.org\""]
        {
            assert!(rendered.html.contains(part), "{part} in {}", rendered.html);
        }
        assert_eq!(rendered.preview, "Freeze is noon. one two a b 1 2");
    }

    #[test]
    fn deep_nesting_is_flattened_and_its_text_kept() {
        for deep in [">".repeat(16_000), "- ".repeat(8_000), "1) ".repeat(5_000), "*a ".repeat(5_000)] {
            let rendered = render(&format!("{deep}end"));
            let tags = |open: &str| rendered.html.matches(open).count();
            assert!(tags("<blockquote>").max(tags("<ul>")).max(tags("<ol>")).max(tags("<em>")) <= DEPTH_MAX);
            assert!(rendered.html.contains("end"), "{:.60}", deep);
        }
        assert!(render("> > one\n\nafter").html.ends_with("</blockquote>\n</blockquote>\n<p>after</p>\n"));
    }

    #[test]
    fn nothing_active_passes() {
        let hostile = [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "![x](https://tracker.example/pixel)",
            "[x](javascript:alert(1))",
            "[x](data:text/html;base64,PHNjcmlwdD4=)",
            "<a href=\"/api/sign_out\">x</a>",
            "<iframe src=//evil.example></iframe>",
            "<style>*{display:none}</style>",
            "<p style=\"position:fixed\" class=x id=y onclick=z>",
            "<form action=/api/send><button>x</button></form>",
            "<svg><script>1</script></svg>",
        ];
        for body in hostile {
            let html = render(body).html.to_lowercase();
            for bad in [
                "<script",
                "<img",
                "javascript:",
                "data:",
                "/api/",
                "<iframe",
                "<style",
                "style=",
                "class=",
                "id=",
                "onclick",
                "<form",
                "<svg",
            ] {
                assert!(!html.contains(bad), "{body} gave {html}");
            }
        }
    }

    #[test]
    fn a_long_preview_ends_at_a_word() {
        let preview = render(&"word ".repeat(100)).preview;
        assert!(preview.ends_with("word…") && preview.chars().count() <= PREVIEW_MAX, "{preview}");
        assert!(render(&"ä".repeat(500)).preview.chars().count() <= PREVIEW_MAX);
        assert_eq!(render("").preview, "");
    }

    #[test]
    fn white_space_takes_no_room_in_a_preview() {
        let wide = format!("```\n{}```", format!("{}word\n", " ".repeat(40)).repeat(100));
        let blank = format!("```\n{}```\n\n{}", "\n".repeat(1000), "word ".repeat(100));
        for body in [wide, blank] {
            assert_eq!(render(&body).preview, render(&"word ".repeat(100)).preview);
        }
    }
}
