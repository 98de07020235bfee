//! Markdown: turns a body into safe HTML and a plain preview, once, when it is sent.

use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::Builder;
use pulldown_cmark::{Event, Options, Parser, TagEnd, html};

use crate::domain::item::PREVIEW_MAX;

/// A body as readers see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rendered {
    /// Sanitised HTML: no scripts, styles, forms, frames or images; links open outside and carry no referrer.
    pub(super) html: String,
    /// The beginning as plain text on one line.
    pub(super) preview: String,
}

/// What markdown can make and readers need. Images are left out: they would tell third parties who reads when.
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

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .tags(HashSet::from(TAGS))
        .generic_attributes(HashSet::new())
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow"));
    builder
});

/// Deepest nesting that is kept. Cleaning HTML takes time that grows with the square of its depth: 16 KiB of `>` would
/// hold a core for seconds. Nobody reads a quote of the twenty-fifth order as one.
const DEPTH_MAX: usize = 24;

/// Renders CommonMark with tables and strikethrough.
pub(super) fn render(body: &str) -> Rendered {
    let events = || flat(Parser::new_ext(body, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH));
    let mut raw = String::with_capacity(body.len() * 2);
    html::push_html(&mut raw, events());
    Rendered { html: CLEANER.clean(&raw).to_string(), preview: preview(events()) }
}

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

/// The text without its marks, white space folded, cut at a word with an ellipsis.
fn preview<'a>(events: impl Iterator<Item = Event<'a>>) -> String {
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
        // Four bytes a character at most, and one space that may be the last; the rest need not be read.
        if text.len() > (PREVIEW_MAX + 1) * 4 {
            break;
        }
    }
    let text = text.trim_end();
    if text.chars().count() <= PREVIEW_MAX {
        return text.to_owned();
    }
    let cut: String = text.chars().take(PREVIEW_MAX - 1).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{cut}…")
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
