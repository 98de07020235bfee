//! Whatever the network brings, 100,000 times each: readers of cursors, names and events do not panic, and what they take
//! is what they promise.

use proptest::prelude::*;

use super::event::{Changed, Event, Gone, Removed};
use super::{Counts, Cursor, Epoch, Item, MessageId, Priority, Seq, State, Username};

/// Cases of each property. `PROPTEST_CASES` raises it.
const CASES: u32 = 100_000;

fn config() -> ProptestConfig {
    let config = ProptestConfig::default();
    ProptestConfig { cases: config.cases.max(CASES), failure_persistence: None, max_shrink_iters: 10_000, ..config }
}

/// Text as attackers write it: much of what ends a line or a field, and anything else.
fn hostile() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        "\0",
        "\u{2028}",
        "\u{2029}",
        "\u{85}",
        "\u{feff}",
        "\u{202e}",
        "\u{7f}",
        "\\",
        "\"",
        ":",
        " ",
        "id: e1-9",
        "event: signed-out",
        "data: {}",
        "retry: 1",
        "\u{fffd}",
        "😀",
        "e\u{301}",
        "</script>",
    ]);
    prop_oneof![
        2 => prop::collection::vec(words.prop_map(str::to_owned), 0..8).prop_map(|words| words.concat()),
        1 => ".{0,24}",
        1 => any::<String>(),
    ]
}

/// Text that is almost a cursor.
fn nearly_a_cursor() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z0-9]{0,34}-?[0-9]{0,21}", "[eE1é \n+-]{0,8}", hostile()]
}

fn item() -> impl Strategy<Value = Item> {
    (any::<i64>(), hostile(), hostile(), hostile(), prop::option::of(hostile()), any::<[bool; 3]>()).prop_map(
        |(number, from, title, preview, link, [seen, read, done])| Item {
            id: MessageId(number),
            seq: Seq(number),
            sent_at: number,
            from,
            title,
            preview,
            priority: Priority::Normal,
            link,
            state: State { seen, read, done, ..State::default() },
            times: 1,
            ..Item::default()
        },
    )
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_cursor_is_taken_only_in_its_form_and_reads_back(text in nearly_a_cursor()) {
        if let Ok(cursor) = text.parse::<Cursor>() {
            prop_assert!(cursor.seq.0 >= 0);
            prop_assert!((1..=32).contains(&cursor.epoch.as_str().len()));
            prop_assert!(text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'));
            prop_assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
    }

    #[test]
    fn a_name_that_is_taken_is_one_visible_word(text in hostile()) {
        if let Ok(name) = Username::parse(&text) {
            prop_assert!(!name.as_str().is_empty());
            prop_assert!(!name.as_str().chars().any(|c| c.is_control() || c.is_whitespace()), "{:?}", name);
            prop_assert_eq!(Username::parse(name.as_str()).map(|name| name.key()), Ok(name.key()));
        }
    }

    #[test]
    fn no_text_forges_a_line_of_the_stream(item in item(), seq in 0..=i64::MAX) {
        let epoch: Epoch = "e1".parse().expect("a valid epoch");
        let event = Event::Item(Changed { seq: Seq(seq), item, counts: Counts::default() });
        let wire = event.encode(&epoch);
        // WHATWG HTML §9.2.6: lines end with CR LF, LF or CR; a NUL in an id makes it void.
        let lines: Vec<&str> = wire.split(['\n', '\r']).collect();
        prop_assert_eq!(lines.len(), 5, "three lines, each ended, and the empty one that ends the event");
        prop_assert_eq!(lines[0], format!("id: e1-{seq}"));
        prop_assert_eq!(lines[1], "event: item");
        prop_assert!(!wire.contains('\0'));
        let data = lines[2].strip_prefix("data: ").expect("a data line");
        let read = Event::parse("item", data).expect("a known name");
        prop_assert_eq!(read.ok(), Some(event));
    }

    #[test]
    fn an_event_from_anywhere_is_read_or_refused(name in prop::sample::select(Event::NAMES.to_vec()), data in hostile()) {
        let _ = Event::parse(name, &data);
        let _ = Event::parse(&data, "{}");
    }

    #[test]
    fn a_damaged_event_is_never_taken_for_another(cut in 0..200_usize, noise in hostile()) {
        let event = Event::Gone(Removed { seq: Seq(7), id: MessageId(3), why: Gone::Deleted, counts: Counts::default() });
        let data = serde_json::to_string(&event).expect("an event");
        let damaged = [&data[..cut.min(data.len())], &noise].concat();
        if damaged != data && let Some(Ok(read)) = Event::parse("gone", &damaged) {
            // Only space around it may differ.
            prop_assert_eq!((damaged.trim(), read), (data.as_str(), event));
        }
    }
}
