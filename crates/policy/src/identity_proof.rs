//! `identity-proof.yaml`: whether whoever asks is who they say (GDPR art. 12(2) and (6), LGPD art. 18 §3 and 6 VII).
//!
//! It is asked for no more than a request needs, and never of somebody who only says no.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::files::Files;
use crate::paths::IDENTITY_PROOF;
use crate::read::{Entries, Source, filled};
use crate::{Label, PolicyError};

/// How sure it is who somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Assurance {
    /// Nobody asked.
    None,
    /// Whoever asks reads what is sent to an address we know.
    Low,
    /// Whoever asks has signed in, or shows two things only the person has.
    Substantial,
    /// Somebody has seen a document, or a person.
    High,
}

/// A way to prove who one is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofMethod {
    /// What requests call it.
    pub key: String,
    /// What people read.
    pub label: Label,
    /// How sure it makes.
    pub assurance: Assurance,
    /// Minutes within which it is used; `None` for what does not run out.
    pub valid_minutes: Option<u16>,
    /// How often somebody may try.
    pub attempts: Option<u8>,
    /// What is kept of it: as little as proves that it was done.
    pub keeps: Label,
}

/// How requesters prove who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityProof {
    /// The ways, in the order in which they are offered.
    pub methods: Vec<ProofMethod>,
    /// What a request must have, by the right it exercises.
    pub rights: BTreeMap<String, Assurance>,
    /// Where the law says so.
    pub reference: String,
}

impl IdentityProof {
    /// How sure it must be who exercises this right; a right nobody has written down asks for the most.
    pub fn needed(&self, right: &str) -> Assurance {
        self.rights.get(right).copied().unwrap_or(Assurance::High)
    }

    /// The ways that are enough for a right, in the order in which they are offered.
    pub fn enough_for(&self, right: &str) -> impl Iterator<Item = &ProofMethod> {
        let needed = self.needed(right);
        self.methods.iter().filter(move |one| one.assurance >= needed && needed > Assurance::None)
    }
}

/// Says how requesters prove who they are, and for what.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    #[serde(rename = "ref", deserialize_with = "filled")]
    reference: String,
    /// Whether somebody unknown is answered otherwise than somebody known who is not verified yet. Always false.
    tells_who_is_known: bool,
    /// In the order in which they are offered.
    methods: Vec<MethodEntry>,
    /// By right.
    rights: Entries<Assurance>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MethodEntry {
    #[serde(deserialize_with = "filled")]
    key: String,
    label: Label,
    assurance: Assurance,
    /// Minutes within which it is used.
    valid_minutes: Option<u16>,
    /// How often somebody may try.
    attempts: Option<u8>,
    /// What is kept of it.
    keeps: Label,
}

pub(crate) fn identity_proof(files: &Files) -> Result<IdentityProof, PolicyError> {
    let source = Source::open(files, IDENTITY_PROOF)?;
    let File { reference, tells_who_is_known, methods, rights } = source.parse()?;
    if tells_who_is_known {
        let remedy = "write false: an answer would tell strangers who is a customer".to_owned();
        let problem = "whoever asks would learn whether somebody is known here".to_owned();
        return Err(source.refuse(&["tells_who_is_known:"], problem, remedy));
    }
    let mut known: Vec<ProofMethod> = Vec::with_capacity(methods.len());
    for MethodEntry { key, label, assurance, valid_minutes, attempts, keeps } in methods {
        let line = format!("key: {key}");
        if known.iter().any(|one| one.key == key) {
            return Err(source.twice(&[], &line));
        }
        if assurance == Assurance::None || valid_minutes == Some(0) || attempts == Some(0) {
            let remedy = "write an assurance, and minutes and attempts of at least 1".to_owned();
            return Err(source.refuse(
                &[&line],
                "this proves nothing, or can never be used".to_owned(),
                remedy,
            ));
        }
        known.push(ProofMethod { key, label, assurance, valid_minutes, attempts, keeps });
    }
    let mut needed = BTreeMap::new();
    for (right, assurance) in rights.0 {
        let line = format!("{right}:");
        if assurance > Assurance::None && !known.iter().any(|one| one.assurance >= assurance) {
            let problem = format!("no method is enough for {right}");
            return Err(source.refuse(&["rights:", &line], problem, "add one, or ask for less".to_owned()));
        }
        if needed.insert(right, assurance).is_some() {
            return Err(source.twice(&["rights:"], &line));
        }
    }
    Ok(IdentityProof { methods: known, rights: needed, reference })
}
