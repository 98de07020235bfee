//! SQLite's result codes in the words of the store. Codes, not texts: texts change with the version.

use sqlx::error::{DatabaseError, Error};
use sqlx::migrate::MigrateError;

use crate::server::store::{AddUserError, ManageError, PublishError, StoreError};

// Primary result codes, https://www.sqlite.org/rescode.html; extended ones carry them in their low byte.
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const READ_ONLY: i32 = 8;
const FULL: i32 = 13;

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        match error {
            Error::Database(ref reason) => from_code(reason.as_ref()).unwrap_or_else(|| Self::unexpected(error)),
            Error::PoolTimedOut => Self::Busy,
            Error::PoolClosed => Self::Closed,
            Error::Migrate(reason) => (*reason).into(),
            other => Self::unexpected(other),
        }
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(reason) | MigrateError::ExecuteMigration(reason, _) => reason.into(),
            other => Self::unexpected(other),
        }
    }
}

impl From<Error> for PublishError {
    fn from(error: Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<Error> for AddUserError {
    fn from(error: Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<Error> for ManageError {
    fn from(error: Error) -> Self {
        Self::Store(error.into())
    }
}

fn from_code(reason: &dyn DatabaseError) -> Option<StoreError> {
    let code: i32 = reason.code()?.parse().ok()?;
    match code & 0xff {
        BUSY | LOCKED => Some(StoreError::Busy),
        READ_ONLY => Some(StoreError::ReadOnly),
        FULL => Some(StoreError::Full),
        _ => None,
    }
}

/// The same reason for another caller, because all writes of a commit share its fate.
pub(super) fn again(error: &StoreError) -> StoreError {
    match error {
        StoreError::Busy => StoreError::Busy,
        StoreError::Full => StoreError::Full,
        StoreError::ReadOnly => StoreError::ReadOnly,
        StoreError::Newer { found, known } => StoreError::Newer { found: *found, known: *known },
        StoreError::Closed => StoreError::Closed,
        StoreError::Unexpected(source) => StoreError::unexpected(source.to_string()),
    }
}

/// An error that may be the store's own, or a refusal that concerns one caller only.
pub(super) trait Refusal: From<StoreError> + Send + 'static {
    /// The store's own reason.
    fn store(&self) -> Option<&StoreError>;
}

impl Refusal for StoreError {
    fn store(&self) -> Option<&StoreError> {
        Some(self)
    }
}

impl Refusal for PublishError {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(reason) => Some(reason),
            Self::UnknownPeople(_) | Self::KeyReused => None,
        }
    }
}

impl Refusal for AddUserError {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(reason) => Some(reason),
            Self::NameTaken => None,
        }
    }
}

impl Refusal for ManageError {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(reason) => Some(reason),
            Self::LastAdmin => None,
        }
    }
}
