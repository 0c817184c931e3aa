//! What an import came to.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Counts of an import.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Counts {
    /// Rows read.
    pub(crate) rows: u64,
    /// Rows taken in.
    pub(crate) taken: u64,
    /// Their messages.
    pub(crate) messages: u64,
    /// Messages that were there before, or said nothing new.
    pub(crate) repeated: u64,
    /// Messages taken in without an identifier of somebody who was forgotten.
    pub(crate) stripped: u64,
    /// Groups' traits held in quarantine.
    pub(crate) held: u64,
    /// Rows of somebody who was forgotten.
    pub(crate) suppressed: u64,
    /// Rows that nothing allows to keep.
    pub(crate) not_collected: u64,
    /// Rows that cannot be taken in, by reason.
    pub(crate) rejected: BTreeMap<String, u64>,
}

impl Counts {
    /// Rows that cannot be taken in.
    pub(crate) fn rejects(&self) -> u64 {
        self.rejected.values().sum()
    }
}

/// What an import came to.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) counts: Counts,
    /// Where the rejects are.
    pub(crate) rejects: Option<PathBuf>,
    pub(crate) dry: bool,
    pub(crate) seconds: f64,
}

impl Report {
    /// The exit code: 3 when there are rejects.
    pub(crate) fn code(&self) -> u8 {
        if self.counts.rejects() > 0 { 3 } else { 0 }
    }

    /// For machines.
    pub(crate) fn json(&self) -> String {
        let mut value = serde_json::to_value(&self.counts).unwrap_or_default();
        value["rejects"] = self.rejects.as_ref().map(|path| path.display().to_string()).into();
        value["dryRun"] = self.dry.into();
        value["seconds"] = self.seconds.into();
        value.to_string()
    }

    /// For people.
    pub(crate) fn text(&self) -> String {
        let Counts { rows, taken, messages, repeated, stripped, held, suppressed, not_collected, rejected } =
            &self.counts;
        let verb = if self.dry { "would be taken in" } else { "taken in" };
        let mut lines = vec![format!("{rows} rows read, {taken} {verb}")];
        if !self.dry {
            lines.push(format!(
                "{messages} messages, of which {repeated} were there before or said nothing new"
            ));
        }
        let mut say = |count: u64, what: &str| {
            if count > 0 {
                lines.push(format!("{count} {what}"));
            }
        };
        say(*suppressed, "rows of somebody who was forgotten, left out");
        say(*stripped, "messages without an identifier of somebody who was forgotten");
        say(*not_collected, "rows that no purpose of the source covers, left out");
        say(*held, "personal-looking values that nobody declared, held in quarantine");
        for (code, count) in rejected {
            say(*count, &format!("rows rejected: {code}"));
        }
        if let Some(path) = &self.rejects {
            lines.push(format!("the rejected rows and why: {}", path.display()));
        }
        lines.join("\n")
    }
}
