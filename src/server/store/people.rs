//! People: accounts, and the one-time link that makes the first one.

use std::fmt;

use async_trait::async_trait;

use super::{Digest, Redacted, StoreError};
use crate::domain::{Role, UserId, Username};

/// Who has an account.
#[async_trait]
pub trait People: Send + Sync {
    /// Adds a person.
    async fn add_user(&self, user: NewUser) -> Result<UserId, AddUserError>;

    /// Adds many people in one transaction; one taken name refuses all.
    async fn add_users(&self, users: Vec<NewUser>) -> Result<Vec<UserId>, AddUserError>;

    /// Finds a person, enabled or not.
    async fn user(&self, who: UserRef<'_>) -> Result<Option<User>, StoreError>;

    /// Everyone, by name.
    async fn users(&self) -> Result<Vec<User>, StoreError>;

    /// How many accounts there are, enabled or not.
    async fn count_users(&self) -> Result<u64, StoreError>;

    /// Sets the password and ends all sessions of the person.
    async fn set_password(&self, user: UserId, hash: PasswordHash) -> Result<(), StoreError>;

    /// Lets a person in, or out; either way round, a change ends all their sessions. The last admin stays in.
    async fn set_enabled(&self, user: UserId, enabled: bool) -> Result<(), ManageError>;

    /// Gives a person a role. A change ends all their sessions: their pages show what the old role may do. The last admin
    /// stays one.
    async fn set_role(&self, user: UserId, role: Role) -> Result<(), ManageError>;

    /// Remembers a set-up link until `expires_at`; an earlier one is dead.
    async fn offer_setup(&self, link: Digest, expires_at: i64) -> Result<(), StoreError>;

    /// Whether the link is good and nobody has an account yet.
    async fn setup_offered(&self, link: Digest, now: i64) -> Result<bool, StoreError>;

    /// Uses the link up and adds the person, both or neither. `None`: the link is used, expired or wrong, or somebody
    /// has an account already.
    async fn set_up(&self, link: Digest, now: i64, user: NewUser) -> Result<Option<UserId>, StoreError>;
}

/// A person to add.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The name to sign in with.
    pub username: Username,
    /// The name that others see.
    pub display_name: String,
    /// What they may do.
    pub role: Role,
    /// `None`: they cannot sign in with a password.
    pub password: Option<PasswordHash>,
    /// Milliseconds since the Unix epoch.
    pub created_at: i64,
}

/// How to find a person.
#[derive(Clone, Copy, Debug)]
pub enum UserRef<'a> {
    /// By number.
    Id(UserId),
    /// By name, in any case.
    Name(&'a Username),
}

/// An account.
#[derive(Clone, Debug)]
pub struct User {
    /// The number.
    pub id: UserId,
    /// The name to sign in with.
    pub username: Username,
    /// The name that others see.
    pub display_name: String,
    /// What they may do.
    pub role: Role,
    /// Whether they are let in.
    pub enabled: bool,
    /// The stored password.
    pub password: Option<PasswordHash>,
    /// Milliseconds since the Unix epoch.
    pub created_at: i64,
    /// Where their clock is read: an IANA name; `None`: UTC.
    pub zone: Option<String>,
}

/// A password as argon2id in PHC string format.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Redacted.fmt(f)
    }
}

/// Why nobody was added.
#[derive(Debug, thiserror::Error)]
pub enum AddUserError {
    /// Somebody has the name, perhaps in another case.
    #[error("the username is taken")]
    NameTaken,
    /// The store's own reason.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why an account was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ManageError {
    /// Nobody else who is let in is an admin, so nobody could change it back but from the terminal.
    #[error("this is the last admin")]
    LastAdmin,
    /// The store's own reason.
    #[error(transparent)]
    Store(#[from] StoreError),
}
