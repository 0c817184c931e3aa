//! What would be different under other policies, in the terms of those who must agree to it.

use async_graphql::{Enum, SimpleObject};
use zelo_app::{Change, Difference, PolicyError};

/// What something that is different is about.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "zelo_app::ChangeOf")]
pub(crate) enum PolicyChangeOf {
    /// Who may do what, or see what.
    Permission,
    /// What a purpose rests on, needs, or leaves out.
    Purpose,
    /// What a consent asks for.
    Consent,
    /// A text people agree to.
    Notice,
    /// What a law keeps of who is forgotten.
    Retention,
    /// How long the living are kept.
    Schedule,
    /// By when something is due.
    Deadline,
    /// Who answers for the data.
    Controller,
    /// A file, by the SHA-256 of its text: whatever else is different stands in one of them.
    File,
}

/// What would be different.
#[derive(SimpleObject)]
pub(crate) struct PolicyDifference {
    /// The digest of the policies it begins from.
    base: String,
    /// The digest of what comes out of it.
    digest: String,
    /// What it means.
    changes: Vec<PolicyFact>,
    /// The files, as a unified diff; `git apply` takes it where `policies/` stands.
    patch: String,
    /// What refuses nothing but must be seen to, such as a calendar that ends.
    remarks: Vec<PolicyRemark>,
}

/// One thing that is different.
#[derive(SimpleObject)]
pub(crate) struct PolicyFact {
    /// What kind of thing it is.
    of: PolicyChangeOf,
    /// Which one.
    what: String,
    /// What is so; null where it is new.
    before: Option<String>,
    /// What would be so; null where it goes.
    after: Option<String>,
}

/// Something in a policy that must be seen to.
#[derive(SimpleObject)]
pub(crate) struct PolicyRemark {
    /// Which file, below `policies/`.
    file: String,
    /// Which line, from 1 on; null when it is about the file as a whole.
    line: Option<u64>,
    /// What is wrong.
    problem: String,
    /// What to do.
    remedy: String,
}

impl From<Difference> for PolicyDifference {
    fn from(Difference { base, digest, changes, patch, remarks }: Difference) -> Self {
        let fact =
            |Change { of, what, before, after }: Change| PolicyFact { of: of.into(), what, before, after };
        let remark = |PolicyError { file, line, problem, remedy }: PolicyError| PolicyRemark {
            file,
            line: line.map(|line| line as u64),
            problem,
            remedy,
        };
        Self {
            base,
            digest,
            changes: changes.into_iter().map(fact).collect(),
            patch,
            remarks: remarks.into_iter().map(remark).collect(),
        }
    }
}
