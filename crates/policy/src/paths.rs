//! Where the policies stand that speak to people and about them; some are folders in folders.

pub(crate) const COUNTRIES: &str = "taxonomy/countries.yaml";
pub(crate) const CONSENT: &str = "consent.yaml";
pub(crate) const MINORS: &str = "minors.yaml";
pub(crate) const TRANSFERS: &str = "transfers.yaml";
pub(crate) const PROCESSORS: &str = "processors/";
pub(crate) const DECISIONS: &str = "automated-decisions.yaml";
pub(crate) const INCIDENT: &str = "incident.yaml";
pub(crate) const IDENTITY_PROOF: &str = "identity-proof.yaml";
pub(crate) const WORKFLOW: &str = "requests/workflow.yaml";
pub(crate) const REFUSALS: &str = "requests/refusals.yaml";
pub(crate) const LETTERS: &str = "requests/letters/";
pub(crate) const NOTICES: &str = "notices/";
pub(crate) const PRIVACY_NOTICE: &str = "privacy-notice.yaml";

/// All of them; a `*` stands for a name within its folder.
pub(crate) const PATTERNS: [&str; 16] = [
    COUNTRIES,
    CONSENT,
    MINORS,
    TRANSFERS,
    "processors/*.yaml",
    DECISIONS,
    INCIDENT,
    IDENTITY_PROOF,
    WORKFLOW,
    REFUSALS,
    "requests/letters/*/pt-BR.md",
    "requests/letters/*/en.md",
    "notices/*/*/meta.yaml",
    "notices/*/*/pt-BR.md",
    "notices/*/*/en.md",
    PRIVACY_NOTICE,
];

/// Whether a path is one of a pattern.
pub(crate) fn fits(pattern: &str, path: &str) -> bool {
    let part = |(wanted, part): (&str, &str)| match wanted.split_once('*') {
        None => wanted == part,
        Some((front, back)) => {
            part.len() > front.len() + back.len() && part.starts_with(front) && part.ends_with(back)
        }
    };
    pattern.split('/').count() == path.split('/').count() && pattern.split('/').zip(path.split('/')).all(part)
}
