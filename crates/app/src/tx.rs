//! One passage through the door, as an operation sees it.

use zelo_model::{Actor, Handle, Ids, OwnerId, Timestamp};
use zelo_policy::{Access, Bundle, Sight};
use zelo_store::{Reading, Writing};
use zelo_vault::{OwnerOpenError, Place, Rng, Slot, sha256};
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::inner::Inner;
use crate::keyring::{Fetching, Keyring};
use crate::notes::Notes;
use crate::tenant::Tenant;

/// Whether a passage reads or writes.
pub trait Mode: Sized + Send + Sync + 'static {
    /// The same, as the policies say it.
    const ACCESS: Access;
    /// What rows are read and written through.
    type Conn<'t>: Send + Sync;
}

/// A passage that reads.
#[derive(Debug)]
pub struct Read;

/// A passage that writes.
#[derive(Debug)]
pub struct Write;

impl Mode for Read {
    const ACCESS: Access = Access::Read;
    type Conn<'t> = Reading<'t>;
}

impl Mode for Write {
    const ACCESS: Access = Access::Write;
    type Conn<'t> = &'t Writing<'t>;
}

/// One passage: who, for what, when, and the rows they may touch.
pub struct Tx<'t, A: Mode> {
    /// The present instant, the same throughout the passage.
    pub now: Timestamp,
    /// Fresh ids.
    pub ids: &'t dyn Ids,
    /// Who acts.
    pub actor: &'t Actor,
    /// The policies in force.
    pub policy: &'t Bundle,
    /// How far this passage sees: what its role sees, and of that what its purpose needs.
    pub sight: Sight,
    /// The actor's tenant.
    pub(crate) tenant: &'t Tenant,
    /// Rows.
    pub(crate) rows: A::Conn<'t>,
    pub(crate) inner: &'t Inner,
    pub(crate) notes: &'t mut Notes,
    /// Whether what is prepared here may be sealed.
    pub(crate) seals: bool,
}

/// Whose data is opened, and to what end.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whose {
    /// It leaves to the caller: the log lists the person.
    Shown(Handle),
    /// It stays inside: the log counts it.
    Processed,
}

/// A sealed value as a row gives it.
#[derive(Debug)]
pub(crate) struct Sealed<'b> {
    pub(crate) owner: OwnerId,
    pub(crate) place: Place,
    pub(crate) row: [u8; 16],
    pub(crate) version: u64,
    pub(crate) bytes: &'b [u8],
}

impl<A: Mode> Tx<'_, A> {
    /// The keys of these owners; one query for those not at hand. An owner forgotten stays out of reach.
    pub(crate) async fn keys(&mut self, owners: &[OwnerId]) -> Result<Keyring> {
        // The earliest generation this passage was in is the one an erasure must wait for.
        self.notes.holds.get_or_insert_with(|| self.inner.passages.enter());
        let (inner, tenant, now, seals) = (self.inner, self.tenant, self.now, self.seals);
        Keyring::fetch(Fetching { inner, tenant, now, seals }, owners).await
    }

    /// The only way to plaintext, and it records whose.
    pub(crate) fn open(
        &mut self,
        keys: &Keyring,
        sealed: &Sealed<'_>,
        whose: Whose,
    ) -> Result<Zeroizing<Vec<u8>>> {
        match whose {
            Whose::Shown(handle) => self.notes.shown_to(handle),
            Whose::Processed => self.notes.opened += 1,
        }
        let keys = keys.of(sealed.owner)?;
        let slot = self.slot(sealed.owner, sealed.place, sealed.row, sealed.version);
        keys.open(&slot, sealed.bytes).map_err(|error| match error {
            OwnerOpenError::OtherKey => {
                // It is being sealed anew: rows and keys are of two different instants.
                self.notes.missed = true;
                self.inner.cache.evict(self.tenant.row.id16, sealed.owner);
                Error::Stale
            }
            OwnerOpenError::Failed(failed) => Error::internal(failed),
        })
    }

    /// Seals a value under its owner's key and notes it for the entry.
    pub(crate) fn seal(
        &mut self,
        keys: &Keyring,
        owner: OwnerId,
        (place, row, version): (Place, [u8; 16], u64),
        plain: &[u8],
    ) -> Result<Vec<u8>> {
        let keys = keys.of(owner)?;
        if keys.generation() < self.tenant.row.keys.generation {
            return Err(Error::Stale);
        }
        let sealed = keys.seal(self.rng(), &self.slot(owner, place, row, version), plain);
        self.notes.sealed(place.table, &row, version, &sha256(&sealed));
        Ok(sealed)
    }

    /// Seals a value that is personal to nobody, under the tenant's own key, and notes it for the entry.
    pub(crate) fn seal_shared(&mut self, slot: (Place, [u8; 16], u64), plain: &[u8]) -> Vec<u8> {
        let (place, row, version) = slot;
        let sealed = self.tenant.keys.data().seal(self.rng(), &self.shared_slot(slot), plain);
        self.notes.sealed(place.table, &row, version, &sha256(&sealed));
        sealed
    }

    /// Opens such a value; the log counts it.
    pub(crate) fn open_shared(
        &mut self,
        slot: (Place, [u8; 16], u64),
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>> {
        self.notes.opened += 1;
        self.tenant.keys.open_data(&self.shared_slot(slot), sealed).map_err(Error::internal)
    }

    /// What is the tenant's own is owned by the tenant.
    fn shared_slot(&self, (place, row, version): (Place, [u8; 16], u64)) -> Slot {
        self.slot(OwnerId(self.tenant.row.id16.0), place, row, version)
    }

    pub(crate) fn rng(&self) -> &Rng {
        &self.inner.rng
    }

    fn slot(&self, owner: OwnerId, place: Place, row: [u8; 16], seal_version: u64) -> Slot {
        Slot { tenant: self.tenant.row.id16, owner, place, row, seal_version }
    }
}

impl<A: Mode> Tx<'_, A> {
    /// Refuses an operation on the installation to anybody who acts in a tenant.
    pub(crate) fn in_installation(&self) -> Result<()> {
        if self.tenant.row.id == 0 { Ok(()) } else { Err(Error::Forbidden) }
    }
}

impl Tx<'_, Write> {
    /// One fresh surrogate.
    pub(crate) async fn surrogate(&self) -> Result<i64> {
        self.rows.surrogates(1).await?.pop().ok_or_else(|| Error::internal("no surrogate"))
    }
}
