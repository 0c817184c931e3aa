//! Beginning a rotation: the new key is made and durable, and from then on the only one that new keys or rows come under.

use zelo_ledger::Class;
use zelo_model::{KeyClass, Rotation};
use zelo_vault::Kek;

use super::fresh;
use crate::error::{Error, Result};
use crate::operation::{Operation, Target};
use crate::start::canary;
use crate::tenant::newest_root;
use crate::tx::{Read, Tx, Write};

/// A rotation to begin, or the one that goes on already.
pub enum Begun {
    /// To begin.
    New(Rotation),
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
            Self::New(rotation) => {
                tx.rows.begin_rotation(tx.tenant.row.id, &rotation).await?;
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
        Ok(Begun::New(fresh(KeyClass::Root, version, store.count_keks().await?, tx)))
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
        let rotation = match self.what {
            KeyClass::Kek => self.kek(tx).await?,
            KeyClass::Root | KeyClass::Index | KeyClass::Owners => {
                return Err(Error::invalid("what", "this is not a key of a tenant that rotates"));
            }
        };
        Ok(Begun::New(rotation))
    }

    async fn run(&self, begun: Begun, tx: &mut Tx<'_, Write>) -> Result<Rotation> {
        let rotation = begun.begin(tx).await?;
        tx.inner.tenants.forget(tx.tenant.row.id16);
        Ok(rotation)
    }
}

impl BeginRotation {
    async fn kek(&self, tx: &Tx<'_, Read>) -> Result<Rotation> {
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
        Ok(fresh(KeyClass::Kek, version, store.count_owner_keys(id).await? + shared, tx))
    }
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
