//! What queries mean, what is wrong with others, and that any text is one or the other.

use proptest::prelude::*;

use super::*;

fn is(what: What) -> Term {
    Term { not: false, what }
}

fn not(what: What) -> Term {
    Term { not: true, what }
}

fn terms(text: &str) -> Vec<Term> {
    Query::parse(text).expect(text).terms
}

fn problem(text: &str) -> (usize, Problem) {
    let NotAQuery { at, problem } = Query::parse(text).expect_err(text);
    (at, problem)
}

#[test]
fn words_phrases_filters_and_their_opposites() {
    let day = |text| When::Day(Day::parse(text).expect(text));
    let cases = [
        ("backup", is(What::Word("backup".into()))),
        ("-backup", not(What::Word("backup".into()))),
        ("\"disk full\"", is(What::Phrase("disk full".into()))),
        ("-\"disk full\"", not(What::Phrase("disk full".into()))),
        ("is:unread", is(What::Is(Is::Unread))),
        ("-IS:Done", not(What::Is(Is::Done))),
        ("from:ci", is(What::From("ci".into()))),
        ("from:\"Build Bot\"", is(What::FromExactly("Build Bot".into()))),
        ("-tag:deploy", not(What::Tag("deploy".into()))),
        ("category:ops", is(What::Category("ops".into()))),
        ("priority:Urgent", is(What::Priority(Priority::Urgent))),
        ("before:2026-11-23", is(What::Before(day("2026-11-23")))),
        ("after:7d", is(What::After(When::Days(7)))),
        ("after:12h", is(What::After(When::Hours(12)))),
    ];
    for (text, term) in &cases {
        assert_eq!(terms(text), std::slice::from_ref(term), "{text}");
    }
    for some in cases.chunks(TERMS_MAX) {
        let (all, parsed): (Vec<&str>, Vec<Term>) = some.iter().cloned().unzip();
        assert_eq!(terms(&all.join(" \u{a0}\t")), parsed);
    }
}

#[test]
fn quotes_of_all_countries_are_quotes() {
    let phrase = is(What::Phrase("disk full".into()));
    for text in
        ["“disk full”", "„disk full“", "«disk full»", "»disk full«", "”disk full”", "“disk full\"", "\"disk full”"]
    {
        assert_eq!(terms(text), std::slice::from_ref(&phrase), "{text}");
    }
    assert_eq!(terms("from:“Build Bot” x"), [is(What::FromExactly("Build Bot".into())), is(What::Word("x".into()))]);
    assert_eq!(terms("-“retry”"), [not(What::Phrase("retry".into()))]);
    assert_eq!(terms("\"he said “no”, twice\""), [is(What::Phrase("he said “no”, twice".into()))]);
    let odd = Query::parse("from:\"”x\"").expect("a name");
    assert_eq!(Query::parse(&odd.to_string()), Ok(odd));
    assert_eq!(problem("“disk"), (1, Problem::Quote));
    assert_eq!(terms("it’s 27”"), [is(What::Word("it’s".into())), is(What::Word("27”".into()))]);
}

#[test]
fn what_people_paste_is_looked_for() {
    let word = |text: &str| is(What::Word(text.into()));
    assert_eq!(terms("Alert: disk at 27\" - 90%"), ["Alert:", "disk", "at", "27\"", "90%"].map(word));
    assert_eq!(terms("https://example.org:8080/a?b=c"), ["https://example.org:8080/a?b=c"].map(word));
    assert_eq!(terms("db-1 12:30 ü"), ["db-1", "12:30", "ü"].map(word));
    assert_eq!(terms("a\0b"), ["a", "b"].map(word));
}

#[test]
fn problems_say_where_and_what() {
    assert_eq!(problem("disk form:ci"), (6, Problem::Filter("form".into())));
    assert_eq!(problem("ü \"disk"), (3, Problem::Quote));
    assert_eq!(problem("from:\"disk"), (1, Problem::Quote));
    assert_eq!(problem("from: ci"), (1, Problem::Value("from")));
    assert_eq!(problem("from:\"\""), (1, Problem::Value("from")));
    assert_eq!(problem("is:raed"), (1, Problem::Is("raed".into())));
    assert_eq!(problem("priority:loud"), (1, Problem::Priority("loud".into())));
    for when in ["monday", "2026-02-30", "d", "-1d", "+7d", "99999999999d", "7m"] {
        assert_eq!(problem(&format!("before:{when}")), (1, Problem::When(when.into())));
    }
    for nothing in ["", " ", "*", "- --", "🎉", "\"\"", "\"*\"", "tag:*"] {
        assert_eq!(problem(nothing), (1, Problem::Nothing), "{nothing:?}");
    }
    assert_eq!(problem(&"x".repeat(10_000)).1, Problem::Long);
    assert_eq!(problem(&"x ".repeat(TERMS_MAX + 1)), (2 * TERMS_MAX + 1, Problem::Many));
    assert_eq!(terms(&"x ".repeat(TERMS_MAX)).len(), TERMS_MAX);
    let told = Query::parse("is:raed").expect_err("no state").to_string();
    assert_eq!(told, "«is:raed» is unknown. It can be unread, read, unseen, pinned, snoozed, or done (at character 1)");
}

proptest! {
    #[test]
    fn any_text_is_a_query_or_has_a_problem_within_it(text in "(\\PC|[\0-\u{20}\":-])*") {
        match Query::parse(&text) {
            Ok(query) => prop_assert!((1..=TERMS_MAX).contains(&query.terms.len())),
            Err(wrong) => prop_assert!((1..=text.chars().count().max(1)).contains(&wrong.at)),
        }
    }

    #[test]
    fn what_is_written_reads_back(text in "(-?(is:|from:|tag:|before:|a:)?([\"“«][a-z \"”]{0,5}[\"»]|[a-z\"*:-]{0,4}|unread|7d|\\PC{1,3}) {0,2}){1,6}") {
        if let Ok(query) = Query::parse(&text) {
            prop_assert_eq!(Query::parse(&query.to_string()), Ok(query.clone()), "{} {:?}", &text, query);
        }
    }
}
