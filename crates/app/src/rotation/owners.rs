//! Owners' keys: what each owner's is sealed under is sealed anew under a key of the next generation, then that takes the
//! older one's place.
//!
//! From the beginning on every write seals under the next generation, which it learns from the tenant's line. So what is
//! left under older keys only gets less, and an owner of whom nothing is left there needs the older key no more.

use zelo_ledger::Class;
use zelo_model::{KeyClass, OwnerId, Rotation, RotationId};
use zelo_store::{OldSeal, SEALED};

use super::{Step, ended, further};
use crate::error::{Error, Result};
use crate::operation::{Operation, Target};
use crate::tx::{Read, Sealed, Tx, Whose, Write};

/// What laws keep of the forgotten is written down anew.
const WRITTEN: i16 = 1;

/// One chunk of a rotation of owners' keys.
pub struct ResealOwners {
    /// Which.
    pub id: RotationId,
}

/// Values to write anew, and how far that brings the rotation.
pub struct Resealing {
    values: Vec<(OldSeal, Vec<u8>)>,
    step: Step,
}

impl Operation for ResealOwners {
    const NAME: &'static str = "owner.reseal";
    const CLASS: Class = Class::Processing;
    const TARGET: Target = Target::Tenant;
    type Access = Write;
    type Ready = Resealing;
    type Output = Rotation;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<Resealing> {
        let rotation = tx.rotation(self.id, KeyClass::Owners).await?;
        let nothing = |step| Resealing { values: Vec::new(), step };
        if rotation.ended.is_some() {
            return Ok(nothing(Step::Over(rotation)));
        }
        if tx.tenant.row.keys.generation != rotation.version {
            // This process has not learned yet what it is to seal under: an older key would pass for the newest here.
            tx.inner.tenants.outdate(tx.tenant);
            return Err(Error::Stale);
        }
        if rotation.phase == WRITTEN {
            return Ok(nothing(written(tx, rotation).await?));
        }
        let (store, id) = (&tx.inner.store, tx.tenant.row.id16);
        let owners = store.older_owners(id, rotation.version, &rotation.position, tx.chunk()).await?;
        if owners.is_empty() && rotation.position.is_empty() {
            store.forget_deleted_keys().await?;
            return Ok(nothing(Step::On(Rotation { phase: WRITTEN, ..further(rotation, 0, tx.now) })));
        }
        if owners.is_empty() {
            // Once more from the start: a process that did not know better may have made keys of the older generation,
            // of nobody.
            let again = Rotation { position: Vec::new(), ..further(rotation, 0, tx.now) };
            return Ok(nothing(Step::On(again)));
        }
        reseal(tx, rotation, &owners).await
    }

    async fn run(&self, Resealing { values, step }: Resealing, tx: &mut Tx<'_, Write>) -> Result<Rotation> {
        for (old, bytes) in values {
            tx.rows.reseal(tx.tenant.row.id, &old, bytes).await?;
        }
        tx.note(step).await
    }
}

/// What stands beside the anchor of erasures is under the older keys still: it follows, in the order of their numbers.
async fn written(tx: &Tx<'_, Read>, rotation: Rotation) -> Result<Step> {
    let after = rotation.position.as_slice().try_into().map_or(0, i64::from_be_bytes);
    Ok(match tx.inner.write_down_anew(tx.tenant, after, tx.chunk()).await? {
        Some(last) => {
            Step::On(Rotation { position: last.to_be_bytes().to_vec(), ..further(rotation, 0, tx.now) })
        }
        None => ended(rotation, 0, tx.now),
    })
}

/// Gives the next key its place with owners of whom nothing is left under the older one, and seals anew what is left of
/// the others.
async fn reseal(tx: &mut Tx<'_, Read>, rotation: Rotation, owners: &[OwnerId]) -> Result<Resealing> {
    let forgotten = tx.rows.being_forgotten(tx.tenant.row.id, owners).await?;
    let alive: Vec<OwnerId> = owners.iter().filter(|owner| !forgotten.contains(owner)).copied().collect();
    let keys = tx.keys(&alive).await?;
    let (mut done, mut position, mut values) = (Vec::new(), rotation.position.clone(), Vec::new());
    let most = usize::try_from(tx.chunk()).unwrap_or(usize::MAX);
    for owner in owners {
        if values.len() >= most {
            break;
        }
        // Whoever is being forgotten, or was meanwhile, has soon no key that could be replaced.
        let old = match keys.of(*owner) {
            Ok(held) if held.generation() < rotation.version => return Err(Error::Stale),
            Ok(held) => {
                let (kid, commitment) = (*held.newest().kid(), *held.newest().commitment());
                let left = most - values.len();
                let old = tx.rows.old_seals(tx.tenant.row.id, *owner, &kid, left).await?;
                if old.is_empty() {
                    done.push((*owner, commitment));
                }
                old
            }
            Err(_) => Vec::new(),
        };
        if old.is_empty() && values.is_empty() {
            // Whoever comes behind one that is not done is passed again.
            position = owner.0.to_vec();
        }
        for value in old {
            let place = SEALED[value.column].place;
            let (row, version, bytes) = (value.row, value.version, value.bytes.as_slice());
            let sealed = Sealed { owner: *owner, place, row, version, bytes };
            let plain = tx.open(&keys, &sealed, Whose::Processed)?;
            let anew = tx.seal(&keys, *owner, (place, row, value.next_version()), &plain)?;
            values.push((value, anew));
        }
    }
    let id = tx.tenant.row.id16;
    tx.inner.store.promote_owner_keys(id, rotation.version, &done).await?;
    for (owner, _) in &done {
        tx.inner.cache.evict(id, *owner);
    }
    let step = Step::On(Rotation { position, ..further(rotation, done.len(), tx.now) });
    Ok(Resealing { values, step })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use zelo_policy::{Bundle, Protection};

    use super::*;

    /// What is missing here would be lost with its owner's older key.
    #[test]
    fn everything_that_is_sealed_is_sealed_anew() {
        let policies = Bundle::embedded().unwrap();
        let mut sealed = BTreeSet::new();
        // What is about no person stands under the tenant's own key.
        for (table, map) in policies.data_map().tables().iter().filter(|(_, map)| map.owner.is_some()) {
            let columns = map.columns.iter().filter(|(_, column)| column.protection == Protection::Sealed);
            sealed.extend(columns.map(|(column, _)| format!("{table}.{column}")));
        }
        let known = SEALED.iter().map(|place| format!("{}.{}", place.table, place.column)).collect();
        assert_eq!(sealed, known, "say in crates/store/src/reseal.rs how it is found");
    }
}
