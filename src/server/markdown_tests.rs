//! What becomes of bodies: the usual marks, whatever else was written, and what must not pass.

use proptest::prelude::*;

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
        assert!(!html.contains("<img") && html.contains("<a href=") && html.contains(">x</a>"), "{body} gave {html}");
    }
    for body in [
        "<img src=https://evil.example/pixel>",
        "<img src=//evil.example/pixel>",
        "<IMG SRC=https://evil.example/x onerror=alert(1) srcset='https://evil.example/y 2x'>",
        "![x](data:image/png;base64,AAAA)",
        "![x](javascript:alert(1))",
    ] {
        let html = html(body);
        assert!(!html.contains("<img") && !html.contains("href") && !html.contains("src=\""), "{body} gave {html}");
    }
}

#[test]
fn without_named_hosts_every_image_is_a_link() {
    assert_eq!(
        render("![A graph](https://images.example.org/g.png)").html,
        "<p><a href=\"https://images.example.org/g.png\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">A graph</a></p>\n"
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
fn html_is_text_and_nothing_of_it_vanishes() {
    let cases = [
        (
            "expected Vec<String>, found Option<u8>",
            "<p>expected Vec&lt;String&gt;, found Option&lt;u8&gt;</p>\n",
            "expected Vec<String>, found Option<u8>",
        ),
        (
            "Use <style> here, and <script> there.\n\nSecond.",
            "<p>Use &lt;style&gt; here, and &lt;script&gt; there.</p>\n<p>Second.</p>\n",
            "Use <style> here, and <script> there. Second.",
        ),
        (
            "<title> of the page\n\nThe *news*",
            "<p>&lt;title&gt; of the page\n</p>\n<p>The <em>news</em></p>\n",
            "<title> of the page The news",
        ),
        (
            "<std::string::String> or <a:b:c>",
            "<p>&lt;std::string::String&gt; or &lt;a:b:c&gt;</p>\n",
            "<std::string::String> or <a:b:c>",
        ),
        ("<!-- TODO --> <?php ?>", "<p>&lt;!-- TODO --&gt; &lt;?php ?&gt;</p>", "<!-- TODO --> <?php ?>"),
        ("> <b>bold\n\n- <i>", "<blockquote>\n<p>&lt;b&gt;bold</p>\n</blockquote>", "<b>bold <i>"),
    ];
    for (body, html, preview) in cases {
        let rendered = render(body);
        assert!(rendered.html.starts_with(html), "{body:?} gave {:?}", rendered.html);
        assert_eq!((rendered.preview.as_str(), text(body).as_str()), (preview, preview), "{body:?}");
    }
    assert!(render("<https://example.org/>").html.contains("<a href=\"https://example.org/\""));
    assert!(render("<Mailto:ana@example.org> <b@example.org>").html.matches("<a href=\"").count() == 2);
}

#[test]
fn headings_are_below_the_titles_of_messages() {
    let html = render("# One\n\n## Two\n\nThree\n-----\n\n###### Six").html;
    assert_eq!(html, "<h3>One</h3>\n<h4>Two</h4>\n<h4>Three</h4>\n<h6>Six</h6>\n");
}

#[test]
fn columns_stand_as_they_were_aligned() {
    let html = render("| a | b | c | d |\n|:--|:-:|--:|---|\n| 1 | 2 | 3 | ` style=\"text-align: left\"` |").html;
    for part in ["<th class=\"start\">a", "<td class=\"middle\">2", "<td class=\"end\">3", "<td><code> style="] {
        assert!(html.contains(part), "{part} in {html}");
    }
    assert_eq!(html.matches("class=").count(), 6, "{html}");
}

#[test]
fn links_open_beside_the_inbox() {
    let html = render("[x](https://example.org/a?b=1&c=2 \"t\") and [y](mailto:ana@example.org)").html;
    assert_eq!(html.matches(" target=\"_blank\" rel=\"noopener noreferrer nofollow\">").count(), 2, "{html}");
    // Where it must not lead there is no link, only its words.
    assert!(!render("[x](/preferences) [y](javascript:1)").html.contains("href"));
}

/// The tags of some HTML, with their attributes.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).map(|rest| rest.split_once('>').expect("every tag ends").0.trim_start_matches('/'))
}

#[test]
fn nothing_active_passes() {
    let hostile = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://tracker.example/pixel)",
        "[x](javascript:alert(1))",
        "<javascript:alert(1)>",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "<a href=\"/api/sign_out\">x</a>",
        "<iframe src=//evil.example></iframe>",
        "<style>*{display:none}</style>",
        "<p style=\"position:fixed\" class=x id=y onclick=z>",
        "<form action=/api/send><button>x</button></form>",
        "<svg><script>1</script></svg>",
        "</p></div><td style=\"text-align: left\">",
    ];
    for body in hostile {
        let html = render(body).html;
        for tag in tags(&html) {
            assert!(["p", "a"].contains(&tag.split(' ').next().expect("a name")), "{body} gave {html}");
            assert!(!tag.contains(' ') || tag.starts_with("a href=\"https://"), "{body} gave {html}");
        }
    }
}

proptest! {
    #[test]
    fn any_body_is_safe_and_whole(
        pieces in prop::collection::vec(
            prop_oneof![
                "[a-z]{1,4}",
                "</?(b|p|script|style|title|textarea|x:y|!--|a href=\"z\"|td style=\"text-align: left\")/?>",
                prop::sample::select(vec!["\n", "\n\n", " ", " ", "<", ">", "> ", "- ", "|", "# ", "-->", "!", "\"", "<!--", "<![CDATA[", "]]>"]).prop_map(str::to_owned),
            ],
            0..24,
        ),
    ) {
        let body = pieces.concat();
        let html = render(&body).html;
        let known = |tag: &str| TAGS.contains(&tag.split(' ').next().unwrap_or_default());
        for tag in tags(&html) {
            let bare = !tag.contains(' ') || tag.starts_with("a href=\"http") || tag.starts_with("ol start=\"");
            prop_assert!(known(tag) && bare, "{} in {} of {:?}", tag, html, body);
        }
        let words = |text: &str| -> Vec<String> {
            text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
        };
        let shown: String = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect::<Vec<_>>().join(" ");
        let shown = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace("&quot;", "\"");
        prop_assert_eq!(words(&shown), words(&body), "in {} of {:?}", html, body);
        prop_assert_eq!(words(&text(&body)), words(&body), "of {:?}", body);
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
