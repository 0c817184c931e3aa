//! Verified logs as the command line shows them.

use std::collections::HashMap;
use std::mem::discriminant;

use serde::{Deserialize, Serialize};
use zelo_ledger::{Finding, Report};
use zelo_model::TenantId;

/// How many findings of one kind are named; a log that was rewritten may have millions.
const EACH: usize = 100;

/// What a log was held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Held {
    /// The anchor.
    Anchored,
    /// Nothing but itself, which was said to be enough.
    ByItself,
    /// Nothing but itself, which proves nothing against whoever holds the signing key.
    Unanchored,
}

/// A log and what its verification found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LogShown {
    /// The tenant's name, `installation`, or what a copy is called.
    log: String,
    tenant: String,
    entries: u64,
    /// The largest anchored size that the log fits; `None` when it was held against no anchor.
    anchored: Option<u64>,
    held: Held,
    sound: bool,
    findings: Vec<FindingShown>,
    /// How many findings more there are.
    more: usize,
    /// The epochs before a restore, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    earlier: Vec<LogShown>,
    remarks: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct FindingShown {
    finding: String,
    failure: bool,
}

impl LogShown {
    /// What to show of a report.
    pub(crate) fn new(log: impl Into<String>, tenant: TenantId, report: &Report, held: Held) -> Self {
        let mut seen = HashMap::new();
        let named = report.findings.iter().filter(|finding| {
            let seen = seen.entry(discriminant(*finding)).or_insert(0);
            *seen += 1;
            *seen <= EACH
        });
        let shown =
            |finding: &Finding| FindingShown { finding: finding.to_string(), failure: finding.is_failure() };
        let findings: Vec<_> = named.map(shown).collect();
        let log = log.into();
        let earlier = |(epoch, report): &(u64, Report)| {
            Self::new(format!("{log} before a restore, epoch {epoch}"), tenant, report, held)
        };
        Self {
            earlier: report.earlier.iter().map(earlier).collect(),
            log,
            tenant: tenant.to_string(),
            entries: report.entries,
            anchored: (held == Held::Anchored).then_some(report.anchored_size),
            held,
            sound: report.is_sound() && held != Held::Unanchored,
            more: report.findings.len() - findings.len(),
            findings,
            remarks: Vec::new(),
        }
    }

    /// Adds what else is to be known.
    pub(crate) fn remark(&mut self, remark: impl Into<String>) {
        self.remarks.push(remark.into());
    }

    /// Whether it is what it was, as far as can be known.
    pub(crate) fn is_sound(&self) -> bool {
        self.sound
    }

    /// The same for people: one line, and below it what was found and what the verification cannot say.
    pub(super) fn text(&self) -> String {
        let Self { log, tenant, entries, .. } = self;
        let failed = self.findings.iter().any(|finding| finding.failure);
        let verdict = match (self.sound, self.held) {
            (true, _) => "verified",
            (false, Held::Unanchored) if !failed => "UNANCHORED",
            (false, _) => "DOES NOT VERIFY",
        };
        let mut text = match self.anchored {
            _ if *entries == 0 && self.findings.is_empty() && self.earlier.is_empty() => {
                return format!("{log} ({tenant}): no entries yet");
            }
            Some(anchored) => {
                format!("{log} ({tenant}): {}, {anchored} anchored: {verdict}", counted(*entries))
            }
            None => format!("{log} ({tenant}): {}, no anchor: {verdict}", counted(*entries)),
        };
        for FindingShown { finding, failure } in &self.findings {
            let limit = match self.anchored {
                _ if *failure => "",
                _ if finding.starts_with("RESTORED") => {
                    ": these did not come back with a restore, as the first entry after it says; ask who restored, and why"
                }
                Some(_) => {
                    ": no anchored checkpoint holds these yet; whoever owns the database can still remove them"
                }
                None => {
                    ": whoever holds the signing key could have made all of this anew; hold it against the anchor"
                }
            };
            text = format!("{text}\n  {finding}{limit}");
        }
        if self.more > 0 {
            text = format!("{text}\n  and {} findings more", self.more);
        }
        let text = self.remarks.iter().fold(text, |text, remark| format!("{text}\n  {remark}"));
        self.earlier.iter().fold(text, |text, log| format!("{text}\n{}", log.text()))
    }
}

fn counted(entries: u64) -> String {
    if entries == 1 { "1 entry".to_owned() } else { format!("{entries} entries") }
}

/// A copy that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CopyShown {
    pub(super) log: String,
    pub(super) folder: String,
    pub(super) entries: u64,
    pub(super) vkey: String,
    pub(super) anchor: String,
}

impl CopyShown {
    /// What it is and how to verify it.
    pub(super) fn text(&self) -> String {
        let Self { log, folder, entries, vkey, anchor } = self;
        format!(
            "wrote {} of {log} to {folder}, in the layout of C2SP tlog-tiles\n\
             next: zelo audit verify --copy '{folder}' --vkey '{vkey}' --anchor '{anchor}' --earlier\n\
             Have the key and the anchor from somebody who could not change the copy. A log that was cut short looks like \
             an earlier copy: with an anchor no newer than the copy, leave --earlier out.",
            counted(*entries)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_that_was_rewritten_names_a_hundred_entries_and_every_other_finding() {
        let mut findings: Vec<_> = (0..1_000_000).map(Finding::LeafModified).collect();
        findings.push(Finding::Fork { size: 5, after: 3 });
        let report = Report { entries: 1_000_000, anchored_size: 3, findings, earlier: Vec::new() };
        let shown = LogShown::new("acme", TenantId([7; 16]), &report, Held::Anchored);
        let text = shown.text();
        assert!(!shown.is_sound() && text.contains("1000000 entries, 3 anchored: DOES NOT VERIFY"), "{text}");
        assert!(text.contains("LEAF_MODIFIED(99)\n  FORK(size 5, changed in 3..5)\n"), "{text}");
        assert!(text.ends_with("and 999900 findings more"), "{text}");
    }
}
