//! Avatar: a sender's initials on one of five colours, always the same for one name.

use leptos::prelude::*;

/// The initials of `name`. The name itself stands beside it, so it is hidden from screen readers.
#[component]
pub fn Avatar(
    /// The sender's display name.
    name: String,
) -> impl IntoView {
    view! { <span class=format!("avatar a{}", colour(&name)) aria-hidden="true">{initials(&name)}</span> }
}

/// The first letters of the first and the last word; of a single word its first two.
fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let letters: String = match words[..] {
        [] => "·".into(),
        [word] => word.chars().take(2).collect(),
        [first, .., last] => first.chars().take(1).chain(last.chars().take(1)).collect(),
    };
    letters.to_uppercase()
}

fn colour(name: &str) -> u32 {
    name.bytes().fold(0, |sum: u32, byte| sum.wrapping_mul(31).wrapping_add(byte.into())) % 5 + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_come_from_the_first_and_the_last_word() {
        let cases = [
            ("Ana Petrov", "AP"),
            ("ci", "CI"),
            ("Ana von der Au", "AA"),
            ("ops-bot", "OB"),
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
        assert!((1..=5).contains(&colour("Bob")));
    }
}
