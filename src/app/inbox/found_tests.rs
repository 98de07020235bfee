//! Tests of [`super::Inbox`] as the list of a search: what it shows by itself, and when it must be read anew.

use super::*;
use crate::app::place::Place;
use crate::domain::event::{Gone, Which};
use crate::domain::{Action, Found, Hit, MessageId, State};

const SEEN: State = State { seen: true, read: false, done: false, pinned: false, snoozed: None };
const DONE: State = State { read: true, done: true, ..SEEN };

fn item(id: i64, seq: i64, state: State) -> Item {
    Item { id: MessageId(id), seq: Seq(seq), surfaced: Seq(id), times: 1, state, ..Item::default() }
}

/// What «disk» finds as of that number.
fn found(items: Vec<Item>, seq: i64) -> Page {
    let hit = Hit { id: MessageId(3), title: vec![String::new(), "Disk".into()], text: Vec::new() };
    Page {
        view: View::Inbox,
        before: None,
        items,
        older: false,
        found: Some(Found { query: "disk".into(), hits: vec![hit], ..Found::default() }),
        cursor: Cursor { epoch: "e1".parse().expect("an epoch"), seq: Seq(seq) },
        counts: Counts::default(),
    }
}

fn search() -> Inbox {
    let mut inbox = Inbox::default();
    inbox.load(found(vec![item(3, 3, SEEN), item(1, 1, SEEN)], 4));
    inbox
}

fn changed(id: i64, seq: i64, state: State) -> Event {
    Event::Item(Changed { seq: Seq(seq), item: item(id, seq, state), counts: Counts::default() })
}

fn rows(inbox: &Inbox) -> Vec<i64> {
    inbox.rows(None).iter().map(|id| id.0).collect()
}

#[test]
fn a_search_is_a_place_of_its_own() {
    let inbox = search();
    assert!(inbox.is_at(&Place::search("disk")) && !inbox.doubtful());
    assert!(!inbox.is_at(&Place::default()) && !inbox.is_at(&Place::search("disks")));
    assert_eq!(inbox.hit(MessageId(3)).map(|hit| hit.title.len()), Some(2));
    assert_eq!(inbox.hit(MessageId(1)), None);
}

#[test]
fn an_event_changes_a_row_that_is_shown_and_the_list_is_doubtful() {
    let mut inbox = search();
    assert_eq!(inbox.apply(changed(3, 5, DONE)), Applied::Changed);
    assert_eq!(rows(&inbox), [3, 1], "it stays until the server says otherwise");
    assert_eq!(inbox.item(MessageId(3)).map(|item| item.state), Some(DONE));
    assert!(inbox.doubtful());
}

#[test]
fn what_arrives_is_not_judged_here() {
    let mut inbox = search();
    assert!(matches!(inbox.apply(changed(5, 5, State::default())), Applied::Arrived(_)));
    assert_eq!(rows(&inbox), [3, 1]);
    assert!(inbox.doubtful());
    inbox.load(found(vec![item(5, 5, State::default())], 5));
    assert!(!inbox.doubtful(), "it was read anew");
}

#[test]
fn a_verb_on_others_is_no_gap_and_a_deleted_row_goes_at_once() {
    let mut inbox = search();
    let which = Which::Ids(vec![MessageId(2)]);
    let marked = Marked { seq: Seq(5), which, verb: Action::Restore, at: 0, counts: Counts::default() };
    assert_eq!(inbox.apply(Event::Marked(marked)), Applied::Changed);
    assert!(inbox.doubtful());
    let removed = Removed { seq: Seq(6), id: MessageId(3), why: Gone::Deleted, counts: Counts::default() };
    inbox.apply(Event::Gone(removed));
    assert_eq!(rows(&inbox), [1]);
}

#[test]
fn many_that_wake_are_put_in_order() {
    let snoozed = State { snoozed: Some(9), ..SEEN };
    let wakes = |id: &i64| id % 3 == 0;
    let items = (1..=300).rev().map(|id| item(id, id, if wakes(&id) { snoozed } else { SEEN })).collect();
    let mut inbox = Inbox::default();
    inbox.load(found(items, 300));
    let which = Which::Ids((1..=300).filter(wakes).map(MessageId).collect());
    let marked = Marked { seq: Seq(301), which, verb: Action::Wake, at: 0, counts: Counts::default() };
    inbox.apply(Event::Marked(marked));
    let (woken, others): (Vec<i64>, Vec<i64>) = (1..=300).rev().partition(wakes);
    assert_eq!(rows(&inbox), [woken, others].concat());
}
