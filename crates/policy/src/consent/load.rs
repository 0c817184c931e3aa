//! `consent.yaml`, read strictly.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;
use zelo_model::IdentifierKind;

use super::{ConsentRules, Consents, SoftOptIn, SoftOptInLaw};
use crate::PolicyError;
use crate::ground::Ground;
use crate::paths::CONSENT;
use crate::read::{Entries, Source, filled};

/// Says what a consent asks for, and what counts without one.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    unproven: Unproven,
    /// For every purpose without rules of its own.
    default: Rules,
    /// By purpose.
    purposes: Entries<Rules>,
    soft_opt_in: Vec<Soft>,
}

/// Opt-ins from before, brought in without the text that was agreed to.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Unproven {
    /// Always false: a controller that cannot prove a consent has none.
    opens_a_purpose: bool,
    /// Where the law says so.
    #[serde(rename = "ref", deserialize_with = "filled")]
    _reference: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Rules {
    /// Calendar months, or null for a consent that does not expire.
    #[serde(deserialize_with = "Option::deserialize")]
    expires_after_months: Option<u16>,
    /// Whether it is confirmed through the address it is about.
    double_opt_in: bool,
    /// Days within which a yes that waits is confirmed, or is none: every yes with `double_opt_in`, and one typed into a form
    /// anywhere.
    confirm_within_days: u16,
    /// Kinds of identifiers that a link which confirms may be sent to: `email`, `phone`.
    confirm_by: Vec<Reached>,
    /// Whether a guardian says yes for anybody under the age of majority.
    guardian_below_minor: bool,
    /// Article, guideline, or that it is a choice of the house.
    #[serde(rename = "ref", deserialize_with = "filled")]
    reference: String,
}

/// What mail, or a message, can be sent to.
#[derive(Deserialize, JsonSchema, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Reached {
    Email,
    Phone,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Soft {
    purpose: String,
    /// By jurisdiction that knows it.
    laws: Entries<SoftLaw>,
    /// Events that make somebody a customer, named as sources send them.
    events: Vec<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SoftLaw {
    /// Calendar months after such an event for which it holds, or null where the law names none.
    #[serde(deserialize_with = "Option::deserialize")]
    within_months: Option<u16>,
    /// Where the law says so.
    #[serde(rename = "ref", deserialize_with = "filled")]
    reference: String,
}

pub(crate) fn consent(ground: &Ground<'_>) -> Result<Consents, PolicyError> {
    let source = Source::open(ground.files, CONSENT)?;
    let File { unproven, default, purposes, soft_opt_in } = source.parse()?;
    if unproven.opens_a_purpose {
        let problem = "an opt-in that nobody can prove would open a purpose".to_owned();
        let remedy = "write false: the burden of proof is the controller's (LGPD art. 8 §2, GDPR art. 7(1))";
        return Err(source.refuse(&["unproven:", "opens_a_purpose:"], problem, remedy.to_owned()));
    }
    let mut by_purpose = BTreeMap::new();
    for (name, rules) in purposes.0 {
        let line = format!("{name}:");
        let key = &ground.purpose(&source, &["purposes:"], &name)?.key;
        let rules = checked(&source, &["purposes:", &line], rules)?;
        if by_purpose.insert(key.clone(), rules).is_some() {
            return Err(source.twice(&["purposes:"], &line));
        }
    }
    let default = checked(&source, &["default:"], default)?;
    let soft = soft_opt_in.into_iter().map(|one| soft(ground, &source, one)).collect::<Result<_, _>>()?;
    Ok(Consents { default, purposes: by_purpose, soft })
}

fn checked(source: &Source<'_>, at: &[&str], rules: Rules) -> Result<ConsentRules, PolicyError> {
    let none = |field: &str, problem: &str, remedy: &str| {
        Err(source.refuse(&[at, &[field]].concat(), problem.to_owned(), remedy.to_owned()))
    };
    if rules.expires_after_months == Some(0) {
        return none(
            "expires_after_months:",
            "a consent that never counts",
            "write at least 1, or null if it does not expire",
        );
    }
    if rules.confirm_within_days == 0 {
        return none(
            "confirm_within_days:",
            "nobody can confirm anything in no time",
            "write at least 1: whoever types an address into a form has to be able to show that it is theirs",
        );
    }
    let reached = |by: &Reached| match by {
        Reached::Email => IdentifierKind::Email,
        Reached::Phone => IdentifierKind::Phone,
    };
    let confirm_by: BTreeSet<IdentifierKind> = rules.confirm_by.iter().map(reached).collect();
    if confirm_by.is_empty() {
        return none("confirm_by:", "a link can be sent nowhere", "name email, phone or both");
    }
    Ok(ConsentRules {
        confirm_by,
        expires_after_months: rules.expires_after_months,
        double_opt_in: rules.double_opt_in,
        confirm_within_days: rules.confirm_within_days,
        guardian_below_minor: rules.guardian_below_minor,
        reference: rules.reference,
    })
}

fn soft(ground: &Ground<'_>, source: &Source<'_>, one: Soft) -> Result<SoftOptIn, PolicyError> {
    let line = format!("purpose: {}", one.purpose);
    let at = ["soft_opt_in:", line.as_str()];
    let purpose = ground.purpose(source, &["soft_opt_in:"], &one.purpose)?.key.clone();
    let mut laws = BTreeMap::new();
    for (place, law) in one.laws.0 {
        let here = [at[0], at[1], "laws:", &format!("{place}:")];
        let home = ground.jurisdiction(source, &here, &place)?;
        if law.within_months == Some(0) {
            let remedy = "write at least 1, or null where the law names no time".to_owned();
            return Err(source.refuse(&here, "a sale that never counts".to_owned(), remedy));
        }
        let law = SoftOptInLaw { within_months: law.within_months, reference: law.reference };
        if laws.insert(home, law).is_some() {
            return Err(source.twice(&here[..3], here[3]));
        }
    }
    ground.inherit(&mut laws);
    let events: BTreeSet<String> = one.events.into_iter().collect();
    if laws.is_empty()
        || events.is_empty()
        || events.iter().any(|name| name.trim() != name || name.is_empty())
    {
        let remedy = "name at least one law, and at least one event exactly as it is sent".to_owned();
        return Err(source.refuse(&at, "nothing proves that somebody is a customer".to_owned(), remedy));
    }
    Ok(SoftOptIn { purpose, laws, events })
}
