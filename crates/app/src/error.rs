//! The one closed error of the door; adapters map it once each.

use std::error::Error as StdError;

use zelo_model::{Problem, Purpose};
use zelo_store::StoreError;
use zelo_vault::KmsError;

/// Why an operation was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or not for this actor.
    #[error("there is no such thing here")]
    NotFound,
    /// The person has been forgotten; told only to those who may see erasures.
    #[error("this person has been forgotten")]
    Erased,
    /// The role or purpose does not allow it.
    #[error("this credential may not do that")]
    Forbidden,
    /// No valid credential.
    #[error("a valid credential is needed")]
    Unauthenticated,
    /// The credential has several purposes and none was named.
    #[error("name one of this credential's purposes: {}", .0.iter().map(Purpose::as_str).collect::<Vec<_>>().join(", "))]
    PurposeRequired(Vec<Purpose>),
    /// What was sent cannot be used; each problem says what, where and what to do.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Invalid(Vec<Problem>),
    /// It contradicts what is there.
    #[error("{0}")]
    Conflict(&'static str),
    /// Too often; the caller may try again after so many whole seconds.
    #[error("too many look-ups; try again in {retry_after} s")]
    TooMany {
        /// Whole seconds, at least one.
        retry_after: u64,
    },
    /// Not now; the caller may try again.
    #[error("not available at the moment; try again")]
    Unavailable(#[source] Box<dyn StdError + Send + Sync>),
    /// Something on our side is broken that trying again does not mend: a value that does not open, a row that cannot be
    /// read, a bug.
    #[error(
        "something is wrong on our side; trying again does not help, and whoever runs this installation finds the cause in its log"
    )]
    Internal(#[source] Box<dyn StdError + Send + Sync>),
    /// What was prepared has moved; the door does both halves again and never lets this out.
    #[error("the data has moved")]
    Stale,
}

/// Result of an operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// One thing is wrong with what was sent.
    pub fn invalid(at: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![Problem::new(at, message)])
    }

    /// A failure that stays until somebody mends it; the cause is told to the log and not to the caller.
    pub fn internal(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }

    /// A failure that passes by itself: out of time, a disk that is full, a server that does not answer.
    pub fn unavailable(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Unavailable(cause.into())
    }

    /// What is told to the log and never to the caller.
    pub fn cause(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Unavailable(cause) | Self::Internal(cause) => Some(cause.as_ref()),
            _ => None,
        }
    }

    /// The code callers can rely on.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "NOT_FOUND",
            Self::Erased => "ERASED",
            Self::Forbidden => "FORBIDDEN",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::PurposeRequired(_) => "PURPOSE_REQUIRED",
            Self::Invalid(_) => "INVALID",
            Self::Conflict(_) => "CONFLICT",
            Self::TooMany { .. } => "TOO_MANY",
            Self::Unavailable(_) | Self::Stale => "UNAVAILABLE",
            Self::Internal(_) => "INTERNAL",
        }
    }

    /// The same as HTTP says it (RFC 9110 §15.5 and 15.6): 503 to try again, 500 not to.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Invalid(_) => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden | Self::PurposeRequired(_) => 403,
            Self::NotFound | Self::Erased => 404,
            Self::Conflict(_) => 409,
            Self::TooMany { .. } => 429,
            Self::Internal(_) => 500,
            Self::Unavailable(_) | Self::Stale => 503,
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Stale => Self::Stale,
            broken @ (StoreError::Corrupt(_) | StoreError::Sealed | StoreError::Mismatch(_)) => {
                Self::internal(broken)
            }
            passing @ (StoreError::Unavailable(_)
            | StoreError::NotDurable
            | StoreError::KeysRead
            | StoreError::Closed) => Self::unavailable(passing),
        }
    }
}

impl From<KmsError> for Error {
    fn from(error: KmsError) -> Self {
        match error {
            KmsError::Unavailable(_) => Self::unavailable(error),
            KmsError::UnknownEpoch(_) | KmsError::Refused => Self::internal(error),
        }
    }
}
