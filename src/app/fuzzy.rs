//! Fuzzy: how well a few letters fit a name, for the palette. Pure.

/// How well `typed` fits `name`; `None`: not at all. Every letter must be there, in order; letters that follow each other
/// and beginnings of words count more, and of two that fit alike the shorter name is the better one.
pub fn fit(typed: &str, name: &str) -> Option<i32> {
    let mut score = 0;
    let mut names = name.chars().scan(' ', |before, letter| {
        let begins = !before.is_ascii_alphanumeric();
        *before = letter;
        Some((letter.to_ascii_lowercase(), begins))
    });
    for letter in typed.chars().filter(|letter| *letter != ' ').map(|letter| letter.to_ascii_lowercase()) {
        let mut skipped = 0;
        let begins = loop {
            let (next, begins) = names.next()?;
            if next == letter {
                break begins;
            }
            skipped += 1;
        };
        score += if begins { 8 } else { 0 } + if skipped == 0 { 5 } else { -skipped.min(3) };
    }
    Some(score * 100 - name.chars().count() as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best<'a>(typed: &str, names: &[&'a str]) -> Option<&'a str> {
        names.iter().copied().filter(|name| fit(typed, name).is_some()).max_by_key(|name| fit(typed, name))
    }

    #[test]
    fn letters_must_be_there_in_order() {
        assert!(fit("mar", "Mark all read").is_some());
        assert!(fit("ram", "Mark all").is_none());
        assert!(fit("", "anything").is_some());
        assert!(fit("ÜB", "Über uns").is_some());
        assert!(fit("üb", "Über uns").is_none(), "tables of all letters would weigh 4 KB");
    }

    #[test]
    fn beginnings_of_words_and_runs_win() {
        let names = ["Mark unread", "Mark all read", "Mute the sender", "Snoozed", "Snooze"];
        assert_eq!(best("mar", &names), Some("Mark unread"));
        assert_eq!(best("mur", &names), Some("Mark unread"));
        assert_eq!(best("allr", &names), Some("Mark all read"));
        assert_eq!(best("mts", &names), Some("Mute the sender"));
        assert_eq!(best("snooze", &names), Some("Snooze"), "the shorter of two that fit alike");
        assert_eq!(best("xyz", &names), None);
    }
}
