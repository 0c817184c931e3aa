//! `access/cases`: what must be allowed and what must not, as sentences; a bundle that fails one is refused.

use schemars::JsonSchema;
use serde::Deserialize;
use zelo_model::{Purpose, Role};

use super::{Flags, Governed, Question, Verdict};
use crate::PolicyError;
use crate::files::{ALLOW, DENY, Files};
use crate::read::Source;
use crate::taxonomy::lookup;

/// Says what somebody may, or may not.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    role: String,
    operation: String,
    purpose: String,
    /// Then the case is about showing this, and not about the operation.
    category: Option<String>,
    #[serde(default)]
    installation: bool,
}

/// Tries every case.
pub(super) fn check(files: &Files, governed: &Governed) -> Result<(), PolicyError> {
    for (path, allowed) in files.keys().filter_map(|path| {
        let is = |folder: &str| path.starts_with(folder);
        (is(ALLOW) || is(DENY)).then(|| (path, is(ALLOW)))
    }) {
        let source = Source::open(files, path)?;
        let case: Case = source.parse()?;
        let holds = allows(&source, &case, governed)?;
        if holds != allowed {
            let (says, wanted) = if holds { ("allow", "denies") } else { ("deny", "allows") };
            let problem = format!("the policies {says} what this case {wanted}");
            let remedy = "correct the policies, or the case if it is no longer meant";
            return Err(PolicyError::of_file(path, problem, remedy));
        }
    }
    Ok(())
}

fn allows(source: &Source<'_>, case: &Case, governed: &Governed) -> Result<bool, PolicyError> {
    let unknown = |field: &str, name: &str, known: String| {
        let line = format!("{field}:");
        source.refuse(&[&line], format!("unknown {field} \"{name}\""), format!("write one of {known}"))
    };
    let role = Role::from_slug(&case.role)
        .ok_or_else(|| unknown("role", &case.role, Role::ALL.map(Role::slug).join(", ")))?;
    let operation = governed.operations().iter().find(|one| one.name == case.operation);
    let operation = operation.ok_or_else(|| {
        let known: Vec<_> = governed.operations().iter().map(|one| one.name).collect();
        unknown("operation", &case.operation, known.join(", "))
    })?;
    let purpose = governed.purposes().find(|(key, _)| key.as_str() == case.purpose).ok_or_else(|| {
        let known: Vec<_> = governed.purposes().map(|(key, _)| Purpose::as_str(key)).collect();
        unknown("purpose", &case.purpose, known.join(", "))
    })?;
    let flags = Flags { installation: case.installation };
    let verdict = governed.decide(&Question { role, operation: operation.name, purpose: purpose.0, flags });
    match (&case.category, verdict) {
        (None, verdict) => Ok(verdict != Verdict::Deny),
        (Some(key), Verdict::Allow(sight)) => {
            let category = lookup(governed.categories(), source, &["category:"], key)?;
            Ok(sight.withholds(category.id).is_none())
        }
        (Some(_), Verdict::Deny) => {
            let problem = format!("{} may not {} at all, whatever the category", role, operation.name);
            let remedy = "leave the category out, or choose an operation and purpose the role has";
            Err(source.refuse(&["category:"], problem, remedy.to_owned()))
        }
    }
}
