//! Change: what a reader asks of items, as one word, so that it can be the value of a button.
//!
//! | word | asks |
//! |---|---|
//! | `done:12,13` | a verb on these messages: `see`, `open`, `read`, `unread`, `done`, `restore`, `pin`, `unpin`, `wake`, `delete` |
//! | `snooze@1764000000000:12` | to come back at that moment, in milliseconds since the Unix epoch |
//! | `snooze@tomorrow:12` | to come back in `1h`, `tomorrow` or next `week`, or at `2026-11-24T09:00` of the reader's clock |
//! | `read-all:41` | everything in the inbox up to that number to be read |
//! | `undo:42` | what the change of that number did to be taken back |
//!
//! A verb on messages may say what its reader had seen, `done:12,13~41`: every change up to that number. See [`as_seen`].

use std::fmt;

use super::cursor::Seq;
use super::message::MessageId;
use super::snooze::When;
use super::state::{Action, number};

/// Most messages in one change. A list in a page has as many rows.
pub const IDS_MAX: usize = 500;

/// What a reader asks of items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A verb on these messages.
    Act(Action, Vec<MessageId>),
    /// Snooze them; when that is, the reader's clock must say.
    Later(When, Vec<MessageId>),
    /// Mark everything in the inbox read whose number is at most this: what came later was not there to be read.
    ReadAll(Seq),
    /// Take back what the change of this number did.
    Undo(Seq),
}

impl Change {
    /// Reads its `Display` back. Each message counts once, in the order given.
    pub fn parse(word: &str) -> Option<Self> {
        // From the right: a time of day has colons, too.
        let (verb, rest) = word.rsplit_once(':')?;
        match verb {
            "read-all" => return number(rest).map(|seq| Self::ReadAll(Seq(seq))),
            "undo" => return number(rest).map(|seq| Self::Undo(Seq(seq))),
            _ => {}
        }
        let ids = ids(rest)?;
        match Action::parse(verb) {
            Some(action) => Some(Self::Act(action, ids)),
            None => Some(Self::Later(When::parse(verb.strip_prefix("snooze@")?)?, ids)),
        }
    }
}

/// Parts a word from the number up to which its reader had seen the inbox, `done:12~41`. What came to the top after it is to be
/// left as it is. `None`: that is no number.
pub fn as_seen(word: &str) -> Option<(&str, Option<Seq>)> {
    match word.rsplit_once('~') {
        None => Some((word, None)),
        Some((word, seen)) => Some((word, Some(Seq(number(seen)?)))),
    }
}

fn ids(text: &str) -> Option<Vec<MessageId>> {
    let mut ids = Vec::new();
    for (nth, id) in text.split(',').enumerate() {
        let id = MessageId(number(id).filter(|_| nth < IDS_MAX)?);
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Some(ids)
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = match self {
            Self::ReadAll(seq) => return write!(f, "read-all:{seq}"),
            Self::Undo(seq) => return write!(f, "undo:{seq}"),
            Self::Act(action, ids) => {
                write!(f, "{action}")?;
                ids
            }
            Self::Later(when, ids) => {
                write!(f, "snooze@{}", when.word().unwrap_or_default())?;
                ids
            }
        };
        for (nth, id) in ids.iter().enumerate() {
            f.write_str(if nth == 0 { ":" } else { "," })?;
            write!(f, "{id}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_reads_back_and_nothing_else_is_one() {
        let ids = vec![MessageId(12), MessageId(3)];
        let acts = Action::ALL.into_iter().map(|action| Change::Act(action, ids.clone()));
        let later = When::CHOICES.into_iter().map(|when| Change::Later(when, ids.clone()));
        for change in acts.chain(later).chain([Change::ReadAll(Seq(41)), Change::Undo(Seq(42))]) {
            assert_eq!(Change::parse(&change.to_string()), Some(change));
        }
        assert_eq!(Change::Act(Action::Snooze(7), ids.clone()).to_string(), "snooze@7:12,3");
        for bad in [
            "",
            ":",
            "read",
            "read:",
            ":1",
            "READ:1",
            "read:1:2",
            "read:x",
            "drop:1",
            "read:1,",
            "read:,1",
            "read:1,,2",
            "read:-1",
            "read:+1",
            "read:1 ",
            "snooze:1",
            "snooze@:1",
            "snooze@-5:1",
            "snooze@soon:1",
            "snooze@99999999999999999999:1",
            "undo:",
            "undo:-1",
            "undo:1,2",
            "read-all:x",
            "read:99999999999999999999",
            "snooze@2026-02-30T09:00:1",
            "read:\u{661}",
        ] {
            assert_eq!(Change::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_change_may_say_what_its_reader_had_seen() {
        assert_eq!(as_seen("done:12"), Some(("done:12", None)));
        assert_eq!(as_seen("snooze@1h:12,13~41"), Some(("snooze@1h:12,13", Some(Seq(41)))));
        assert_eq!(as_seen("done~41"), Some(("done", Some(Seq(41)))));
        for bad in ["done:12~", "done:12~x", "done:12~-1", "done:12~99999999999999999999"] {
            assert_eq!(as_seen(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_time_of_the_clock_may_have_colons_and_a_message_counts_once() {
        let Some(Change::Later(When::Wall(_), ids)) = Change::parse("snooze@2026-11-24T09:00:12,13,12") else {
            panic!("a change")
        };
        assert_eq!(ids, [MessageId(12), MessageId(13)]);
    }

    #[test]
    fn a_change_is_of_so_many_messages_at_most() {
        let word = |n: usize| ["read:", &(1..=n).map(|id| id.to_string()).collect::<Vec<_>>().join(",")].concat();
        assert!(Change::parse(&word(IDS_MAX)).is_some());
        assert_eq!(Change::parse(&word(IDS_MAX + 1)), None);
    }
}
