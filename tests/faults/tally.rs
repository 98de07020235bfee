//! Tally: what was done, what was found broken, and the table at the end.

use std::fmt::{self, Write as _};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Findings that are told in words; of the rest only the number.
const NOTES: usize = 12;

macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($variant:ident = $word:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($variant,)* }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

words! {
    /// What was done.
    Done {
        Deliveries = "deliveries",
        Replayed = "of these in replays",
        Acknowledged = "sends acknowledged",
        Unacknowledged = "delivered though not acknowledged",
        Repeated = "sends repeated after no answer",
        Acts = "states changed by readers",
        Streams = "streams opened",
        Polls = "long polls answered",
        Refused = "streams and polls refused, busy or stopping",
        Behind = "streams that fell behind and went on",
        Resets = "resets, and lists read again",
        SignIns = "sign-ins and new tokens",
        Kills = "servers killed (kill -9)",
        Drains = "servers drained (SIGTERM)",
        Endings = "sessions and tokens ended",
        Busy = "spells of a busy store",
        Stalls = "spells of readers that take nothing",
        Cuts = "connections cut",
        Vanished = "connections left half open",
        Held = "connections stalled",
        Delayed = "connections delayed",
        Split = "connections split into crumbs",
        Doubled = "requests doubled",
    }
}

words! {
    /// What was found.
    Broken {
        Gap = "gaps",
        Lost = "lost",
        Duplicate = "duplicate effects",
        Order = "order breaks",
        Leak = "leaks between users",
        Memory = "memory over its cap",
        Waited = "publishers that waited for readers",
        TakenBack = "delivered and taken back",
        Outlived = "streams that outlived their session",
        LeftOver = "left over after all disconnected",
        Drain = "drains late or unclean",
        Counts = "wrong counts",
        Wire = "breaches of the protocol",
    }
}

/// Each invariant with what breaks it.
const INVARIANTS: [(&str, &[Broken]); 11] = [
    ("I1  no gap", &[Broken::Gap, Broken::Lost]),
    ("I2  no duplicate effect", &[Broken::Duplicate]),
    ("I3  order", &[Broken::Order]),
    ("I4  isolation", &[Broken::Leak]),
    ("I5  bounded", &[Broken::Memory]),
    ("I6  no publisher waits", &[Broken::Waited]),
    ("I7  nothing is taken back", &[Broken::TakenBack]),
    ("I8  no stream outlives", &[Broken::Outlived]),
    ("I9  nothing is left over", &[Broken::LeftOver]),
    ("I10 drains end in time", &[Broken::Drain]),
    ("    protocol and counts", &[Broken::Wire, Broken::Counts]),
];

/// Counts of one run.
pub struct Tally {
    done: Vec<AtomicU64>,
    broken: Vec<AtomicU64>,
    notes: Mutex<Vec<String>>,
}

impl Tally {
    pub fn new() -> Self {
        let zeros = |n| (0..n).map(|_| AtomicU64::new(0)).collect();
        Self { done: zeros(Done::ALL.len()), broken: zeros(Broken::ALL.len()), notes: Mutex::default() }
    }

    pub fn did(&self, what: Done) {
        self.add(what, 1);
    }

    pub fn add(&self, what: Done, n: u64) {
        self.done[what as usize].fetch_add(n, Ordering::Relaxed);
    }

    pub fn done(&self, what: Done) -> u64 {
        self.done[what as usize].load(Ordering::Relaxed)
    }

    pub fn found(&self, what: Broken, note: impl fmt::Display) {
        self.broken[what as usize].fetch_add(1, Ordering::Relaxed);
        let mut notes = self.notes.lock().expect("no code panics under this lock");
        if notes.len() < NOTES {
            notes.push(format!("{}: {note}", what.word()));
        }
    }

    /// A fault that did not happen in a long run means that the run shows nothing about it.
    pub fn demand(&self, what: Done) {
        if self.done(what) == 0 {
            self.found(Broken::Wire, format_args!("nothing was tried: no {}", what.word()));
        }
    }

    fn broken(&self, what: &[Broken]) -> u64 {
        what.iter().map(|what| self.broken[*what as usize].load(Ordering::Relaxed)).sum()
    }

    /// Invariants that held, and those that did not.
    pub fn verdict(&self) -> (usize, usize) {
        let failed = INVARIANTS.iter().filter(|(_, what)| self.broken(what) > 0).count();
        (INVARIANTS.len() - failed, failed)
    }

    /// The table.
    pub fn report(&self) -> String {
        let mut text = String::new();
        for what in Done::ALL {
            let _ = writeln!(text, "  {:>12}  {}", grouped(self.done(*what)), what.word());
        }
        for (name, what) in INVARIANTS {
            let verdict = if self.broken(what) == 0 { "ok    " } else { "BROKEN" };
            let counts = what.iter().map(|what| format!("{} {}", grouped(self.broken(&[*what])), what.word()));
            let _ = writeln!(text, "{verdict}  {name:26} {}", counts.collect::<Vec<_>>().join(", "));
        }
        for note in self.notes.lock().expect("no code panics under this lock").iter() {
            let _ = writeln!(text, "  ! {note}");
        }
        text
    }
}

/// Digits in groups of three.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}
