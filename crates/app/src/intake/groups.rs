//! The groups a batch speaks of: traits under the tenant's key, whatever looks like a person's held apart.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use zelo_model::{GroupBody, IdentifierKind, Timestamp};
use zelo_resolve::{looks_personal, normalize};
use zelo_store::{GroupWrite, SourceRow};
use zelo_vault::place::GROUP_TRAITS;

use super::message::{Group, Hold, Message};
use super::sort::{Sort, Sorted};
use super::{MOST_TRAIT_BYTES, MOST_TRAITS};
use crate::blob::{decode_group, encode_group};
use crate::error::Result;
use crate::tx::{Read, Tx};

/// The groups of a batch, as they are and as they become.
#[derive(Default)]
pub(crate) struct Groups(BTreeMap<[u8; 16], Kept>);

#[derive(Default)]
struct Kept {
    version: u64,
    body: GroupBody,
    bytes: usize,
    dirty: bool,
}

impl Groups {
    /// Opens those that are known.
    pub(crate) async fn load(tx: &mut Tx<'_, Read>, sorted: &Sorted<'_>) -> Result<Self> {
        let ids: BTreeSet<[u8; 16]> = sorted.messages.iter().filter_map(|sort| sort.group).collect();
        let mut groups = BTreeMap::new();
        let ids: Vec<[u8; 16]> = ids.into_iter().collect();
        for row in tx.rows.groups(tx.tenant.row.id, &ids).await? {
            let plain = tx.open_shared((GROUP_TRAITS, row.id16, row.seal_version), &row.body)?;
            let body = decode_group(&plain)?;
            let kept = Kept { version: row.seal_version, body, bytes: row.body.len(), dirty: false };
            groups.insert(row.id16, kept);
        }
        Ok(Self(groups))
    }

    /// Whether a group stays within its limits with these traits.
    pub(crate) fn fit(&self, sort: &Sort<'_>, group: &Group) -> bool {
        let kept = sort.group.and_then(|id| self.0.get(&id));
        let known = |name: &String| kept.is_some_and(|kept| kept.body.traits.contains_key(name));
        let new = group.traits.keys().filter(|name| !known(name)).count();
        kept.map_or(0, |kept| kept.body.traits.len()) + new <= MOST_TRAITS
            && kept.map_or(0, |kept| kept.bytes) + sort.message.raw.len() <= MOST_TRAIT_BYTES
    }

    /// Takes a group's traits in; those that look like a person's come back, to be held.
    pub(crate) fn take(
        &mut self,
        id: [u8; 16],
        group: &Group,
        (at, order): (Timestamp, u64),
        bytes: usize,
    ) -> Map<String, Value> {
        let kept = self.0.entry(id).or_default();
        kept.dirty |= kept.version == 0 || kept.body.id.is_empty();
        kept.body.id.clone_from(&group.id);
        let mut personal = Map::new();
        for (name, value) in &group.traits {
            if is_personal(name, value) {
                personal.insert(name.clone(), value.clone());
            } else if kept.body.fold(name, value.clone(), at, order) {
                kept.dirty = true;
                kept.bytes += bytes / group.traits.len();
            }
        }
        personal
    }

    /// Seals those that changed.
    pub(crate) fn seal(self, tx: &mut Tx<'_, Read>, source: &SourceRow) -> Result<Vec<GroupWrite>> {
        let mut writes = Vec::new();
        for (id16, kept) in self.0.into_iter().filter(|(_, kept)| kept.dirty) {
            let seal_version = kept.version + 1;
            let plain = encode_group(&kept.body)?;
            let body = tx.seal_shared((GROUP_TRAITS, id16, seal_version), &plain);
            writes.push(GroupWrite { id16, source: source.id, at: tx.now, seal_version, body });
        }
        Ok(writes)
    }
}

/// A message of its own for the traits that were held, so that they can be looked at and sent again.
pub(crate) fn held(message: &Message, group: &Group, personal: &Map<String, Value>) -> (Hold, Vec<u8>) {
    let item = json!({
        "type": "group",
        "groupId": group.id,
        "userId": message.user_id,
        "anonymousId": message.anonymous_id,
        "messageId": message.message_id,
        "timestamp": message.client_time.map(|at| at.to_string()),
        "traits": personal,
    });
    (Hold::PersonalTrait, item.to_string().into_bytes())
}

/// Whether a group's id or trait reads like something of a person. A company's own number is none (GDPR recital 14).
pub(super) fn reads_personal(text: &str) -> bool {
    looks_personal(text) && normalize(IdentifierKind::Cnpj, text).is_err()
}

fn is_personal(name: &str, value: &Value) -> bool {
    looks_personal(name)
        || match value {
            Value::String(text) => reads_personal(text),
            Value::Number(number) => looks_personal(&number.to_string()),
            Value::Array(items) => items.iter().any(|item| is_personal("", item)),
            Value::Object(members) => members.iter().any(|(name, value)| is_personal(name, value)),
            Value::Null | Value::Bool(_) => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_company_may_have_a_number_and_not_somebodys_address() {
        for personal in [
            json!("ana@example.com"),
            json!({"contacts": ["+55 81 5555-0101"]}),
            json!({"ana@example.com": 1}),
            json!(52_998_224_725_u64),
            json!("529.982.247-25"),
        ] {
            assert!(is_personal("x", &personal), "{personal}");
        }
        for fine in [
            json!("Padaria Lima"),
            json!("12.345.678/0001-95"),
            json!("12345678000195"),
            json!(120),
            json!(null),
        ] {
            assert!(!is_personal("name", &fine), "{fine}");
        }
    }
}
