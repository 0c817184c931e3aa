//! A consent as others read it: a Kantara consent receipt 1.1, and a consent record by ISO/IEC TS 27560 in DPV's terms.
//! Both are made of the fact, its evidence and the policies; they name the person by the record's pseudonym alone.

use serde_json::{Value, json};
use zelo_model::{ConsentKind, Purpose, Timestamp};
use zelo_policy::{Bundle, Category, Controller, DeclaredPurpose, Sensitivity};

use crate::profile::{ConsentEventView, EvidenceView};

/// What a consent is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptStandard {
    /// Kantara Initiative Consent Receipt Specification 1.1.0.
    Kantara,
    /// ISO/IEC TS 27560:2023, as JSON-LD by the DPV profile `dpv-27560:record`.
    Iso27560,
}

/// The receipt of something said to a purpose; `None` when its evidence was not shown, or when the policies know its
/// purpose or controller no more.
pub fn receipt(policy: &Bundle, said: &ConsentEventView, standard: ReceiptStandard) -> Option<Value> {
    let of = Of::new(policy, said)?;
    Some(match standard {
        // It is the receipt of a consent, and has no word for anything else.
        ReceiptStandard::Kantara if said.kind != ConsentKind::Grant => return None,
        ReceiptStandard::Kantara => of.kantara(),
        ReceiptStandard::Iso27560 => of.iso(),
    })
}

struct Of<'v> {
    policy: &'v Bundle,
    said: &'v ConsentEventView,
    evidence: &'v EvidenceView,
    purpose: &'v DeclaredPurpose,
    controller: &'v Controller,
    categories: Vec<&'v Category>,
}

impl<'v> Of<'v> {
    fn new(policy: &'v Bundle, said: &'v ConsentEventView) -> Option<Self> {
        let key: Purpose = said.purpose.parse().ok()?;
        let purpose = policy.purpose(&key)?;
        let categories = policy.categories().iter().filter(|one| purpose.categories.allows(one.id)).collect();
        let controller = policy.controller(&said.recipient)?;
        Some(Self { policy, said, evidence: said.evidence.as_ref()?, purpose, controller, categories })
    }

    /// Where the text can be read.
    fn notice(&self) -> Option<String> {
        let (notice, version, language) = self.policy.notice_of_hash(self.said.notice.as_deref()?)?;
        Some(format!("/v1/notices/{}/{}/{language}", notice.id, version.number))
    }

    fn label(&self) -> &str {
        let portuguese = self.evidence.language.as_deref().is_some_and(|tag| tag.starts_with("pt"));
        if portuguese { &self.purpose.label.pt_br } else { &self.purpose.label.en }
    }

    fn kantara(&self) -> Value {
        let sensitive: Vec<&str> = self
            .categories
            .iter()
            .filter(|one| one.sensitivity == Sensitivity::Sensitive)
            .map(|one| one.label.en.as_str())
            .collect();
        let kinds: Vec<&str> = self.categories.iter().map(|one| one.label.en.as_str()).collect();
        let mut purpose = json!({
            "purpose": self.label(),
            "purposeCategory": [self.said.purpose],
            "consentType": "EXPLICIT",
            "piiCategory": kinds,
            "primaryPurpose": false,
            "termination": self.purpose.retention,
            "thirdPartyDisclosure": !self.purpose.recipients.is_empty(),
        });
        if !self.purpose.recipients.is_empty() {
            purpose["thirdPartyName"] = self.purpose.recipients.join(", ").into();
        }
        let Controller { name, contact, officer, .. } = self.controller;
        json!({
            "version": "KI-CR-v1.1.0",
            "jurisdiction": self.controller.home.slug().to_uppercase(),
            "consentTimestamp": self.said.at.millis().max(0) / 1_000,
            "collectionMethod": self.evidence.channel,
            "consentReceiptID": self.said.id.to_string(),
            "language": self.evidence.language.as_deref().unwrap_or("und"),
            "piiPrincipalId": self.said.record.to_string(),
            "piiControllers": [{
                "piiController": name,
                "contact": officer.name,
                "address": {"streetAddress": contact.address},
                "email": officer.email,
                // Nobody has given one; the receipt's schema wants the field.
                "phone": "",
            }],
            "policyUrl": self.notice().unwrap_or_default(),
            "services": [{"service": name, "purposes": [purpose]}],
            "sensitive": !sensitive.is_empty(),
            "spiCat": sensitive,
        })
    }

    fn iso(&self) -> Value {
        let kinds: Vec<&str> = self.categories.iter().filter_map(|one| dpv(one)).collect();
        let basis = self.purpose.bases_in(self.controller.home).find(|basis| basis.is_consent());
        json!({
            "@context": {
                "dct": "http://purl.org/dc/terms/",
                "dpv": "https://w3id.org/dpv#",
                "pd": "https://w3id.org/dpv/pd#",
                "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
                "dpv-27560": "https://w3id.org/dpv/schema/dpv-27560#",
            },
            "@id": format!("urn:zelo:{}", self.said.id),
            "@type": "dpv:ConsentRecord",
            "dct:conformsTo": {"@id": "dpv-27560:record"},
            "dct:identifier": self.said.id.to_string(),
            "dct:created": time(self.said.recorded_at),
            "dpv:hasDataSubject": {"dct:identifier": self.said.record.to_string()},
            "dpv:hasDataController": {
                "dct:title": self.controller.name,
                "dpv:hasContact": self.controller.officer.email,
                "dpv:hasAddress": self.controller.contact.address,
            },
            "dpv:hasJurisdiction": self.controller.home.slug().to_uppercase(),
            "dpv:hasLegalBasis": basis.and_then(|basis| basis.dpv.as_deref()).unwrap_or("dpv:Consent"),
            "dpv:hasPurpose": {"dct:identifier": self.said.purpose, "dct:title": self.label()},
            "dpv:hasPersonalData": kinds,
            "dpv:hasRecipient": self.purpose.recipients,
            "dpv:hasStorageCondition": self.purpose.retention,
            "dpv:hasNotice": {
                "dct:source": self.notice(),
                "dct:language": self.evidence.language,
                "dpv:hasHash": self.said.notice.as_deref().map(hex::encode),
            },
            "dpv:hasConsentStatus": {
                "@id": status(self.said.kind),
                "dct:created": time(self.said.at),
                "dpv:isIndicatedBy": if self.evidence.guardian.is_some() { "dpv:ParentOfDataSubject" } else { "dpv:DataSubject" },
                "dpv:hasIndicationMethod": self.evidence.channel,
            },
        })
    }
}

fn dpv(category: &Category) -> Option<&str> {
    category.dpv.name()
}

fn time(at: Timestamp) -> String {
    at.to_string()
}

/// DPV's consent states.
const fn status(kind: ConsentKind) -> &'static str {
    match kind {
        ConsentKind::Grant => "dpv:ConsentGiven",
        ConsentKind::Deny | ConsentKind::Object => "dpv:ConsentRefused",
        ConsentKind::Withdraw => "dpv:ConsentWithdrawn",
        ConsentKind::Invalidate => "dpv:ConsentInvalidated",
        ConsentKind::Pending => "dpv:ConsentRequested",
        ConsentKind::Unproven
        | ConsentKind::SoftOptIn
        | ConsentKind::Restrict
        | ConsentKind::Lift
        | ConsentKind::Informed => "dpv:ConsentUnknown",
    }
}
