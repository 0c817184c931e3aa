//! What can be shown of an erasure: when nobody could open anything any more, what a law keeps, and the proof that the
//! log says so.

use zelo_ledger::Class;
use zelo_model::{EntryId, ErasureState, ProfileId, Timestamp};
use zelo_store::Beside;

use crate::error::{Error, Result};
use crate::log::{LoggedEntry, prove_entries};
use crate::operation::{Operation, Target};
use crate::profile::SEES_ERASURES;
use crate::tx::{Read, Tx};

/// Reads the receipt of an erasure.
pub struct GetErasure {
    /// Which.
    pub which: WhichErasure,
}

/// How to name an erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhichErasure {
    /// By its number in the tenant.
    Number(i64),
    /// By the id of the profile that was forgotten, or of one that had been merged into it.
    Profile(ProfileId),
}

/// The receipt. It says nothing of who it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasureReceipt {
    /// Its number, monotone per tenant.
    pub n: i64,
    /// The profile that was forgotten.
    pub profile: ProfileId,
    /// How far it has come.
    pub state: ErasureState,
    /// Why, as a code.
    pub ground: String,
    /// When it was decided; from then on the person was refused everywhere.
    pub begun_at: Timestamp,
    /// When no process could open anything of the person any more.
    pub effective_at: Option<Timestamp>,
    /// When the last row was deleted.
    pub done_at: Option<Timestamp>,
    /// When the last root key was destroyed that could open a backup of the person's keys.
    pub final_at: Option<Timestamp>,
    /// How many identifiers are kept from coming back.
    pub suppressed: usize,
    /// What a law keeps.
    pub kept: Vec<Kept>,
    /// The entry that begins it; `None` until it is in a signed checkpoint.
    pub begin: Option<LoggedEntry>,
    /// The entry that ends it.
    pub done: Option<LoggedEntry>,
}

/// Fields that a law keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The policy that keeps them.
    pub policy: String,
    /// The ground, as a code.
    pub ground: String,
    /// Where the law says so.
    pub law: String,
    /// Until when.
    pub until: Timestamp,
    /// How many rows.
    pub rows: i64,
}

impl Operation for GetErasure {
    const NAME: &'static str = SEES_ERASURES;
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Person;
    type Access = Read;
    type Ready = ();
    type Output = ErasureReceipt;

    async fn prepare(&self, _: &mut Tx<'_, Read>) -> Result<()> {
        Ok(())
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<ErasureReceipt> {
        let tenant = tx.tenant.row.id;
        let n = self.number(tx).await?.ok_or(Error::NotFound)?;
        let erasure = tx.rows.erasure(tenant, n).await?.ok_or(Error::NotFound)?;
        let kept = tx.rows.retained_sets(tenant, n).await?.into_iter().map(|set| Kept {
            policy: set.policy,
            ground: set.ground,
            law: set.law,
            until: set.until,
            rows: set.rows,
        });
        let suppressed = tx.rows.suppressed_by(tenant, n).await?.len();
        let wanted: Vec<EntryId> =
            [Some(erasure.begin_entry), erasure.done_entry].into_iter().flatten().collect();
        let final_at = match erasure.effective_at {
            Some(at) => tx.inner.store.roots_gone(at).await?,
            None => None,
        };
        let mut entries = prove_entries(tx, &wanted).await?;
        tx.notes.erasure = Some(n);
        Ok(ErasureReceipt {
            n,
            profile: erasure.profile_id16,
            state: erasure.state,
            ground: erasure.ground,
            begun_at: erasure.begun_at,
            effective_at: erasure.effective_at,
            done_at: erasure.done_at,
            final_at,
            suppressed,
            kept: kept.collect(),
            begin: entries.remove(&erasure.begin_entry),
            done: erasure.done_entry.and_then(|id| entries.remove(&id)),
        })
    }
}

impl GetErasure {
    async fn number(&self, tx: &Tx<'_, Read>) -> Result<Option<i64>> {
        let tenant = tx.tenant.row.id;
        let id = match self.which {
            WhichErasure::Number(n) => return Ok(Some(n)),
            WhichErasure::Profile(id) => id,
        };
        let mut found = tx.rows.profile_by_id(tenant, id, &Beside::default()).await?;
        while let Some(into) = found.as_ref().and_then(|profile| profile.merged_into) {
            found = tx.rows.profile_by_surrogate(tenant, into, &Beside::default()).await?;
        }
        match found {
            Some(profile) => Ok(tx.rows.erasure_of(tenant, profile.id).await?),
            None => Ok(None),
        }
    }
}
