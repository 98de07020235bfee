//! Avatar: a sender's initials on one of five colours, always the same for one name.

use leptos::prelude::*;

use crate::app::html::Html;

/// The initials of `name`. The name itself stands beside it, so it is hidden from screen readers.
#[component]
pub fn Avatar(
    /// The sender's display name.
    name: String,
) -> impl IntoView {
    view! { <span class=class(&name) aria-hidden="true">{initials(&name)}</span> }
}

/// The same, written.
pub fn avatar(html: &mut Html, name: &str) {
    html.raw("<span aria-hidden=\"true\" class=\"").text(class(name)).raw("\">").text(&initials(name)).raw("</span>");
}

fn class(name: &str) -> &'static str {
    ["avatar a1", "avatar a2", "avatar a3", "avatar a4", "avatar a5"][colour(name)]
}

/// The first letters of the first and the last word; of a single word its first two. The style makes them capitals.
fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split(parts).filter(|word| !word.is_empty()).collect();
    let letters: String = match words[..] {
        [] => "·".into(),
        [word] => word.chars().take(2).collect(),
        [first, .., last] => first.chars().take(1).chain(last.chars().take(1)).collect(),
    };
    letters
}

/// What stands between the words of a name: ASCII that is no letter or digit, and U+2000–206F, «General Punctuation». Tables of
/// all letters of the world would weigh more than the rest of this file.
fn parts(c: char) -> bool {
    c.is_ascii() && !c.is_ascii_alphanumeric() || ('\u{2000}'..='\u{206f}').contains(&c)
}

fn colour(name: &str) -> usize {
    name.bytes().fold(0, |sum: u32, byte| sum.wrapping_mul(31).wrapping_add(byte.into())) as usize % 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_come_from_the_first_and_the_last_word() {
        let cases = [
            ("Ana Petrov", "AP"),
            ("ci", "ci"),
            ("Ana von der Au", "AA"),
            ("ops-bot", "ob"),
            ("李小龙", "李小"),
            ("…", "·"),
        ];
        for (name, expected) in cases {
            assert_eq!(initials(name), expected);
        }
    }

    #[test]
    fn a_name_keeps_its_colour() {
        assert_eq!(colour("Ana"), colour("Ana"));
        assert!(colour("Bob") < 5);
    }
}
