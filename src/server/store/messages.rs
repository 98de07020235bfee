//! Messages: publishing once, fanning out to everyone in durable chunks.

use async_trait::async_trait;

use super::{Digest, StoreError};
use crate::domain::{Audience, Details, MessageId, Priority, UserId, Username};

/// What is published.
#[async_trait]
pub trait Messages: Send + Sync {
    /// Stores the message and gives it to the people named, in one transaction; a message to everyone becomes a job
    /// for those who are enabled at this moment, whose chunks [`Self::deliver_chunk`] delivers. With an idempotency key
    /// that was used before by the same sender: the first answer again, or [`PublishError::KeyReused`] when the content
    /// differs.
    async fn publish(&self, message: NewMessage) -> Result<Published, PublishError>;

    /// Delivers the next chunk of the oldest unfinished message to everyone, in one transaction that also moves the
    /// job's place, so that a crash neither loses nor doubles it. At most 1000 people. `false`: there is nothing to do.
    async fn deliver_chunk(&self) -> Result<bool, StoreError>;

    /// How many people an audience has now, and which names nobody has.
    async fn reach(&self, audience: &Audience) -> Result<Reach, StoreError>;

    /// What was sent, for its sender's page.
    async fn sent(&self, id: MessageId) -> Result<Option<Sent>, StoreError>;
}

/// A checked draft with what the server adds to it.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// Who sends.
    pub sender: UserId,
    /// Whom it is for.
    pub audience: Audience,
    /// One line.
    pub title: String,
    /// Markdown, as it was written.
    pub body: String,
    /// The body as sanitised HTML.
    pub html: String,
    /// The beginning of the body as plain text.
    pub preview: String,
    /// How loud.
    pub priority: Priority,
    /// Where it leads.
    pub link: Option<String>,
    /// What it says about itself.
    pub details: Details,
    /// Milliseconds since the Unix epoch.
    pub sent_at: i64,
    /// Makes retries safe.
    pub idempotency: Option<Idempotency>,
}

/// A sender's key for one request (draft-ietf-httpapi-idempotency-key-header), kept as long as the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// The sender's words, 1 to 255 bytes.
    pub key: String,
    /// SHA-256 of the request's content.
    pub fingerprint: Digest,
}

/// The answer to a send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// The message.
    pub id: MessageId,
    /// How many people get it.
    pub recipients: u64,
    /// The answer of an earlier request with the same key; nothing was sent now.
    pub repeated: bool,
}

/// Why nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// Nobody has these names, or they are disabled.
    #[error("unknown people: {}", .0.iter().map(Username::as_str).collect::<Vec<_>>().join(", "))]
    UnknownPeople(Vec<Username>),
    /// The key was used with another content.
    #[error("the idempotency key was used before with another content")]
    KeyReused,
    /// The store's own reason.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The size of an audience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// People who would get the message.
    pub recipients: u64,
    /// Names that nobody has, or whose people are disabled.
    pub unknown: Vec<Username>,
}

/// A sent message as its sender sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The message.
    pub id: MessageId,
    /// Who sent it.
    pub sender: UserId,
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
