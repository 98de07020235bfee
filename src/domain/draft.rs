//! Draft: a message before it is one. A [`DraftForm`] holds what was typed; [`DraftForm::parse`] turns it into a [`Draft`],
//! which is valid by construction, or says for each field what is wrong.

use serde::{Deserialize, Serialize};

use super::audience::{Audience, AudienceError, NAMES_MAX};
use super::label::{self, LABEL_MAX};
use super::line::is_plain_line;
use super::message::{Details, LinkAction, Priority};

/// Longest title, in characters.
pub const TITLE_MAX: usize = 200;

/// Longest body, in bytes of markdown.
pub const BODY_MAX: usize = 16 * 1024;

/// Longest link, in bytes.
pub const LINK_MAX: usize = 2048;

/// Most tags.
pub const TAGS_MAX: usize = 10;

/// Longest collapse key, in characters.
pub const COLLAPSE_KEY_MAX: usize = 200;

/// Most actions.
pub const ACTIONS_MAX: usize = 4;

/// Longest label of an action, in characters.
pub const ACTION_LABEL_MAX: usize = 40;

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
    /// One word; empty for none.
    pub category: String,
    /// Words.
    pub tags: Vec<String>,
    /// The key under which it takes the row of an earlier one; empty for none.
    pub collapse_key: String,
    /// It ends what the earlier ones told of.
    pub resolved: bool,
    /// What readers can follow.
    pub actions: Vec<LinkAction>,
    /// Readers are asked to take note.
    pub acknowledge: bool,
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
    /// What it says about itself.
    pub details: Details,
}

/// A field of the send form, by the name that the API uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    /// The category.
    Category,
    /// The tags.
    Tags,
    /// The collapse key.
    CollapseKey,
    /// Whether it is resolved.
    Resolved,
    /// The actions.
    Actions,
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
            Self::Category => "category",
            Self::Tags => "tags",
            Self::CollapseKey => "collapse_key",
            Self::Resolved => "resolved",
            Self::Actions => "actions",
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
        let details = self.details(&mut problems);
        match (audience, title, body, priority, link) {
            (Some(audience), Some(title), Some(body), Some(priority), Some(link)) if problems.is_empty() => {
                Ok(Draft { audience, title, body, priority, link, details })
            }
            _ => Err(problems),
        }
    }

    /// What is wrong goes to `problems`, and then what comes back is of no use.
    fn details(&self, problems: &mut Vec<Problem>) -> Details {
        let mut at = |field, detail| problems.push(Problem::new(field, detail));
        let category = parse_label("category", &self.category).map_err(|detail| at(Field::Category, detail));
        let tags = parse_tags(&self.tags).map_err(|detail| at(Field::Tags, detail));
        let key = parse_key(&self.collapse_key).map_err(|detail| at(Field::CollapseKey, detail));
        if self.resolved && key == Ok(None) {
            at(Field::Resolved, "What is resolved is known by its collapse key, and there is none.".into());
        }
        let actions = parse_actions(&self.actions).map_err(|detail| at(Field::Actions, detail));
        Details {
            category: category.unwrap_or_default(),
            tags: tags.unwrap_or_default(),
            collapse_key: key.unwrap_or_default(),
            resolved: self.resolved,
            actions: actions.unwrap_or_default(),
            acknowledge: self.acknowledge,
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

fn parse_label(what: &str, typed: &str) -> Result<Option<String>, String> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    let wrong = || {
        format!(
            "A {what} is one word of at most {LABEL_MAX} characters, without commas, semicolons, quotes or brackets."
        )
    };
    label::parse(typed).map(Some).ok_or_else(wrong)
}

fn parse_tags(typed: &[String]) -> Result<Vec<String>, String> {
    let mut tags = Vec::new();
    for tag in typed {
        match parse_label("tag", tag)? {
            Some(tag) if !tags.contains(&tag) => tags.push(tag),
            _ => {}
        }
        if tags.len() > TAGS_MAX {
            return Err(format!("At most {TAGS_MAX} tags."));
        }
    }
    Ok(tags)
}

fn parse_key(typed: &str) -> Result<Option<String>, String> {
    let key = typed.trim();
    if key.is_empty() {
        return Ok(None);
    }
    if key.chars().count() > COLLAPSE_KEY_MAX || !is_plain_line(key) {
        return Err(format!("A collapse key is one line of at most {COLLAPSE_KEY_MAX} visible characters."));
    }
    Ok(Some(key.to_owned()))
}

fn parse_actions(typed: &[LinkAction]) -> Result<Vec<LinkAction>, String> {
    if typed.len() > ACTIONS_MAX {
        return Err(format!("At most {ACTIONS_MAX} actions."));
    }
    typed.iter().map(parse_action).collect()
}

fn parse_action(typed: &LinkAction) -> Result<LinkAction, String> {
    let label = typed.label.trim();
    if label.chars().count() > ACTION_LABEL_MAX || !is_plain_line(label) {
        return Err(format!("The label of an action is one line of 1 to {ACTION_LABEL_MAX} visible characters."));
    }
    let url = parse_link(&typed.url)?.ok_or("An action leads somewhere: give it an address.")?;
    Ok(LinkAction { label: label.to_owned(), url })
}

#[cfg(test)]
#[path = "draft_tests.rs"]
mod tests;
