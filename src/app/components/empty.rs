//! Empty: a list without rows says why, and what comes next. One section for all of them, written as HTML: what stands in it
//! changes with the list, and nothing in it is live.

use leptos::prelude::*;

use super::on_change;
use crate::app::here;
use crate::app::html::Html;
use crate::app::inbox::Inbox;
use crate::app::live::Live;
use crate::app::place::Place;
use crate::domain::{Found, Seq, View};

/// The empty state of the list that is shown.
#[component]
pub fn Empty(
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    let inside = move || {
        let (mut html, view) = (Html::default(), live.view.get());
        if !live.rows.read().is_empty() || live.with(Inbox::older).is_some() {
            return String::new();
        }
        live.with(|inbox| {
            let why = why(inbox, view);
            html.raw("<section class=\"state\" data-testid=\"empty\" data-state=\"").raw(why.word()).raw("\">");
            match why {
                Why::Found(found) => nothing(&mut html, found),
                Why::First => {
                    FIRST.write(&mut html);
                    html.sanitised(&live.around.read().start);
                }
                Why::View(view) => {
                    of(view).write(&mut html);
                    if view == View::Inbox {
                        link(&mut html, "/?view=done", "See what is done");
                    }
                }
            }
        });
        html.raw("</section>").take()
    };
    view! {
        <div
            class="as-is"
            on:click=|event| here::press(&event)
            on:submit=move |event| on_change(live, &event)
            inner_html=inside
        ></div>
    }
}

/// Why there are no rows.
enum Why<'a> {
    /// Nothing has ever come.
    First,
    /// The view is empty.
    View(View),
    /// Nothing was found.
    Found(&'a Found),
}

fn why(inbox: &Inbox, view: View) -> Why<'_> {
    match inbox.found() {
        Some(found) => Why::Found(found),
        None if view == View::Inbox && inbox.cursor().is_none_or(|cursor| cursor.seq == Seq(0)) => Why::First,
        None => Why::View(view),
    }
}

impl Why<'_> {
    /// In one word, for tests and styles.
    fn word(&self) -> &'static str {
        match self {
            Self::First => "first",
            Self::View(view) => view.as_str(),
            Self::Found(Found { problem: Some(_), .. }) => "no-query",
            Self::Found(found) if filters(&found.query) => "no-match",
            Self::Found(_) => "not-found",
        }
    }
}

/// Only filters were asked for, and no words.
fn filters(query: &str) -> bool {
    query.split(' ').all(|term| term.contains(':'))
}

/// Icon, heading and sentence.
struct Face(&'static str, &'static str, &'static str);

const FIRST: Face = Face(
    "mark",
    "Your inbox is ready",
    "Nothing has come yet. What is sent to you appears here the moment it is sent, in every tab and on every device.",
);

fn of(view: View) -> Face {
    match view {
        View::Inbox => {
            Face("check", "All caught up", "New messages appear here by themselves, the moment they are sent.")
        }
        View::Pinned => Face("pin", "Nothing is pinned", "What you pin stays at hand here, also after it is done."),
        View::Snoozed => Face(
            "clock",
            "Nothing is snoozed",
            "What you snooze leaves the inbox and comes back by itself, unread, when you said.",
        ),
        View::Done => Face("all", "Nothing is done yet", "What you mark done leaves the inbox and waits here."),
    }
}

impl Face {
    fn write(&self, html: &mut Html) {
        html.raw("<i class=\"icon i-").raw(self.0).raw("\" aria-hidden=\"true\"></i><h2>").raw(self.1).raw("</h2>");
        if !self.2.is_empty() {
            html.raw("<p>").raw(self.2).raw("</p>");
        }
    }
}

/// A search without rows says why, and what may help.
fn nothing(html: &mut Html, found: &Found) {
    if let Some(problem) = &found.problem {
        Face("search", "That search does not work", "").write(html);
        html.raw("<p role=\"alert\" data-testid=\"query-problem\">").text(problem).raw("</p>");
        return;
    }
    if filters(&found.query) {
        Face("tune", "Nothing matches", "").write(html);
    } else {
        Face("search", "Nothing found", "").write(html);
    }
    html.raw("<p>No message of yours matches <b><bdi>").text(&found.query).raw("</bdi></b>. ");
    if found.wider.is_none() {
        html.raw("Fewer words find more; <code>is:unread</code>, <code>from:ci</code> and <code>after:7d</code> narrow a search.");
    }
    html.raw("</p>");
    if let Some(wider) = &found.wider {
        link(html, &Place::search(wider).href(), "Look in everything");
    }
    link(html, "/", "Back to the inbox");
}

fn link(html: &mut Html, href: &str, label: &'static str) {
    html.raw("<a class=\"button\" href=\"").text(href).raw("\">").raw(label).raw("</a>");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Counts, Cursor};

    #[test]
    fn an_empty_inbox_says_whether_anything_has_ever_come() {
        let inbox = |seq| {
            let mut inbox = Inbox::default();
            inbox.welcome(Cursor { epoch: "e".parse().expect("an epoch"), seq: Seq(seq) }, Counts::default());
            inbox
        };
        assert_eq!(why(&inbox(0), View::Inbox).word(), "first");
        assert_eq!(why(&inbox(0), View::Done).word(), "done");
        assert_eq!(why(&inbox(3), View::Inbox).word(), "inbox");
    }

    #[test]
    fn what_was_looked_for_is_told_escaped_with_a_wider_search() {
        let found = |query: &str, wider: Option<&str>| Found {
            query: query.into(),
            wider: wider.map(Into::into),
            ..Found::default()
        };
        let html = |found: &Found| {
            let mut html = Html::default();
            nothing(&mut html, found);
            html.take()
        };
        let words = found("<b> is:done", Some("<b>"));
        assert_eq!(Why::Found(&words).word(), "not-found");
        assert!(html(&words).contains("&lt;b&gt; is:done") && html(&words).contains("href=\"/?q=%3Cb%3E\""));
        let filters = found("tag:ci -is:done", None);
        assert_eq!(Why::Found(&filters).word(), "no-match");
        assert!(!html(&filters).contains("Look in everything"));
        let wrong = Found { problem: Some("What?".into()), ..filters };
        assert_eq!(Why::Found(&wrong).word(), "no-query");
        assert!(html(&wrong).contains("What?"));
    }
}
