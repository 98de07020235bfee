//! Label: one word by which messages are told apart, such as a category or a tag.

use super::line::is_plain_line;

/// Longest label, in characters.
pub const LABEL_MAX: usize = 40;

/// Reads what was typed, in the form in which labels are compared: trimmed, in small letters. `None`: it is no label.
///
/// White space, and the marks with which lists, queries and addresses are written, end a word and cannot be in one.
pub fn parse(typed: &str) -> Option<String> {
    let label = typed.trim().to_lowercase();
    let good = label.chars().count() <= LABEL_MAX && is_plain_line(&label) && !label.chars().any(ends_a_word);
    good.then_some(label)
}

fn ends_a_word(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, ',' | ';' | '"' | '\'' | '`' | '<' | '>' | '(' | ')' | '[' | ']' | '{' | '}' | '\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_every_script_are_labels() {
        for (typed, label) in
            [("Deploy", "deploy"), (" ops ", "ops"), ("ci/main#7", "ci/main#7"), ("Отчёт", "отчёт"), ("हिन्दी", "हिन्दी")]
        {
            assert_eq!(parse(typed).as_deref(), Some(label));
        }
    }

    #[test]
    fn what_ends_a_word_is_in_none() {
        let long = "x".repeat(LABEL_MAX + 1);
        for typed in
            ["", " ", "a b", "a,b", "a\"b", "<b>", "a\nb", "a\0b", "a\u{202e}b", "\u{200b}", "a\u{2028}b", &long]
        {
            assert_eq!(parse(typed), None, "{typed:?}");
        }
        // Small letters may be more letters.
        assert_eq!(parse(&"İ".repeat(LABEL_MAX)), None);
    }
}
