//! `minors.yaml`: children and adolescents (LGPD art. 14, GDPR art. 8). From which age, the law of each jurisdiction says.

use schemars::JsonSchema;
use serde::Deserialize;
use zelo_model::Purpose;

use crate::data_map::plain;
use crate::read::filled;
use crate::{Assurance, Label};

mod load;

#[cfg(test)]
pub(crate) use load::File;
pub(crate) use load::minors;

/// How it is known who is a minor, and what follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Minors {
    /// Attributes that say when somebody was born, the most telling first; compare with [`Minors::says_birth`].
    pub birth_date: Vec<String>,
    /// Attributes that say in which country somebody lives, the most telling first.
    pub country: Vec<String>,
    /// Whether somebody whose age nobody knows is taken for a minor.
    pub unknown_is_minor: bool,
    /// Ways in which a guardian's consent is verified to be one's, with what each is worth.
    pub guardian_verified_by: Vec<GuardianProof>,
    /// What minors are kept out of, each with its ground.
    pub closed: Vec<ClosedToMinors>,
    /// Where the law says that a guardian's consent lapses at majority and the person is asked again; it always does.
    pub lapse_reference: String,
}

/// A way to verify that whoever consents for a child is its guardian (LGPD art. 14 §5, GDPR art. 8(2)).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardianProof {
    /// What requests and consents call it.
    #[serde(deserialize_with = "filled")]
    pub key: String,
    /// What people read.
    pub label: Label,
    /// How sure it makes.
    pub assurance: Assurance,
    /// Whether it is enough where the law asks for verification.
    pub sufficient: bool,
}

/// Something minors are kept out of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedToMinors {
    /// What people read.
    pub label: Label,
    /// The purposes it comes under; each says `minors: excluded`, and each that says so is here.
    pub purposes: Vec<Purpose>,
    /// Where the law says so.
    pub reference: String,
}

impl Minors {
    /// How telling an attribute of this path is about when somebody was born, in whatever spelling: 0 is the most.
    pub fn says_birth(&self, path: &str) -> Option<usize> {
        self.birth_date.iter().position(|name| plain(name) == plain(path))
    }

    /// The same about where somebody lives.
    pub fn says_country(&self, path: &str) -> Option<usize> {
        self.country.iter().position(|name| plain(name) == plain(path))
    }
}
