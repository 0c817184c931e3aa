//! The policies that speak to people and about them, together, and how a bundle is asked for them.

use std::collections::BTreeSet;

use zelo_model::{Purpose, Timestamp};

use crate::consent::{self, Consents};
use crate::decisions::{self, AutomatedDecision};
use crate::ground::Ground;
use crate::identity_proof::{self, IdentityProof};
use crate::incident::{self, IncidentRules};
use crate::minors::{self, Minors};
use crate::notice::{self, Notice, NoticeVersion};
use crate::privacy_notice::{self, PrivacyWords};
use crate::processors::{self, Processor};
use crate::requests::{self, Requests};
use crate::transfers::{self, Transfers};
use crate::{Bundle, ConsentRules, Jurisdiction, PolicyError, SoftOptIn};

/// All of them, read and checked.
pub(crate) struct Rules {
    notices: Vec<Notice>,
    consents: Consents,
    minors: Minors,
    processors: Vec<Processor>,
    transfers: Transfers,
    decisions: Vec<AutomatedDecision>,
    incident: IncidentRules,
    identity: IdentityProof,
    requests: Requests,
    pub(crate) privacy: PrivacyWords,
}

impl Rules {
    pub(crate) fn read(ground: &Ground<'_>) -> Result<Self, PolicyError> {
        let processors = processors::processors(ground)?;
        let identity = identity_proof::identity_proof(ground.files)?;
        Ok(Self {
            notices: notice::notices(ground)?,
            consents: consent::consent(ground)?,
            minors: minors::minors(ground)?,
            transfers: transfers::transfers(ground, &processors)?,
            decisions: decisions::decisions(ground)?,
            incident: incident::incident(ground)?,
            requests: requests::requests(ground, &identity)?,
            privacy: privacy_notice::words(ground)?,
            identity,
            processors,
        })
    }
}

impl Bundle {
    /// Every notice, by name.
    pub fn notices(&self) -> &[Notice] {
        &self.rules.notices
    }

    /// The notice whose text has this SHA-256, with version and language tag: what somebody who cites it has agreed to.
    pub fn notice_of_hash(&self, sha256: &[u8]) -> Option<(&Notice, &NoticeVersion, &str)> {
        notice::of_hash(&self.rules.notices, sha256)
    }

    /// From when on who agreed to this text is asked again, since a later version says something else (LGPD art. 8 §6). Of
    /// a text that no notice has, nothing is known.
    pub fn superseded_at(&self, sha256: &[u8]) -> Option<Timestamp> {
        self.notice_of_hash(sha256).and_then(|(notice, version, _)| notice.superseded_at(version))
    }

    /// Whether every text that people could agree to under other policies is still here, word for word: what was said yes to
    /// can be shown as long as somebody may ask (GDPR art. 7(1), LGPD art. 8 §2).
    pub fn keeps_texts_of(&self, before: &Self) -> Result<(), PolicyError> {
        for notice in before.notices() {
            for version in &notice.versions {
                for (language, text) in &version.texts {
                    let here = self.notice_of_hash(&text.sha256);
                    if here
                        .is_some_and(|(one, same, _)| (&one.id, same.number) == (&notice.id, version.number))
                    {
                        continue;
                    }
                    let path = format!("notices/{}/{}/{language}.md", notice.id, version.number);
                    let remedy = "put it back as it was, and make a new version of it";
                    return Err(PolicyError::of_file(
                        &path,
                        "is gone, or was edited in place, and people may have agreed to it",
                        remedy,
                    ));
                }
            }
        }
        Ok(())
    }

    /// Whether that is so already.
    pub fn superseded(&self, sha256: &[u8], now: Timestamp) -> bool {
        self.superseded_at(sha256).is_some_and(|at| at <= now)
    }

    /// What a consent to a purpose asks for.
    pub fn consent_rules(&self, purpose: &Purpose) -> ConsentRules {
        self.rules.consents.of(purpose).clone()
    }

    /// What proves a soft opt-in to a purpose, where the law of a jurisdiction knows one.
    pub fn soft_opt_in(&self, purpose: &Purpose, law: Jurisdiction) -> Option<&SoftOptIn> {
        self.rules.consents.soft.iter().find(|one| one.purpose == *purpose && one.laws.contains_key(&law))
    }

    /// Whether laws let a soft opt-in to this purpose rest on a sale for different times.
    pub fn sales_differ(&self, purpose: &Purpose) -> bool {
        let of = self.rules.consents.soft.iter().filter(|one| one.purpose == *purpose);
        let months: BTreeSet<_> = of.flat_map(|one| one.laws.values().map(|law| law.within_months)).collect();
        months.len() > 1
    }

    /// Children and adolescents.
    pub fn minors(&self) -> &Minors {
        &self.rules.minors
    }

    /// Who works with data in a controller's name.
    pub fn processors(&self) -> &[Processor] {
        &self.rules.processors
    }

    /// Where data may go, and why.
    pub fn transfers(&self) -> &Transfers {
        &self.rules.transfers
    }

    /// What the machine decides about people.
    pub fn automated_decisions(&self) -> &[AutomatedDecision] {
        &self.rules.decisions
    }

    /// What happens when data has come into wrong hands.
    pub fn incident_rules(&self) -> &IncidentRules {
        &self.rules.incident
    }

    /// How requesters prove who they are.
    pub fn identity_proof(&self) -> &IdentityProof {
        &self.rules.identity
    }

    /// How what people ask about themselves goes its way.
    pub fn requests(&self) -> &Requests {
        &self.rules.requests
    }
}
