//! Forgetting people again whom a restored backup still knows, from what was written down beside the anchor.

use data_encoding::HEXLOWER;
use zelo_ledger::Class;
use zelo_model::{EntryId, ErasureGround, ErasureState, Handle, OwnerId, ProfileId, Timestamp};
use zelo_store::{
    ErasedOwner, FetchedKey, MembershipMove, NewErasure, NewOwnerKey, NewProfile, NewRetainedSet,
};
use zelo_vault::OwnerKey;

use super::file::{ErasureFile, KeyLine, SuppressedLine, said};
use crate::error::{Error, Result};
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx, Write};

/// Does an erasure again as it was written down, past its keys, which must be gone: what a law keeps gets its keys and
/// rows back and, where the restored data have never seen the erasure, it is begun again.
pub struct EraseAgain {
    /// Its number.
    pub n: i64,
    /// The digest the anchor holds of what was written down.
    pub sha256: [u8; 32],
    /// Whether the data know it.
    pub known: bool,
}

/// What was written down, and what of it a law keeps still, its keys being there.
pub struct WrittenDown {
    file: ErasureFile,
    kept: Vec<NewRetainedSet>,
}

impl Operation for EraseAgain {
    const NAME: &'static str = "erasure.again";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Person;
    type Access = Write;
    type Ready = WrittenDown;
    type Output = ();

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<WrittenDown> {
        let last = tx.inner.store.last_erasure(tx.tenant.row.id16).await?;
        if last < self.n {
            return Err(Error::Conflict("a person's rows go only after their keys"));
        }
        let anchor = tx.inner.log.anchor.lock().await.path().to_owned();
        let file = ErasureFile::read(&anchor, tx.tenant.row.id16, self.n, Some(&self.sha256));
        let file = file.ok_or(Error::NotFound)?;
        let mut kept = Vec::with_capacity(file.retained.len());
        for line in &file.retained {
            let mut set = line.set()?;
            if set.until <= tx.now || !keys_back(tx, set.id16, &line.keys).await? {
                set.rows.clear();
            }
            kept.push(set);
        }
        Ok(WrittenDown { file, kept })
    }

    async fn run(&self, ready: WrittenDown, tx: &mut Tx<'_, Write>) -> Result<()> {
        let WrittenDown { file, mut kept } = ready;
        let tenant = tx.tenant.row.id;
        let entry = EntryId(tx.ids.sorted(tx.now));
        if self.known {
            tx.rows.kept_back(tenant, &kept).await?;
        } else {
            let profiles = file.profiles.iter().map(|id| said(id)).collect::<Result<Vec<ProfileId>>>()?;
            let at: Timestamp = said(&file.at)?;
            for (set, id) in kept.iter_mut().zip(tx.rows.surrogates(file.retained.len()).await?) {
                set.id = id;
            }
            let owners = tx.rows.owners_back(tenant, &file.owners()?).await?;
            let profile = tx.rows.profiles_back(tenant, &profiles, at).await?;
            others_stay(tx, profile, &owners).await?;
            let new = NewErasure {
                n: file.n,
                profile,
                ground: said::<ErasureGround>(&file.ground)?,
                at,
                entry,
                owners: owners.clone(),
                suppressed: file.suppressed.iter().map(SuppressedLine::row).collect::<Result<_>>()?,
                kept,
            };
            tx.rows.begin_erasure(tenant, new).await?;
            tx.rows.advance_erasure(tenant, file.n, ErasureState::Effective, tx.now).await?;
        }
        tx.notes.made = Some(tx.rows.raise_made(tenant).await?);
        tx.notes.id = Some(entry);
        tx.notes.erasure = Some(self.n);
        Ok(())
    }
}

/// The backup may know records as the person's that had been found to be somebody else's when the person was forgotten:
/// they stay, as a person of their own.
async fn others_stay(tx: &mut Tx<'_, Write>, profile: i64, owners: &[ErasedOwner]) -> Result<()> {
    let tenant = tx.tenant.row.id;
    let people = tx.rows.aliases(tenant, profile).await?;
    let mut others = tx.rows.members(tenant, &people).await?;
    others.retain(|(record, ..)| !owners.iter().any(|owner| owner.id == *record));
    if others.is_empty() {
        return Ok(());
    }
    let id = tx.rows.surrogates(1).await?.pop().ok_or_else(|| Error::internal("no surrogate"))?;
    let (id16, handle) = (ProfileId(tx.ids.random()), Handle(tx.ids.random()));
    tx.rows.insert_profiles(tenant, vec![NewProfile { id, id16, at: tx.now, handle }]).await?;
    let moves = others.into_iter().map(|(record, from, _)| MembershipMove {
        record,
        from: Some(from),
        to: id,
        at: tx.now,
        cause: "split",
    });
    Ok(tx.rows.move_records(tenant, moves.collect()).await?)
}

/// Gives a set the keys back it was written down with, durable when this returns; one that has them keeps them. `false`
/// when the root that wrapped them is gone: then nobody can open what a law had kept.
async fn keys_back(tx: &Tx<'_, Read>, set: OwnerId, lines: &[KeyLine]) -> Result<bool> {
    let (inner, tenant) = (tx.inner, tx.tenant.row.id16);
    if let Some(FetchedKey::Key(_, _, wrapped, next)) = inner.store.owner_keys(tenant, &[set]).await?.pop() {
        let here = [Some(wrapped), next.map(|(_, wrapped)| wrapped)].into_iter().flatten();
        let here: Vec<String> = here.map(|key| HEXLOWER.encode(&key.commitment)).collect();
        return Ok(lines.iter().any(|line| here.contains(&line.commitment)));
    }
    let mut keys = Vec::with_capacity(lines.len());
    for line in lines.iter().rev() {
        match OwnerKey::unwrap_by_root(inner.kms(), tenant, set, &line.wrapped()?).await {
            Ok(key) => keys.push((line.generation, tx.tenant.keys.wrap_owner(&inner.rng, set, &key))),
            Err(error) => {
                tracing::error!(%set, cause = %error, "the key of what a law keeps cannot be had back");
                return Ok(false);
            }
        }
    }
    let mut keys = keys.into_iter();
    let Some((generation, wrapped)) = keys.next() else { return Ok(false) };
    let newer = keys.next();
    let generation = if newer.is_some() { generation.saturating_sub(1) } else { generation };
    // Not above what these data know, or the next rotation would pass it by.
    let generation = generation.min(tx.tenant.row.keys.generation);
    inner.store.keep_owner_keys(vec![NewOwnerKey { tenant, owner: set, wrapped, generation }]).await?;
    if let Some((_, wrapped)) = newer {
        inner.store.keep_next_owner_keys(tenant, generation + 1, vec![(set, wrapped)]).await?;
    }
    inner.cache.evict(tenant, set);
    Ok(true)
}
