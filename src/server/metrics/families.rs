//! Families: the name, the sentence and the buckets of everything that is counted, in one table.
//!
//! Names follow the Prometheus conventions: `tidings_` first, the unit last, `_total` on what only grows. Those without
//! the prefix are named by Prometheus's own convention for processes.

/// One name with all its series.
#[derive(Debug)]
pub struct Family {
    /// As Prometheus reads it.
    pub name: &'static str,
    /// How it moves.
    pub kind: Kind,
    /// What it says, for the `# HELP` line.
    pub help: &'static str,
}

/// How a number moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// It only grows.
    Counter,
    /// It goes up and down.
    Gauge,
    /// How values are spread, by these upper bounds.
    Histogram(&'static [f64]),
}

/// What takes part of a second, in seconds: a commit on a fast disk takes one millisecond, delivery in this process far
/// less, and what takes longer than five seconds is broken, however much longer.
const BRIEF: &[f64] =
    &[0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];

/// What passes a network and a page, in seconds. A page that slept applies late what it missed, so the tail is long; what
/// a browser says of more than ten minutes is not taken.
const ROUND: &[f64] = &[0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0];

/// Events: one is the usual case, a ring keeps 128, a replay 1000.
const EVENTS: &[f64] = &[0.0, 1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0];

/// Writes that share a commit; 256 is the most.
const WRITES: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

macro_rules! families {
    ($($constant:ident = $name:literal, $kind:expr, $help:literal;)+) => {
        $(pub(super) const $constant: &Family = &Family { name: $name, kind: $kind, help: $help };)+

        /// All of them.
        pub const FAMILIES: &[&Family] = &[$($constant,)+];
    };
}

families! {
    STREAMS_OPEN = "tidings_streams_open", Kind::Gauge,
        "Streams that are open now.";
    PEOPLE_ONLINE = "tidings_people_online", Kind::Gauge,
        "People with at least one open stream.";
    RING_BYTES = "tidings_ring_bytes", Kind::Gauge,
        "Bytes of recent events that are kept for people online, at most 128 KiB for each.";
    STREAM_OPENS = "tidings_stream_opens_total", Kind::Counter,
        "Streams that said hello, by how they found their place and by the way in which they are read.";
    STREAMS_ENDED = "tidings_streams_ended_total", Kind::Counter,
        "Streams that ended, by cause.";
    REPLAY_ITEMS = "tidings_replay_items", Kind::Histogram(EVENTS),
        "Changed items that a stream was told when it went on after its cursor.";
    RING_LAG = "tidings_ring_lag_events", Kind::Histogram(EVENTS),
        "Events that waited for a stream when it took them; 1 is a reader that keeps up.";
    RING_BEHIND = "tidings_ring_behind_total", Kind::Counter,
        "Times that the next event of a stream was not in the ring any more and the store was read instead.";
    UNHEARD = "tidings_changes_unheard_total", Kind::Counter,
        "Times that a beat found a change that another process had made, and the store was read.";
    DELIVER = "tidings_deliver_seconds", Kind::Histogram(BRIEF),
        "Time from an event's commit until it was handed to the connection of one stream.";
    CONNECTIONS_OPEN = "tidings_connections_open", Kind::Gauge,
        "Connections that are open now, streams among them.";
    PUBLISHES = "tidings_publishes_total", Kind::Counter,
        "Messages that were handed to the publisher, by outcome.";
    PUBLISH_COMMIT = "tidings_publish_commit_seconds", Kind::Histogram(BRIEF),
        "Time from when the publisher took a message until its commit was answered.";
    WRITER_QUEUE = "tidings_writer_queue_depth", Kind::Gauge,
        "Writes that wait for their commit.";
    WRITER_GROUP = "tidings_writer_group_size", Kind::Histogram(WRITES),
        "Writes that shared one commit.";
    WRITER_COMMIT = "tidings_writer_commit_seconds", Kind::Histogram(BRIEF),
        "Time of one commit, with the statements in it.";
    WRITER_FAILED = "tidings_writer_commits_failed_total", Kind::Counter,
        "Commits that failed; nothing of them was stored.";
    REFUSALS = "tidings_refusals_total", Kind::Counter,
        "Requests that were refused, by the limit that they ran into.";
    ACKNOWLEDGED = "tidings_acknowledged_seconds", Kind::Histogram(ROUND),
        "Time from when a message was sent until a browser had applied it, as browsers told it.";
    BUILD_INFO = "tidings_build_info", Kind::Gauge,
        "Always 1; the label says which build runs.";
    PROCESS_START = "process_start_time_seconds", Kind::Gauge,
        "When this server started, in seconds since the Unix epoch.";
    PROCESS_MEMORY = "process_resident_memory_bytes", Kind::Gauge,
        "Memory that this process holds.";
    PROCESS_FILES = "process_open_fds", Kind::Gauge,
        "Open files of this process, connections among them.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_conventions() {
        for family in FAMILIES {
            let name = family.name;
            assert!(name.starts_with("tidings_") || name.starts_with("process_"), "{name}");
            assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}");
            assert_eq!(name.ends_with("_total"), family.kind == Kind::Counter, "{name}");
            assert_eq!(FAMILIES.iter().filter(|other| other.name == name).count(), 1, "{name} is there twice");
            assert!(family.help.ends_with('.') && !family.help.contains('\\'), "{name}");
        }
    }

    #[test]
    fn bounds_rise() {
        for family in FAMILIES {
            if let Kind::Histogram(bounds) = family.kind {
                assert!(bounds.is_sorted_by(|a, b| a < b), "{}", family.name);
            }
        }
    }
}
