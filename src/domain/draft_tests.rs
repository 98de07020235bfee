//! Tests of [`super::DraftForm`]: what each field takes, and that every problem is told at its field.

use super::*;

fn form() -> DraftForm {
    DraftForm { to: "bob".into(), title: "Lunch".into(), ..DraftForm::default() }
}

fn fields(form: &DraftForm) -> Vec<Field> {
    form.parse().expect_err("must be refused").into_iter().map(|problem| problem.field).collect()
}

#[test]
fn a_title_and_a_name_are_enough() {
    let draft = form().parse().expect("a valid form");
    assert_eq!((draft.title.as_str(), draft.priority, draft.link), ("Lunch", Priority::Normal, None));
}

#[test]
fn every_problem_is_told_at_once_at_its_field() {
    let bad = DraftForm { priority: "loud".into(), link: "javascript:alert(1)".into(), ..DraftForm::default() };
    assert_eq!(fields(&bad), [Field::To, Field::Title, Field::Priority, Field::Link]);
}

#[test]
fn limits_are_inclusive() {
    let title = |n| DraftForm { title: "ä".repeat(n), ..form() };
    assert!(title(TITLE_MAX).parse().is_ok());
    assert_eq!(fields(&title(TITLE_MAX + 1)), [Field::Title]);
    let body = |n| DraftForm { body: "x".repeat(n), ..form() };
    assert!(body(BODY_MAX).parse().is_ok());
    assert_eq!(fields(&body(BODY_MAX + 1)), [Field::Body]);
}

#[test]
fn only_web_links_without_credentials_pass() {
    let link = |link: &str| DraftForm { link: link.into(), ..form() };
    for good in ["https://example.org", "http://127.0.0.1:8080/a?b#c", "https://münchen.example/ü"] {
        assert!(link(good).parse().is_ok(), "{good}");
    }
    for bad in
        ["ftp://x.org", "//x.org", "/path", "java\nscript:alert(1)", "data:text/html,x", "https://a@b.org", "https://"]
    {
        assert_eq!(fields(&link(bad)), [Field::Link], "{bad}");
    }
}

#[test]
fn words_are_folded_and_kept_once() {
    let tags = ["Deploy", " deploy ", "", "Prod"].map(str::to_owned).to_vec();
    let draft = DraftForm { category: " Ops ".into(), tags, ..form() }.parse().expect("a valid form");
    assert_eq!(
        (draft.details.category.as_deref(), draft.details.tags),
        (Some("ops"), vec!["deploy".into(), "prod".into()])
    );
}

#[test]
fn what_a_message_says_about_itself_has_limits() {
    let action = |label: &str, url: &str| LinkAction { label: label.into(), url: url.into() };
    let key = |n| DraftForm { collapse_key: "k".repeat(n), ..form() };
    let tags = |n: usize| DraftForm { tags: (0..n).map(|n| format!("t{n}")).collect(), ..form() };
    let actions = |actions: Vec<LinkAction>| DraftForm { actions, ..form() };
    let good = action("Open", "https://a.example");
    for form in [key(COLLAPSE_KEY_MAX), tags(TAGS_MAX), actions(vec![good.clone(); ACTIONS_MAX])] {
        assert!(form.parse().is_ok(), "{form:?}");
    }
    let wrong = [
        (key(COLLAPSE_KEY_MAX + 1), Field::CollapseKey),
        (DraftForm { collapse_key: "a\nb".into(), ..form() }, Field::CollapseKey),
        (tags(TAGS_MAX + 1), Field::Tags),
        (DraftForm { tags: vec!["two words".into()], ..form() }, Field::Tags),
        (DraftForm { category: "a,b".into(), ..form() }, Field::Category),
        (DraftForm { resolved: true, ..form() }, Field::Resolved),
        (actions(vec![good.clone(); ACTIONS_MAX + 1]), Field::Actions),
        (actions(vec![action("", "https://a.example")]), Field::Actions),
        (actions(vec![action("a\nb", "https://a.example")]), Field::Actions),
        (actions(vec![action(&"x".repeat(ACTION_LABEL_MAX + 1), "https://a.example")]), Field::Actions),
        (actions(vec![action("Open", "")]), Field::Actions),
        (actions(vec![action("Open", "javascript:alert(1)")]), Field::Actions),
        (actions(vec![action("Open", "https://bank.example@evil.example/")]), Field::Actions),
    ];
    for (form, field) in wrong {
        assert_eq!(fields(&form), [field], "{form:?}");
    }
}

#[test]
fn a_title_is_a_plain_line() {
    for bad in ["a\rb", "a\nb", "a\0b", "a\u{1b}b", "a\u{85}b", "a\u{202e}b", "a\u{2028}b", "\u{200b}\u{2060}\u{feff}"]
    {
        assert_eq!(fields(&DraftForm { title: bad.into(), ..form() }), [Field::Title], "{bad:?}");
    }
    assert!(DraftForm { title: "ארוחת צהריים".into(), ..form() }.parse().is_ok());
}
