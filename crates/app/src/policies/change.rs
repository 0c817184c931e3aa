//! A change of policies as people read it: what would be different, file by file and in the terms of those who must agree.

use zelo_model::{ApprovedPolicies, Problem, Role};
use zelo_policy::{Bundle, Change, Edits, Flags, PolicyError, Question, Verdict};

use super::{ApprovePolicies, admit, kept_under, refused};
use crate::error::{Error, Result};
use crate::operation::Operation as _;
use crate::tx::{Mode, Read, Tx};

/// The most files that one change may hold.
const MOST_FILES: usize = 100;
/// The longest file, in bytes.
const LONGEST_FILE: usize = 128 * 1024;

/// What would be different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The digest of the policies it begins from.
    pub base: String,
    /// The digest of what comes out of it.
    pub digest: String,
    /// What it means.
    pub changes: Vec<Change>,
    /// The files, as a unified diff that `git apply` takes.
    pub patch: String,
    /// What refuses nothing but must be seen to.
    pub remarks: Vec<PolicyError>,
}

/// A change, and what it would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeView {
    /// The change.
    pub change: zelo_model::PolicyChange,
    /// Whether it begins from what is in force, so that it can be approved.
    pub is_current: bool,
    /// What would be different; `None` when this program reads one of the two no more, or nobody asked.
    pub difference: Option<Difference>,
}

/// Policies with some files changed, found good in every way; and what is different.
pub(super) async fn changed(tx: &Tx<'_, Read>, base: &Bundle, edits: &Edits) -> Result<(Bundle, Difference)> {
    bounds(edits)?;
    let next = base.changed(edits).map_err(|error| super::wrong(&error))?;
    let next = admit(tx.inner, next).await.map_err(refused)?;
    if next.digest() == base.digest() {
        return Err(Error::invalid("edits", "nothing would be different; give a file as it should be"));
    }
    let difference = difference(tx, base, &next);
    Ok((next, difference))
}

/// What is different between two bundles that govern.
pub(super) fn difference<A: Mode>(tx: &Tx<'_, A>, base: &Bundle, next: &Bundle) -> Difference {
    Difference {
        base: base.digest().to_owned(),
        digest: next.digest().to_owned(),
        changes: base.changes(next),
        patch: base.patch(next),
        remarks: next.lint(tx.now).into_iter().chain(locks_out(next)).collect(),
    }
}

/// Nobody could approve of the change that takes it back.
fn locks_out(next: &Bundle) -> Option<PolicyError> {
    let flags = Flags { installation: true };
    let may = |role: Role| {
        next.purposes().iter().any(|purpose| {
            let asked = Question { role, operation: ApprovePolicies::NAME, purpose: &purpose.key, flags };
            !matches!(next.decide(&asked), Verdict::Deny)
        })
    };
    (!Role::ALL.into_iter().any(may)).then(|| PolicyError {
        file: "access".to_owned(),
        line: None,
        problem: "nobody may approve of a change of policies any more".to_owned(),
        remedy: "leave it to somebody, or change them in a folder from then on".to_owned(),
    })
}

fn bounds(edits: &Edits) -> Result<()> {
    let mut problems = Vec::new();
    if edits.is_empty() || edits.len() > MOST_FILES {
        problems.push(Problem::new("edits", format!("name 1 to {MOST_FILES} files")));
    }
    for (path, text) in edits {
        if text.as_ref().is_some_and(|text| text.len() > LONGEST_FILE) {
            let message = format!("a file has at most {LONGEST_FILE} bytes");
            problems.push(Problem::new(format!("policies/{path}"), message));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// The edits of a change, as they are kept.
pub(super) fn edits(change: &zelo_model::PolicyChange) -> Result<Edits> {
    serde_json::from_str(&change.edits).map_err(Error::internal)
}

/// The policies a change begins from, as they were kept; they govern.
pub(super) async fn base(tx: &Tx<'_, Read>, digest: &str) -> Result<Bundle> {
    let bundle = kept_under(&tx.rows, digest).await.map_err(refused)?;
    super::govern(bundle).await.map_err(|error| super::wrong(&error))
}

/// What is in force, as this passage sees it.
pub(super) struct InForce {
    /// Its digest.
    pub(super) digest: String,
    /// What was approved last.
    pub(super) approved: Option<ApprovedPolicies>,
    /// The digest of what the files say.
    pub(super) files: String,
}

impl InForce {
    pub(super) async fn of(tx: &Tx<'_, Read>) -> Result<Self> {
        let (approved, files) = (tx.rows.approved_policies().await?, tx.inner.policy.files());
        let digest = files.governed_by(approved.as_ref()).to_owned();
        Ok(Self { digest, approved, files: files.digest.clone() })
    }
}
