//! What a message says to purposes, read from its text: a consent manager's words, in the form the tracking SDKs send them.

use std::collections::BTreeMap;

use serde_json::Value;
use zelo_model::Timestamp;
use zelo_policy::NoticeVersion;

use super::Batch;
use crate::tx::{Read, Tx};

/// What a consent manager says, in the form the tracking SDKs send it.
#[derive(Default)]
pub(super) struct Said {
    /// Yes or no by purpose.
    pub(super) preferences: BTreeMap<String, bool>,
    /// Whether it says anything to any purpose, in whatever form.
    pub(super) answered: bool,
    /// SHA-256 of the text that was read: our own addition.
    notice: Option<String>,
}

impl Said {
    /// What a message says, and what its batch says where it does not.
    pub(super) fn of(batch: &Batch, raw: &str) -> Self {
        let mut said = batch.context.as_deref().and_then(Self::read).unwrap_or_default();
        said.under(Self::read(raw).unwrap_or_default());
        said
    }

    /// The text that was read, by its hash: its version and language, if it is one of this controller's and was out by then.
    pub(super) fn text<'t>(
        &self,
        tx: &Tx<'t, Read>,
        at: Timestamp,
    ) -> (Option<Vec<u8>>, Option<(&'t NoticeVersion, &'t str)>) {
        let hash = self.notice.as_deref().and_then(|hash| hex::decode(hash).ok());
        let text = hash.as_deref().and_then(|hash| tx.policy.notice_of_hash(hash));
        let ours =
            |version: &NoticeVersion| version.is_of(&tx.tenant.row.controller) && version.valid_from <= at;
        let text = text.filter(|(_, version, _)| ours(version)).map(|(_, version, tag)| (version, tag));
        (hash, text)
    }

    /// From a message, or from the context of a batch. What is not of the form says nothing, but for a no: that is heard
    /// however it is written.
    fn read(raw: &str) -> Option<Self> {
        // Nearly no message says anything, and reading all of them again would cost.
        let escaped = || raw.contains("\\u006") || raw.contains("\\u007");
        if !raw.contains("\"consent\"") && !escaped() {
            return None;
        }
        let read: Value = serde_json::from_str(raw).ok()?;
        let context = read.get("context").unwrap_or(&read);
        let consent = context.get("consent")?;
        let preferences = consent.get("categoryPreferences").filter(|all| !all.is_null());
        let answered = preferences.is_some_and(|all| all.as_object().is_none_or(|all| !all.is_empty()));
        let preferences = preferences.and_then(Value::as_object);
        let says = |value: &Value| match value {
            Value::Bool(says) => Some(*says),
            Value::Number(number) if number.as_f64() == Some(0.0) => Some(false),
            Value::String(text) if ["false", "no", "denied"].contains(&text.to_lowercase().as_str()) => {
                Some(false)
            }
            Value::Object(all) if all.values().any(|value| *value == Value::Bool(false)) => Some(false),
            _ => None,
        };
        let preferences = preferences
            .into_iter()
            .flatten()
            .filter_map(|(name, value)| Some((name.to_lowercase(), says(value)?)));
        let notice = consent.get("notice").and_then(Value::as_str).map(str::to_owned);
        Some(Self { preferences: preferences.collect(), answered, notice })
    }

    /// What a message says of its own counts more than what its batch says.
    fn under(&mut self, own: Self) {
        self.preferences.extend(own.preferences);
        self.answered |= own.answered;
        self.notice = own.notice.or(self.notice.take());
    }
}
