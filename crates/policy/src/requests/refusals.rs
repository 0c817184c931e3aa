//! `requests/refusals.yaml`: why something that was asked for is not done, or is late (GDPR art. 12(3)–(5) and 17(3), LGPD
//! art. 18 §4 and 16).

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::files::Files;
use crate::ground::is_key;
use crate::identity_proof::IdentityProof;
use crate::paths::REFUSALS;
use crate::read::{Entries, Source};
use crate::{Label, PolicyError};

/// What a code does to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefusalKind {
    /// It is refused as a whole.
    Refuses,
    /// Something is kept, and the rest done: it stands at each field that is kept.
    Keeps,
    /// It is answered later, within an extension.
    Delays,
    /// It waits for something the person has to give.
    Waits,
}

/// A reason not to do what was asked, or not yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Its code, in rows, letters and evidence.
    pub code: String,
    /// What people read.
    pub label: Label,
    /// What it does to a request.
    pub kind: RefusalKind,
    /// The rights it can be an answer to.
    pub rights: BTreeSet<String>,
    /// Its W3C DPV concept, `eu-gdpr:Justification…`; `None` where DPV has none, and then `no_dpv` says so.
    pub dpv: Option<String>,
    /// Why there is no DPV concept.
    pub no_dpv: Option<String>,
    /// Where the GDPR knows it; `None` where it does not, and then nobody is refused under it by this.
    pub gdpr: Option<String>,
    /// What is equivalent in the LGPD; `None` as before.
    pub lgpd: Option<String>,
    /// Whether a second human must agree.
    pub second_approver: bool,
    /// What must be on file, in words officers read.
    pub evidence: Label,
}

/// Says why something that was asked for is not done, by code.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    refusals: Entries<Entry>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Entry {
    label: Label,
    kind: RefusalKind,
    /// Rights of `identity-proof.yaml`.
    rights: BTreeSet<String>,
    /// A concept of DPV's GDPR module, `eu-gdpr:Justification…`.
    dpv: Option<String>,
    /// Why there is none.
    no_dpv: Option<String>,
    /// Article of the GDPR; left out where it knows no such reason.
    gdpr: Option<String>,
    /// What is equivalent in the LGPD; left out where it knows no such reason.
    lgpd: Option<String>,
    #[serde(default)]
    second_approver: bool,
    /// What must be on file.
    evidence: Label,
}

pub(super) fn refusals(files: &Files, identity: &IdentityProof) -> Result<Vec<Refusal>, PolicyError> {
    let source = Source::open(files, REFUSALS)?;
    let File { refusals } = source.parse()?;
    let mut known: Vec<Refusal> = Vec::with_capacity(refusals.0.len());
    for (code, entry) in refusals.0 {
        let line = format!("{code}:");
        let refuse = |field: &str, problem: String, remedy: &str| {
            Err(source.refuse(&["refusals:", &line, field], problem, remedy.to_owned()))
        };
        if !is_key(&code) {
            let problem = format!("\"{code}\" cannot be a code");
            return refuse("label:", problem, "write lower-case letters, digits, - and _");
        }
        if known.iter().any(|one| one.code == code) {
            return Err(source.twice(&["refusals:"], &line));
        }
        let unknown = entry.rights.iter().find(|right| !identity.rights.contains_key(*right));
        if let Some(right) = unknown {
            let problem = format!("unknown right \"{right}\"");
            return refuse("rights:", problem, "use one that identity-proof.yaml names, or add it there");
        }
        if entry.rights.is_empty() || (entry.gdpr.is_none() && entry.lgpd.is_none()) {
            let problem = "no right, or no law, to refuse by".to_owned();
            return refuse("rights:", problem, "name rights, and the article under gdpr:, lgpd: or both");
        }
        if entry.dpv.is_some() == entry.no_dpv.is_some() {
            let problem = "nobody says which DPV concept it is, or why none".to_owned();
            let remedy = "write dpv:, or no_dpv: with the reason".to_owned();
            return Err(source.refuse(&["refusals:", &line], problem, remedy));
        }
        let Entry { label, kind, rights, dpv, no_dpv, gdpr, lgpd, second_approver, evidence } = entry;
        known.push(Refusal { code, label, kind, rights, dpv, no_dpv, gdpr, lgpd, second_approver, evidence });
    }
    Ok(known)
}
