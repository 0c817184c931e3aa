//! Purposes: what data is processed for, on which basis, and which data that is (LGPD art. 6 I–III, GDPR art. 5(1)(b)).

use std::collections::BTreeMap;

use zelo_model::Purpose;

use crate::{Basis, CategoryMask, Jurisdiction, Label, Opens};

mod load;

#[cfg(test)]
pub(crate) use load::File;
pub(crate) use load::purposes;

/// A purpose, declared.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a yes or no of its own in the file")]
pub struct DeclaredPurpose {
    /// What credentials and sources call it.
    pub key: Purpose,
    /// What people read.
    pub label: Label,
    /// What makes it lawful, by jurisdiction: exactly one each; a member state without a line of its own has its parent's.
    pub basis: BTreeMap<Jurisdiction, Basis>,
    /// Which data it needs, and no more.
    pub categories: CategoryMask,
    /// Data among it that needs more than the purpose rests on.
    pub parts: Vec<PurposePart>,
    /// Who else gets the data.
    pub recipients: Vec<String>,
    /// How long it is kept; text until the retention files exist.
    pub retention: String,
    /// Whether it is closed to children and adolescents (LGPD art. 14, GDPR art. 8).
    pub excludes_minors: bool,
    /// Whether `Sec-GPC: 1` objects to it.
    pub opts_out_on_gpc: bool,
    /// Whether it is direct marketing: an objection closes it whatever it rests on (GDPR art. 21(2) and (3)).
    pub is_marketing: bool,
    /// Whether it goes on for people whose processing is restricted (GDPR art. 18(2)).
    pub goes_on_restricted: bool,
}

/// Data of a purpose that has a basis of its own beside the purpose's, or is closed to minors: both must hold for it to be
/// shown (LGPD art. 11 and 14, GDPR art. 9: exactly one basis for a purpose, a category and a jurisdiction).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurposePart {
    /// Which data; no category is in two parts.
    pub categories: CategoryMask,
    /// What makes it lawful, by jurisdiction; empty when the purpose's own basis is enough.
    pub basis: BTreeMap<Jurisdiction, Basis>,
    /// Whether it is not shown of children and adolescents.
    pub excludes_minors: bool,
}

impl DeclaredPurpose {
    /// What may make it, or some of its data, lawful in this jurisdiction.
    pub fn bases_in(&self, home: Jurisdiction) -> impl Iterator<Item = &Basis> {
        let parts = self.parts.iter().filter_map(move |part| part.basis.get(&home));
        self.basis.get(&home).into_iter().chain(parts)
    }

    /// Whether it is open in this jurisdiction to people who have said nothing: neither consent nor proof is asked for. A
    /// purpose without a basis there needs more than either.
    pub fn is_open_in(&self, home: Jurisdiction) -> bool {
        let opens = self.basis.get(&home).map(|basis| basis.opens);
        matches!(opens, Some(Opens::Always | Opens::UntilObjection))
    }

    /// Whether the person's consent makes it lawful in this jurisdiction.
    pub fn is_by_consent_in(&self, home: Jurisdiction) -> bool {
        self.basis.get(&home).is_some_and(Basis::is_consent)
    }
}
