//! One thing wrong with what a caller sent, in the caller's terms.

use std::fmt;

/// What is wrong, where, and what to do. Never repeats the value: it may be personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where: a field path in the caller's own terms, such as `batch[3].userId`; empty for the whole.
    pub at: String,
    /// What is wrong and what to do, as a lower-case fragment.
    pub message: String,
}

impl Problem {
    /// A problem at a place.
    pub fn new(at: impl Into<String>, message: impl Into<String>) -> Self {
        Self { at: at.into(), message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.at.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.at, self.message)
        }
    }
}
