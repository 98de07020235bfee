//! Typed: fields of a form in which people write several things, and how such a list is written back.

use super::message::LinkAction;

/// Words, separated by commas or white space.
pub fn words(typed: &str) -> Vec<String> {
    let words = typed.split(|c: char| c == ',' || c.is_whitespace());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Actions, one a line: a label, then the address. A line of one word is taken for the address.
pub fn actions(typed: &str) -> Vec<LinkAction> {
    let lines = typed.lines().map(str::trim).filter(|line| !line.is_empty());
    let action = |line: &str| {
        let (label, url) = line.rsplit_once(char::is_whitespace).unwrap_or(("", line));
        LinkAction { label: label.trim().to_owned(), url: url.to_owned() }
    };
    lines.map(action).collect()
}

/// Writes actions as they are typed.
pub fn written(actions: &[LinkAction]) -> String {
    let lines: Vec<_> = actions.iter().map(|LinkAction { label, url }| format!("{label} {url}")).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_separated_by_whatever_people_type() {
        assert_eq!(words(" deploy, prod\n api;x,,"), ["deploy", "prod", "api;x"]);
        assert!(words(" , ").is_empty());
    }

    #[test]
    fn an_action_is_a_label_and_an_address() {
        let typed = "Open the log  https://a.example/log\r\n\r\nhttps://b.example\n";
        let [log, bare] = actions(typed).try_into().expect("two");
        assert_eq!((log.label.as_str(), log.url.as_str()), ("Open the log", "https://a.example/log"));
        assert_eq!((bare.label.as_str(), bare.url.as_str()), ("", "https://b.example"));
        assert_eq!(actions(&written(std::slice::from_ref(&log))), [log]);
    }
}
