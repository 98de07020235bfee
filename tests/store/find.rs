//! Finding: what each kind of term finds, that nobody finds what is not theirs, that nothing typed is syntax, and the
//! searches that people keep.

use proptest::prelude::*;
use tidings::domain::item::PAGE;
use tidings::domain::query::When;
use tidings::domain::{Action, Details, Item, MessageId, Page, Priority, Query, UserId};
use tidings::server::store::{FILTERS_MAX, HABITS_OF, Habits, Kept, NewMessage, NewUser, Sought};

use crate::bench::{Bench, NOW, message, on_each, person, to_everyone};

/// The middle of the tests' day.
fn sought(query: &str) -> Sought {
    let moment = |when| match when {
        When::Day(_) => NOW,
        When::Hours(hours) => NOW - i64::from(hours) * 3_600_000,
        When::Days(days) => NOW - i64::from(days) * 86_400_000,
    };
    Sought::new(Query::parse(query).unwrap_or_else(|why| panic!("{query}: {why}")), moment)
}

async fn find(bench: &Bench, user: UserId, query: &str) -> Page {
    bench.store().find(user, &sought(query), None, PAGE).await.unwrap()
}

async fn found(bench: &Bench, user: UserId, query: &str) -> Vec<i64> {
    find(bench, user, query).await.items.iter().map(|item| item.id.0).collect()
}

/// To one person.
fn note(from: UserId, to: &str, title: &str, body: &str) -> NewMessage {
    NewMessage { title: title.into(), body: body.into(), ..message(from, &[to]) }
}

async fn publish(bench: &Bench, message: NewMessage) -> MessageId {
    bench.store().publish(message).await.unwrap().id
}

#[tokio::test]
async fn each_kind_of_term_finds_what_it_says() {
    on_each(async |bench| {
        let [ana, ci] = bench.people(["ana", "ci"]).await;
        let details = |category: &str, tags: &[&str]| Details {
            category: Some(category.into()),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            ..Details::default()
        };
        let one = NewMessage { priority: Priority::Low, ..note(ci, "ana", "Backup failed", "The **disk** is full.") };
        let two = NewMessage {
            details: details("ops", &["deploy-prod"]),
            sent_at: NOW - 3 * 86_400_000,
            ..note(ana, "ana", "Deployed", "Version 1.2.3, by Ünal. Is the disk not full?")
        };
        let three = NewMessage { details: details("Ops-2", &["prod"]), ..note(ci, "ana", "Lunch", "") };
        for message in [one, two, three] {
            publish(&bench, message).await;
        }
        bench.act(ana, MessageId(2), Action::Read).await;
        bench.act(ana, MessageId(3), Action::Done).await;
        let cases: [(&str, &[i64]); 36] = [
            ("disk", &[2, 1]),
            ("DISK full", &[2, 1]),
            ("\"disk is full\"", &[1]),
            ("dep", &[2]),
            ("de", &[]),
            ("\"dep\"", &[]),
            ("unal", &[2]),
            ("1.2.3", &[2]),
            ("1.3", &[]),
            ("disk -backup", &[2]),
            ("-disk", &[3]),
            ("-disk -lunch", &[]),
            ("-\"disk is full\"", &[3, 2]),
            ("from:ci", &[3, 1]),
            ("-from:CI", &[2]),
            ("from:ci disk", &[1]),
            ("“disk is full”", &[1]),
            ("tag:prod", &[3]),
            ("tag:Deploy-Prod", &[2]),
            ("tag:deploy", &[]),
            ("-tag:prod", &[2, 1]),
            ("category:ops", &[2]),
            ("category:ops-2", &[3]),
            ("priority:low", &[1]),
            ("-priority:low", &[3, 2]),
            ("is:unread", &[1]),
            ("-is:unread", &[3, 2]),
            ("is:read", &[3, 2]),
            ("is:done", &[3]),
            ("is:unseen", &[1]),
            ("is:read -is:done", &[2]),
            ("is:read is:unread", &[]),
            ("before:1d", &[2]),
            ("after:1d", &[3, 1]),
            ("-after:1d disk", &[2]),
            ("after:7d before:2d from:ana", &[2]),
        ];
        for (query, ids) in cases {
            assert_eq!(found(&bench, ana, query).await, ids, "{query}");
            assert_eq!(found(&bench, ci, query).await, [0; 0], "{query}: none of it is theirs");
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_has_the_words_and_its_moment() {
    on_each(async |bench| {
        let [ana] = bench.people(["ana"]).await;
        publish(&bench, note(ana, "ana", "<b>Backup</b>", "It *failed* at [noon](https://example.org).")).await;
        let page = find(&bench, ana, "fail back").await;
        let found = page.found.unwrap();
        assert_eq!((found.query.as_str(), found.problem), ("fail back", None));
        assert_eq!(found.hits[0].title, ["<b>", "Backup", "</b>"]);
        assert_eq!(found.hits[0].text, ["It ", "failed", " at noon."]);
        assert_eq!((page.cursor.seq, page.counts.unread), (page.items[0].seq, 1));
        assert!(find(&bench, ana, "from:ana").await.found.unwrap().hits.is_empty(), "there is nothing to mark");
    })
    .await;
}

#[tokio::test]
async fn what_readers_see_is_found_and_nothing_else() {
    on_each(async |bench| {
        let [ana] = bench.people(["ana"]).await;
        let body =
            "A [guide](https://wiki.example/runbook) for `Vec<String>`, ![a graph](https://images.example/disk.png).";
        publish(&bench, note(ana, "ana", "How to", body)).await;
        for query in ["wiki", "runbook", "example", "https", "png"] {
            assert_eq!(found(&bench, ana, query).await, [0; 0], "{query} stands in addresses only");
        }
        for query in ["guide", "string", "vec", "graph"] {
            let page = find(&bench, ana, query).await;
            assert_eq!(page.items.len(), 1, "{query}");
            assert_eq!(page.found.unwrap().hits[0].text.len() % 2, 1, "{query} is marked");
            let text = find(&bench, ana, query).await.found.unwrap().hits.remove(0).text;
            assert!(text[1].to_lowercase().contains(query), "{query} is marked: {text:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn texts_without_spaces_are_found_by_any_part_of_them() {
    on_each(async |bench| {
        let [ana] = bench.people(["ana"]).await;
        publish(&bench, note(ana, "ana", "明日の会議室", "漢字漢字テスト、v2のバックアップ")).await;
        publish(&bench, note(ana, "ana", "서버가 꺼졌습니다", "ไปกินข้าวกัน")).await;
        publish(&bench, note(ana, "ana", "मेरा दिन", "как дела, Łódź")).await;
        let cases: [(&str, &[i64]); 14] = [
            ("会議", &[1]),
            ("議会", &[]),
            ("漢字", &[1]),
            ("字テ", &[1]),
            ("テスト", &[1]),
            ("v2", &[1]),
            ("ハックアッフ", &[]),
            ("会議 -漢字", &[]),
            ("서버", &[2]),
            ("꺼졌", &[2]),
            ("ข้าว", &[2]),
            ("กัน -กิน", &[]),
            ("दिन", &[3]),
            ("दान", &[]),
        ];
        for (query, ids) in cases {
            let page = find(&bench, ana, query).await;
            assert_eq!(page.items.iter().map(|item| item.id.0).collect::<Vec<_>>(), ids, "{query}");
            let hits = page.found.unwrap().hits;
            assert!(hits.iter().all(|hit| hit.title.len() > 1 || hit.text.len() > 1), "{query} is marked: {hits:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn senders_are_found_by_the_beginning_of_any_of_their_names() {
    on_each(async |bench| {
        let [ana] = bench.people(["ana"]).await;
        let olga = NewUser { display_name: "Olivia Großmann".into(), ..person("olga-1") };
        let olga = bench.store().add_user(olga).await.unwrap();
        publish(&bench, note(olga, "ana", "One", "")).await;
        publish(&bench, note(ana, "ana", "Two", "")).await;
        for (query, ids) in [
            ("from:oli", &[1][..]),
            ("from:OLG", &[1]),
            ("from:gross", &[]),
            ("from:groß", &[1]),
            ("from:ol", &[]),
            ("from:olga-1", &[1]),
            ("from:\"olivia großmann\"", &[1]),
            ("from:\"oliv\"", &[]),
            ("from:\"olga\"", &[1]),
            ("from:livia", &[]),
            ("-from:oli", &[2]),
        ] {
            assert_eq!(found(&bench, ana, query).await, ids, "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_everyone_got_is_found_by_those_who_got_it() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        bench.store().set_enabled(bob, false).await.unwrap();
        let id = publish(&bench, to_everyone(ana)).await;
        assert_eq!(found(&bench, ana, "lunch").await, [0; 0], "it is not delivered yet");
        bench.deliver_all().await;
        assert_eq!((found(&bench, ana, "lunch").await, found(&bench, bob, "lunch").await), (vec![id.0], vec![]));
        bench.act(ana, id, Action::Delete).await;
        assert_eq!(found(&bench, ana, "lunch").await, [0; 0], "deleted is gone");
    })
    .await;
}

#[tokio::test]
async fn pages_of_a_search_follow_each_other() {
    on_each(async |bench| {
        let [ana] = bench.people(["ana"]).await;
        for n in 0..2 * PAGE + 1 {
            publish(&bench, note(ana, "ana", if n % 2 == 0 { "Even" } else { "Odd" }, "number")).await;
        }
        let first = find(&bench, ana, "number -odd").await;
        assert!(first.older && first.items.len() == PAGE && first.items.is_sorted_by(|a, b| a.id > b.id));
        let last = first.items.last().map(Item::rank);
        let second = bench.store().find(ana, &sought("number -odd"), last, PAGE).await.unwrap();
        assert_eq!((second.items.len(), second.items[0].id, second.older), (1, MessageId(1), false));
    })
    .await;
}

#[tokio::test]
async fn nothing_that_was_typed_is_syntax() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        publish(&bench, note(ana, "bob", "r1 everyone secret", "NEAR AND OR NOT title body")).await;
        publish(&bench, note(ana, "ana", "a AND b", "NEAR(a, b)")).await;
        let hostile = [
            "x\" OR \"secret",
            "a\"\"b",
            "-\"x\" OR secret",
            "x OR secret",
            "NOT x",
            "secret*",
            "NEAR(secret r1)",
            "^secret",
            "{title}:secret",
            "a + secret",
            "r2",
            "everyone",
            "facts",
            "from:\"x\\\" OR r2\"",
            "tag:x OR everyone",
            "category:')--",
            "\"' UNION SELECT 1 --\"",
            "se\0cret",
            "a) OR (secret",
            "-a) OR (secret",
            "(((((((((((((((((((",
            "title\u{0}:",
            "\u{feff}secret",
            "\"secret\\\"",
            "%_",
            "x:\"",
        ];
        for text in hostile {
            if let Ok(query) = Query::parse(text) {
                let found = bench.store().find(ana, &Sought::new(query, |_| NOW), None, PAGE).await.unwrap();
                assert!(found.items.iter().all(|item| item.id == MessageId(2)), "{text}");
            }
        }
        assert_eq!(found(&bench, ana, "AND NEAR").await, [2]);
        assert_eq!(found(&bench, bob, "and near").await, [1]);
    })
    .await;
}

/// Any text at all, on one store: it finds something or nothing, and only one's own.
#[test]
fn any_query_is_answered() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(on_each(async |bench| {
        let [ana, _] = bench.people(["ana", "bob"]).await;
        publish(&bench, note(ana, "bob", "theirs", "a b c 1 2 3")).await;
        publish(&bench, note(ana, "ana", "mine", "a b c 1 2 3")).await;
        let store = bench.store().clone();
        let handle = tokio::runtime::Handle::current();
        tokio::task::spawn_blocking(move || {
            let text = "(-?(tag:|from:|category:)?(\"[^\"]{0,9}\"|[a-c1-3\"'*^:(){}+.,-]{1,5}|\\PC{1,4}|NEAR|AND|OR|NOT) ?){1,5}";
            proptest!(ProptestConfig::with_cases(500), |(text in text)| {
                if let Ok(query) = Query::parse(&text) {
                    let page = handle.block_on(store.find(ana, &Sought::new(query, |_| NOW), None, PAGE));
                    let page = page.unwrap_or_else(|why| panic!("{text:?}: {why:?}"));
                    prop_assert!(page.items.iter().all(|item| item.title == "mine"), "{}", text);
                }
            });
        })
        .await
        .unwrap();
    }));
}

#[tokio::test]
async fn a_send_that_is_refused_is_not_found_and_one_that_is_repeated_only_once() {
    on_each(async |bench| {
        let [ana] = bench.people(["ana"]).await;
        assert!(bench.store().publish(message(ana, &["ana", "nobody"])).await.is_err());
        bench.send(ana, &["ana"]).await;
        assert_eq!(found(&bench, ana, "lunch").await, [1]);
    })
    .await;
}

#[tokio::test]
async fn searches_are_kept_by_name_up_to_a_limit() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        let keep = async |user, name: &str, query| bench.store().keep_filter(user, name, query, NOW).await.unwrap();
        assert_eq!(keep(ana, "Builds", "from:ci").await, Kept::Kept);
        assert_eq!(keep(ana, "Disks", "disk").await, Kept::Kept);
        assert_eq!(keep(bob, "Builds", "from:bob").await, Kept::Kept);
        assert_eq!(keep(ana, "Builds", "from:ci is:unread").await, Kept::Kept, "another query for the same name");
        let of = async |user| bench.store().filters(user).await.unwrap();
        let kept: Vec<_> = of(ana).await.into_iter().map(|filter| (filter.name, filter.query)).collect();
        assert_eq!(kept, [("Builds".into(), "from:ci is:unread".into()), ("Disks".into(), "disk".into())]);
        for n in 2..FILTERS_MAX {
            assert_eq!(keep(ana, &format!("{n}"), "x").await, Kept::Kept);
        }
        assert_eq!(keep(ana, "one more", "x").await, Kept::Full);
        assert_eq!(keep(ana, "Disks", "disks").await, Kept::Kept, "but those that are there can change");
        let theirs = of(bob).await[0].id;
        assert!(!bench.store().forget_filter(ana, theirs).await.unwrap(), "not hers");
        assert!(bench.store().forget_filter(bob, theirs).await.unwrap());
        assert!(!bench.store().forget_filter(bob, theirs).await.unwrap(), "it is gone already");
        assert_eq!((of(ana).await.len(), of(bob).await.len()), (FILTERS_MAX, 0));
    })
    .await;
}

#[tokio::test]
async fn habits_are_who_sends_most_and_which_tags_come_most() {
    on_each(async |bench| {
        let people = ["ana", "bob", "cem", "dee", "eve", "fay", "gil"];
        let ids @ [ana, bob, ..] = bench.people(people).await;
        assert_eq!(bench.store().habits(ana).await.unwrap(), Habits::default(), "nothing has ever come");
        let send = async |sender, tags: &[&str]| {
            let details = Details { tags: tags.iter().map(|tag| (*tag).to_owned()).collect(), ..Details::default() };
            publish(&bench, NewMessage { details, ..message(sender, &["ana"]) }).await
        };
        for (times, sender) in ids.iter().enumerate() {
            for _ in 0..=times {
                send(*sender, if times == 6 { &["ci", "deploy"] } else { &["ci"] }).await;
            }
        }
        bench.act(ana, MessageId(28), Action::Read).await;
        bench.act(ana, MessageId(27), Action::Done).await;
        publish(&bench, message(ana, &["bob"])).await;
        let habits = bench.store().habits(ana).await.unwrap();
        let senders: Vec<_> = habits.senders.iter().map(|sender| (&*sender.username, sender.unread)).collect();
        assert_eq!(senders, [("cem", 3), ("dee", 4), ("eve", 5), ("fay", 6), ("gil", 5)], "five, by the alphabet");
        assert_eq!((habits.tags, habits.more), (vec!["ci".to_owned(), "deploy".to_owned()], false));
        assert_eq!(bench.store().habits(bob).await.unwrap().senders.len(), 1, "his own inbox");
        for _ in 0..HABITS_OF {
            send(bob, &[]).await;
        }
        let habits = bench.store().habits(ana).await.unwrap();
        assert_eq!((habits.senders[0].unread as usize, habits.tags.len(), habits.more), (HABITS_OF, 0, true));
    })
    .await;
}

#[tokio::test]
async fn unread_matches_in_the_inbox_are_counted() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        for n in 0..105 {
            publish(&bench, note(ana, "ana", if n < 103 { "Many" } else { "Few" }, "")).await;
        }
        bench.act(ana, MessageId(104), Action::Done).await;
        let sought = ["many", "few", "-many", "is:unread", "is:done", "is:read"].map(sought);
        let counted = bench.store().count_unread(ana, &sought).await.unwrap();
        assert_eq!(counted, [100, 1, 1, 100, 0, 0].map(Some));
        assert_eq!(bench.store().count_unread(bob, &sought).await.unwrap(), [Some(0); 6]);
    })
    .await;
}

#[tokio::test]
async fn a_row_of_repeats_is_found_by_what_it_shows() {
    on_each(async |bench| {
        let [ana, ci] = bench.people(["ana", "ci"]).await;
        let repeat = |title: &str| {
            let details = Details { collapse_key: Some("disk".into()), ..Details::default() };
            NewMessage { details, ..note(ci, "ana", title, "on db-1") }
        };
        for message in [repeat("Disk full"), note(ci, "ana", "Other", ""), repeat("Disk is fine")] {
            publish(&bench, message).await;
        }
        assert_eq!(found(&bench, ana, "fine db-1").await, [1]);
        assert_eq!(found(&bench, ana, "disk -full").await, [1]);
        assert_eq!(found(&bench, ana, "full").await, [0; 0], "that is history by now");
        assert_eq!(found(&bench, ana, "-fine").await, [2]);
        assert_eq!(find(&bench, ana, "fine").await.found.unwrap().hits[0].title, ["Disk is ", "fine"]);
        assert_eq!(bench.store().count_unread(ana, &[sought("fine")]).await.unwrap(), [Some(1)]);
    })
    .await;
}

/// More than a window has, with old items that came to the top again, in all views.
#[tokio::test]
async fn a_common_word_is_found_in_the_order_of_lists() {
    on_each(async |bench| {
        let [ana] = bench.people(["ana"]).await;
        let title = |n| if n % 7 == 0 { "common rare" } else { "common" };
        for some in 0..45 {
            let sends = (0..100).map(|n| publish(&bench, note(ana, "ana", title(some * 100 + n), "")));
            futures_util::future::join_all(sends).await;
        }
        for (nth, id) in [3, 40, 400, 8, 15].into_iter().enumerate() {
            bench.act(ana, MessageId(id), Action::Snooze(NOW + 1_000_000)).await;
            if nth < 4 {
                bench.act(ana, MessageId(id), Action::Wake).await;
            }
        }
        for id in [40, 4_490, 5] {
            bench.act(ana, MessageId(id), Action::Done).await;
        }
        let all = bench.inbox(ana).await.items;
        for (query, word) in [("common", "common"), ("common rare", "rare"), ("-rare", "")] {
            let mut right: Vec<_> = all.values().filter(|item| item.title.contains(word)).collect();
            right.retain(|item| query != "-rare" || !item.title.contains("rare"));
            right.sort_by_key(|item| std::cmp::Reverse(item.rank()));
            let (mut before, mut ids) = (None, Vec::new());
            loop {
                let page = bench.store().find(ana, &sought(query), before, PAGE).await.unwrap();
                before = page.items.last().map(Item::rank);
                ids.extend(page.items.iter().map(|item| item.id));
                if !page.older {
                    break;
                }
            }
            assert_eq!(ids, right.into_iter().map(|item| item.id).collect::<Vec<_>>(), "{query}");
        }
    })
    .await;
}
