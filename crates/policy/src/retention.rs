//! `retention/*.yaml`: what a law keeps of somebody who is forgotten, and until when (LGPD art. 16 I, GDPR art. 17(3)).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use zelo_model::Timestamp;

use crate::files::{Files, RETENTION};
use crate::law::known;
use crate::read::{Entries, Source};
use crate::{Jurisdiction, Label, Law, PolicyError};

/// Why something outlives an erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RetentionGround {
    /// A duty by law (LGPD art. 16 I, GDPR art. 17(3)(b)).
    LegalObligation,
    /// Claims that are made or defended against (LGPD art. 7 VI, GDPR art. 17(3)(e)).
    LegalClaims,
}

impl RetentionGround {
    /// The name in rows and receipts.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::LegalObligation => "legal_obligation",
            Self::LegalClaims => "legal_claims",
        }
    }
}

/// The law of one jurisdiction that asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeptBy {
    /// Where it says so.
    pub citation: String,
    /// Full calendar years behind the one in which it happened.
    pub years: u16,
}

/// What is kept, of whom, why and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// What receipts call it.
    pub key: String,
    /// What people read.
    pub label: Label,
    /// Why.
    pub ground: RetentionGround,
    /// By jurisdiction; where there is none, nothing is kept.
    pub laws: BTreeMap<Jurisdiction, KeptBy>,
    /// Properties kept of events of this name; the rest of them goes.
    pub events: BTreeMap<String, Vec<String>>,
    /// Attributes kept of whoever has such an event, or has said something to a purpose that is kept.
    pub attributes: Vec<String>,
    /// What is kept of how somebody said something to a purpose, beside what was said, when and to which text; nothing is
    /// kept of what was said when this is empty.
    pub consents: Vec<Proof>,
}

/// A part of what proves that something was said to a purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// Through which channel.
    Channel,
    /// In which language the person was asked.
    Language,
    /// What staff kept of it.
    Note,
    /// Who wrote it down.
    Actor,
}

impl Retention {
    /// Until when the law of this home keeps what happened then; `None` when it keeps nothing, or no longer.
    pub fn until(&self, home: Jurisdiction, occurred: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let until = occurred.end_of_year(self.laws.get(&home)?.years);
        (until > now).then_some(until)
    }

    /// What happened at this or later, the law of this home keeps still; `None` where it keeps nothing.
    pub fn keeps_since(&self, home: Jurisdiction, now: Timestamp) -> Option<Timestamp> {
        Some(now.start_of_year(self.laws.get(&home)?.years))
    }
}

/// Says what a law keeps of somebody who is forgotten.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    label: Label,
    ground: RetentionGround,
    laws: Entries<KeptBy>,
    #[serde(default)]
    events: Entries<Vec<String>>,
    attributes: Vec<String>,
    #[serde(default)]
    consents: Vec<Proof>,
}

/// Every rule, by name.
pub(crate) fn retentions(files: &Files, laws: &[Law]) -> Result<Vec<Retention>, PolicyError> {
    let of_folder = files.keys().filter(|path| path.starts_with(RETENTION));
    of_folder.map(|path| retention(files, path, laws)).collect()
}

fn retention(files: &Files, path: &str, known_laws: &[Law]) -> Result<Retention, PolicyError> {
    let source = Source::open(files, path)?;
    let File { label, ground, laws, events, attributes, consents } = source.parse()?;
    let mut by_place = BTreeMap::new();
    for (place, law) in laws.0 {
        let line = format!("{place}:");
        let at = ["laws:", line.as_str()];
        let home = known(known_laws, &source, &at, &place)?.key;
        if law.citation.trim().is_empty() || law.years == 0 {
            let remedy = "write citation and years, of at least 1: what is kept needs a ground and an end";
            return Err(source.refuse(
                &at,
                "nobody says by which law, or until when".to_owned(),
                remedy.into(),
            ));
        }
        if by_place.insert(home, law).is_some() {
            return Err(source.twice(&["laws:"], &line));
        }
    }
    let mut kept = BTreeMap::new();
    for (name, properties) in events.0 {
        let line = format!("{name}:");
        if properties.is_empty() {
            let remedy = "name the properties the law asks for; no law keeps an event whole".to_owned();
            return Err(source.refuse(&["events:", &line], format!("nothing is kept of {name}"), remedy));
        }
        if kept.insert(name, properties).is_some() {
            return Err(source.twice(&["events:"], &line));
        }
    }
    if by_place.is_empty() || (kept.is_empty() && consents.is_empty()) {
        let remedy = "name at least one law, and an event or what proves consents, or remove the file";
        return Err(PolicyError::of_file(path, "keeps nothing", remedy));
    }
    let key = path[RETENTION.len()..].trim_end_matches(".yaml").to_owned();
    Ok(Retention { key, label, ground, laws: by_place, events: kept, attributes, consents })
}
