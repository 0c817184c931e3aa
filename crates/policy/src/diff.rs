//! What one bundle says that another does not, in the terms of those who must agree to it: who may, what for, on which
//! basis, for how long, by when.

use std::collections::{BTreeMap, BTreeSet};

use similar::TextDiff;

use crate::{Bundle, DeclaredPurpose, Law, Retention, Schedule, Scheduled, Trigger};

/// One thing that is different.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// What kind of thing it is.
    pub of: ChangeOf,
    /// Which one.
    pub what: String,
    /// What was so; `None` where it is new.
    pub before: Option<String>,
    /// What is so; `None` where it is gone.
    pub after: Option<String>,
}

/// What a change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeOf {
    /// Who may do what, or see what, and for which purposes.
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
    /// A file, by the hash of its text: whatever else is different stands in one of them.
    File,
}

impl ChangeOf {
    /// Its name.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Permission => "permission",
            Self::Purpose => "purpose",
            Self::Consent => "consent",
            Self::Notice => "notice",
            Self::Retention => "retention",
            Self::Schedule => "schedule",
            Self::Deadline => "deadline",
            Self::Controller => "controller",
            Self::File => "file",
        }
    }
}

impl Bundle {
    /// What would be different if `next` came into force; both govern already, or nothing is said of permissions.
    pub fn changes(&self, next: &Self) -> Vec<Change> {
        let mut changes = Vec::new();
        let mut compare = |of, before: Facts, after: Facts| changes.extend(differences(of, &before, &after));
        compare(ChangeOf::Permission, self.allowed(), next.allowed());
        compare(ChangeOf::Purpose, purposes(self), purposes(next));
        compare(ChangeOf::Consent, consents(self), consents(next));
        compare(ChangeOf::Notice, notices(self), notices(next));
        compare(ChangeOf::Retention, retentions(self), retentions(next));
        compare(ChangeOf::Schedule, schedules(self), schedules(next));
        compare(ChangeOf::Deadline, deadlines(self), deadlines(next));
        compare(ChangeOf::Controller, controllers(self), controllers(next));
        compare(ChangeOf::File, files(self), files(next));
        changes.sort();
        changes
    }

    /// The same as a patch: a unified diff of every file, which `git apply` takes below `policies/`.
    pub fn patch(&self, next: &Self) -> String {
        let of = |bundle: &Self| -> BTreeMap<String, String> {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            bundle.files().map(|(path, bytes)| (path.to_owned(), text(bytes))).collect()
        };
        let (before, after) = (of(self), of(next));
        let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        let mut patch = String::new();
        for path in paths {
            let (old, new) = (before.get(path), after.get(path));
            if old == new {
                continue;
            }
            let name = |side: &str, there: bool| {
                if there { format!("{side}/policies/{path}") } else { "/dev/null".into() }
            };
            let diff = TextDiff::from_lines(old.map_or("", String::as_str), new.map_or("", String::as_str));
            let (from, to) = (name("a", old.is_some()), name("b", new.is_some()));
            patch.push_str(&diff.unified_diff().header(&from, &to).to_string());
        }
        patch
    }
}

/// What is so, by name.
type Facts = BTreeMap<String, String>;

fn differences(of: ChangeOf, before: &Facts, after: &Facts) -> Vec<Change> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let change = |name: &String| Change {
        of,
        what: name.clone(),
        before: before.get(name).cloned(),
        after: after.get(name).cloned(),
    };
    names.into_iter().filter(|name| before.get(*name) != after.get(*name)).map(change).collect()
}

fn purposes(bundle: &Bundle) -> Facts {
    let mut facts = Facts::new();
    for purpose in bundle.purposes() {
        let DeclaredPurpose { key, basis, recipients, retention, .. } = purpose;
        let mut say = |part: &str, text: String| facts.insert(format!("{key}: {part}"), text);
        for (home, basis) in basis {
            say(&format!("basis in {home}"), format!("{} ({})", basis.slug, basis.reference));
        }
        let data = bundle.categories().iter().filter(|one| purpose.categories.allows(one.id));
        say("data", data.map(|one| one.key.as_str()).collect::<Vec<_>>().join(", "));
        for part in &purpose.parts {
            let data = bundle.categories().iter().filter(|one| part.categories.allows(one.id));
            for category in data.map(|one| one.key.as_str()) {
                for (home, basis) in &part.basis {
                    say(&format!("{category} in {home}"), format!("{} ({})", basis.slug, basis.reference));
                }
                if part.excludes_minors {
                    say(&format!("{category} of minors"), "left out".to_owned());
                }
            }
        }
        say("recipients", recipients.join(", "));
        say("retention", retention.clone());
        say("minors", if purpose.excludes_minors { "excluded" } else { "included" }.to_owned());
        say(
            "Global Privacy Control",
            if purpose.opts_out_on_gpc { "opts out" } else { "unaffected" }.to_owned(),
        );
        say("restricted people", if purpose.goes_on_restricted { "go on" } else { "stop" }.to_owned());
    }
    facts
}

fn consents(bundle: &Bundle) -> Facts {
    let rules = |one: &DeclaredPurpose| {
        let rules = bundle.consent_rules(&one.key);
        let expires =
            rules.expires_after_months.map_or("never".to_owned(), |months| format!("after {months} months"));
        let confirmed = if rules.double_opt_in { "once confirmed" } else { "at once" };
        let within = rules.confirm_within_days;
        let guardian = if rules.guardian_below_minor { "of age" } else { "old enough" };
        (
            one.key.to_string(),
            format!(
                "counts {confirmed}, is confirmed within {within} days, expires {expires}, of who is {guardian}"
            ),
        )
    };
    bundle.purposes().iter().map(rules).collect()
}

fn notices(bundle: &Bundle) -> Facts {
    let versions =
        bundle.notices().iter().flat_map(|one| one.versions.iter().map(move |version| (one, version)));
    let fact = |(notice, version): (&crate::Notice, &crate::NoticeVersion)| {
        let asks = if version.material && version.number > 1 { ", everybody is asked again" } else { "" };
        let purposes: Vec<String> = version.purposes.iter().map(ToString::to_string).collect();
        (
            format!("{} {}", notice.id, version.number),
            format!("from {} for {}{asks}", version.valid_from, purposes.join(", ")),
        )
    };
    versions.map(fact).collect()
}

fn retentions(bundle: &Bundle) -> Facts {
    let mut facts = Facts::new();
    for Retention { key, laws, events, attributes, .. } in bundle.retentions() {
        for (home, law) in laws {
            facts.insert(format!("{key} in {home}"), format!("{} years ({})", law.years, law.citation));
        }
        for (event, properties) in events {
            facts.insert(format!("{key} of {event}"), properties.join(", "));
        }
        facts.insert(format!("{key} of people"), attributes.join(", "));
    }
    facts
}

fn schedules(bundle: &Bundle) -> Facts {
    let mut facts = Facts::new();
    for Schedule { key, what, months, laws, .. } in bundle.schedules() {
        let what = match what {
            Scheduled::Events(events) => {
                let pages = events.pages.then_some("pages and screens");
                let names: Vec<&str> = events.names.iter().map(String::as_str).chain(pages).collect();
                let since = match events.trigger {
                    Trigger::Occurred => "they happened",
                    Trigger::LastSeen => "the person was last heard of",
                };
                format!("{} {months} months after {since}: {}", names.join(", "), events.then.slug())
            }
            Scheduled::People(people) => {
                let minors = people.minors.map(|months| format!(", minors {months} months"));
                let unless = people.unless.join(", ");
                let but = if unless.is_empty() { String::new() } else { format!(", but who has {unless}") };
                let minors = minors.unwrap_or_default();
                format!("people {months} months after they were last heard of{minors}{but}")
            }
        };
        let laws: Vec<String> = laws.iter().map(|(home, citation)| format!("{home}: {citation}")).collect();
        facts.insert(key.clone(), format!("{what} ({})", laws.join("; ")));
    }
    facts
}

fn deadlines(bundle: &Bundle) -> Facts {
    let clocks = |law: &Law| {
        let home = law.key;
        let fact = move |clock: &crate::Clock| (format!("{} in {home}", clock.key), format!("{clock:?}"));
        law.clocks.iter().map(fact).collect::<Vec<_>>()
    };
    bundle.laws().iter().flat_map(clocks).collect()
}

fn controllers(bundle: &Bundle) -> Facts {
    let fact = |one: &crate::Controller| {
        (one.id.clone(), format!("{}, {}, {} <{}>", one.name, one.home, one.officer.name, one.officer.email))
    };
    bundle.controllers().iter().map(fact).collect()
}

/// Every file: what is told above is not all that stands in one.
fn files(bundle: &Bundle) -> Facts {
    let hash = |bytes: &[u8]| hex::encode(ring::digest::digest(&ring::digest::SHA256, bytes));
    bundle.files().map(|(path, bytes)| (path.to_owned(), hash(bytes))).collect()
}
