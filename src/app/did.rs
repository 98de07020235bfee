//! Did: what is told of an act that the reader did, with what takes it back. Pure; a page without script shows the same.

use serde::Serialize;

use crate::domain::read::fields;
use crate::domain::{Change, Seq};

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Did {
    /// As a sentence.
    pub sentence: String,
    /// What takes it back, as a button says it: `undo:42`, or `unmute=` and what. `None`: nothing is left to take back.
    pub undo: Option<String>,
}

fields!(Did { sentence, undo });

impl Did {
    /// `word` is that of [`word`], and `items` how many it changed. `None`: no such word.
    pub fn new(word: &str, items: i64, undo: Option<Seq>) -> Option<Self> {
        let became = match word {
            "see" => "seen",
            "read" | "open" => "marked read",
            "unread" => "marked unread",
            "done" => "done",
            "restore" | "wake" => "back in the inbox",
            "pin" => "pinned",
            "unpin" => "no longer pinned",
            "snooze" => "snoozed",
            "delete" => "deleted",
            "undo" => "as before",
            _ => return None,
        };
        let sentence = match items {
            ..=0 => "Nothing was changed: it was so already.".to_owned(),
            1 => ["1 message ", became, "."].concat(),
            _ => [&items.to_string(), " messages ", became, "."].concat(),
        };
        Some(Self { sentence, undo: undo.map(|act| Change::Undo(act).to_string()) })
    }
}

impl Did {
    /// Adds that something was left, because a newer message is in its row.
    pub fn left(&mut self) {
        let so_far = if self.undo.is_some() { [&self.sentence, " "].concat() } else { String::new() };
        self.sentence = so_far + "What has come again meanwhile was left as it is.";
    }

    /// Muted, by the word of a button: `sender-of:12`.
    pub fn muted(word: &str) -> Self {
        let sentence = "Muted. What comes of it from now on goes to Done.".to_owned();
        Self { sentence, undo: Some(["unmute=", word].concat()) }
    }

    /// Adds until when it was snoozed, in words.
    pub fn until(&mut self, when: &str) {
        self.sentence = [self.sentence.trim_end_matches('.'), " until ", when, "."].concat();
    }
}

/// The word of a change in an address.
pub fn word(change: &Change) -> &'static str {
    match change {
        Change::Act(action, _) => action.as_str(),
        Change::Later(..) => "snooze",
        Change::ReadAll(_) => "read",
        Change::Undo(_) => "undo",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Action;

    #[test]
    fn every_change_has_a_sentence_and_nothing_else_has() {
        let acts = Action::ALL.into_iter().map(|action| Change::Act(action, Vec::new()));
        for change in acts.chain([Change::ReadAll(Seq(1)), Change::Undo(Seq(1))]) {
            assert!(Did::new(word(&change), 2, None).is_some(), "{change:?}");
        }
        assert_eq!(Did::new("<b>send money</b>", 1, None), None);
    }

    #[test]
    fn sentences_count() {
        let said = |items| Did::new("done", items, None).map(|did| did.sentence);
        assert_eq!(said(1).as_deref(), Some("1 message done."));
        assert_eq!(said(3).as_deref(), Some("3 messages done."));
        assert_eq!(said(0).as_deref(), Some("Nothing was changed: it was so already."));
        let left = |undo: bool| {
            let mut did = Did::new("done", i64::from(undo), undo.then_some(Seq(3))).expect("a word");
            did.left();
            did.sentence
        };
        assert_eq!(left(true), "1 message done. What has come again meanwhile was left as it is.");
        assert_eq!(left(false), "What has come again meanwhile was left as it is.");
    }
}
