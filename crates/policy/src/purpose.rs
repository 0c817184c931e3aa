//! Purposes: what data is processed for, on which basis, and which data that is (LGPD art. 6 I–III, GDPR art. 5(1)(b)).

use std::collections::BTreeMap;

use zelo_model::Purpose;

use crate::{Basis, CategoryMask, Jurisdiction, Label};

mod load;

pub(crate) use load::purposes;

/// A purpose, declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredPurpose {
    /// What credentials and sources call it.
    pub key: Purpose,
    /// What people read.
    pub label: Label,
    /// What makes it lawful, by jurisdiction: exactly one each.
    pub basis: BTreeMap<Jurisdiction, Basis>,
    /// Which data it needs, and no more.
    pub categories: CategoryMask,
    /// Who else gets the data.
    pub recipients: Vec<String>,
    /// How long it is kept; text until the retention files exist.
    pub retention: String,
    /// Whether it is closed to children and adolescents (LGPD art. 14, GDPR art. 8).
    pub excludes_minors: bool,
    /// Whether `Sec-GPC: 1` objects to it.
    pub opts_out_on_gpc: bool,
}

impl DeclaredPurpose {
    /// Whether it needs no consent in this jurisdiction; a purpose without a basis there needs more than consent.
    pub fn is_open_in(&self, home: Jurisdiction) -> bool {
        self.basis.get(&home).is_some_and(|basis| !basis.is_consent())
    }

    /// Whether the person's consent makes it lawful in this jurisdiction.
    pub fn is_by_consent_in(&self, home: Jurisdiction) -> bool {
        self.basis.get(&home).is_some_and(|basis| basis.is_consent())
    }
}
