//! News: what a screen reader is told of messages that arrive, in one sentence for all that came together.

use crate::domain::{Item, Priority};

/// Arrivals that have not been told yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct News {
    count: usize,
    latest: String,
}

impl News {
    /// One more. `true`: it is the first since the last sentence.
    pub fn add(&mut self, item: &Item) -> bool {
        let loud = if item.priority == Priority::High { ", important" } else { "" };
        self.latest = format!("{loud}: {}, from {}.", item.title, item.from);
        self.count += 1;
        self.count == 1
    }

    /// The sentence, and a new beginning.
    pub fn take(&mut self) -> Option<String> {
        let Self { count, latest } = std::mem::take(self);
        match count {
            0 => None,
            1 => Some(format!("New message{latest}")),
            n => Some(format!("{n} new messages. Latest{latest}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{MessageId, Seq, State};

    fn item(title: &str, priority: Priority) -> Item {
        Item {
            id: MessageId(1),
            seq: Seq(1),
            sent_at: 0,
            from: "Ops".into(),
            title: title.into(),
            preview: String::new(),
            priority,
            link: None,
            state: State::default(),
            times: 1,
            ..Item::default()
        }
    }

    #[test]
    fn several_arrivals_are_one_sentence() {
        let mut news = News::default();
        assert_eq!(news.take(), None);
        assert!(news.add(&item("Lunch", Priority::Normal)));
        assert_eq!(news.take().as_deref(), Some("New message: Lunch, from Ops."));
        assert!(news.add(&item("Lunch", Priority::Low)));
        assert!(!news.add(&item("Disk is filling", Priority::High)));
        assert_eq!(news.take().as_deref(), Some("2 new messages. Latest, important: Disk is filling, from Ops."));
    }
}
