//! The root: all KEKs come under the new one, and the keys of what laws keep, then the old one is destroyed.

use zelo_ledger::Class;
use zelo_model::{KeyClass, Rotation, RotationId};
use zelo_store::{KekRow, TenantState};
use zelo_vault::{Kek, Kms};

use super::{Step, ended, further};
use crate::error::Result;
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx, Write};

/// One chunk of a rotation of the root.
pub struct RewrapKeks {
    /// Which.
    pub id: RotationId,
}

impl Operation for RewrapKeks {
    const NAME: &'static str = "root.rewrap";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Installation;
    type Access = Write;
    type Ready = Step;
    type Output = Rotation;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<Step> {
        tx.in_installation()?;
        let rotation = tx.rotation(self.id, KeyClass::Root).await?;
        if rotation.ended.is_some() {
            return Ok(Step::Over(rotation));
        }
        let (store, kms, newest) = (&tx.inner.store, tx.inner.kms(), rotation.version);
        let old = store.keks_under_other_roots(newest, tx.chunk()).await?;
        let mut rows = Vec::with_capacity(old.len());
        for KekRow { tenant, kek } in old {
            let kek = Kek::unwrap(kms, tenant, &kek).await?;
            rows.push(KekRow { tenant, kek: kek.wrap(kms, newest, tenant).await? });
        }
        let done = rows.len();
        store.rewrap_keks(rows).await?;
        if done == 0
            && let Some(position) = written(tx, &rotation.position).await?
        {
            return Ok(Step::On(Rotation { position, ..further(rotation, 0, tx.now) }));
        }
        if done == 0 && destroy_older(tx, newest).await? {
            return Ok(ended(rotation, 0, tx.now));
        }
        Ok(Step::On(further(rotation, done, tx.now)))
    }

    async fn run(&self, step: Step, tx: &mut Tx<'_, Write>) -> Result<Rotation> {
        tx.note(step).await
    }
}

/// What laws keep of the forgotten stands beside the anchor with its keys, which come under the new root too: a chunk of
/// one tenant's erasures from behind `position` on, and where that ends; none when all of them are.
async fn written(tx: &Tx<'_, Read>, position: &[u8]) -> Result<Option<Vec<u8>>> {
    let inner = tx.inner;
    let (at, after) = match position.split_first_chunk().map(|(id, rest)| (id, rest.try_into())) {
        Some((id, Ok(n))) => (i64::from_be_bytes(*id), i64::from_be_bytes(n)),
        _ => (0, 0),
    };
    let mut tenants = tx.rows.tenants().await?;
    tenants.retain(|row| row.id != 0 && row.id >= at && row.state == TenantState::Active);
    tenants.sort_unstable_by_key(|row| row.id);
    for row in tenants {
        let tenant = inner.tenants.get(&inner.store, inner.kms(), row.id16).await?;
        let after = if row.id == at { after } else { 0 };
        if let Some(last) = inner.write_down_anew(&tenant, after, tx.chunk()).await? {
            return Ok(Some([row.id.to_be_bytes(), last.to_be_bytes()].concat()));
        }
    }
    Ok(None)
}

/// Destroys every root older than `newest` under which nothing is left; whether that was all of them. A root is first
/// destroyed and then noted as destroyed, never the other way round: the note dates what nobody can open any more.
async fn destroy_older(tx: &Tx<'_, Read>, newest: u32) -> Result<bool> {
    let (store, kms) = (&tx.inner.store, &tx.inner.kms);
    for (epoch, _) in store.roots().await?.into_iter().filter(|(epoch, _)| *epoch < newest) {
        if !store.is_root_idle(epoch).await? {
            return Ok(false);
        }
        kms.destroy(epoch).await?;
        store.root_destroyed(epoch, tx.now).await?;
    }
    Ok(true)
}
