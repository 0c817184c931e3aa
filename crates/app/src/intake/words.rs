//! What messages say to purposes beside what they are about. A browser's Global Privacy Control objects where a purpose
//! heeds it; a consent manager's `false` is a no at once, and its `true` a yes if it names the very text that was agreed to,
//! else one that nobody can prove, which opens nothing (GDPR art. 7(1), LGPD art. 8 §2).

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde_json::Value;
use zelo_model::{ConsentId, ConsentKind, OwnerId, Timestamp};
use zelo_store::{ConsentRow, NewConsent};
use zelo_vault::place::CONSENT_EVIDENCE;

use super::graph::{Graph, TEMPORARY};
use super::{Batch, Message};
use crate::blob::Evidence;
use crate::error::Result;
use crate::keyring::Keyring;
use crate::tx::{Read, Tx};

/// The last word of each record to each purpose.
#[derive(Default)]
pub(crate) struct Words(BTreeMap<(i64, String), Word>);

struct Word {
    /// The id its source calls the person by: whoever it is speaks for itself, and takes its own word back.
    voice: [u8; 16],
    kind: ConsentKind,
    at: Timestamp,
    notice: Option<Vec<u8>>,
    language: Option<String>,
    channel: &'static str,
}

impl Words {
    /// Hears what a message of this record says.
    pub(crate) fn hear(
        &mut self,
        tx: &Tx<'_, Read>,
        batch: &Batch,
        message: &Message,
        (record, voice): (i64, [u8; 16]),
    ) {
        let received = batch.at(tx.now);
        let at = message.client_time.map_or(received, |at| at.min(received));
        if batch.gpc {
            for purpose in tx.policy.purposes().iter().filter(|purpose| purpose.opts_out_on_gpc) {
                // The header is the browser's as it sends, whenever what it sends happened.
                let (kind, at) = (ConsentKind::Object, received);
                let word = Word { voice, kind, at, notice: None, language: None, channel: "gpc" };
                self.take(record, purpose.key.as_str(), word);
            }
        }
        let Some(said) = Said::read(&message.raw).or_else(|| Said::read(batch.context.as_deref()?)) else {
            return;
        };
        for (name, value) in &said.preferences {
            let Some(purpose) = name.parse().ok().and_then(|key| tx.policy.purpose(&key)) else { continue };
            let notice = said.notice.as_deref().and_then(|hash| hex::decode(hash).ok());
            let text = notice.as_deref().and_then(|hash| tx.policy.notice_of_hash(hash));
            let rules = tx.policy.consent_rules(&purpose.key);
            let proven = text.is_some_and(|(_, version, _)| {
                version.purposes.contains(&purpose.key) && version.is_of(&tx.tenant.row.controller)
            });
            // Who can be told anybody's address in a form has not shown that it is theirs.
            let yes = if rules.double_opt_in { ConsentKind::Pending } else { ConsentKind::Grant };
            let (kind, language) = match value {
                Value::Bool(false) => (ConsentKind::Deny, None),
                Value::Bool(true) if proven => (yes, text.map(|(_, _, tag)| tag.to_owned())),
                Value::Bool(true) => (ConsentKind::Unproven, None),
                _ => continue,
            };
            let notice = notice.filter(|_| kind == yes);
            let channel = if batch.by_themselves { "form" } else { "sdk" };
            self.take(record, name, Word { voice, kind, at, notice, language, channel });
        }
    }

    fn take(&mut self, record: i64, purpose: &str, word: Word) {
        let known = self.0.entry((record, purpose.to_owned()));
        match known {
            std::collections::btree_map::Entry::Vacant(free) => drop(free.insert(word)),
            // A no of the same instant is the stronger one.
            std::collections::btree_map::Entry::Occupied(mut last) => {
                let (old, new) = (last.get(), &word);
                if new.at > old.at || (new.at == old.at && new.kind != ConsentKind::Unproven) {
                    last.insert(word);
                }
            }
        }
    }

    /// Seals those that say something new.
    pub(crate) async fn seal(
        self,
        tx: &mut Tx<'_, Read>,
        keys: &Keyring,
        graph: &Graph,
    ) -> Result<Vec<NewConsent>> {
        if self.0.is_empty() {
            return Ok(Vec::new());
        }
        let mut known: Vec<i64> = self.0.keys().map(|(record, _)| *record).collect();
        known.retain(|record| *record < TEMPORARY);
        known.dedup();
        let before = tx.rows.consents(tx.tenant.row.id, &known).await?;
        let recipient = tx.tenant.row.controller.clone();
        let mut new = Vec::new();
        for ((record, purpose), word) in self.0 {
            let voice = graph.nodes.get(&word.voice).map(|node| node.id);
            let said = |row: &&ConsentRow| {
                (row.owner, &row.purpose, &row.recipient) == (record, &purpose, &recipient)
                    && row.verified == voice
            };
            let last = before.iter().filter(said).max_by_key(|row| (row.at, row.id));
            if last.is_some_and(|last| last.at >= word.at || last.kind == word.kind) {
                continue;
            }
            let Some(owner) = graph.records.get(&record).map(|record| record.id16) else { continue };
            new.push(sealed(tx, keys, (record, owner), (purpose, recipient.clone()), (word, voice))?);
        }
        Ok(new)
    }
}

fn sealed(
    tx: &mut Tx<'_, Read>,
    keys: &Keyring,
    (record, owner): (i64, OwnerId),
    (purpose, recipient): (String, String),
    (word, verified): (Word, Option<i64>),
) -> Result<NewConsent> {
    let id = ConsentId(tx.ids.sorted(tx.now));
    let evidence = Evidence {
        channel: word.channel.to_owned(),
        language: word.language,
        actor: tx.actor.name(),
        ..Evidence::default()
    };
    let evidence = tx.seal(keys, owner, (CONSENT_EVIDENCE, id.0, 1), &evidence.encode()?)?;
    let row = ConsentRow {
        owner: record,
        id,
        purpose,
        recipient,
        kind: word.kind,
        at: word.at,
        recorded: tx.now,
        verified,
        notice: word.notice,
        guardian: false,
    };
    Ok(NewConsent { row, seal_version: 1, evidence })
}

/// What a message carries of a consent manager's, in the form the tracking SDKs send it.
#[derive(Deserialize)]
struct Said {
    #[serde(rename = "categoryPreferences")]
    preferences: HashMap<String, Value>,
    /// SHA-256 of the text agreed to: our own addition.
    notice: Option<String>,
}

#[derive(Deserialize)]
struct WithContext {
    context: WithConsent,
}

#[derive(Deserialize)]
struct WithConsent {
    consent: Said,
}

impl Said {
    /// From a message, or from the context of a batch.
    fn read(raw: &str) -> Option<Self> {
        // Nearly no message says anything, and reading all of them again would cost.
        if !raw.contains("\"categoryPreferences\"") {
            return None;
        }
        let of_message = serde_json::from_str::<WithContext>(raw).map(|message| message.context);
        of_message.or_else(|_| serde_json::from_str::<WithConsent>(raw)).ok().map(|context| context.consent)
    }
}
