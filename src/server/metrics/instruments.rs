//! Instruments: one method for everything that can happen, named by what happened. Comes after `labels` and `families`.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, Instant};

use metrics::{Counter, Gauge, Histogram, Key, Level, Metadata, NoopRecorder, Recorder};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use super::super::run::{BUILD, now_ms};
use super::super::store::{PublishError, Published, Watch};
use super::families::{self, FAMILIES, Family, Kind};
use super::labels::{Cause, Label, Limit, Opened, Outcome, Way};
use super::process::Process;
use crate::domain::Verdict;

/// A handle to the counts of one server.
#[derive(Clone)]
pub struct Metrics(Arc<Instruments>);

struct Instruments {
    /// What renders them; `None`: nobody watches, and every instrument below is a dummy.
    text: Option<PrometheusHandle>,
    streams_open: Gauge,
    people_online: Gauge,
    ring_bytes: Gauge,
    stream_opens: [Counters<Opened>; Way::ALL.len()],
    streams_ended: Counters<Cause>,
    replay_items: Histogram,
    ring_lag: Histogram,
    ring_behind: Counter,
    unheard: Counter,
    deliver: Histogram,
    connections_open: Gauge,
    publishes: Counters<Outcome>,
    publish_commit: Histogram,
    writer_queue: Gauge,
    writer_group: Histogram,
    writer_commit: Histogram,
    writer_failed: Counter,
    refusals: Counters<Limit>,
    acknowledged: Histogram,
    process_memory: Gauge,
    process_files: Gauge,
}

/// One counter for each word of a label.
struct Counters<L> {
    counters: Vec<Counter>,
    label: PhantomData<L>,
}

impl<L: Label> Counters<L> {
    fn count(&self, value: L) {
        self.counters[value.index()].increment(1);
    }
}

/// Something that is held open and counted as long as this lives.
pub struct Held(Gauge);

impl Held {
    fn new(gauge: &Gauge) -> Self {
        gauge.increment(1.0);
        Self(gauge.clone())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

impl Metrics {
    /// Counts, for who reads [`Self::text`].
    pub fn on() -> Self {
        let recorder = FAMILIES.iter().fold(PrometheusBuilder::new(), |builder, family| match family.kind {
            Kind::Histogram(bounds) => builder
                .set_buckets_for_metric(Matcher::Full(family.name.to_owned()), bounds)
                .expect("every histogram has buckets"),
            Kind::Counter | Kind::Gauge => builder,
        });
        let recorder = recorder.build_recorder();
        FAMILIES.iter().for_each(|family| describe(&recorder, family));
        Self(Arc::new(Instruments::new(&recorder, Some(recorder.handle()))))
    }

    /// Counts nothing; costs nothing.
    pub fn off() -> Self {
        Self(Arc::new(Instruments::new(&NoopRecorder, None)))
    }

    /// A stream says hello for the first time.
    pub fn opened(&self, verdict: Verdict, way: Way) {
        self.0.stream_opens[way.index()].count(verdict.into());
    }

    /// A stream goes on after its cursor with so many changed items.
    pub fn replayed(&self, items: usize) {
        self.0.replay_items.record(items as f64);
    }

    /// A stream takes events that the broker heard of at these moments, while so many more wait for it.
    pub fn delivered(&self, heard: impl ExactSizeIterator<Item = Instant>, waiting: u64) {
        self.0.ring_lag.record((heard.len() as u64 + waiting) as f64);
        let now = Instant::now();
        heard.for_each(|heard| self.0.deliver.record(now - heard));
    }

    /// The ring does not have a stream's next event any more.
    pub fn behind(&self) {
        self.0.ring_behind.increment(1);
    }

    /// The store has a change that the broker has not heard of.
    pub fn unheard(&self) {
        self.0.unheard.increment(1);
    }

    /// A stream has ended.
    pub fn ended(&self, cause: Cause) {
        self.0.streams_ended.count(cause);
    }

    /// A connection is open as long as the answer lives.
    pub fn connection(&self) -> Held {
        Held::new(&self.0.connections_open)
    }

    /// The publisher took a message and got this answer after so long.
    pub fn published(&self, answer: &Result<Published, PublishError>, took: Duration) {
        let outcome = match answer {
            Ok(published) if published.repeated => Outcome::Repeated,
            Ok(_) => Outcome::Stored,
            Err(error) => error.into(),
        };
        self.0.publishes.count(outcome);
        if outcome == Outcome::Stored {
            self.0.publish_commit.record(took);
        }
    }

    /// A request ran into a limit.
    pub fn refused(&self, limit: Limit) {
        self.0.refusals.count(limit);
    }

    /// A browser applied a message so long after it was sent, by the server's clock.
    pub fn acknowledged(&self, after: Duration) {
        self.0.acknowledged.record(after);
    }

    /// People online, and the bytes of recent events that are kept for them; looked up when somebody asks.
    pub fn rings(&self, people: usize, bytes: usize) {
        self.0.people_online.set(people as f64);
        self.0.ring_bytes.set(bytes as f64);
    }

    /// What is not counted as it happens but looked up when somebody asks.
    pub fn now(&self, streams: usize, waiting: usize) {
        self.0.streams_open.set(streams as f64);
        self.0.writer_queue.set(waiting as f64);
        let process = Process::now();
        self.0.process_memory.set(process.memory);
        self.0.process_files.set(process.files);
    }

    /// Everything, in the text format of Prometheus.
    pub fn text(&self) -> String {
        self.0.text.as_ref().map(PrometheusHandle::render).unwrap_or_default()
    }

    /// Sorts the latencies that came since the last time into their buckets. Until then each takes 16 bytes.
    pub fn sort(&self) {
        if let Some(text) = &self.0.text {
            text.run_upkeep();
        }
    }
}

impl Watch for Metrics {
    fn group(&self, writes: usize, took: Duration, committed: bool) {
        self.0.writer_group.record(writes as f64);
        self.0.writer_commit.record(took);
        if !committed {
            self.0.writer_failed.increment(1);
        }
    }

    fn refused(&self) {
        self.refused(Limit::WriterQueue);
    }
}

impl Instruments {
    fn new(recorder: &dyn Recorder, text: Option<PrometheusHandle>) -> Self {
        let build = Key::from_parts(families::BUILD_INFO.name, vec![metrics::Label::new("build", BUILD)]);
        recorder.register_gauge(&build, &METADATA).set(1.0);
        gauge(recorder, families::PROCESS_START).set(now_ms() as f64 / 1000.0);
        Self {
            text,
            streams_open: gauge(recorder, families::STREAMS_OPEN),
            people_online: gauge(recorder, families::PEOPLE_ONLINE),
            ring_bytes: gauge(recorder, families::RING_BYTES),
            stream_opens: [Way::Stream, Way::Poll].map(|way| counters_of(recorder, families::STREAM_OPENS, Some(way))),
            streams_ended: counters(recorder, families::STREAMS_ENDED),
            replay_items: histogram(recorder, families::REPLAY_ITEMS),
            ring_lag: histogram(recorder, families::RING_LAG),
            ring_behind: counter(recorder, families::RING_BEHIND),
            unheard: counter(recorder, families::UNHEARD),
            deliver: histogram(recorder, families::DELIVER),
            connections_open: gauge(recorder, families::CONNECTIONS_OPEN),
            publishes: counters(recorder, families::PUBLISHES),
            publish_commit: histogram(recorder, families::PUBLISH_COMMIT),
            writer_queue: gauge(recorder, families::WRITER_QUEUE),
            writer_group: histogram(recorder, families::WRITER_GROUP),
            writer_commit: histogram(recorder, families::WRITER_COMMIT),
            writer_failed: counter(recorder, families::WRITER_FAILED),
            refusals: counters(recorder, families::REFUSALS),
            acknowledged: histogram(recorder, families::ACKNOWLEDGED),
            process_memory: gauge(recorder, families::PROCESS_MEMORY),
            process_files: gauge(recorder, families::PROCESS_FILES),
        }
    }
}

/// The recorder asks for it and does not use it.
const METADATA: Metadata<'static> = Metadata::new(module_path!(), Level::INFO, None);

fn key(family: &Family) -> Key {
    Key::from_static_name(family.name)
}

fn counter(recorder: &dyn Recorder, family: &Family) -> Counter {
    recorder.register_counter(&key(family), &METADATA)
}

fn gauge(recorder: &dyn Recorder, family: &Family) -> Gauge {
    recorder.register_gauge(&key(family), &METADATA)
}

fn histogram(recorder: &dyn Recorder, family: &Family) -> Histogram {
    recorder.register_histogram(&key(family), &METADATA)
}

/// All series are there from the start: a rate from nothing to one is a rate only when nothing was told as zero.
fn counters<L: Label>(recorder: &dyn Recorder, family: &Family) -> Counters<L> {
    counters_of::<L, Way>(recorder, family, None)
}

/// The same with one more label that they share.
fn counters_of<L: Label, M: Label>(recorder: &dyn Recorder, family: &Family, shared: Option<M>) -> Counters<L> {
    let series = |value: &L| {
        let mut labels = vec![metrics::Label::new(L::NAME, value.word())];
        labels.extend(shared.map(|shared| metrics::Label::new(M::NAME, shared.word())));
        Key::from_parts(family.name, labels)
    };
    let counters = L::ALL.iter().map(|value| recorder.register_counter(&series(value), &METADATA)).collect();
    Counters { counters, label: PhantomData }
}

fn describe(recorder: &dyn Recorder, family: &Family) {
    let (name, help) = (family.name.into(), family.help.into());
    match family.kind {
        Kind::Counter => recorder.describe_counter(name, None, help),
        Kind::Gauge => recorder.describe_gauge(name, None, help),
        Kind::Histogram(_) => recorder.describe_histogram(name, None, help),
    }
}
