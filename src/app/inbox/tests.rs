//! Tests of [`super::Inbox`]: events in every order, and what the reader does ahead of the answer.

use super::*;
use crate::domain::event::{Beat, CaughtUp, Gone, Which};
use crate::domain::{Action, MessageId, Priority, Rank, State};

fn item(id: i64, seq: i64, state: State) -> Item {
    Item {
        id: MessageId(id),
        seq: Seq(seq),
        sent_at: id * 1000,
        from: "Ana".into(),
        title: format!("Message {id}"),
        preview: String::new(),
        priority: Priority::Normal,
        surfaced: Seq(id),
        surfaced_at: id * 1000,
        state,
        times: 1,
        ..Item::default()
    }
}

const UNREAD: State = State { seen: false, read: false, done: false, pinned: false, snoozed: None };
const READ: State = State { seen: true, read: true, ..UNREAD };
const DONE: State = State { done: true, ..READ };

fn cursor(seq: i64) -> Cursor {
    Cursor { epoch: "e1".parse().expect("an epoch"), seq: Seq(seq) }
}

fn unread(n: i64) -> Counts {
    Counts { unread: n, unseen: n, ..Counts::default() }
}

fn page(ids: &[i64], seq: i64) -> Page {
    let items = ids.iter().map(|id| item(*id, *id, UNREAD)).collect::<Vec<_>>();
    let counts = unread(i64::try_from(ids.len()).expect("few"));
    Page { view: View::Inbox, before: None, items, older: false, found: None, cursor: cursor(seq), counts }
}

fn loaded(ids: &[i64], seq: i64) -> Inbox {
    let mut inbox = Inbox::default();
    assert_eq!(inbox.load(page(ids, seq)), Loaded::UpToDate);
    inbox
}

fn changed(id: i64, seq: i64, state: State, counts: Counts) -> Event {
    Event::Item(Changed { seq: Seq(seq), item: item(id, seq, state), counts })
}

fn hello(verdict: Verdict, from: i64, to: i64) -> Event {
    Event::Hello(Hello {
        epoch: cursor(0).epoch,
        from: Seq(from),
        to: Seq(to),
        verdict,
        missed: 0,
        beat_ms: 1000,
        build: "b".into(),
        session_ends: None,
    })
}

fn rows(inbox: &Inbox) -> Vec<i64> {
    inbox.rows(None).into_iter().map(|id| id.0).collect()
}

#[test]
fn the_next_number_is_applied_an_older_one_skipped() {
    let mut inbox = loaded(&[2, 1], 2);
    assert!(matches!(inbox.apply(changed(3, 3, UNREAD, unread(3))), Applied::Arrived(item) if item.id == MessageId(3)));
    assert_eq!((rows(&inbox), inbox.counts()), (vec![3, 2, 1], unread(3)));
    assert_eq!(inbox.apply(changed(1, 3, DONE, unread(0))), Applied::Skipped);
    assert_eq!((rows(&inbox), inbox.cursor().map(|c| c.seq)), (vec![3, 2, 1], Some(Seq(3))));
}

#[test]
fn a_gap_asks_once_for_the_list_and_nothing_is_applied_until_it_comes() {
    let mut inbox = loaded(&[1], 1);
    assert_eq!(inbox.apply(changed(3, 3, UNREAD, unread(3))), Applied::Gap);
    assert_eq!(inbox.apply(changed(4, 4, UNREAD, unread(4))), Applied::Skipped);
    assert_eq!(inbox.load(page(&[3, 2, 1], 3)), Loaded::Behind, "number 4 went by");
    assert_eq!(inbox.load(page(&[4, 3, 2, 1], 4)), Loaded::UpToDate);
    assert!(matches!(inbox.apply(changed(5, 5, UNREAD, unread(5))), Applied::Arrived(_)));
    assert_eq!(rows(&inbox), [5, 4, 3, 2, 1]);
}

#[test]
fn a_beat_exposes_a_gap_without_traffic() {
    let mut inbox = loaded(&[1], 1);
    assert_eq!(inbox.apply(Event::Beat(Beat { now: 0, seq: Seq(1), preferences: 0 })), Applied::Skipped);
    assert_eq!(inbox.apply(Event::Beat(Beat { now: 0, seq: Seq(2), preferences: 0 })), Applied::Gap);
}

#[test]
fn in_a_replay_numbers_skip() {
    let mut inbox = loaded(&[2, 1], 2);
    inbox.apply(hello(Verdict::Resumed, 2, 9));
    inbox.apply(changed(5, 5, UNREAD, unread(2)));
    inbox.apply(changed(2, 8, DONE, unread(2)));
    assert_eq!(inbox.apply(Event::CaughtUp(CaughtUp { seq: Seq(9), counts: unread(2) })), Applied::Changed);
    assert_eq!((rows(&inbox), inbox.counts()), (vec![5, 1], unread(2)));
    assert!(matches!(inbox.apply(changed(6, 10, UNREAD, unread(3))), Applied::Arrived(_)));
}

#[test]
fn a_reset_reloads_and_the_stream_goes_on_from_there() {
    let mut inbox = loaded(&[2, 1], 2);
    assert_eq!(inbox.apply(hello(Verdict::Reset, 0, 7)), Applied::Reset);
    inbox.apply(Event::CaughtUp(CaughtUp { seq: Seq(7), counts: unread(1) }));
    assert_eq!(inbox.load(page(&[7], 7)), Loaded::UpToDate);
    assert!(matches!(inbox.apply(changed(8, 8, UNREAD, unread(2))), Applied::Arrived(_)));
}

#[test]
fn a_reload_that_failed_is_made_good_by_the_next_replay() {
    let mut inbox = loaded(&[1], 1);
    assert_eq!(inbox.apply(changed(3, 3, UNREAD, unread(3))), Applied::Gap);
    inbox.apply(hello(Verdict::Resumed, 1, 3));
    inbox.apply(changed(2, 2, UNREAD, unread(3)));
    inbox.apply(changed(3, 3, UNREAD, unread(3)));
    inbox.apply(Event::CaughtUp(CaughtUp { seq: Seq(3), counts: unread(3) }));
    assert_eq!(rows(&inbox), [3, 2, 1]);
}

#[test]
fn a_page_without_a_list_counts_only() {
    let mut inbox = Inbox::default();
    inbox.welcome(cursor(4), unread(2));
    inbox.apply(hello(Verdict::Resumed, 4, 4));
    inbox.apply(Event::CaughtUp(CaughtUp { seq: Seq(4), counts: unread(2) }));
    inbox.apply(changed(9, 5, UNREAD, unread(3)));
    assert_eq!((rows(&inbox), inbox.counts()), (vec![], unread(3)));
    assert_eq!(inbox.load(page(&[8, 7], 4)), Loaded::Behind, "number 5 went by before there was a list");
}

#[test]
fn items_outside_the_part_shown_stay_out() {
    let mut inbox = Inbox::default();
    inbox.load(Page { before: Some(Rank { surfaced: Seq(10), id: MessageId(10) }), older: true, ..page(&[8, 6], 20) });
    inbox.apply(changed(11, 21, UNREAD, unread(3)));
    inbox.apply(changed(5, 22, READ, unread(3)));
    inbox.apply(changed(7, 23, READ, unread(3)));
    assert_eq!(rows(&inbox), [8, 7, 6]);
}

#[test]
fn only_the_latest_unseen_message_has_arrived() {
    let mut inbox = loaded(&[3], 3);
    assert_eq!(inbox.apply(changed(2, 4, UNREAD, unread(2))), Applied::Changed, "marked unread elsewhere");
    assert_eq!(inbox.apply(changed(4, 5, READ, unread(2))), Applied::Changed, "read elsewhere already");
    assert!(matches!(inbox.apply(changed(5, 6, UNREAD, unread(3))), Applied::Arrived(_)));
}

#[test]
fn a_verb_shows_at_once_and_the_event_changes_nothing_more() {
    let mut inbox = loaded(&[2, 1], 2);
    let ticket = inbox.act(&[MessageId(2)], Action::Done);
    assert_eq!((rows(&inbox), inbox.counts()), (vec![1], unread(1)));
    inbox.settle(ticket, true);
    assert_eq!((rows(&inbox), inbox.counts()), (vec![1], unread(1)), "the answer came first");
    inbox.apply(changed(2, 3, DONE, unread(1)));
    assert_eq!((rows(&inbox), inbox.counts()), (vec![1], unread(1)));
}

#[test]
fn a_refused_verb_is_taken_back() {
    let mut inbox = loaded(&[2, 1], 2);
    let ticket = inbox.act(&[MessageId(2)], Action::Delete);
    assert_eq!(rows(&inbox), [1]);
    inbox.settle(ticket, false);
    assert_eq!((rows(&inbox), inbox.counts()), (vec![2, 1], unread(2)));
}

#[test]
fn a_second_verb_does_not_flicker_when_the_event_of_the_first_comes() {
    let mut inbox = loaded(&[1], 1);
    let read = inbox.act(&[MessageId(1)], Action::Read);
    let done = inbox.act(&[MessageId(1)], Action::Done);
    inbox.apply(changed(1, 2, READ, unread(0)));
    assert_eq!((rows(&inbox), inbox.counts()), (vec![], unread(0)));
    inbox.settle(read, true);
    inbox.apply(changed(1, 3, DONE, unread(0)));
    inbox.settle(done, true);
    assert_eq!((rows(&inbox), inbox.counts()), (vec![], unread(0)));
}

#[test]
fn an_answer_that_comes_late_does_not_undo_what_happened_since() {
    let mut inbox = loaded(&[1], 1);
    let read = inbox.act(&[MessageId(1)], Action::Read);
    inbox.apply(changed(1, 2, READ, unread(0)));
    inbox.apply(changed(1, 3, UNREAD, unread(1)));
    inbox.settle(read, true);
    assert_eq!((inbox.item(MessageId(1)).map(|item| item.state), inbox.counts()), (Some(UNREAD), unread(1)));
}

#[test]
fn the_open_message_is_followed_after_it_left_the_list() {
    let mut inbox = loaded(&[1], 1);
    inbox.open(&Opened { item: item(1, 1, UNREAD), ..Opened::default() });
    let ticket = inbox.act(&[MessageId(1)], Action::Done);
    inbox.settle(ticket, true);
    assert_eq!(inbox.item(MessageId(1)).map(|item| item.state), Some(DONE));
    inbox.apply(Event::Gone(Removed { seq: Seq(2), id: MessageId(1), why: Gone::Deleted, counts: unread(0) }));
    assert_eq!(inbox.item(MessageId(1)), None);
}

#[test]
fn the_focus_goes_to_the_next_row_or_the_one_above() {
    let inbox = loaded(&[3, 2, 1], 3);
    let at = |id| Rank { surfaced: Seq(id), id: MessageId(id) };
    assert_eq!(inbox.rank(MessageId(2)), Some(at(2)));
    let around =
        |inbox: &Inbox, id| [inbox.above(at(id)), inbox.below(at(id)), inbox.near(at(id))].map(|id| id.map(|id| id.0));
    assert_eq!(around(&inbox, 2), [Some(3), Some(1), Some(1)]);
    assert_eq!(around(&inbox, 1), [Some(2), None, Some(2)]);
    assert_eq!(around(&loaded(&[5, 3], 5), 4), [Some(5), Some(3), Some(3)], "also from where nothing stands any more");
    assert_eq!(around(&loaded(&[1], 1), 1), [None; 3]);
}

#[test]
fn a_list_that_was_cleared_fetches_what_is_older() {
    let mut inbox = Inbox::default();
    inbox.load(Page { older: true, ..page(&[9], 9) });
    assert_eq!((inbox.wants_more(), inbox.older()), (false, Some(Rank { surfaced: Seq(9), id: MessageId(9) })));
    inbox.act(&[MessageId(9)], Action::Done);
    assert!(inbox.wants_more());
}

#[test]
fn verbs_that_nobody_answers_do_not_pile_up() {
    let mut inbox = loaded(&[3, 2, 1], 3);
    let first = inbox.act(&[MessageId(1)], Action::Done);
    for _ in 0..100 {
        inbox.act(&[MessageId(2)], Action::Read);
    }
    assert_eq!(rows(&inbox), [3, 2, 1], "the oldest is shown as it was");
    inbox.settle(first, true);
    assert_eq!(rows(&inbox), [3, 2, 1], "and its event will tell");
}

#[test]
fn several_items_of_one_number_all_come_and_a_cut_between_them_loses_none() {
    let mut inbox = loaded(&[3, 2, 1], 3);
    inbox.apply(hello(Verdict::Resumed, 3, 4));
    inbox.apply(changed(1, 4, READ, unread(1)));
    assert_eq!(inbox.cursor().map(|c| c.seq), Some(Seq(3)), "a cut here must ask for number 4 again");
    inbox.apply(changed(2, 4, READ, unread(1)));
    inbox.apply(Event::CaughtUp(CaughtUp { seq: Seq(4), counts: unread(1) }));
    let states = [1, 2, 3].map(|id| inbox.item(MessageId(id)).map(|item| item.state));
    assert_eq!(states, [Some(READ), Some(READ), Some(UNREAD)]);
    assert_eq!(inbox.cursor().map(|c| c.seq), Some(Seq(4)));
}

#[test]
fn a_replay_that_began_before_this_tab_listened_is_a_gap() {
    let mut inbox = loaded(&[1], 1);
    assert_eq!(inbox.apply(Event::CaughtUp(CaughtUp { seq: Seq(3), counts: unread(3) })), Applied::Gap);
    let mut inbox = loaded(&[1], 1);
    assert_eq!(inbox.apply(hello(Verdict::Resumed, 2, 3)), Applied::Gap, "another tab's stream goes on after 2");
    let mut inbox = loaded(&[2, 1], 2);
    assert_eq!(inbox.apply(hello(Verdict::Resumed, 1, 3)), Applied::Changed);
}

#[test]
fn a_leader_that_is_further_is_a_gap_unless_it_is_replaying() {
    let mut inbox = loaded(&[1], 1);
    assert_eq!(inbox.follow(&cursor(1), true), Applied::Skipped);
    assert_eq!(inbox.follow(&cursor(2), false), Applied::Gap);
    inbox.load(page(&[2, 1], 2));
    inbox.apply(hello(Verdict::Resumed, 2, 9));
    assert_eq!(inbox.follow(&cursor(5), false), Applied::Skipped);
    assert_eq!(inbox.follow(&cursor(5), true), Applied::Gap, "the one that was replaying is gone");
}

#[test]
fn a_number_of_another_life_is_a_gap_but_not_a_number_to_wait_for() {
    let mut inbox = loaded(&[1], 1);
    let other = Cursor { epoch: "e2".parse().expect("an epoch"), seq: Seq(50) };
    assert_eq!(inbox.follow(&other, true), Applied::Gap);
    assert_eq!(inbox.load(page(&[1], 1)), Loaded::UpToDate);
}

#[test]
fn the_end_of_an_old_replay_does_not_turn_the_badges_back() {
    let mut inbox = loaded(&[1], 1);
    inbox.apply(hello(Verdict::Resumed, 1, 2));
    inbox.load(page(&[3, 2, 1], 3));
    inbox.apply(Event::CaughtUp(CaughtUp { seq: Seq(2), counts: unread(2) }));
    inbox.apply(changed(3, 3, UNREAD, unread(3)));
    assert_eq!(inbox.counts(), unread(3));
}

#[test]
fn a_page_without_a_list_counts_anew_after_a_gap() {
    let mut inbox = Inbox::default();
    inbox.welcome(cursor(1), unread(1));
    assert_eq!(inbox.apply(changed(3, 3, UNREAD, unread(3))), Applied::Gap);
    assert_eq!(inbox.recount(cursor(3), unread(3)), Loaded::UpToDate);
    inbox.apply(changed(4, 4, UNREAD, unread(4)));
    assert_eq!(inbox.counts(), unread(4));
}

const SNOOZED: State = State { snoozed: Some(9), ..READ };

fn ids(ids: &[i64]) -> Vec<MessageId> {
    ids.iter().copied().map(MessageId).collect()
}

fn marked(seq: i64, touched: &[i64], verb: Action, counts: Counts) -> Event {
    Event::Marked(Marked { seq: Seq(seq), which: Which::Ids(ids(touched)), verb, at: 77, counts })
}

fn surfaced(id: i64, seq: i64, state: State) -> Item {
    Item { surfaced: Seq(seq), ..item(id, seq, state) }
}

fn showing(view: View, items: Vec<Item>, counts: Counts) -> Inbox {
    let mut inbox = Inbox::default();
    let shown = Page { view, before: None, items, older: false, cursor: cursor(9), counts, ..page(&[], 9) };
    assert_eq!(inbox.load(shown), Loaded::UpToDate);
    inbox
}

#[test]
fn every_verb_on_several_shows_at_once_and_is_taken_back_when_it_is_refused() {
    let counted = |states: &[State]| states.iter().fold(Counts::default(), |sum, state| sum.plus(Counts::of(*state)));
    for view in View::ALL {
        for action in Action::ALL {
            let all = [UNREAD, READ, State { pinned: true, ..DONE }, SNOOZED, State { pinned: true, ..UNREAD }];
            let states: Vec<State> = all.into_iter().filter(|state| view.shows(*state)).collect();
            let many: Vec<Item> = (1..).zip(&states).map(|(id, state)| item(9 - id, 9 - id, *state)).collect();
            let touched: Vec<MessageId> = many.iter().map(|item| item.id).collect();
            let mut inbox = showing(view, many, counted(&states));
            let before = (inbox.rows(None), inbox.counts());
            let after: Vec<State> = states.iter().filter_map(|state| action.apply(*state)).collect();
            let shown = || (after.iter().filter(|state| view.shows(**state)).count(), counted(&after));

            let ticket = inbox.act(&touched, action);
            assert_eq!((inbox.rows(None).len(), inbox.counts()), shown(), "{action} in {view:?}");
            inbox.settle(ticket, false);
            assert_eq!((inbox.rows(None), inbox.counts()), before, "{action} in {view:?} is refused");

            let ticket = inbox.act(&touched, action);
            inbox.settle(ticket, true);
            assert_eq!((inbox.rows(None).len(), inbox.counts()), shown(), "{action} in {view:?} is taken");
            let told = touched.iter().map(|id| id.0).collect::<Vec<_>>();
            assert_ne!(inbox.apply(marked(10, &told, action, counted(&after))), Applied::Skipped, "and told");
            assert_eq!((inbox.rows(None).len(), inbox.counts()), shown(), "{action} in {view:?} is told");
        }
    }
}

#[test]
fn of_several_the_one_that_was_faster_elsewhere_keeps_its_truth() {
    let mut inbox = loaded(&[3, 2, 1], 3);
    let ticket = inbox.act(&ids(&[3, 2]), Action::Done);
    inbox.apply(changed(2, 4, State { pinned: true, ..READ }, unread(2)));
    assert_eq!(rows(&inbox), [1]);
    inbox.settle(ticket, true);
    assert_eq!(rows(&inbox), [2, 1], "its event will tell");
}

#[test]
fn what_wakes_or_is_repeated_comes_to_the_top_and_has_arrived() {
    let mut inbox = loaded(&[3, 2, 1], 3);
    let again = Event::Item(Changed { seq: Seq(4), item: surfaced(1, 4, UNREAD), counts: unread(3) });
    assert!(matches!(inbox.apply(again), Applied::Arrived(item) if item.id == MessageId(1)));
    assert_eq!(rows(&inbox), [1, 3, 2]);
    let back = ChangedMany {
        seq: Seq(5),
        items: vec![surfaced(8, 5, UNREAD), surfaced(9, 5, UNREAD)],
        anew: false,
        counts: unread(5),
    };
    assert!(matches!(inbox.apply(Event::Items(back)), Applied::Arrived(_)));
    assert_eq!((rows(&inbox), inbox.counts()), (vec![9, 8, 1, 3, 2], unread(5)));
}

#[test]
fn what_comes_to_the_top_again_is_held_where_it_is_until_it_is_let_go() {
    let mut inbox = loaded(&[3, 2, 1], 3);
    inbox.hold(true);
    let again = |seq, state| {
        Event::Item(Changed {
            seq: Seq(seq),
            item: Item { times: 2, seq: Seq(seq), ..surfaced(1, 4, state) },
            counts: unread(3),
        })
    };
    assert!(matches!(inbox.apply(again(4, UNREAD)), Applied::Arrived(_)));
    inbox.apply(again(5, READ));
    inbox.apply(changed(9, 6, UNREAD, unread(4)));
    let one = inbox.item(MessageId(1)).expect("a row");
    assert_eq!((rows(&inbox), one.times, one.state, one.surfaced), (vec![9, 3, 2, 1], 2, READ, Seq(4)));
    assert!(inbox.is_holding());
    inbox.let_go();
    assert_eq!(rows(&inbox), [9, 1, 3, 2]);
    assert!(!inbox.is_holding());
    inbox.apply(Event::Item(Changed { seq: Seq(7), item: surfaced(2, 7, UNREAD), counts: unread(4) }));
    assert_eq!(rows(&inbox), [9, 2, 1, 3], "nothing is held any more");
}

#[test]
fn a_list_that_is_read_anew_knows_better_than_what_is_held() {
    let mut inbox = loaded(&[2, 1], 2);
    inbox.hold(true);
    inbox.apply(Event::Item(Changed { seq: Seq(3), item: surfaced(1, 3, UNREAD), counts: unread(2) }));
    inbox.load(Page { items: vec![surfaced(1, 9, UNREAD), item(2, 2, UNREAD)], ..page(&[], 9) });
    assert_eq!(inbox.item(MessageId(1)).map(|one| one.surfaced), Some(Seq(9)));
    inbox.let_go();
    assert_eq!(inbox.item(MessageId(1)).map(|one| one.surfaced), Some(Seq(9)));
}

#[test]
fn what_is_held_may_leave() {
    let mut inbox = loaded(&[2, 1], 2);
    inbox.hold(true);
    inbox.apply(Event::Item(Changed { seq: Seq(3), item: surfaced(1, 3, UNREAD), counts: unread(2) }));
    inbox.apply(changed(1, 4, DONE, unread(1)));
    inbox.let_go();
    assert_eq!(rows(&inbox), [2]);
}

#[test]
fn what_is_taken_back_is_in_its_old_place_and_has_not_arrived() {
    let mut inbox = loaded(&[3, 2, 1], 3);
    inbox.apply(marked(4, &[2, 3], Action::Done, unread(1)));
    assert_eq!(rows(&inbox), [1]);
    let back = ChangedMany {
        seq: Seq(5),
        items: vec![item(2, 5, UNREAD), item(3, 5, UNREAD)],
        anew: false,
        counts: unread(3),
    };
    assert_eq!(inbox.apply(Event::Items(back)), Applied::Changed);
    assert_eq!((rows(&inbox), inbox.counts()), (vec![3, 2, 1], unread(3)));
}

#[test]
fn too_many_to_be_told_and_rows_that_only_the_server_has_are_read_anew() {
    let anew = |seq| Event::Items(ChangedMany { seq: Seq(seq), items: vec![], anew: true, counts: unread(9) });
    let mut inbox = loaded(&[1], 1);
    assert_eq!(inbox.apply(anew(1)), Applied::Skipped, "that was before");
    assert_eq!(inbox.apply(anew(2)), Applied::Gap);
    assert_eq!(inbox.cursor().map(|c| c.seq), Some(Seq(1)), "a cut here must ask for number 2 again");
    assert_eq!(inbox.load(page(&[2, 1], 2)), Loaded::UpToDate);

    let mut done = showing(View::Done, vec![item(1, 1, DONE)], unread(0));
    assert_eq!(done.apply(marked(10, &[1], Action::Pin, unread(0))), Applied::Changed, "it brings nothing here");
    assert_eq!(done.apply(marked(11, &[5, 6], Action::Done, unread(0))), Applied::Gap);
    let mut elsewhere = loaded(&[2, 1], 2);
    assert_eq!(elsewhere.apply(marked(3, &[2, 7], Action::Done, unread(1))), Applied::Changed);
    assert_eq!(rows(&elsewhere), [1]);
}

#[test]
fn equals_are_in_the_order_of_their_messages_and_a_page_begins_between_them() {
    let mut inbox = Inbox::default();
    let before = Rank { surfaced: Seq(5), id: MessageId(8) };
    let part = vec![surfaced(7, 5, UNREAD), surfaced(3, 5, UNREAD)];
    inbox.load(Page { before: Some(before), items: part, ..page(&[], 9) });
    for id in [9, 4] {
        let item = Item { seq: Seq(10), ..surfaced(id, 5, READ) };
        inbox.apply(Event::Item(Changed { seq: inbox.cursor().expect("one").seq.next(), item, counts: unread(2) }));
    }
    assert_eq!(rows(&inbox), [7, 4, 3]);
}

#[test]
fn an_open_message_that_is_deleted_with_others_is_gone() {
    let mut inbox = Inbox::default();
    inbox.welcome(cursor(1), unread(1));
    inbox.open(&Opened { item: item(1, 1, UNREAD), ..Opened::default() });
    inbox.apply(marked(2, &[1, 2], Action::Delete, unread(0)));
    assert_eq!(inbox.item(MessageId(1)), None);
}

/// The page of these below `before`, as of `seq`.
fn below(before: i64, ids: &[i64], seq: i64) -> Page {
    Page { before: Some(Rank { surfaced: Seq(before), id: MessageId(before) }), ..page(ids, seq) }
}

fn long(ids: &[i64], seq: i64) -> Inbox {
    let mut inbox = Inbox::default();
    inbox.load(Page { older: true, ..page(ids, seq) });
    inbox
}

#[test]
fn a_list_is_lengthened_by_the_page_that_follows_it() {
    let mut inbox = long(&[9, 8], 9);
    assert_eq!(inbox.end(), Some(Rank { surfaced: Seq(8), id: MessageId(8) }));
    assert_eq!(inbox.extend(Page { older: true, ..below(8, &[7, 6], 9) }), Loaded::UpToDate);
    assert_eq!(inbox.extend(below(8, &[7, 6], 9)), Loaded::UpToDate, "it does not follow any more");
    assert_eq!(inbox.extend(below(6, &[5], 9)), Loaded::UpToDate);
    assert_eq!((rows(&inbox), inbox.end()), (vec![9, 8, 7, 6, 5], None));
    let at = |id| Rank { surfaced: Seq(id), id: MessageId(id) };
    assert_eq!((inbox.rows_above(at(7), None), inbox.rows_above(at(7), Some(at(9)))), (2, 1));
    assert_eq!(inbox.counts(), unread(2));
}

#[test]
fn a_page_that_knows_less_is_read_again() {
    let mut inbox = long(&[9, 8], 9);
    inbox.apply(changed(7, 10, DONE, unread(1)));
    assert_eq!(inbox.extend(below(8, &[7, 6], 9)), Loaded::Behind, "7 is done");
    assert_eq!(inbox.extend(below(8, &[6], 10)), Loaded::UpToDate);
    assert_eq!(rows(&inbox), [9, 8, 6]);
    inbox.apply(changed(11, 12, UNREAD, unread(2)));
    assert_eq!(inbox.extend(below(6, &[5], 12)), Loaded::UpToDate, "a number is missing: the list is read anew anyway");
    assert_eq!(rows(&inbox), [9, 8, 6]);
}

#[test]
fn a_page_that_knows_more_is_not_taken_back_by_what_is_heard_later() {
    let mut inbox = long(&[9, 8], 9);
    // Numbers 10 to 13: 7 is read, 5 comes back from done, 9 goes to where 4 was, 8 is read with all.
    let mut page = below(8, &[7, 5, 4], 13);
    page.items[0] = item(7, 10, READ);
    page.items[1] = item(5, 11, READ);
    page.items[2] = Item { seq: Seq(12), surfaced: Seq(4), ..item(9, 12, UNREAD) };
    assert_eq!(inbox.extend(page), Loaded::UpToDate);
    assert_eq!(rows(&inbox), [8, 7, 5, 9]);
    inbox.apply(changed(7, 10, UNREAD, unread(2)));
    assert_eq!(inbox.item(MessageId(7)).map(|item| item.state), Some(READ), "the page was right");
    let which = Which::Ids(vec![MessageId(5), MessageId(8)]);
    inbox.apply(Event::Marked(Marked { seq: Seq(11), which, verb: Action::Unread, at: 0, counts: unread(2) }));
    assert_eq!(inbox.item(MessageId(5)).map(|item| item.state), Some(READ));
    assert_eq!((rows(&inbox), inbox.cursor().map(|at| at.seq)), (vec![8, 7, 5, 9], Some(Seq(11))));
}

#[test]
fn everything_of_a_long_list_is_marked_read_at_once() {
    let ids: Vec<i64> = (1..=10_000).rev().collect();
    let mut inbox = loaded(&ids, 10_000);
    inbox.apply(changed(5_000, 10_001, READ, unread(9_999)));
    inbox.open(&Opened { item: item(7_000, 7_000, UNREAD), ..Opened::default() });
    let unread_rows = inbox.unread_rows();
    assert_eq!((unread_rows.len(), unread_rows[0]), (9_999, MessageId(10_000)));
    let ticket = inbox.act(&unread_rows, Action::Read);
    assert_eq!((inbox.unread_rows(), inbox.counts().unread), (vec![], 0));
    inbox.settle(ticket, true);
    assert_eq!((inbox.unread_rows(), inbox.counts(), inbox.rows(None).len()), (vec![], unread(0), 10_000));
    let taken_back = inbox.act(&[MessageId(1), MessageId(9)], Action::Unread);
    inbox.settle(taken_back, false);
    assert!(inbox.unread_rows().is_empty());
}

#[test]
fn a_page_of_another_database_lengthens_nothing() {
    let mut inbox = long(&[9, 8], 9);
    let cursor = Cursor { epoch: "e2".parse().expect("an epoch"), seq: Seq(20) };
    assert_eq!(inbox.extend(Page { cursor, ..below(8, &[7], 20) }), Loaded::Behind);
    assert_eq!(rows(&inbox), [9, 8]);
}
