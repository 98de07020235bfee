//! Message: what a person or a program writes. A [`DraftForm`] holds what was typed; [`DraftForm::parse`] turns it
//! into a [`Draft`], which is valid by construction, or says for each field what is wrong.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::audience::{Audience, AudienceError, NAMES_MAX};
use super::line::is_plain_line;

/// A message's number, which is also the number of its item in every inbox. Later messages have greater numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(pub i64);

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Longest title, in characters.
pub const TITLE_MAX: usize = 200;

/// Longest body, in bytes of markdown.
pub const BODY_MAX: usize = 16 * 1024;

/// Longest link, in bytes.
pub const LINK_MAX: usize = 2048;

/// How loudly a message asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// Worth knowing some time.
    Low,
    /// The usual.
    #[default]
    Normal,
    /// Before the others.
    High,
    /// Now: announced to screen readers at once.
    Urgent,
}

impl Priority {
    /// All of them, quietest first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Urgent];

    /// The word on the wire, in the store and in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }

    /// Reads [`Self::as_str`] back; nothing typed is normal.
    pub fn parse(word: &str) -> Option<Self> {
        if word.is_empty() {
            return Some(Self::default());
        }
        Self::ALL.into_iter().find(|priority| priority.as_str() == word)
    }
}

/// What was typed into the send form or sent to the API, not yet checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DraftForm {
    /// Send to everyone; then [`Self::to`] is ignored.
    pub everyone: bool,
    /// Usernames, separated by commas or white space.
    pub to: String,
    /// One line.
    pub title: String,
    /// Markdown.
    pub body: String,
    /// A word of [`Priority`]; empty is normal.
    pub priority: String,
    /// Where the message leads; empty for nowhere.
    pub link: String,
}

/// A message that is ready to be published: every field has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Whom it is for.
    pub audience: Audience,
    /// 1 to [`TITLE_MAX`] characters, one line.
    pub title: String,
    /// Markdown, at most [`BODY_MAX`] bytes.
    pub body: String,
    /// How loud.
    pub priority: Priority,
    /// An absolute `http` or `https` URL.
    pub link: Option<String>,
}

/// A field of the send form, by the name that the API uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// The audience.
    To,
    /// The title.
    Title,
    /// The body.
    Body,
    /// The priority.
    Priority,
    /// The link.
    Link,
}

impl Field {
    /// The name in forms and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::To => "to",
            Self::Title => "title",
            Self::Body => "body",
            Self::Priority => "priority",
            Self::Link => "link",
        }
    }
}

/// What is wrong with one field, in words for the person who typed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where.
    pub field: Field,
    /// What, as one sentence.
    pub detail: String,
}

impl Problem {
    /// A problem at `field`.
    pub fn new(field: Field, detail: impl Into<String>) -> Self {
        Self { field, detail: detail.into() }
    }
}

impl DraftForm {
    /// Checks every field; all problems come back at once.
    pub fn parse(&self) -> Result<Draft, Vec<Problem>> {
        let audience = if self.everyone { Ok(Audience::Everyone) } else { Audience::parse_names(&self.to) };
        self.parse_for(audience)
    }

    /// The same for callers that bring the audience in another form than one typed field.
    pub fn parse_for(&self, audience: Result<Audience, AudienceError>) -> Result<Draft, Vec<Problem>> {
        let mut problems = Vec::new();
        let audience = audience.map_err(|why| problems.push(Problem::new(Field::To, audience_detail(&why)))).ok();
        let title = parse_title(&self.title).map_err(|detail| problems.push(Problem::new(Field::Title, detail))).ok();
        let body = parse_body(&self.body).map_err(|detail| problems.push(Problem::new(Field::Body, detail))).ok();
        let priority = Priority::parse(&self.priority);
        if priority.is_none() {
            problems.push(Problem::new(Field::Priority, "The priority is low, normal, high or urgent."));
        }
        let link = parse_link(&self.link).map_err(|detail| problems.push(Problem::new(Field::Link, detail))).ok();
        match (audience, title, body, priority, link) {
            (Some(audience), Some(title), Some(body), Some(priority), Some(link)) => {
                Ok(Draft { audience, title, body, priority, link })
            }
            _ => Err(problems),
        }
    }
}

fn audience_detail(why: &AudienceError) -> String {
    match why {
        AudienceError::Nobody => "Name at least one person.".into(),
        AudienceError::TooMany => format!("At most {NAMES_MAX} people by name; for more, send to everyone."),
        AudienceError::NotNames(names) => format!("These cannot be usernames: {}.", names.join(", ")),
    }
}

fn parse_title(typed: &str) -> Result<String, String> {
    let title = typed.trim();
    if title.is_empty() {
        return Err("Give it a title.".into());
    }
    if title.chars().count() > TITLE_MAX {
        return Err(format!("A title has at most {TITLE_MAX} characters; this one has {}.", title.chars().count()));
    }
    if !is_plain_line(title) {
        return Err("A title is one line of visible text, without control characters.".into());
    }
    Ok(title.to_owned())
}

fn parse_body(typed: &str) -> Result<String, String> {
    // Browsers send CRLF for line ends in a textarea (HTML, «form submission»); the limit counts what is kept.
    let body = typed.replace("\r\n", "\n");
    if body.len() > BODY_MAX {
        return Err(format!("A message has at most {BODY_MAX} bytes; this one has {}.", body.len()));
    }
    if body.contains('\0') {
        return Err("A message has no NUL characters.".into());
    }
    Ok(body)
}

fn parse_link(typed: &str) -> Result<Option<String>, String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let wrong = || "A link begins with https:// or http:// and names a host.".to_owned();
    if typed.len() > LINK_MAX {
        return Err(format!("A link has at most {LINK_MAX} bytes."));
    }
    let url = url::Url::parse(typed).map_err(|_| wrong())?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(wrong());
    }
    // `https://bank.example@evil.example/` shows one host and leads to another.
    if !url.username().is_empty() || url.password().is_some() {
        return Err("A link has no user name or password in it.".into());
    }
    Ok(Some(url.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> DraftForm {
        DraftForm { to: "bob".into(), title: "Lunch".into(), ..DraftForm::default() }
    }

    fn fields(form: &DraftForm) -> Vec<Field> {
        form.parse().expect_err("must be refused").into_iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn a_title_and_a_name_are_enough() {
        let draft = form().parse().expect("a valid form");
        assert_eq!((draft.title.as_str(), draft.priority, draft.link), ("Lunch", Priority::Normal, None));
    }

    #[test]
    fn every_problem_is_told_at_once_at_its_field() {
        let bad = DraftForm { priority: "loud".into(), link: "javascript:alert(1)".into(), ..DraftForm::default() };
        assert_eq!(fields(&bad), [Field::To, Field::Title, Field::Priority, Field::Link]);
    }

    #[test]
    fn limits_are_inclusive() {
        let title = |n| DraftForm { title: "ä".repeat(n), ..form() };
        assert!(title(TITLE_MAX).parse().is_ok());
        assert_eq!(fields(&title(TITLE_MAX + 1)), [Field::Title]);
        let body = |n| DraftForm { body: "x".repeat(n), ..form() };
        assert!(body(BODY_MAX).parse().is_ok());
        assert_eq!(fields(&body(BODY_MAX + 1)), [Field::Body]);
    }

    #[test]
    fn only_web_links_without_credentials_pass() {
        let link = |link: &str| DraftForm { link: link.into(), ..form() };
        for good in ["https://example.org", "http://127.0.0.1:8080/a?b#c", "https://münchen.example/ü"] {
            assert!(link(good).parse().is_ok(), "{good}");
        }
        for bad in [
            "ftp://x.org",
            "//x.org",
            "/path",
            "java\nscript:alert(1)",
            "data:text/html,x",
            "https://a@b.org",
            "https://",
        ] {
            assert_eq!(fields(&link(bad)), [Field::Link], "{bad}");
        }
    }

    #[test]
    fn a_title_is_a_plain_line() {
        for bad in
            ["a\rb", "a\nb", "a\0b", "a\u{1b}b", "a\u{85}b", "a\u{202e}b", "a\u{2028}b", "\u{200b}\u{2060}\u{feff}"]
        {
            assert_eq!(fields(&DraftForm { title: bad.into(), ..form() }), [Field::Title], "{bad:?}");
        }
        assert!(DraftForm { title: "ארוחת צהריים".into(), ..form() }.parse().is_ok());
    }
}
