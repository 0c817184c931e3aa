//! The groups a person belongs to, as one attribute: each with what its source says of it.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value, json};
use zelo_model::{Field, OwnerId, RecordBody, Timestamp};
use zelo_vault::place::GROUP_TRAITS;

use super::AttributeView;
use super::sees::Sees;
use crate::blob::decode_group;
use crate::error::Result;
use crate::tenant::group_digest;
use crate::tx::{Read, Tx};

/// The attribute's name; a trait of that name, which a source sent itself, goes first.
pub(crate) const GROUPS: &str = "groups";

/// One membership.
struct Membership<'b> {
    record: OwnerId,
    source: i64,
    group: &'b str,
    at: i64,
    digest: [u8; 16],
}

/// The groups of these records, newest first; none if they are in no group.
pub(crate) async fn groups(
    tx: &mut Tx<'_, Read>,
    records: impl Iterator<Item = (OwnerId, i64, &RecordBody)>,
    sees: &Sees,
) -> Result<Option<AttributeView>> {
    let mut all: Vec<Membership<'_>> = Vec::new();
    for (record, source, body) in records {
        let Some(row) = tx.tenant.sources.get(&source) else { continue };
        all.extend(body.groups.iter().map(|(group, at)| {
            let digest = group_digest(tx.tenant, row.id16, group);
            Membership { record, source, group, at: *at, digest }
        }));
    }
    all.sort_by_key(|one| (std::cmp::Reverse(one.at), one.digest));
    let Some(newest) = all.first() else { return Ok(None) };
    let category = tx.policy.category_of_trait(GROUPS);
    let value = if let Some(reason) = sees.withholds(tx, category.id) {
        Field::Withheld(reason)
    } else {
        tx.notes.shows(&category.key);
        let said = said(tx, &all).await?;
        let shown = all.iter().map(|one| json!({"id": one.group, "traits": said.get(&one.digest)}));
        Field::Shown(shown.collect())
    };
    Ok(Some(AttributeView {
        name: GROUPS.to_owned(),
        category: category.key.clone(),
        value,
        source: tx.tenant.source_name(newest.source).to_owned(),
        record: newest.record,
        at: Timestamp::from_micros(newest.at),
    }))
}

/// What is known of these groups, by digest.
async fn said(tx: &mut Tx<'_, Read>, of: &[Membership<'_>]) -> Result<HashMap<[u8; 16], Map<String, Value>>> {
    let ids: BTreeSet<[u8; 16]> = of.iter().map(|one| one.digest).collect();
    let ids: Vec<[u8; 16]> = ids.into_iter().collect();
    let mut said = HashMap::new();
    for row in tx.rows.groups(tx.tenant.row.id, &ids).await? {
        let plain = tx.open_shared((GROUP_TRAITS, row.id16, row.seal_version), &row.body)?;
        let told = decode_group(&plain)?.traits.into_iter();
        let told = told.map(|(name, told)| (name, told.value)).filter(|(_, value)| !value.is_null());
        said.insert(row.id16, told.collect());
    }
    Ok(said)
}
