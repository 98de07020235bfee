//! Send: the doors of writing a message: compose → review → send → sent. The draft is kept in the session meanwhile,
//! so that every step works by plain forms and nothing that was typed is lost.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;
use crate::domain::{Details, DraftForm, Priority, Problem, typed};

/// What the form shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Composed {
    /// What was typed so far.
    pub form: DraftForm,
    /// What is wrong with it; empty before the first review.
    pub problems: Vec<Problem>,
    /// How many people «everyone» is.
    pub everyone: u64,
}

/// What is about to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewed {
    /// Makes sending twice the same as sending once.
    pub key: String,
    /// One line.
    pub title: String,
    /// The body as readers will see it, sanitised.
    pub html: String,
    /// How loud.
    pub priority: Priority,
    /// Where it leads.
    pub link: Option<String>,
    /// What it says about itself.
    pub details: Details,
    /// The sender's name as readers will see it.
    pub from: String,
    /// It goes to everyone.
    pub everyone: bool,
    /// The first of those who are named; empty for everyone.
    pub names: Vec<String>,
    /// How many people get it.
    pub recipients: u64,
}

/// What was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentMessage {
    /// One line.
    pub title: String,
    /// How loud.
    pub priority: Priority,
    /// Milliseconds since the Unix epoch.
    pub sent_at: i64,
    /// It went to everyone.
    pub everyone: bool,
    /// How many people get it.
    pub recipients: u64,
    /// How many inboxes have it by now.
    pub delivered: u64,
}

/// The HTML of a page of the desk, by its address: the form, the review, what was sent, one's own sessions, or one's preferences. These pages
/// have nothing live in them, so they are made on the server also when one comes to them by a link.
#[server(prefix = "/api", endpoint = "desk")]
pub async fn desk(
    /// The path: `/send`, `/send/review`, `/send/sent/ID`, `/sessions`, or `/preferences`.
    path: String,
) -> Result<String, ApiError> {
    use crate::server::{answer, auth, desk};
    answer::with(async { desk::page(&auth::caller().await?, &path).await }).await
}

/// What was typed about a message beside its words. A box that is not ticked is not there.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedDetails {
    /// One word.
    pub category: String,
    /// Words.
    pub tags: String,
    /// One line.
    pub collapse_key: String,
    /// `true`: what the earlier ones told of is over.
    pub resolved: String,
    /// One a line: a label and a URL.
    pub actions: String,
    /// `true`: readers are asked to take note.
    pub acknowledge: String,
}

impl TypedDetails {
    /// As a form with nothing else in it.
    pub fn read(self) -> DraftForm {
        DraftForm {
            category: self.category,
            tags: typed::words(&self.tags),
            collapse_key: self.collapse_key,
            resolved: self.resolved == "true",
            actions: typed::actions(&self.actions),
            acknowledge: self.acknowledge == "true",
            ..DraftForm::default()
        }
    }
}

/// Keeps and checks what was typed. Goes on to the review, or back to the form.
#[server(prefix = "/api", endpoint = "review")]
pub async fn review(
    /// `true`: to everyone; else to those in `to`.
    #[server(default)]
    everyone: String,
    /// Usernames.
    #[server(default)]
    to: String,
    /// One line.
    #[server(default)]
    title: String,
    /// Markdown.
    #[server(default)]
    body: String,
    /// A word of [`Priority`].
    #[server(default)]
    priority: String,
    /// A URL.
    #[server(default)]
    link: String,
    /// What it says about itself.
    #[server(flatten)]
    details: TypedDetails,
) -> Result<(), ApiError> {
    use crate::server::{answer, auth, drafts};
    let form = DraftForm { everyone: everyone == "true", to, title, body, priority, link, ..details.read() };
    let good = answer::with(async { drafts::keep(&auth::who_sends().await?, form).await }).await?;
    answer::redirect(if good { "/send/review" } else { "/send" });
    Ok(())
}

/// Sends the draft that was reviewed under this key.
#[server(name = SendDraft, prefix = "/api", endpoint = "send")]
pub async fn send(
    /// [`Reviewed::key`].
    #[server(default)]
    key: String,
) -> Result<(), ApiError> {
    use crate::server::{answer, auth, drafts};
    let next = answer::with(async { drafts::send(&auth::who_sends().await?, &key).await }).await?;
    answer::redirect(&next);
    Ok(())
}

/// Sends its sender a message, so that they see one arrive.
#[server(prefix = "/api", endpoint = "send_test")]
pub async fn send_test() -> Result<(), ApiError> {
    use crate::server::{answer, auth, drafts};
    answer::with(async { drafts::send_test(&auth::who_sends().await?).await }).await?;
    answer::back();
    Ok(())
}
