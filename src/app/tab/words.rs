//! Words: what happens to a tab, and what it does about it.

use super::super::channel::Message;
use super::super::link::Link;
use crate::domain::{Cursor, Event};

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The page is hydrated.
    Started {
        /// Whether the browser has what tabs need to share.
        shares: bool,
        /// Whether the reader looks at it.
        looked: bool,
    },
    /// The lock is ours.
    Granted,
    /// Another tab took the lock by force.
    Robbed,
    /// The browser gives no lock here.
    Refused,
    /// Another tab said this.
    Told(Message),
    /// The stream, or the answer to a poll, said this.
    Heard(Heard),
    /// The stream broke, or could not be opened.
    Lost,
    /// The answer to a poll is over; what it said was heard before.
    Polled {
        /// Its status; 0 when there was none.
        status: u16,
        /// Seconds that the server asks to wait.
        retry_after: Option<u64>,
    },
    /// Who is signed in.
    Asked(Asked),
    /// The reader came to this tab.
    Looked,
    /// The network came back.
    Online,
    /// The reader wants no more waiting.
    TryNow,
    /// The server took an act for a stranger's.
    Doubt,
    /// Something for the leader to hand on to the server.
    Note(String),
    /// The page is left, or frozen.
    Left,
    /// The page came back from where it was left.
    Returned,
    /// A moment that [`Tab::due`](super::Tab::due) named has come.
    Due,
}

/// What a stream or a poll said.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    /// In the answer to a poll.
    pub polled: bool,
    /// Its name.
    pub name: String,
    /// Its data.
    pub data: String,
}

/// Who is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Whose page it is.
    Same,
    /// Another person.
    Other,
    /// Nobody.
    Nobody,
    /// The server asks to come later, in so many seconds.
    Busy(u64),
    /// The server was not reached.
    Unreached,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Wait for the lock.
    Queue,
    /// Take the lock by force.
    Steal,
    /// Give the lock back and leave the channel.
    Leave,
    /// Join the channel again.
    Join,
    /// Tell the other tabs.
    Tell(Message),
    /// Open the stream at the inbox's cursor, in place of what is open.
    Open,
    /// Close the stream.
    Close,
    /// Ask for what is new, and let the server wait for so many seconds.
    Poll(u64),
    /// Ask no more.
    StopPolling,
    /// Take another name as a client: somebody else has this one.
    Rename,
    /// Ask who is signed in.
    Ask,
    /// Show how the page is connected.
    Show(Link),
    /// Apply an event to the inbox.
    Apply(Event),
    /// Something was said that this build cannot read: numbers may be missing.
    Unread,
    /// The leader has got as far as this. `anew`: under a new leadership.
    Follow {
        /// The greatest number that the leader has heard of.
        heard: Cursor,
        /// What an earlier leader began to replay is not finished any more.
        anew: bool,
    },
    /// Another build of the server is running.
    NewBuild,
    /// Hand this on to the server.
    HandOn(String),
}
