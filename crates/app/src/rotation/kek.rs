//! A tenant's key of keys: every key of the tenant comes under the new one, then the old one is deleted.

use zelo_ledger::Class;
use zelo_model::{KeyClass, Rotation, RotationId};

use super::{Step, ended, further};
use crate::error::{Error, Result};
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx, Write};

/// One chunk of a rotation of a tenant's KEK.
pub struct RewrapKeys {
    /// Which.
    pub id: RotationId,
}

impl Operation for RewrapKeys {
    const NAME: &'static str = "key.rewrap";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Tenant;
    type Access = Write;
    type Ready = Step;
    type Output = Rotation;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<Step> {
        let mut rotation = tx.rotation(self.id, KeyClass::Kek).await?;
        if rotation.ended.is_some() {
            return Ok(Step::Over(rotation));
        }
        let (store, id, newest) = (&tx.inner.store, tx.tenant.row.id16, rotation.version);
        let mut keys = tx.tenant.keys.clone();
        if keys.kek().version() < newest {
            keys = tx.inner.tenants.anew(store, tx.inner.kms(), tx.tenant).await?.keys.clone();
        }
        let old = store.owner_keys_under_other_keks(id, newest, &rotation.position, tx.chunk()).await?;
        if old.is_empty() {
            return finish(tx, rotation).await;
        }
        let mut rows = Vec::with_capacity(old.len());
        for (owner, wrapped) in &old {
            let key = keys.unwrap_owner(*owner, wrapped).map_err(Error::internal)?;
            rows.push((*owner, keys.wrap_owner(tx.rng(), *owner, &key)));
        }
        rotation.position = rows.last().map(|(owner, _)| owner.0.to_vec()).unwrap_or_default();
        let done = rows.len();
        store.rewrap_owner_keys(id, rows).await?;
        Ok(Step::On(further(rotation, done, tx.now)))
    }

    async fn run(&self, step: Step, tx: &mut Tx<'_, Write>) -> Result<Rotation> {
        tx.note(step).await
    }
}

/// All owners' keys have been passed: the tenant's shared keys follow, and the old KEKs go. When a key came under one of
/// them meanwhile, from a process that did not know better yet, they are passed once more.
async fn finish(tx: &Tx<'_, Read>, rotation: Rotation) -> Result<Step> {
    let (store, id) = (&tx.inner.store, tx.tenant.row.id16);
    let keys = tx.inner.tenants.anew(store, tx.inner.kms(), tx.tenant).await?.keys.clone();
    let shared = keys.wrap(tx.rng());
    let done = shared.len();
    store.rewrap_shared(id, shared).await?;
    match store.drop_older_keks(id, rotation.version).await {
        Ok(()) => Ok(ended(rotation, done, tx.now)),
        Err(zelo_store::StoreError::Stale) => {
            Ok(Step::On(Rotation { position: Vec::new(), ..further(rotation, 0, tx.now) }))
        }
        Err(error) => Err(error.into()),
    }
}
