//! Course: one stream as a reader of `docs/PROTOCOL.md` takes it. Next number: apply. Older: skip. Gap: come back. What a
//! sound server never makes a reader skip or miss is a finding here.

use std::borrow::Cow;

use serde::Deserialize;

use crate::inbox::{Counts, Inbox, Item, Which};
use crate::sse::Block;
use crate::tally::Broken;

/// Where a stream is.
#[derive(Default)]
pub enum Course {
    /// Nothing but hello may come.
    #[default]
    Opening,
    /// So many items are left until `to`; a number that has begun has no id yet.
    Replaying { to: i64, left: usize, begun: Option<i64> },
    /// Numbers are contiguous.
    Live,
}

/// What an event meant to the reader.
#[derive(Debug, PartialEq)]
pub enum Step {
    /// A change was applied.
    Applied { live: bool, item: Option<(i64, i64)> },
    /// The list is whole up to the cursor.
    CaughtUp,
    /// A stream that was live opens again in place.
    Behind,
    /// The list must be read anew.
    Reload,
    /// The server sends the reader away for a while.
    Away { ms: u64 },
    /// The session or token has ended.
    SignedOut,
    /// No news.
    Nothing,
}

/// What is wrong, in words.
pub type Finding = (Broken, String);

#[derive(Deserialize)]
struct Hello {
    epoch: String,
    from: i64,
    to: i64,
    verdict: String,
    missed: usize,
}

#[derive(Deserialize)]
struct Changed<'a> {
    seq: i64,
    #[serde(borrow)]
    item: Item<'a>,
    counts: Counts,
}

#[derive(Deserialize)]
struct Gone {
    seq: i64,
    id: i64,
    counts: Counts,
}

#[derive(Deserialize)]
struct Items<'a> {
    seq: i64,
    #[serde(borrow, default)]
    items: Vec<Item<'a>>,
    #[serde(default)]
    anew: bool,
    counts: Counts,
}

#[derive(Deserialize)]
struct Marked<'a> {
    seq: i64,
    which: Which,
    #[serde(borrow)]
    verb: Cow<'a, str>,
    counts: Counts,
}

#[derive(Deserialize)]
struct CaughtUp {
    seq: i64,
    counts: Counts,
}

#[derive(Deserialize)]
struct Beat {
    seq: i64,
}

#[derive(Deserialize)]
struct Drain {
    reconnect_ms: u64,
}

fn read<'a, T: Deserialize<'a>>(block: &'a Block) -> Result<T, Finding> {
    let wrong = |why| (Broken::Wire, format!("{} cannot be read ({why}): {:.200}", block.name, block.data));
    serde_json::from_str(&block.data).map_err(wrong)
}

fn broken<T>(what: Broken, note: impl Into<String>) -> Result<T, Finding> {
    Err((what, note.into()))
}

impl Course {
    /// Takes one event of `name`'s stream. `known`: the reader brought the inbox's own cursor.
    pub fn take(&mut self, block: &Block, name: &str, inbox: &mut Inbox, known: bool) -> Result<Step, Finding> {
        match block.name.as_str() {
            "hello" => self.hello(&read(block)?, inbox, known),
            "drain" => Ok(Step::Away { ms: read::<Drain>(block)?.reconnect_ms }),
            "signed-out" => Ok(Step::SignedOut),
            other if matches!(self, Self::Opening) => broken(Broken::Wire, format!("{other} came before hello")),
            "item" => {
                let Changed { seq, item, counts } = read(block)?;
                is_for(&item.title, name)?;
                if seq != item.seq {
                    return broken(Broken::Wire, format!("number {seq} carries an item of number {}", item.seq));
                }
                self.change(block, seq, inbox)?;
                inbox.put(item.id, item.row());
                self.applied(counts, inbox, Some((item.id, item.sent_at)))
            }
            "gone" => {
                let Gone { seq, id, counts } = read(block)?;
                self.change(block, seq, inbox)?;
                inbox.remove(id);
                self.applied(counts, inbox, None)
            }
            "items" => {
                let Items { seq, items, anew, counts } = read(block)?;
                if !matches!(self, Self::Live) {
                    return broken(Broken::Wire, "items came in a replay");
                }
                if anew {
                    // It moves no cursor, so who reads the store finds what changed.
                    let good = block.id.is_none() && seq == inbox.cursor + 1;
                    return if good {
                        Ok(Step::Reload)
                    } else {
                        broken(Broken::Wire, format!("anew at {seq}, had {}", inbox.cursor))
                    };
                }
                self.change(block, seq, inbox)?;
                for item in &items {
                    is_for(&item.title, name)?;
                    if item.seq != seq {
                        return broken(Broken::Wire, format!("number {seq} carries an item of number {}", item.seq));
                    }
                    inbox.put(item.id, item.row());
                }
                self.applied(counts, inbox, None)
            }
            "marked" => {
                let Marked { seq, which, verb, counts } = read(block)?;
                if !matches!(self, Self::Live) {
                    return broken(Broken::Wire, "marked came in a replay");
                }
                self.change(block, seq, inbox)?;
                inbox.mark(seq, &which, &verb).map_err(|why| (Broken::Wire, why))?;
                self.applied(counts, inbox, None)
            }
            "caught-up" => {
                let caught_up: CaughtUp = read(block)?;
                names(block, caught_up.seq, inbox)?;
                self.caught_up(&caught_up, inbox)
            }
            "beat" => self.beat(&read(block)?, inbox),
            // A reader passes over what it does not know.
            _ => Ok(Step::Nothing),
        }
    }

    fn hello(&mut self, hello: &Hello, inbox: &mut Inbox, known: bool) -> Result<Step, Finding> {
        let again = matches!(self, Self::Live);
        if matches!(self, Self::Replaying { .. }) {
            return broken(Broken::Wire, "hello in the middle of a replay");
        }
        let begin = Self::Replaying { to: hello.to, left: hello.missed, begun: None };
        match hello.verdict.as_str() {
            "resumed" if hello.epoch != inbox.epoch || !(known || again) => {
                broken(Broken::Wire, "a cursor was continued that is not of this database")
            }
            "resumed" if hello.from != inbox.cursor => {
                broken(Broken::Gap, format!("had {}, was resumed from {}", inbox.cursor, hello.from))
            }
            "fresh" if !inbox.epoch.is_empty() => broken(Broken::Wire, "a cursor was brought and passed over"),
            "resumed" => {
                *self = begin;
                Ok(if again { Step::Behind } else { Step::Nothing })
            }
            "fresh" if hello.to == 0 => {
                hello.epoch.clone_into(&mut inbox.epoch);
                *self = begin;
                Ok(Step::Nothing)
            }
            _ => Ok(Step::Reload),
        }
    }

    /// The one rule.
    fn change(&mut self, block: &Block, seq: i64, inbox: &mut Inbox) -> Result<(), Finding> {
        let had = inbox.cursor;
        names(block, seq, inbox)?;
        match self {
            Self::Live if seq == had + 1 && block.id.is_some() => {}
            Self::Live if seq == had + 1 => return broken(Broken::Wire, format!("number {seq} came without id")),
            Self::Live if seq > had => return broken(Broken::Gap, format!("had {had}, got {seq}")),
            _ if seq == had => return broken(Broken::Duplicate, format!("had {had}, got it again")),
            _ if seq < had => return broken(Broken::Order, format!("had {had}, got {seq}")),
            Self::Replaying { to, left, begun } => {
                if seq > *to || *left == 0 {
                    return broken(Broken::Order, format!("{seq} came in a replay up to {to} with {left} left"));
                }
                if begun.is_some_and(|begun| begun != seq) {
                    return broken(Broken::Wire, format!("{begun:?} ended without an id"));
                }
                *left -= 1;
                *begun = block.id.is_none().then_some(seq);
            }
            _ => return broken(Broken::Wire, "a change before hello"),
        }
        if block.id.is_some() {
            inbox.cursor = seq;
        }
        Ok(())
    }

    fn applied(&self, counts: Counts, inbox: &Inbox, item: Option<(i64, i64)>) -> Result<Step, Finding> {
        let live = matches!(self, Self::Live);
        if live {
            agree(counts, inbox)?;
        }
        Ok(Step::Applied { live, item })
    }

    fn caught_up(&mut self, caught_up: &CaughtUp, inbox: &mut Inbox) -> Result<Step, Finding> {
        let Self::Replaying { to, left, begun } = *self else { return broken(Broken::Wire, "caught-up out of place") };
        if left > 0 || begun.is_some() || caught_up.seq != to {
            let note = format!("caught up at {} of {to}, {left} items missing, {begun:?} unfinished", caught_up.seq);
            return broken(Broken::Gap, note);
        }
        inbox.cursor = to;
        *self = Self::Live;
        // A replay that left something out is a gap, even when it counted right what it brought.
        agree(caught_up.counts, inbox).map_err(|(_, note)| (Broken::Gap, note))?;
        Ok(Step::CaughtUp)
    }

    fn beat(&self, beat: &Beat, inbox: &Inbox) -> Result<Step, Finding> {
        match beat.seq - inbox.cursor {
            0 => Ok(Step::Nothing),
            1.. => broken(Broken::Gap, format!("had {}, the beat says {}", inbox.cursor, beat.seq)),
            _ => broken(Broken::Order, format!("had {}, the beat says {}", inbox.cursor, beat.seq)),
        }
    }
}

/// An `id:` is the cursor.
fn names(block: &Block, seq: i64, inbox: &Inbox) -> Result<(), Finding> {
    if block.id.as_ref().is_none_or(|id| *id == format!("{}-{seq}", inbox.epoch)) {
        return Ok(());
    }
    broken(Broken::Wire, format!("{} of number {seq} has the id {:?}", block.name, block.id))
}

fn agree(counts: Counts, inbox: &Inbox) -> Result<(), Finding> {
    if counts == inbox.counts() {
        return Ok(());
    }
    broken(Broken::Counts, format!("at {} told {counts:?}, has {:?}", inbox.cursor, inbox.counts()))
}

/// Titles end with their recipients: `to everyone`, or names.
fn is_for(title: &str, name: &str) -> Result<(), Finding> {
    let to = title.rsplit_once(" to ").map_or("", |(_, to)| to);
    if to.split(',').any(|recipient| recipient == name || recipient == "everyone") {
        return Ok(());
    }
    broken(Broken::Leak, format!("{name} got «{title}»"))
}
