//! Marked: text in pieces as HTML, the words that were looked for in `<mark>`. Pure, the same on both sides.

use super::html::Html;

/// Writes the pieces, every second one marked.
pub fn marked(html: &mut Html, pieces: &[String]) {
    for (nth, piece) in pieces.iter().enumerate() {
        if nth % 2 == 1 {
            html.raw("<mark>").text(piece).raw("</mark>");
        } else {
            html.text(piece);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_marks_are_html() {
        let pieces = ["<b>", "</mark><script>", " & \"'"].map(str::to_owned);
        let mut html = Html::default();
        marked(&mut html, &pieces);
        marked(&mut html, &[]);
        assert_eq!(html.take(), "&lt;b&gt;<mark>&lt;/mark&gt;&lt;script&gt;</mark> &amp; &quot;&#39;");
    }
}
