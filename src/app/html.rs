//! HTML: text that is written as HTML by hand, for what stands in a page many times or changes seldom.
//!
//! A row of the list has some thirty elements. As a Leptos view each of them is compiled three ways, to be made, hydrated and
//! changed, though nothing in it changes but which of two faces its buttons show; `docs/DESIGN.md` has what that weighed. So rows
//! and messages are written by one function on both sides and put in as they are.
//!
//! Only constants of the program go in as they are, by their type; everything else is escaped.

/// HTML that is being written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// Markup of the program.
    pub fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Text of anybody, between tags or inside a quoted attribute (WHATWG HTML, «Serializing HTML fragments», which
    /// escapes less).
    pub fn text(&mut self, text: &str) -> &mut Self {
        for piece in text.split_inclusive(['&', '<', '>', '"', '\'']) {
            let mut kept = piece.chars();
            let escaped = match kept.next_back() {
                Some('&') => "&amp;",
                Some('<') => "&lt;",
                Some('>') => "&gt;",
                Some('"') => "&quot;",
                Some('\'') => "&#39;",
                _ => {
                    kept = piece.chars();
                    ""
                }
            };
            self.0.push_str(kept.as_str());
            self.0.push_str(escaped);
        }
        self
    }

    /// A number.
    pub fn number(&mut self, number: i64) -> &mut Self {
        self.text(&number.to_string())
    }

    /// The body of a message, which the server sanitised when it was sent.
    pub fn sanitised(&mut self, html: &str) -> &mut Self {
        self.0.push_str(html);
        self
    }

    /// What was written.
    pub fn take(&mut self) -> String {
        std::mem::take(&mut self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_place() {
        let mut html = Html::default();
        html.raw("<a title=\"").text("\"'><b>&amp;").raw("\">").text("</a><script>").raw("</a>");
        assert_eq!(html.take(), "<a title=\"&quot;&#39;&gt;&lt;b&gt;&amp;amp;\">&lt;/a&gt;&lt;script&gt;</a>");
        assert_eq!(html.text("Ünïcode & 漢字<").take(), "Ünïcode &amp; 漢字&lt;");
        assert_eq!(html.text("").take(), "");
    }
}
