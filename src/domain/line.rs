//! Line: what may stand where one line of a person's words is shown, such as a title or a display name.

/// Whether this is one line that can be seen and reads in its own order.
///
/// Refused are control characters, the separators of lines and paragraphs, and the characters that turn the direction
/// of what follows (UAX #9 §2), with which a name could rewrite the text around it. Letters that are written from right
/// to left need none of them. Joiners and variation selectors pass, as emoji and several scripts are made with them, but
/// not on their own: a line of nothing else shows nothing.
pub fn is_plain_line(text: &str) -> bool {
    text.chars().any(is_visible) && !text.chars().any(|c| c.is_control() || is_separator(c) || turns(c))
}

fn is_separator(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

fn turns(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Not white space and not `Default_Ignorable_Code_Point` (UAX #44), nor the blank pattern of Braille.
fn is_visible(c: char) -> bool {
    !c.is_whitespace()
        && !c.is_control()
        && !matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fff8}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_every_script_and_emoji_pass() {
        for text in
            ["Lunch", "Обед", "午餐", "غداء", "ארוחת צהריים", "می\u{200c}خواهم", "👩\u{200d}🚀", "❤\u{fe0f}", "!"]
        {
            assert!(is_plain_line(text), "{text}");
        }
    }

    #[test]
    fn nothing_turns_or_breaks_the_line() {
        for c in "\0\r\n\u{1b}\u{85}\u{2028}\u{2029}\u{61c}\u{200e}\u{200f}\u{202a}\u{202e}\u{2066}\u{2069}".chars() {
            assert!(!is_plain_line(&format!("a{c}b")), "{c:?}");
        }
    }

    #[test]
    fn something_is_to_be_seen() {
        for text in ["", " ", "\u{200b}", "\u{2060}\u{feff}", "\u{a0}\u{200d}", "\u{3164}", "\u{2800}", "\u{e0041}"] {
            assert!(!is_plain_line(text), "{text:?}");
        }
    }
}
