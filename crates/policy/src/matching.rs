//! `matching.yaml` as the rules the resolver follows.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use zelo_model::{Blocked, IdentifierKind, KindRule, MatchRules, Window};

use crate::PolicyError;
use crate::files::{Files, MATCHING};
use crate::read::{Entries, Source};

/// Says who is who: which identifiers are believed, how many one person can have, which say nothing.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    kinds: Entries<Kind>,
    profile: Profile,
    blocked: BlockedLists,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Kind {
    priority: u8,
    limit: Limit,
    unique: bool,
    login: bool,
    immutable: bool,
    #[serde(default)]
    traits: Vec<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Limit {
    count: usize,
    window: WindowName,
}

#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum WindowName {
    Ever,
    Week,
    Month,
    Year,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Profile {
    max_records: usize,
    max_identifiers: usize,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct BlockedLists {
    values: Vec<String>,
    only_of: Vec<String>,
}

pub(crate) fn rules(files: &Files) -> Result<MatchRules, PolicyError> {
    let source = Source::open(files, MATCHING)?;
    let File { kinds, profile, blocked } = source.parse()?;

    let mut rules = BTreeMap::<IdentifierKind, KindRule>::new();
    let mut traits = Vec::new();
    for (name, kind) in kinds.0 {
        let at = ["kinds", name.as_str()];
        let refuse = |problem: String, remedy: &str| Err(source.refuse(&at, problem, remedy.to_owned()));
        let Ok(id) = name.parse::<IdentifierKind>() else {
            let known = IdentifierKind::ALL.map(IdentifierKind::slug).join(", ");
            return refuse(
                format!("unknown kind of identifier \"{name}\""),
                &format!("the kinds are {known}"),
            );
        };
        let rule = rule(&kind);
        if rule.limit_per_profile == 0 {
            return refuse(format!("a limit of no {name} at all"), "write at least 1");
        }
        if id == IdentifierKind::UserId && (rule.limit_per_profile, rule.window) != (1, Window::Ever) {
            let remedy = "write {count: 1, window: ever}: two of one id space are two people, always";
            return refuse("a profile cannot hold several user_id".to_owned(), remedy);
        }
        if id.is_spaced() && !kind.traits.is_empty() {
            let remedy = "leave `traits` out: it is a field of the message";
            return refuse(format!("no trait can be a {name}"), remedy);
        }
        if let Some((other, _)) = rules.iter().find(|(_, other)| other.priority == rule.priority) {
            let problem = format!("{other} and {name} have the same priority");
            return refuse(problem, "when they disagree one of them must give way; write different numbers");
        }
        if rules.insert(id, rule).is_some() {
            return Err(source.twice(&["kinds"], &name));
        }
        traits.extend(kind.traits.into_iter().map(|name| (name, id)));
    }
    if let Some(kind) = IdentifierKind::ALL.into_iter().find(|kind| !rules.contains_key(kind)) {
        let problem = format!("kind \"{kind}\" is missing");
        return Err(source.refuse(&["kinds"], problem, "every kind needs a rule; add it".to_owned()));
    }

    let values = blocked.values.iter().map(|value| Blocked::Value(value.trim().to_lowercase()));
    let sets = blocked.only_of.iter().map(|set| Blocked::OnlyOf(set.to_lowercase()));
    let blocked = values.chain(sets).collect();
    let Profile { max_records, max_identifiers } = profile;
    Ok(MatchRules { kinds: rules, traits, blocked, max_records, max_identifiers })
}

fn rule(kind: &Kind) -> KindRule {
    KindRule {
        priority: kind.priority,
        limit_per_profile: kind.limit.count,
        window: match kind.limit.window {
            WindowName::Ever => Window::Ever,
            WindowName::Week => Window::Week,
            WindowName::Month => Window::Month,
            WindowName::Year => Window::Year,
        },
        unique: kind.unique,
        login: kind.login,
        immutable: kind.immutable,
    }
}
