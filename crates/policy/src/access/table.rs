//! Every decision there can be has a place here and is made once: the table lives as long as its bundle, so the
//! digest it is remembered under is the bundle's own.

use std::sync::OnceLock;

use zelo_model::{Purpose, Role};

use super::ask::{Judge, Who};
use super::{Flags, Question, Sight, Verdict, cases, load};
use crate::files::Files;
use crate::{Category, CategoryMask, DeclaredPurpose, OperationInfo, PolicyError};

/// Policies in force over a list of operations.
pub(crate) struct Governed {
    judge: Judge,
    operations: Vec<OperationInfo>,
    purposes: Vec<(Purpose, CategoryMask)>,
    categories: Vec<Category>,
    /// By operation, then as `masks`.
    verdicts: Box<[OnceLock<Verdict>]>,
    /// What a role sees, by role, purpose and flags.
    masks: Box<[OnceLock<CategoryMask>]>,
}

/// Puts the policies in force over these operations; refuses them when one does not validate or a case fails.
pub(crate) fn govern(
    files: &Files,
    schema: &str,
    operations: &[OperationInfo],
    categories: &[Category],
    purposes: &[DeclaredPurpose],
) -> Result<Governed, PolicyError> {
    let schema = load::parse_schema(schema)?;
    let judge = Judge::new(&schema, load::policies(files, &schema)?)?;
    let mut operations = operations.to_vec();
    operations.sort_unstable_by_key(|operation| operation.name);
    let each = Role::ALL.len() * purposes.len() * Flags::ALL.len();
    let governed = Governed {
        judge,
        verdicts: (0..each * operations.len()).map(|_| OnceLock::new()).collect(),
        masks: (0..each).map(|_| OnceLock::new()).collect(),
        operations,
        // Sorted by name already.
        purposes: purposes.iter().map(|one| (one.key.clone(), one.categories)).collect(),
        categories: categories.to_vec(),
    };
    cases::check(files, &governed)?;
    Ok(governed)
}

impl Governed {
    /// The one question about permission. What is not in the lists is denied.
    pub(crate) fn decide(&self, asked: &Question<'_>) -> Verdict {
        let operation = self.operations.binary_search_by(|one| one.name.cmp(asked.operation));
        let purpose = self.purposes.binary_search_by(|(key, _)| key.cmp(asked.purpose));
        let (Ok(operation), Ok(purpose)) = (operation, purpose) else { return Verdict::Deny };
        let place =
            (asked.role as usize * self.purposes.len() + purpose) * Flags::ALL.len() + asked.flags.index();
        let cell = &self.verdicts[operation * self.masks.len() + place];
        *cell.get_or_init(|| {
            let who = Who { role: asked.role, purpose: asked.purpose, flags: asked.flags };
            if !self.judge.allows(who, &self.operations[operation]) {
                return Verdict::Deny;
            }
            let role = *self.masks[place].get_or_init(|| self.judge.sees(who, &self.categories));
            Verdict::Allow(Sight::new(role, self.purposes[purpose].1))
        })
    }

    pub(super) fn operations(&self) -> &[OperationInfo] {
        &self.operations
    }

    pub(super) fn purposes(&self) -> impl Iterator<Item = (&Purpose, CategoryMask)> {
        self.purposes.iter().map(|(key, mask)| (key, *mask))
    }

    pub(super) fn categories(&self) -> &[Category] {
        &self.categories
    }
}
