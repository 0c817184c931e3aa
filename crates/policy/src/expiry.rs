//! `expiry.yaml`: how long what nobody is known by is kept.

use schemars::JsonSchema;
use serde::Deserialize;
use zelo_model::Timestamp;

use crate::PolicyError;
use crate::files::{EXPIRY, Files};
use crate::read::Source;

/// How long is kept what is about nobody we know, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expiry {
    /// An anonymous record that was never linked to anybody, from its last message on.
    pub unlinked_anonymous: i64,
    /// A message in quarantine.
    pub quarantine: i64,
    /// That a message without a time of its own was seen.
    pub message_seen: i64,
}

/// Says how many days is kept what is about nobody we know.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    unlinked_anonymous: u16,
    quarantine: u16,
    message_seen: u16,
}

pub(crate) fn expiry(files: &Files) -> Result<Expiry, PolicyError> {
    let source = Source::open(files, EXPIRY)?;
    let File { unlinked_anonymous, quarantine, message_seen } = source.parse()?;
    let named = [
        ("unlinked_anonymous", unlinked_anonymous),
        ("quarantine", quarantine),
        ("message_seen", message_seen),
    ];
    for (name, days) in named {
        if days == 0 {
            let line = format!("{name}:");
            let remedy = "write at least 1: what is gone at once cannot be looked at, linked or recognised";
            return Err(source.refuse(&[&line], "kept for no day at all".to_owned(), remedy.to_owned()));
        }
    }
    let days = |days: u16| i64::from(days) * Timestamp::DAY;
    Ok(Expiry {
        unlinked_anonymous: days(unlinked_anonymous),
        quarantine: days(quarantine),
        message_seen: days(message_seen),
    })
}
