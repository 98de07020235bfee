//! Tests of one [`Tab`]: what it does about what happens to it, with time and chance in hand.

use super::super::channel::{Message, State};
use super::super::link::Link;
use super::*;
use crate::domain::event::{Beat, CaughtUp, Drain, DrainWhy, Ended, Hello, SignedOut};
use crate::domain::{Counts, Cursor, Epoch, Event, Seq, Verdict};

const BEAT: u64 = 20_000;

fn epoch() -> Epoch {
    "e1".parse().expect("an epoch")
}

fn cursor(seq: i64) -> Cursor {
    Cursor { epoch: epoch(), seq: Seq(seq) }
}

/// A tab and the clock that it lives by.
struct Bench {
    tab: Tab,
    now: f64,
}

impl Bench {
    fn new() -> Self {
        Self { tab: Tab::new(7, "b1".into()), now: 1_000_000.0 }
    }

    fn alone() -> Self {
        let mut bench = Self::new();
        assert_eq!(bench.step(Input::Started { shares: false, looked: true }), [Act::Open]);
        bench
    }

    fn leader() -> Self {
        let mut bench = Self::new();
        bench.step(Input::Started { shares: true, looked: true });
        bench.step(Input::Granted);
        assert_eq!(bench.tab.seat(), Seat::Leader);
        bench
    }

    fn live(mut self) -> Self {
        self.hear(&hello());
        self.hear(&caught_up());
        assert_eq!(self.link(), Link::Live);
        self
    }

    fn step(&mut self, input: Input) -> Vec<Act> {
        self.tab.step(input, Some(cursor(5)), self.now, 0.0)
    }

    fn hear(&mut self, event: &Event) -> Vec<Act> {
        self.step(heard(event, false))
    }

    fn polled(&mut self, events: &[Event]) -> Vec<Act> {
        let mut acts: Vec<Act> = events.iter().flat_map(|event| self.step(heard(event, true))).collect();
        acts.extend(self.step(Input::Polled { status: 200, retry_after: None }));
        acts
    }

    /// Lets time pass to the tab's next moment.
    fn due(&mut self) -> Vec<Act> {
        self.now = self.tab.due().expect("the tab waits for something");
        self.step(Input::Due)
    }

    fn link(&self) -> Link {
        self.tab.link
    }
}

fn heard(event: &Event, polled: bool) -> Input {
    let data = serde_json::to_string(event).expect("an event");
    Input::Heard(Heard { polled, name: event.name().into(), data })
}

fn hello() -> Event {
    Event::Hello(Hello {
        epoch: epoch(),
        from: Seq(5),
        to: Seq(5),
        verdict: Verdict::Resumed,
        missed: 0,
        beat_ms: BEAT,
        build: "b1".into(),
        session_ends: None,
    })
}

fn caught_up() -> Event {
    Event::CaughtUp(CaughtUp { seq: Seq(5), counts: Counts::default() })
}

fn beat() -> Event {
    Event::Beat(Beat { now: 0, seq: Seq(5), preferences: 0 })
}

fn drain(why: DrainWhy) -> Event {
    Event::Drain(Drain { reconnect_ms: 30_000, why })
}

fn state(term: i64, link: Link) -> Input {
    Input::Told(Message::State(State { term, link, heard: Some(cursor(5)), beat_ms: BEAT, teller: 3, outdated: false }))
}

#[test]
fn alone_it_opens_hears_and_is_live() {
    let mut bench = Bench::alone();
    assert!(bench.hear(&hello()).contains(&Act::Show(Link::CatchingUp)));
    assert!(bench.hear(&caught_up()).contains(&Act::Show(Link::Live)));
}

#[test]
fn a_lost_stream_is_opened_again_after_asking_who_is_signed_in() {
    let mut bench = Bench::alone().live();
    assert!(bench.step(Input::Lost).contains(&Act::Close));
    assert!(matches!(bench.link(), Link::Offline { .. }));
    assert_eq!(bench.due(), [Act::Ask]);
    assert_eq!(bench.step(Input::Asked(Asked::Same)), [Act::Open]);
}

#[test]
fn silence_for_two_and_a_half_beats_is_a_lost_stream_and_a_beat_ends_it() {
    let mut bench = Bench::alone().live();
    bench.now += 49_000.0;
    bench.hear(&beat());
    bench.now += 49_000.0;
    assert_eq!(bench.step(Input::Due), []);
    assert!(bench.due().contains(&Act::Close));
}

#[test]
fn a_machine_that_slept_opens_anew_the_moment_its_reader_looks() {
    let mut bench = Bench::alone().live();
    bench.now += 3_600_000.0;
    let acts = bench.step(Input::Looked);
    assert!(acts.contains(&Act::Close) && acts.contains(&Act::Ask), "{acts:?}");
}

#[test]
fn the_network_and_the_reader_end_the_waiting() {
    for input in [Input::Online, Input::Looked, Input::TryNow] {
        let mut bench = Bench::alone().live();
        bench.step(Input::Lost);
        assert_eq!(bench.step(input), [Act::Ask]);
    }
}

#[test]
fn it_never_gives_up() {
    let mut bench = Bench::alone().live();
    bench.step(Input::Lost);
    for _ in 0..1000 {
        let before = bench.now;
        assert_eq!(bench.due(), [Act::Ask]);
        assert!(bench.now - before <= 30_000.0);
        bench.step(Input::Asked(Asked::Unreached));
    }
    let Link::Offline { since, .. } = bench.link() else { panic!("it is not offline") };
    assert_eq!(since, 1_000_000, "since the first failure");
}

#[test]
fn a_busy_server_gets_the_time_that_it_asked_for_unless_the_reader_insists() {
    let mut bench = Bench::alone().live();
    bench.step(Input::Lost);
    bench.due();
    bench.step(Input::Asked(Asked::Busy(12)));
    assert_eq!(bench.link(), Link::Busy { retry: bench.now as i64 + 12_000 });
    assert_eq!(bench.step(Input::Looked), []);
    assert_eq!(bench.step(Input::TryNow), [Act::Ask]);
}

#[test]
fn after_two_openings_without_hello_it_polls() {
    let mut bench = Bench::alone();
    assert_eq!(bench.due(), [Act::Close, Act::Open]);
    assert_eq!(bench.due(), [Act::Close, Act::Poll(0)]);
    assert_eq!(bench.now, 1_010_000.0);
    bench.polled(&[hello(), caught_up()]);
    assert_eq!(bench.link(), Link::Polling);
    assert_eq!(bench.due(), [Act::Poll(25)], "not at once: the answer took no time");
}

#[test]
fn beside_polling_it_tries_a_stream_with_growing_pauses_and_goes_back_to_it() {
    let mut bench = Bench::alone();
    bench.due();
    bench.due();
    let mut tries = Vec::new();
    let begin = bench.now;
    while tries.len() < 3 {
        bench.now = bench.tab.due().expect("a moment").max(bench.now);
        let acts = bench.step(Input::Due);
        if acts.contains(&Act::Open) {
            tries.push((bench.now - begin) as i64 / 1000);
        }
        if acts.iter().any(|act| matches!(act, Act::Poll(_))) || bench.now == begin {
            bench.now += 20_000.0;
            bench.polled(&[hello(), caught_up(), beat()]);
        }
    }
    assert!((60..80).contains(&tries[0]) && (100..170).contains(&tries[1]), "{tries:?}");
    assert!(tries[2] - tries[1] > tries[1] - tries[0], "{tries:?}");
    let acts = bench.hear(&hello());
    assert_eq!(acts[0], Act::StopPolling);
    bench.hear(&caught_up());
    assert_eq!(bench.link(), Link::Live);
}

#[test]
fn a_poll_that_is_refused_is_told_and_honoured() {
    let mut bench = Bench::alone();
    bench.due();
    bench.due();
    bench.step(Input::Polled { status: 429, retry_after: Some(9) });
    assert_eq!(bench.link(), Link::Busy { retry: bench.now as i64 + 9_000 });
    assert_eq!(bench.due(), [Act::Ask]);
    assert_eq!(bench.step(Input::Asked(Asked::Same)), [Act::Open], "whether streams pass is found out anew");
}

#[test]
fn an_answer_without_hello_is_somebody_elses() {
    let mut bench = Bench::alone();
    bench.due();
    bench.due();
    bench.step(Input::Polled { status: 200, retry_after: None });
    assert!(matches!(bench.link(), Link::Offline { .. }));
}

#[test]
fn the_end_of_the_session_is_told_with_its_reason_and_signing_in_elsewhere_goes_on() {
    let mut bench = Bench::leader().live();
    let why = SignedOut::PasswordChanged;
    bench.hear(&Event::SignedOut(Ended { why }));
    assert_eq!(bench.link(), Link::SignedOut(Some(why)));
    let newcomer = Input::Told(Message::Hi { tab: 8, looked: true, term: 0 });
    assert!(bench.step(newcomer.clone()).contains(&Act::Ask));
    assert_eq!(bench.step(Input::Asked(Asked::Nobody)), [Act::Close]);
    assert_eq!(bench.link(), Link::SignedOut(Some(why)), "the reason stays");
    assert!(bench.step(newcomer).contains(&Act::Ask));
    assert!(bench.step(Input::Asked(Asked::Same)).contains(&Act::Open));
    assert_eq!(bench.link(), Link::Connecting);
}

#[test]
fn somebody_else_gets_nothing_of_this_page() {
    let mut bench = Bench::alone().live();
    bench.step(Input::Lost);
    bench.due();
    assert!(!bench.step(Input::Asked(Asked::Other)).contains(&Act::Open));
    assert_eq!(bench.link(), Link::Other);
    assert_eq!(bench.tab.due(), None);
}

#[test]
fn a_replaced_stream_stays_away_until_its_time_or_until_the_reader_looks() {
    let mut bench = Bench::alone().live();
    bench.hear(&drain(DrainWhy::Replaced));
    assert_eq!(bench.link(), Link::Paused { retry: bench.now as i64 + 30_000 });
    assert_eq!(bench.tab.due(), Some(bench.now + 30_000.0));
    assert_eq!(bench.step(Input::Looked), [Act::Ask]);
}

#[test]
fn a_superseded_leader_steps_down_under_another_name() {
    let mut bench = Bench::leader().live();
    let acts = bench.hear(&drain(DrainWhy::Superseded));
    assert!(acts.contains(&Act::Rename) && acts.contains(&Act::Queue), "{acts:?}");
    assert_eq!(bench.tab.seat(), Seat::Follower);
}

#[test]
fn what_cannot_be_read_is_a_gap_and_offers_a_reload() {
    let mut bench = Bench::leader().live();
    let broken = Input::Heard(Heard { polled: false, name: "item".into(), data: "{".into() });
    let acts = bench.step(broken);
    assert!(acts.contains(&Act::Unread) && acts.contains(&Act::NewBuild), "{acts:?}");
    assert!(acts.iter().any(|act| matches!(act, Act::Tell(Message::Heard { .. }))), "followers are told too");
}

#[test]
fn a_follower_applies_what_the_leader_hears_and_opens_nothing() {
    let mut bench = Bench::new();
    let acts = bench.step(Input::Started { shares: true, looked: false });
    assert_eq!(acts, [Act::Queue, Act::Tell(Message::Hi { tab: 7, looked: false, term: 0 })]);
    let acts = bench.step(state(9, Link::Live));
    assert_eq!(acts, [Act::Show(Link::Live), Act::Follow { heard: cursor(5), anew: true }]);
    let data = serde_json::to_string(&beat()).expect("an event");
    let told = |term, epoch: &str| {
        let epoch = epoch.parse().expect("an epoch");
        Input::Told(Message::Heard { term, epoch, name: "beat".into(), data: data.clone() })
    };
    assert_eq!(bench.step(told(9, "e1")), [Act::Apply(beat())]);
    assert_eq!(bench.step(told(8, "e1")), [], "from a leader that does not know yet that it is none");
    assert_eq!(bench.step(told(9, "e2")), [Act::Unread], "a number of another life");
}

#[test]
fn a_silent_leader_is_robbed_and_the_robbed_one_follows() {
    let mut bench = Bench::new();
    bench.step(Input::Started { shares: true, looked: true });
    bench.step(state(9, Link::Live));
    bench.now += 49_000.0;
    assert_eq!(bench.step(Input::Due), []);
    assert_eq!(bench.due(), [Act::Steal]);
    let acts = bench.step(Input::Granted);
    assert!(acts.contains(&Act::Ask), "the page is old: {acts:?}");
    let mut robbed = Bench::leader().live();
    let acts = robbed.step(Input::Robbed);
    assert!(acts.contains(&Act::Close) && acts.contains(&Act::Queue), "{acts:?}");
    assert_eq!(robbed.tab.seat(), Seat::Follower);
}

#[test]
fn a_leader_that_hears_of_a_later_one_steps_down() {
    let mut bench = Bench::leader().live();
    assert_eq!(bench.step(state(2, Link::Live)), []);
    let acts = bench.step(state(i64::MAX / 2, Link::Live));
    assert!(acts.contains(&Act::Close) && acts.contains(&Act::Queue), "{acts:?}");
    assert_eq!(bench.tab.seat(), Seat::Follower);
}

#[test]
fn a_leader_without_a_stream_shows_that_it_lives() {
    let mut bench = Bench::leader().live();
    bench.hear(&Event::SignedOut(Ended { why: SignedOut::Idle }));
    let acts = bench.due();
    assert!(matches!(acts[..], [Act::Tell(Message::State(_))]), "{acts:?}");
}

#[test]
fn the_tab_that_was_looked_at_last_tells_its_reader() {
    let mut bench = Bench::leader().live();
    assert!(bench.tab.tells(), "nobody else was looked at");
    bench.step(Input::Told(Message::Hi { tab: 8, looked: false, term: 0 }));
    assert!(bench.tab.tells());
    bench.step(Input::Told(Message::Hi { tab: 8, looked: true, term: 0 }));
    assert!(!bench.tab.tells());
    bench.step(Input::Looked);
    assert!(bench.tab.tells());
}

#[test]
fn when_the_tab_that_tells_is_left_the_leader_does_until_another_is_looked_at() {
    let mut leader = Bench::leader().live();
    leader.step(Input::Told(Message::Hi { tab: 8, looked: true, term: 0 }));
    leader.step(Input::Told(Message::Bye(9)));
    assert!(!leader.tab.tells(), "that was not the one");
    leader.step(Input::Told(Message::Bye(8)));
    assert!(leader.tab.tells());
    leader.step(Input::Told(Message::Hi { tab: 9, looked: true, term: 0 }));
    assert!(!leader.tab.tells());
    let mut follower = Bench::new();
    follower.step(Input::Started { shares: true, looked: true });
    let state = State { term: 9, link: Link::Live, heard: Some(cursor(5)), beat_ms: BEAT, teller: 7, outdated: false };
    follower.step(Input::Told(Message::State(state)));
    assert_eq!(follower.step(Input::Left)[0], Act::Tell(Message::Bye(7)));
}

#[test]
fn a_page_that_is_left_has_nothing_open_and_comes_back_asking() {
    let mut bench = Bench::leader().live();
    let forget = Act::Follow { heard: cursor(5), anew: true };
    let acts = bench.step(Input::Left);
    assert!(matches!(&acts[0], Act::Tell(Message::State(State { teller: 0, .. }))), "others may tell");
    assert_eq!(acts[1..], [Act::Close, forget, Act::Leave]);
    assert_eq!(bench.tab.due(), None);
    assert_eq!(bench.step(Input::Granted), [], "too late");
    let acts = bench.step(Input::Returned);
    assert_eq!(acts, [Act::Join, Act::Queue, Act::Tell(Message::Hi { tab: 7, looked: true, term: 0 })]);
    assert!(bench.step(Input::Granted).contains(&Act::Ask));
}

#[test]
fn without_a_lock_it_goes_alone() {
    let mut bench = Bench::new();
    bench.step(Input::Started { shares: true, looked: true });
    assert_eq!(bench.step(Input::Refused), [Act::Open]);
    assert_eq!(bench.tab.seat(), Seat::Alone);
}

#[test]
fn a_tab_that_comes_late_hears_that_the_server_is_of_another_build() {
    let mut follower = Bench::new();
    follower.step(Input::Started { shares: true, looked: true });
    let outdated =
        State { term: 9, link: Link::Live, heard: Some(cursor(5)), beat_ms: BEAT, teller: 3, outdated: true };
    let told = Input::Told(Message::State(outdated));
    assert!(follower.step(told.clone()).contains(&Act::NewBuild));
    assert!(!follower.step(told).contains(&Act::NewBuild), "once");
}

#[test]
fn a_note_goes_to_the_leader() {
    let mut follower = Bench::new();
    follower.step(Input::Started { shares: true, looked: true });
    let note = || "seen 1".to_owned();
    assert_eq!(follower.step(Input::Note(note())), [Act::Tell(Message::Note(note()))]);
    let mut leader = Bench::leader();
    assert_eq!(leader.step(Input::Note(note())), [Act::HandOn(note())]);
    assert_eq!(leader.step(Input::Told(Message::Note(note()))), [Act::HandOn(note())]);
}
