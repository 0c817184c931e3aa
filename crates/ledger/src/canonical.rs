//! A leaf's bytes: JSON in the canonical form of RFC 8785, so that the same fact has the same hash everywhere.

use serde::Serialize;

use crate::leaf::{Class, Decision, Leaf, LeafError, MAX_LEAF, Restored};
use crate::rooted::Rooted;

/// Integers beyond this have no exact form in RFC 8785 (IEEE 754 doubles, §3.2.2.3).
const MAX_EXACT: i64 = (1 << 53) - 1;

impl Leaf {
    /// The bytes the log hashes and keeps: JSON in the canonical form of RFC 8785, `v` = 1, bytes in hexadecimal,
    /// ids and times as they read outside.
    pub fn canonical(&self) -> Result<Vec<u8>, LeafError> {
        self.check_numbers()?;
        let wire = Wire::from(self);
        let bytes = serde_json::to_vec(&wire).map_err(LeafError::Json)?;
        debug_assert_eq!(serde_json_canonicalizer::to_vec(&wire).ok().as_ref(), Some(&bytes));
        if bytes.len() > MAX_LEAF { Err(LeafError::TooLong(bytes.len())) } else { Ok(bytes) }
    }

    fn check_numbers(&self) -> Result<(), LeafError> {
        let signed = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let numbers = [
            ("seen", self.seen),
            ("made", self.made),
            ("erasure", self.erasure),
            ("count", self.count.map(signed)),
            ("subjects.n", Some(signed(self.subjects.n))),
            ("sealed.n", Some(signed(self.sealed.n))),
            ("restored.size", self.restored.as_ref().map(|r| signed(r.size))),
        ];
        let beyond = |n: &Option<i64>| n.is_some_and(|n| n.unsigned_abs() > MAX_EXACT.unsigned_abs());
        numbers.iter().find(|(_, n)| beyond(n)).map_or(Ok(()), |(name, _)| Err(LeafError::Inexact(name)))
    }
}

/// A leaf as JSON. Members stand in canonical order and numbers are whole, so `serde_json` writes the canonical
/// form by itself, six times as fast as `serde_json_canonicalizer`, which every debug build holds it against.
#[derive(Serialize)]
struct Wire<'a> {
    actor: &'a str,
    at: String,
    class: Class,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
    decision: Decision,
    #[serde(skip_serializing_if = "Option::is_none")]
    erasure: Option<i64>,
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    made: Option<i64>,
    op: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<String>,
    policy: &'a str,
    purpose: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    restored: Option<&'a Restored>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sealed: Option<WireRoot>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seen: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    shown: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subjects: Option<WireRoot>,
    v: u8,
    via: &'static str,
}

#[derive(Serialize)]
struct WireRoot {
    n: u64,
    root: String,
}

impl WireRoot {
    fn of(rooted: Rooted) -> Option<Self> {
        (rooted.n > 0).then(|| Self { n: rooted.n, root: hex::encode(rooted.root) })
    }
}

impl<'a> From<&'a Leaf> for Wire<'a> {
    fn from(leaf: &'a Leaf) -> Self {
        let mut shown: Vec<&str> = leaf.shown.iter().map(String::as_str).collect();
        shown.sort_unstable();
        shown.dedup();
        Self {
            actor: &leaf.actor,
            at: leaf.at.to_string(),
            class: leaf.class,
            count: leaf.count,
            decision: leaf.decision,
            erasure: leaf.erasure,
            id: leaf.id.to_string(),
            made: leaf.made,
            op: &leaf.op,
            payload: leaf.payload.map(hex::encode),
            policy: &leaf.policy,
            purpose: &leaf.purpose,
            reason: leaf.reason.as_deref(),
            restored: leaf.restored.as_ref(),
            sealed: WireRoot::of(leaf.sealed),
            seen: leaf.seen,
            shown,
            subjects: WireRoot::of(leaf.subjects),
            v: 1,
            via: leaf.via,
        }
    }
}
