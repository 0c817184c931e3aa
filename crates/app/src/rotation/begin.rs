//! Beginning a rotation: the new key is made and durable, and from then on the only one that new keys or rows come under.

use zelo_ledger::Class;
use zelo_model::{KeyClass, Rotation};
use zelo_store::KeysInForce;
use zelo_vault::Kek;

use super::fresh;
use crate::error::{Error, Result};
use crate::operation::{Operation, Target};
use crate::start::canary;
use crate::tenant::newest_root;
use crate::tx::{Read, Tx, Write};

/// A rotation to begin, or the one that goes on already.
pub enum Begun {
    /// To begin, with other keys in force from then on.
    New(Rotation, Option<KeysInForce>),
    /// Under way.
    Already(Rotation),
}

impl Begun {
    /// The one that is under way, if it is of this class; a tenant's keys rotate one class after the other.
    async fn already(tx: &Tx<'_, Read>, what: KeyClass) -> Result<Option<Self>> {
        let all = tx.rows.rotations(tx.tenant.row.id).await?;
        match all.into_iter().find(|one| one.ended.is_none()) {
            Some(same) if same.what == what => Ok(Some(Self::Already(same))),
            Some(_) => Err(Error::Conflict(
                "another rotation is under way here; `zelo rotate list` shows how far it has come",
            )),
            None => Ok(None),
        }
    }

    async fn begin(self, tx: &mut Tx<'_, Write>) -> Result<Rotation> {
        match self {
            Self::Already(rotation) => Ok(rotation),
            Self::New(rotation, keys) => {
                let tenant = tx.tenant.row.id;
                tx.rows.begin_rotation(tenant, &rotation).await?;
                if let Some(keys) = keys {
                    tx.rows.change_keys(tenant, tx.tenant.row.keys, keys).await?;
                }
                Ok(rotation)
            }
        }
    }
}

/// Begins to rotate the root: a new one is made, all KEKs come under it, and the old one is destroyed. What was backed
/// up before can then be opened by nobody.
pub struct BeginRootRotation;

impl Operation for BeginRootRotation {
    const NAME: &'static str = "root.rotate";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Installation;
    type Access = Write;
    type Ready = Begun;
    type Output = Rotation;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<Begun> {
        tx.in_installation()?;
        if let Some(already) = Begun::already(tx, KeyClass::Root).await? {
            return Ok(already);
        }
        let (store, kms) = (&tx.inner.store, tx.inner.kms());
        let roots = store.roots().await?;
        let newest = newest_root(store).await?;
        // Two that are not destroyed: the rotation that made the newer one was cut short before it was noted.
        let version = if roots.len() > 1 { newest } else { newest + 1 };
        if version > newest {
            kms.create(version).await?;
            store.keep_root(version, canary(kms, version).await?, tx.now).await?;
        }
        Ok(Begun::New(fresh(KeyClass::Root, version, store.count_keks().await?, tx), None))
    }

    async fn run(&self, begun: Begun, tx: &mut Tx<'_, Write>) -> Result<Rotation> {
        begun.begin(tx).await
    }
}

/// Begins to rotate keys of a tenant.
pub struct BeginRotation {
    /// Which.
    pub what: KeyClass,
}

impl Operation for BeginRotation {
    const NAME: &'static str = "key.rotate";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Tenant;
    type Access = Write;
    type Ready = Begun;
    type Output = Rotation;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<Begun> {
        if let Some(already) = Begun::already(tx, self.what).await? {
            return Ok(already);
        }
        match self.what {
            KeyClass::Kek => kek(tx).await,
            KeyClass::Index => index(tx).await,
            KeyClass::Owners => owners(tx).await,
            KeyClass::Root => {
                Err(Error::invalid("what", "the root is the installation's: `zelo rotate root`"))
            }
        }
    }

    async fn run(&self, begun: Begun, tx: &mut Tx<'_, Write>) -> Result<Rotation> {
        let rotation = begun.begin(tx).await?;
        tx.inner.tenants.forget(tx.tenant.row.id16);
        Ok(rotation)
    }
}

async fn kek(tx: &Tx<'_, Read>) -> Result<Begun> {
    let (store, id) = (&tx.inner.store, tx.tenant.row.id16);
    let (keks, shared) = store.tenant_keys(id).await?;
    let newest = keks.iter().map(|kek| kek.version).max().ok_or(Error::NotFound)?;
    // Two of them: the rotation that made the newer one was cut short before it was noted.
    let version = if keks.len() > 1 { newest } else { newest + 1 };
    if version > newest {
        let kek = Kek::generate(version, tx.rng());
        let wrapped = kek.wrap(tx.inner.kms(), newest_root(store).await?, id).await?;
        store.keep_kek(id, wrapped).await?;
    }
    let shared = i64::try_from(shared.len()).map_err(Error::internal)?;
    let total = store.count_owner_keys(id).await? + shared;
    Ok(Begun::New(fresh(KeyClass::Kek, version, total, tx), None))
}

async fn index(tx: &Tx<'_, Read>) -> Result<Begun> {
    let (store, in_force) = (&tx.inner.store, tx.tenant.row.keys);
    let keys = tx.inner.tenants.anew(store, tx.inner.kms(), tx.tenant).await?.keys.clone();
    // A newer one that is not in force: the rotation that made it was cut short before it was noted.
    let version = if keys.newest_index() > in_force.index {
        keys.newest_index()
    } else {
        let next = keys.next_index(tx.rng());
        let epoch = next.epoch;
        store.keep_shared(tx.tenant.row.id16, next).await?;
        epoch
    };
    let total = tx.rows.count_records(tx.tenant.row.id).await?;
    let to = KeysInForce { index_next: Some(version), ..in_force };
    Ok(Begun::New(fresh(KeyClass::Index, version, total, tx), Some(to)))
}

async fn owners(tx: &Tx<'_, Read>) -> Result<Begun> {
    let in_force = tx.tenant.row.keys;
    let version = in_force.generation + 1;
    let total = tx.inner.store.count_owner_keys(tx.tenant.row.id16).await?;
    let to = KeysInForce { generation: version, ..in_force };
    Ok(Begun::New(fresh(KeyClass::Owners, version, total, tx), Some(to)))
}

/// Lists a tenant's rotations, the newest first; in the installation, those of its root.
pub struct ListRotations;

impl Operation for ListRotations {
    const NAME: &'static str = "rotation.list";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Tenant;
    type Access = Read;
    type Ready = ();
    type Output = Vec<Rotation>;

    fn pinned(&self) -> bool {
        false
    }

    async fn prepare(&self, _: &mut Tx<'_, Read>) -> Result<()> {
        Ok(())
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<Vec<Rotation>> {
        Ok(tx.rows.rotations(tx.tenant.row.id).await?)
    }
}
