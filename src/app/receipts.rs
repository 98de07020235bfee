//! Receipts: what a page has to acknowledge, gathered into batches. Pure; `acknowledge` sends them.
//!
//! A note is a part of a form, `seen=1,2&read=3&latency=40`: a tab hands it to the leading one, and the leading one adds who
//! speaks and how far it is, and sends it to the door `api::receipts::acknowledge`. All of it can be told twice.

use crate::domain::{Cursor, MessageId};

/// Most messages of a kind that wait, and that go in one batch; the server takes no more. What comes beyond is told when it
/// is seen again.
const BATCH_MAX: usize = 500;

/// Most latencies in one batch. They are a sample, the rest is dropped.
const LATENCIES_MAX: usize = 50;

/// What waits to be acknowledged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipts {
    seen: Vec<i64>,
    read: Vec<i64>,
    latency: Vec<i64>,
    /// How far the server knows this browser to be.
    told: Option<Cursor>,
    underway: Option<Underway>,
}

/// A batch whose answer is awaited.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Underway {
    note: String,
    cursor: Option<Cursor>,
}

impl Receipts {
    /// A message stood before the reader's eyes.
    pub fn saw(&mut self, id: MessageId) {
        add(&mut self.seen, id.0);
    }

    /// A message was opened.
    pub fn opened(&mut self, id: MessageId) {
        add(&mut self.read, id.0);
    }

    /// Takes a note in.
    pub fn merge(&mut self, note: &str) {
        for field in note.split('&') {
            let Some((name, values)) = field.split_once('=') else { continue };
            for number in values.split(',').filter_map(|number| number.parse().ok()) {
                match name {
                    "seen" => add(&mut self.seen, number),
                    "read" => add(&mut self.read, number),
                    "latency" if self.latency.len() < LATENCIES_MAX => self.latency.push(number),
                    _ => {}
                }
            }
        }
    }

    /// What waits, as a note; it then waits no more. `None`: nothing does.
    pub fn note(&mut self) -> Option<String> {
        let lists = [("seen=", &mut self.seen), ("&read=", &mut self.read), ("&latency=", &mut self.latency)];
        let mut note = String::new();
        let mut any = false;
        for (name, list) in lists {
            note.push_str(name);
            for (n, number) in list.drain(..).enumerate() {
                any = true;
                if n > 0 {
                    note.push(',');
                }
                note.push_str(&number.to_string());
            }
        }
        any.then_some(note)
    }

    /// The form to send, unless one is on its way or there is nothing to tell. [`Self::settle`] must follow.
    pub fn batch(&mut self, client: &str, cursor: Option<&Cursor>) -> Option<String> {
        if self.underway.is_some() {
            return None;
        }
        let cursor = cursor.filter(|cursor| self.told.as_ref() != Some(*cursor)).cloned();
        let note = self.note();
        if note.is_none() && cursor.is_none() {
            return None;
        }
        let note = note.unwrap_or_default();
        let at = cursor.as_ref().map(ToString::to_string).unwrap_or_default();
        let form = ["client=", client, "&cursor=", &at, "&", &note].concat();
        self.underway = Some(Underway { note, cursor });
        Some(form)
    }

    /// The server has answered. What it did not take waits again.
    pub fn settle(&mut self, taken: bool) {
        let Some(Underway { note, cursor }) = self.underway.take() else { return };
        if taken {
            self.told = cursor.or(self.told.take());
        } else {
            self.merge(&note);
        }
    }
}

/// Each once, and only so many.
fn add(list: &mut Vec<i64>, number: i64) {
    if list.len() < BATCH_MAX && !list.contains(&number) {
        list.push(number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(seq: i64) -> Cursor {
        format!("e1-{seq}").parse().expect("a cursor")
    }

    #[test]
    fn a_batch_says_who_how_far_and_what_and_says_it_once() {
        let mut receipts = Receipts::default();
        receipts.saw(MessageId(2));
        receipts.saw(MessageId(1));
        receipts.saw(MessageId(2));
        receipts.opened(MessageId(1));
        receipts.merge("latency=40");
        let form = receipts.batch("c", Some(&cursor(7)));
        assert_eq!(form.as_deref(), Some("client=c&cursor=e1-7&seen=2,1&read=1&latency=40"));
        receipts.saw(MessageId(3));
        assert_eq!(receipts.batch("c", Some(&cursor(7))), None, "one at a time");
        receipts.settle(true);
        assert_eq!(receipts.batch("c", Some(&cursor(7))).as_deref(), Some("client=c&cursor=&seen=3&read=&latency="));
        receipts.settle(true);
        assert_eq!(receipts.batch("c", Some(&cursor(7))), None);
    }

    #[test]
    fn what_was_not_taken_goes_with_the_next_batch() {
        let mut receipts = Receipts::default();
        receipts.saw(MessageId(1));
        assert!(receipts.batch("c", Some(&cursor(7))).is_some());
        receipts.saw(MessageId(2));
        receipts.settle(false);
        let form = receipts.batch("c", Some(&cursor(8)));
        assert_eq!(form.as_deref(), Some("client=c&cursor=e1-8&seen=2,1&read=&latency="));
    }

    #[test]
    fn a_note_is_taken_in_by_another_tab_whatever_stands_in_it() {
        let mut follower = Receipts::default();
        follower.opened(MessageId(5));
        let note = follower.note().expect("something");
        assert_eq!(follower.note(), None);
        let mut leader = Receipts::default();
        leader.merge(&note);
        leader.merge("seen=x,,9&read&drop=1&latency=");
        assert_eq!(leader.note().as_deref(), Some("seen=9&read=5&latency="));
    }

    #[test]
    fn a_batch_is_bounded() {
        let mut receipts = Receipts::default();
        (0..700).for_each(|id| receipts.saw(MessageId(id)));
        (0..700).for_each(|_| receipts.merge("latency=1"));
        let count = |form: Option<String>| form.unwrap_or_default().matches(',').count();
        assert_eq!(count(receipts.batch("c", None)), 499 + 49);
    }
}
