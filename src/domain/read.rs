//! Read: JSON back into words, the way the browser does it. Serde writes; this reads what it wrote.
//!
//! Serde's derived readers are compiled once for every type and bring their own words for every way in which a text can be
//! wrong. A page that reads its own server needs neither: `docs/DESIGN.md` has what that weighs. So a text becomes a tree
//! once, and each word takes its parts out of it. What is left out reads as nothing: `None`, `false`, an empty list.

use super::cursor::{Cursor, Epoch, Seq};
use super::event::{
    Beat, CaughtUp, Changed, ChangedMany, Drain, DrainWhy, Ended, Gone, Hello, Marked, Removed, SignedOut, Verdict,
    Which,
};
use super::found::{Found, Hit};
use super::item::{Acknowledge, Acted, Earlier, Item, Opened, Page, Rank, Why};
use super::json::Json;
use super::message::{LinkAction, MessageId, Priority};
use super::preferences::{Choice, Loud, Wishes};
use super::state::{Action, Counts, State, View};
use super::theme::Theme;
use super::user::Role;

/// What can be read out of JSON.
pub trait Read: Sized {
    /// `None`: it is something else.
    fn read(value: &Json) -> Option<Self>;
}

/// Reads a whole text.
pub fn read<T: Read>(text: &str) -> Option<T> {
    T::read(&Json::parse(text)?)
}

/// Reads one field of an object.
pub fn field<T: Read>(value: &Json, name: &str) -> Option<T> {
    match value {
        Json::Object(_) => T::read(value.get(name).unwrap_or(&Json::Null)),
        _ => None,
    }
}

/// Reads one field that stands for `or` when it is left out.
pub fn field_or<T: Read>(value: &Json, name: &str, or: T) -> Option<T> {
    field(value, name).map(|found: Option<T>| found.unwrap_or(or))
}

/// Reads a struct with these fields; `name or 1` is 1 when it is left out.
macro_rules! fields {
    (@field $value:ident $field:ident) => { $crate::domain::read::field($value, stringify!($field))? };
    (@field $value:ident $field:ident $or:expr) => { $crate::domain::read::field_or($value, stringify!($field), $or)? };
    ($word:ident { $($field:ident $(or $or:expr)?),+ $(,)? }) => {
        impl $crate::domain::read::Read for $word {
            fn read(value: &$crate::domain::json::Json) -> Option<Self> {
                Some(Self { $($field: $crate::domain::read::fields!(@field value $field $($or)?)),+ })
            }
        }
    };
}

pub(crate) use fields;

/// Reads words of an enum.
macro_rules! words {
    ($enum:ident { $($word:literal => $variant:ident),+ $(,)? }) => {
        impl Read for $enum {
            fn read(value: &Json) -> Option<Self> {
                Some(match value.as_str()? {
                    $($word => Self::$variant,)+
                    _ => return None,
                })
            }
        }
    };
}

impl Read for () {
    fn read(_: &Json) -> Option<Self> {
        Some(())
    }
}

impl Read for bool {
    fn read(value: &Json) -> Option<Self> {
        match value {
            Json::Null => Some(false),
            Json::Bool(is) => Some(*is),
            _ => None,
        }
    }
}

impl Read for i64 {
    fn read(value: &Json) -> Option<Self> {
        value.as_i64()
    }
}

impl Read for u64 {
    fn read(value: &Json) -> Option<Self> {
        value.as_i64()?.try_into().ok()
    }
}

impl Read for u32 {
    fn read(value: &Json) -> Option<Self> {
        value.as_i64()?.try_into().ok()
    }
}

impl Read for usize {
    fn read(value: &Json) -> Option<Self> {
        value.as_i64()?.try_into().ok()
    }
}

impl Read for String {
    fn read(value: &Json) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }
}

impl<T: Read> Read for Box<T> {
    fn read(value: &Json) -> Option<Self> {
        T::read(value).map(Self::new)
    }
}

impl<T: Read> Read for Option<T> {
    fn read(value: &Json) -> Option<Self> {
        if *value == Json::Null { Some(None) } else { T::read(value).map(Some) }
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: &Json) -> Option<Self> {
        match value {
            Json::Null => Some(Self::new()),
            Json::List(values) => values.iter().map(T::read).collect(),
            _ => None,
        }
    }
}

impl<T: Read, E: Read> Read for Result<T, E> {
    fn read(value: &Json) -> Option<Self> {
        match value.get("Ok") {
            Some(value) => T::read(value).map(Ok),
            None => field(value, "Err").map(Err),
        }
    }
}

impl Read for Seq {
    fn read(value: &Json) -> Option<Self> {
        value.as_i64().map(Self)
    }
}

impl Read for MessageId {
    fn read(value: &Json) -> Option<Self> {
        value.as_i64().map(Self)
    }
}

impl Read for Epoch {
    fn read(value: &Json) -> Option<Self> {
        value.as_str()?.parse().ok()
    }
}

impl Read for Rank {
    fn read(value: &Json) -> Option<Self> {
        value.as_str()?.parse().ok()
    }
}

impl Read for Action {
    fn read(value: &Json) -> Option<Self> {
        Self::parse(value.as_str()?)
    }
}

impl Read for View {
    fn read(value: &Json) -> Option<Self> {
        Self::parse(value.as_str()?)
    }
}

impl Read for Priority {
    fn read(value: &Json) -> Option<Self> {
        Self::parse(value.as_str()?)
    }
}

impl Read for SignedOut {
    fn read(value: &Json) -> Option<Self> {
        Some(Self::parse(value.as_str()?).unwrap_or(Self::Revoked))
    }
}

impl Read for DrainWhy {
    fn read(value: &Json) -> Option<Self> {
        Some(match value.as_str() {
            Some("replaced") => Self::Replaced,
            Some("superseded") => Self::Superseded,
            Some("store") => Self::Store,
            _ => Self::Stopping,
        })
    }
}

impl Read for Choice {
    fn read(value: &Json) -> Option<Self> {
        Some(Self { category: field(value, "category")?, loud: Loud::read(value)? })
    }
}

impl Read for Which {
    fn read(value: &Json) -> Option<Self> {
        match value.get("ids") {
            Some(ids) => Read::read(ids).map(Self::Ids),
            None => field(value, "up_to").map(Self::UpTo),
        }
    }
}

impl Read for Acknowledge {
    fn read(value: &Json) -> Option<Self> {
        match value.as_str() {
            Some("asked") => Some(Self::Asked),
            _ => field(value, "at").map(Self::At),
        }
    }
}

words!(Theme { "system" => System, "light" => Light, "dark" => Dark });
words!(Role { "reader" => Reader, "sender" => Sender, "admin" => Admin });
words!(Why { "you" => You, "everyone" => Everyone });
words!(Verdict { "fresh" => Fresh, "resumed" => Resumed, "reset" => Reset });
words!(Gone { "deleted" => Deleted });

fields!(Cursor { epoch, seq });
fields!(State { seen, read, done, pinned, snoozed });
fields!(Counts { unread, unseen, pinned, snoozed });
fields!(Acted { undo, items, left or 0 });
fields!(Item {
    id,
    seq,
    sent_at,
    from,
    title,
    preview,
    priority,
    link,
    category,
    tags,
    times or 1,
    resolved,
    acknowledge,
    surfaced,
    surfaced_at,
    state
});
fields!(Page { view, before, items, older, found, cursor, counts });
fields!(Found { query, problem, wider, hits });
fields!(Hit { id, title, text });
fields!(LinkAction { label, url });
fields!(Earlier { sent_at, title, html, resolved, acknowledged_at });
fields!(Opened { item, html, sender, why, muted, actions, history });
fields!(Hello { epoch, from, to, verdict, missed, beat_ms, build, session_ends });
fields!(Changed { seq, item, counts });
fields!(ChangedMany { seq, items, anew, counts });
fields!(Marked { seq, which, verb, at, counts });
fields!(Removed { seq, id, why, counts });
fields!(CaughtUp { seq, counts });
fields!(Beat { now, seq, preferences or 0 });
fields!(Drain { reconnect_ms, why });
fields!(Ended { why });
fields!(Loud { toast, sound });
fields!(Wishes { version, zone, keys, theme or Theme::System, quiet, other, choices });

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::*;

    fn reads_back<T: Read + Serialize + PartialEq + std::fmt::Debug>(word: T) {
        let text = serde_json::to_string(&word).expect("words are JSON");
        assert_eq!(read(&text), Some(word), "{text}");
    }

    #[test]
    fn every_word_of_an_enum_reads_back() {
        Priority::ALL.into_iter().for_each(reads_back);
        SignedOut::ALL.into_iter().for_each(reads_back);
        View::ALL.into_iter().for_each(reads_back);
        Action::ALL.into_iter().for_each(reads_back);
        [Verdict::Fresh, Verdict::Resumed, Verdict::Reset].into_iter().for_each(reads_back);
        [DrainWhy::Replaced, DrainWhy::Superseded, DrainWhy::Store, DrainWhy::Stopping]
            .into_iter()
            .for_each(reads_back);
        [Role::Reader, Role::Sender, Role::Admin].into_iter().for_each(reads_back);
        Theme::ALL.into_iter().for_each(reads_back);
        [Which::Ids(vec![MessageId(1)]), Which::UpTo(Seq(4))].into_iter().for_each(reads_back);
        [Why::You, Why::Everyone].into_iter().for_each(reads_back);
        [Acknowledge::Asked, Acknowledge::At(7)].into_iter().for_each(reads_back);
        reads_back(Gone::Deleted);
    }

    #[test]
    fn what_was_done_reads_back() {
        [Acted::default(), Acted { undo: Some(Seq(7)), items: 2, left: 1 }].into_iter().for_each(reads_back);
    }

    #[test]
    fn wishes_read_back() {
        let loud = Loud { toast: false, sound: true };
        let choices = vec![Choice { category: "deploy".into(), loud }];
        [
            Wishes::default(),
            Wishes {
                version: 3,
                zone: Some("Asia/Tokyo".into()),
                keys: false,
                theme: Theme::Dark,
                quiet: vec![-1, 5],
                other: loud,
                choices,
            },
        ]
        .into_iter()
        .for_each(reads_back);
    }

    #[test]
    fn what_is_left_out_is_nothing_and_what_is_wrong_is_not_taken() {
        assert_eq!(read(r#"{"seen":true}"#), Some(State { seen: true, ..State::default() }));
        assert_eq!(read::<State>(r#"{"seen":1}"#), None);
        assert_eq!(read::<Counts>(r#"{"unread":1}"#), None);
        assert_eq!(read::<Counts>("[1,2]"), None);
        assert_eq!(read::<Vec<MessageId>>("[1,2.5]"), None);
        assert_eq!(read::<Vec<MessageId>>("null"), Some(Vec::new()));
    }
}
