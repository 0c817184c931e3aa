//! Everything an erasure must know of a person before it can decide: read in a snapshot, held against the writer's
//! transaction afterwards.

use std::collections::BTreeSet;

use zelo_model::{Handle, Identifier, IdentifierKind, OwnerId, ProfileId, ProfileState, RecordBody};
use zelo_resolve::normalize;
use zelo_store::{ErasedOwner, FoundLink, FoundProfile, NewRetainedSet, OwnerKind};
use zelo_vault::place::RECORD_BODY;

use super::kept::{self, Keepers};
use crate::blob::decode_record;
use crate::error::Result;
use crate::ground::{Ground, survey};
use crate::tx::{Read, Sealed, Tx, Whose};

/// A person about to be forgotten.
pub struct Gathered {
    pub(super) profile: i64,
    pub(super) id: ProfileId,
    pub(super) handle: Option<Handle>,
    /// The newest erasure the key database knows.
    pub(super) last: i64,
    pub(super) epoch: u32,
    pub(super) records: Vec<ErasedOwner>,
    /// Every identifier of theirs.
    pub(super) digests: Vec<[u8; 16]>,
    /// Those nobody else alive is found by.
    pub(super) unshared: Vec<[u8; 16]>,
    /// What must not come back: digests under the suppression key.
    pub(super) suppressed: BTreeSet<(IdentifierKind, [u8; 16])>,
    /// What a law keeps, sealed under keys of its own that are durable by now.
    pub(super) kept: Vec<NewRetainedSet>,
    pub(super) sets: usize,
    /// Events a law speaks of, and how many the person has.
    pub(super) names: Vec<String>,
    pub(super) events: usize,
    /// How much the person has said to purposes, if a law keeps that or what is suppressed depends on it.
    pub(super) consents: Option<usize>,
    pub(super) witness: Vec<Witness>,
    pub(super) ground: Ground,
}

/// What of a link the decision rests on.
pub(super) type Witness = ([u8; 16], i64, u64, i64, bool);

pub(super) fn witness(link: &FoundLink) -> Witness {
    (link.digest, link.record, link.seal_version, link.profile, link.state == ProfileState::Active)
}

/// A member opened.
pub(super) struct Opened {
    pub(super) id: OwnerId,
    pub(super) source: i64,
    pub(super) body: RecordBody,
}

pub(super) async fn gather(tx: &mut Tx<'_, Read>, profile: FoundProfile) -> Result<Gathered> {
    let tenant = tx.tenant.row.id;
    let epoch = tx.tenant.keys.index().epoch();
    let found = survey(&tx.rows, tenant, &[profile.id]).await?;
    let digests: BTreeSet<[u8; 16]> = found.summaries.iter().map(|row| row.digest).collect();
    let digests: Vec<[u8; 16]> = digests.into_iter().collect();
    let links = tx.rows.links(tenant, epoch, &digests).await?;
    let shared: BTreeSet<[u8; 16]> =
        tx.rows.shared_identifiers(tenant, profile.id, epoch, &digests).await?.into_iter().collect();

    let owners: Vec<OwnerId> = profile.members.iter().map(|member| member.id16).collect();
    let mut keys = tx.keys(&owners).await?;
    let mut opened = Vec::with_capacity(profile.members.len());
    for member in &profile.members {
        let Some(bytes) = &member.body else { continue };
        let (owner, version) = (member.id16, member.seal_version);
        let sealed = Sealed { owner, place: RECORD_BODY, row: owner.0, version, bytes };
        let body = decode_record(&tx.open(&keys, &sealed, Whose::Processed)?)?;
        opened.push(Opened { id: owner, source: member.source, body });
    }
    let suppressed = suppressed(tx, &opened, &shared);

    let keepers = Keepers::of(tx)?;
    let names = keepers.names();
    let asked: Vec<&str> = names.iter().map(String::as_str).collect();
    let records: Vec<i64> = profile.members.iter().map(|member| member.record).collect();
    let events = tx.rows.events_named(tenant, &records, &asked).await?;
    let count = events.len();
    let said = if keepers.keeps_consents() {
        tx.rows.consent_proofs(tenant, &records, None, i64::MAX).await?
    } else {
        Vec::new()
    };
    let consents = keepers.keeps_consents().then_some(said.len());
    let kept = kept::seal(tx, &mut keys, &keepers, &profile, &opened, (events, &said)).await?;
    Ok(Gathered {
        profile: profile.id,
        id: profile.id16,
        handle: profile.handle,
        last: tx.inner.store.last_erasure(tx.tenant.row.id16).await?,
        epoch,
        records: profile.members.iter().map(owner).collect(),
        unshared: digests.iter().filter(|digest| !shared.contains(*digest)).copied().collect(),
        digests,
        suppressed,
        sets: kept.len(),
        kept,
        names,
        events: count,
        consents,
        witness: links.iter().map(witness).collect(),
        ground: found.ground,
    })
}

fn owner(member: &zelo_store::Member) -> ErasedOwner {
    ErasedOwner { id: member.record, id16: member.id16, kind: OwnerKind::Record }
}

/// Identifiers that belong to one person only and that nobody else alive has: a household's telephone is not suppressed,
/// for the others go on using it.
fn suppressed(
    tx: &Tx<'_, Read>,
    opened: &[Opened],
    shared: &BTreeSet<[u8; 16]>,
) -> BTreeSet<(IdentifierKind, [u8; 16])> {
    let rules = tx.policy.matching();
    let known = opened.iter().flat_map(|record| &record.body.identifiers);
    let identifiers = known.filter_map(|known| {
        let kind: IdentifierKind = known.kind.parse().ok()?;
        let normal = normalize(kind, &known.value).ok()?;
        Some(Identifier { kind, space: known.space.clone(), normal })
    });
    let own = identifiers.filter(|identifier| {
        let keys = &tx.tenant.keys;
        let mut indexes = [Some(keys.index()), keys.index_beside()].into_iter().flatten();
        let is_shared = indexes.any(|index| shared.contains(&index.digest(identifier)));
        rules.kind(identifier.kind).unique && !is_shared
    });
    own.map(|identifier| (identifier.kind, tx.tenant.keys.suppression().digest(&identifier))).collect()
}
