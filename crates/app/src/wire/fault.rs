//! What can be wrong with one message. Alone it is told to the sender; in a batch it is a reason for quarantine.

use crate::intake::Hold;

/// What is wrong with a message, in the sender's terms and without the sender's values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Larger than one event may be.
    #[error("a message has at most 32 KB")]
    TooLarge,
    /// JSON, but not an object.
    #[error("a message must be a JSON object")]
    NotAnObject,
    /// No JSON, or JSON that no reader could give back: a lone surrogate, a number out of range, too deep.
    #[error(
        "the message cannot be read at line {line}, column {column}: malformed, too deep or out of range"
    )]
    Unreadable {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
    },
    /// A field the protocol knows stands twice, so it is not clear who or what is meant.
    #[error("a field stands twice at line {line}, column {column}; send it once")]
    Twice {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
    },
    /// A verb not spoken here.
    #[error("`type` must be `identify`, `track`, `page`, `screen`, `group` or `alias`")]
    Type,
    /// Nobody is named.
    #[error("`userId` or `anonymousId` is needed")]
    NoIdentifier,
    /// This field cannot name anybody.
    #[error("`{0}` must be a number or a string that is not empty")]
    Identifier(&'static str),
    /// It cannot tell a message from another.
    #[error("`messageId` must be a string of at most 100 characters")]
    MessageId,
    /// No text.
    #[error("`event` must be a string: the name of the event")]
    NoEvent,
    /// A text that cannot name an event; the reason never repeats it.
    #[error("`event`: {0}")]
    Event(String),
    /// It cannot name a group.
    #[error("`groupId` must be a number or a string of 1 to 512 bytes")]
    GroupId,
    /// It takes two ids to say that one stands for the other.
    #[error("an alias needs `userId`, the id from now on, and `previousId`, the one before")]
    Alias,
    /// This field holds something else.
    #[error("`{0}` must be an object")]
    Object(&'static str),
}

impl Fault {
    /// Why a message with this fault is held.
    pub const fn hold(&self) -> Hold {
        match self {
            Self::TooLarge => Hold::TooLarge,
            Self::NotAnObject | Self::Unreadable { .. } | Self::Twice { .. } | Self::Object(_) => {
                Hold::Unparsable
            }
            Self::Type => Hold::UnknownType,
            Self::NoIdentifier => Hold::NoIdentifier,
            Self::Identifier(_) | Self::Alias => Hold::BadIdentifier,
            Self::GroupId => Hold::GroupId,
            Self::MessageId => Hold::MessageId,
            Self::NoEvent | Self::Event(_) => Hold::EventName,
        }
    }
}

/// The place is all that leaves of a parser's error: its text may repeat what was sent.
impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        if error.is_data() { Self::Twice { line, column } } else { Self::Unreadable { line, column } }
    }
}
