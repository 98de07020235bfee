//! Arrival: what a message does to an inbox that it comes to: it makes a new row there, or takes the row of an earlier one
//! with the same collapse key. Plain rules; the store reads what there is and writes what they say.

use super::message::MessageId;
use super::state::State;

/// What counts of a message when it arrives.
#[derive(Clone, Copy, Debug)]
pub struct Arriving {
    /// Which one.
    pub id: MessageId,
    /// It tells that what the earlier ones told of is over.
    pub resolved: bool,
    /// It passes what keeps others quiet.
    pub urgent: bool,
    /// The reader has muted its sender or its category, and it is not urgent.
    pub muted: bool,
}

/// The row of the same series that is in the inbox, or the latest one that is done.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The message that it shows.
    pub shown: MessageId,
    /// What the reader has done with it.
    pub state: State,
}

/// What becomes of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// A row of its own, in this state.
    New(State),
    /// It takes the row, which is in this state then.
    Again {
        /// The state.
        state: State,
        /// The row shows it. Else it is older than what the row shows, and only counted.
        shows: bool,
        /// The row comes to the top.
        surfaces: bool,
    },
}

/// Nothing is lost, and what the reader does not want to hear of is not loud.
///
/// What was done stays done: a repeat after it makes a new row. But what is quiet anyway, as it is muted or tells that all
/// is over, joins the done row and does not bother the reader again. What is snoozed sleeps on, unless it is urgent. A message
/// can be late, when the same sender writes to somebody by name while an earlier message to everyone is still on its way.
pub fn arrive(message: Arriving, row: Option<Row>) -> Arrival {
    let quiet = message.muted || message.resolved;
    match row {
        Some(Row { shown, state }) if shown > message.id => Arrival::Again { state, shows: false, surfaces: false },
        Some(Row { state, .. }) if quiet || (state.snoozed.is_some() && !message.urgent) => {
            Arrival::Again { state, shows: true, surfaces: false }
        }
        Some(Row { state, .. }) if !state.done => {
            let state = State { seen: false, read: false, snoozed: None, ..state };
            Arrival::Again { state, shows: true, surfaces: true }
        }
        _ if message.muted => Arrival::New(State { seen: true, read: true, done: true, ..State::default() }),
        _ => Arrival::New(State::default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNREAD: State = State { seen: false, read: false, done: false, pinned: false, snoozed: None };
    const READ: State = State { seen: true, read: true, ..UNREAD };
    const DONE: State = State { done: true, ..READ };
    const SNOOZED: State = State { snoozed: Some(9), ..READ };

    fn row(state: State) -> Option<Row> {
        Some(Row { shown: MessageId(3), state })
    }

    const LOUD: Arriving = Arriving { id: MessageId(5), resolved: false, urgent: false, muted: false };
    const RESOLVED: Arriving = Arriving { resolved: true, ..LOUD };
    const MUTED: Arriving = Arriving { muted: true, ..LOUD };

    #[test]
    fn a_repeat_comes_back_unread_at_the_top() {
        for state in [UNREAD, READ] {
            let again = Arrival::Again { state: UNREAD, shows: true, surfaces: true };
            assert_eq!(arrive(LOUD, row(state)), again);
        }
    }

    #[test]
    fn what_is_over_or_muted_changes_the_row_in_its_place() {
        for message in [RESOLVED, MUTED] {
            for state in [UNREAD, READ, DONE] {
                let in_place = Arrival::Again { state, shows: true, surfaces: false };
                assert_eq!(arrive(message, row(state)), in_place, "{message:?}");
            }
        }
    }

    #[test]
    fn what_is_snoozed_sleeps_on_and_shows_the_latest_when_it_wakes() {
        for message in [LOUD, RESOLVED, MUTED] {
            let in_place = Arrival::Again { state: SNOOZED, shows: true, surfaces: false };
            assert_eq!(arrive(message, row(SNOOZED)), in_place, "{message:?}");
        }
    }

    #[test]
    fn what_is_urgent_wakes_it() {
        let woken = Arrival::Again { state: UNREAD, shows: true, surfaces: true };
        assert_eq!(arrive(Arriving { urgent: true, ..LOUD }, row(SNOOZED)), woken);
        let over = Arrival::Again { state: SNOOZED, shows: true, surfaces: false };
        assert_eq!(arrive(Arriving { urgent: true, ..RESOLVED }, row(SNOOZED)), over, "that it is over is not urgent");
    }

    #[test]
    fn a_repeat_stays_pinned() {
        let pinned = State { pinned: true, ..UNREAD };
        let again = Arrival::Again { state: pinned, shows: true, surfaces: true };
        assert_eq!(arrive(LOUD, row(State { pinned: true, ..READ })), again);
    }

    #[test]
    fn what_was_done_stays_done_and_a_repeat_is_new() {
        assert_eq!(arrive(LOUD, row(DONE)), Arrival::New(UNREAD));
    }

    #[test]
    fn without_a_row_it_is_new_and_quiet_only_when_it_is_muted() {
        assert_eq!(arrive(LOUD, None), Arrival::New(UNREAD));
        assert_eq!(arrive(RESOLVED, None), Arrival::New(UNREAD), "nobody knows what is over, so it is news");
        assert_eq!(arrive(MUTED, None), Arrival::New(DONE));
    }

    #[test]
    fn what_comes_late_is_counted_and_changes_nothing_else() {
        for message in [LOUD, RESOLVED, MUTED] {
            let late = Arriving { id: MessageId(2), ..message };
            for state in [UNREAD, READ, DONE] {
                let counted = Arrival::Again { state, shows: false, surfaces: false };
                assert_eq!(arrive(late, row(state)), counted);
            }
        }
    }
}
