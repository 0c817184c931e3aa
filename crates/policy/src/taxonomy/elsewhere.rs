//! What other people call our kinds of data and people.

use crate::PolicyError;
use crate::read::Source;

/// What a vocabulary of other people calls something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Elsewhere {
    /// This.
    Called(String),
    /// It has no word for it, for this reason.
    Unknown(String),
}

impl Elsewhere {
    /// The name, where there is one.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Called(name) => Some(name),
            Self::Unknown(_) => None,
        }
    }
}

/// The name, or the reason why there is none: one of both.
pub(super) fn elsewhere(
    source: &Source<'_>,
    key: &str,
    vocabulary: &str,
    said: (Option<String>, Option<String>),
) -> Result<Elsewhere, PolicyError> {
    match said {
        (Some(name), None) if !name.trim().is_empty() => Ok(Elsewhere::Called(name)),
        (None, Some(reason)) if !reason.trim().is_empty() => Ok(Elsewhere::Unknown(reason)),
        _ => {
            let problem =
                format!("\"{key}\" has neither a name in {vocabulary} nor a reason why not, or both");
            let remedy =
                format!("write {vocabulary}: and its name there, or no_{vocabulary}: and why there is none");
            Err(source.refuse(&[&format!("key: {key}")], problem, remedy))
        }
    }
}
