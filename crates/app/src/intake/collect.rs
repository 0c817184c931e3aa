//! Whether a message may be kept at all: some purpose of its source needs no consent, or the message itself brings one
//! (LGPD art. 7 and 8, GDPR art. 6(1) and 7). What nothing covers is counted and never stored, not even in quarantine.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;
use zelo_store::SourceRow;

use crate::error::Result;
use crate::profile::home;
use crate::tx::{Read, Tx};

/// What a source's purposes allow under the law of its tenant.
pub(crate) struct Grounds {
    /// One of them needs no consent.
    without_consent: bool,
    /// Those that consent opens.
    by_consent: Vec<String>,
}

impl Grounds {
    /// Those of this source. Global Privacy Control objects to the purposes that say so; for this message they are
    /// none of the source's.
    pub(crate) fn of(tx: &Tx<'_, Read>, source: &SourceRow, gpc: bool) -> Result<Self> {
        let home = home(tx)?;
        let purposes = source.collects_for.iter().filter_map(|name| tx.policy.purpose(&name.parse().ok()?));
        let left: Vec<_> = purposes.filter(|purpose| !(gpc && purpose.opts_out_on_gpc)).collect();
        Ok(Self {
            without_consent: left.iter().any(|purpose| purpose.is_open_in(home)),
            by_consent: left
                .iter()
                .filter(|purpose| purpose.is_by_consent_in(home))
                .map(|purpose| purpose.key.to_string())
                .collect(),
        })
    }

    /// Whether they cover a message, of which consent is read only when it decides.
    pub(crate) fn cover(&self, raw: &[u8]) -> bool {
        self.without_consent || self.consents(raw)
    }

    /// Whether a message brings consent to one of the source's purposes that rest on it.
    pub(crate) fn consents(&self, raw: &[u8]) -> bool {
        !self.by_consent.is_empty() && self.consented(raw)
    }

    fn consented(&self, raw: &[u8]) -> bool {
        let Ok(message) = serde_json::from_slice::<WithConsent>(raw) else { return false };
        let given = message.context.consent.preferences;
        self.by_consent.iter().any(|purpose| given.get(purpose) == Some(&Value::Bool(true)))
    }
}

/// The consent a message carries, in the form the tracking SDKs send it.
#[derive(Deserialize)]
struct WithConsent {
    context: Context,
}

#[derive(Deserialize)]
struct Context {
    consent: Consent,
}

#[derive(Deserialize)]
struct Consent {
    #[serde(rename = "categoryPreferences")]
    preferences: HashMap<String, Value>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_true_is_consent_and_only_for_the_purpose_it_names() {
        let grounds = Grounds { without_consent: false, by_consent: vec!["marketing-email".to_owned()] };
        let said = |preferences: &str| {
            let raw = format!(
                r#"{{"type":"track","context":{{"consent":{{"categoryPreferences":{preferences}}}}}}}"#
            );
            grounds.cover(raw.as_bytes())
        };
        assert!(said(r#"{"marketing-email":true,"advertising":false}"#));
        for refused in [
            r#"{"marketing-email":false}"#,
            r#"{"marketing-email":"true"}"#,
            r#"{"marketing-email":1}"#,
            r#"{"advertising":true}"#,
            r#"["marketing-email"]"#,
            "null",
        ] {
            assert!(!said(refused), "{refused}");
        }
        for elsewhere in
            [r#"{"consent":{"categoryPreferences":{"marketing-email":true}}}"#, "{}", "no JSON", ""]
        {
            assert!(!grounds.cover(elsewhere.as_bytes()), "{elsewhere}");
        }
    }
}
