//! The sample messages: all priorities, with and without body, link and markdown, to one, some and everyone.

use crate::domain::Action;

/// A message to be sent when it is not there.
pub(super) struct Sample {
    /// Username of who sends it.
    pub(super) from: &'static str,
    /// Usernames; empty for everyone.
    pub(super) to: &'static str,
    /// One line.
    pub(super) title: &'static str,
    /// Markdown.
    pub(super) body: &'static str,
    /// A word.
    pub(super) priority: &'static str,
    /// Where it leads.
    pub(super) link: &'static str,
    /// One word.
    pub(super) category: &'static str,
    /// Words.
    pub(super) tags: &'static str,
    /// Samples with one key share a row.
    pub(super) collapse_key: &'static str,
    /// What the earlier ones with this key told of is over.
    pub(super) resolved: bool,
    /// One a line: a label and an address.
    pub(super) actions: &'static str,
    /// Its readers are asked to take note.
    pub(super) acknowledge: bool,
    /// How long ago it seems to have been sent.
    pub(super) minutes_ago: i64,
    /// What its readers have done with it.
    pub(super) then: Option<Action>,
}

const PLAIN: Sample = Sample {
    from: "ana",
    to: "",
    title: "",
    body: "",
    priority: "normal",
    link: "",
    category: "",
    tags: "",
    collapse_key: "",
    resolved: false,
    actions: "",
    acknowledge: false,
    minutes_ago: 0,
    then: None,
};

/// Oldest first.
pub(super) const MESSAGES: [Sample; 17] = [
    Sample {
        title: "Welcome to Tidings",
        body: "Everything that concerns you arrives **here**, at once, in every tab and on every device.\n\n\
               - Open a message to read it.\n- Mark it *done* when it is; it stays in the Done view.\n\
               - Nothing is lost while you are offline.",
        minutes_ago: 3 * 24 * 60,
        then: Some(Action::Done),
        ..PLAIN
    },
    Sample {
        title: "Office closed on Monday",
        body: "It is a public holiday. The on-call rota does not change.",
        priority: "low",
        minutes_ago: 2 * 24 * 60 + 190,
        then: Some(Action::Done),
        ..PLAIN
    },
    Sample {
        to: "ben chloe",
        title: "Notes of the design review",
        body: "## Decided\n\n1. One inbox for each person, ordered by time.\n2. Priorities change how loud a message is, \
               never where it stands.\n\n## Open\n\n| question | who | until |\n|---|---|---|\n\
               | Group audiences | Ben | Thursday |\n| Snooze | Chloé | Friday |\n\n> Simple things first.",
        link: "https://example.org/notes/design-review",
        minutes_ago: 26 * 60,
        then: Some(Action::Read),
        ..PLAIN
    },
    Sample {
        to: "ana ben",
        title: "Invoice 2041 was paid",
        body: "The amount of € 1,280.00 arrived today.",
        priority: "low",
        link: "https://example.org/invoices/2041",
        minutes_ago: 22 * 60,
        then: Some(Action::Read),
        ..PLAIN
    },
    Sample {
        title: "New password rules",
        body: "Length counts, symbols do not: **ten characters or more**. A few words that you can remember are best.",
        minutes_ago: 20 * 60,
        then: Some(Action::Read),
        ..PLAIN
    },
    Sample {
        from: "deploys",
        to: "ana ben daichi",
        title: "Deploy of version 3.8.1 is done",
        body: "All checks are green.\n\n```\napi      3.8.0 -> 3.8.1   12 s\nworker   3.8.0 -> 3.8.1    9 s\n```\n\n\
               Roll back with `deploy back api`.",
        link: "https://example.org/deploys/381",
        category: "deploys",
        tags: "prod",
        minutes_ago: 190,
        ..PLAIN
    },
    Sample {
        to: "ben",
        title: "Daichi asks for your review",
        body: "~~Two~~ Three files changed: the parser, its tests, and the notes.",
        priority: "high",
        link: "https://example.org/reviews/77",
        minutes_ago: 130,
        ..PLAIN
    },
    Sample { title: "Lunch is here", priority: "low", minutes_ago: 95, ..PLAIN },
    Sample {
        from: "monitoring",
        to: "ana ben chloe daichi",
        title: "Disk of db-2 is 70 % full",
        body: "At the present rate it is full in **twelve days**.",
        category: "hosts",
        tags: "db-2 disk",
        collapse_key: "disk db-2",
        minutes_ago: 2 * 24 * 60,
        ..PLAIN
    },
    Sample {
        from: "monitoring",
        to: "ana ben chloe daichi",
        title: "Disk of db-2 is 78 % full",
        body: "At the present rate it is full in **nine days**.",
        category: "hosts",
        tags: "db-2 disk",
        collapse_key: "disk db-2",
        minutes_ago: 26 * 60,
        ..PLAIN
    },
    Sample {
        from: "monitoring",
        to: "ana ben chloe daichi",
        title: "Disk of db-2 is 85 % full",
        body: "At the present rate it is full in **six days**. See the [runbook](https://example.org/runbooks/disk).",
        priority: "high",
        link: "https://example.org/hosts/db-2",
        category: "hosts",
        tags: "db-2 disk",
        collapse_key: "disk db-2",
        actions: "Grow the disk https://example.org/hosts/db-2/grow\nSee the graph https://example.org/hosts/db-2/graph",
        minutes_ago: 61,
        ..PLAIN
    },
    Sample {
        to: "chloe ben",
        title: "Besprechung verschoben: Donnerstag, 14:30 Uhr",
        body: "Raum «Zürich». Bitte bringt eure Fragen mit. ありがとう、大地さん!",
        minutes_ago: 44,
        ..PLAIN
    },
    Sample {
        from: "monitoring",
        to: "ana ben daichi",
        title: "Checkout is failing for one customer in twenty",
        body: "Started at 14:02 UTC. The payment partner answers `503`.\n\n1. Daichi leads\n2. Ben talks to the partner\n\
               3. Next word in 20 minutes",
        priority: "urgent",
        link: "https://example.org/incidents/119",
        category: "incidents",
        tags: "checkout",
        acknowledge: true,
        minutes_ago: 21,
        ..PLAIN
    },
    Sample {
        from: "monitoring",
        to: "ana ben daichi",
        title: "Checkout works again",
        body: "The partner is back; no order was lost. The review is tomorrow at ten.",
        priority: "high",
        link: "https://example.org/incidents/119",
        minutes_ago: 6,
        ..PLAIN
    },
    Sample {
        from: "monitoring",
        to: "ana ben daichi",
        title: "The nightly backup is late",
        body: "It began at 02:00 UTC and waits for a lock.",
        category: "hosts",
        tags: "backup",
        collapse_key: "backup",
        minutes_ago: 5 * 60,
        ..PLAIN
    },
    Sample {
        from: "monitoring",
        to: "ana ben daichi",
        title: "The nightly backup is done",
        body: "412 GB in 51 minutes.",
        category: "hosts",
        tags: "backup",
        collapse_key: "backup",
        resolved: true,
        minutes_ago: 4,
        ..PLAIN
    },
    Sample {
        title: "Summer party: who brings what?",
        body: "Write your name into the list until Friday. Cakes are *always* welcome.",
        link: "https://example.org/party",
        minutes_ago: 2,
        ..PLAIN
    },
];
