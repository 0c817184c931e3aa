//! The blind index: every identifier gets a digest of the next epoch beside the one that is matched on; when all have, the
//! next is matched on, and the older digests and their key go.
//!
//! From the beginning on every write gives the identifiers it meets both. An identifier is one and the same in both
//! epochs, so at every instant it is unique, and whatever leads to it leads to it in both.

use std::collections::BTreeSet;

use zelo_ledger::Class;
use zelo_model::{Identifier, IdentifierKind, KeyClass, OwnerId, RecordBody, Rotation, RotationId};
use zelo_resolve::normalize;
use zelo_store::{BodyRow, KeysInForce, NewIdentifier};
use zelo_vault::place::{QUARANTINE_BODY, RECORD_BODY};
use zelo_vault::{IndexKey, Place};
use zeroize::Zeroizing;

use super::{Step, ended, further};
use crate::blob::decode_record;
use crate::error::{Error, Result};
use crate::intake::{Came, identifiers_in};
use crate::keyring::Keyring;
use crate::operation::{Operation, Target};
use crate::tx::{Read, Sealed, Tx, Whose, Write};

/// The values stand in the records' bodies.
const RECORDS: i16 = 0;
/// And, of messages that are held, in those.
const HELD: i16 = 1;
/// Is any left out?
const LEFT: i16 = 2;
/// The next epoch is matched on.
const OLDER: i16 = 3;

/// One chunk of a rotation of the index.
pub struct RehashIdentifiers {
    /// Which.
    pub id: RotationId,
}

/// What a chunk does.
pub struct Rehashing {
    beside: Vec<NewIdentifier>,
    change: Option<(KeysInForce, KeysInForce)>,
    drop_older: bool,
    step: Step,
}

impl Rehashing {
    fn of(beside: Vec<NewIdentifier>, rotation: Rotation) -> Self {
        Self { beside, change: None, drop_older: false, step: Step::On(rotation) }
    }
}

impl Operation for RehashIdentifiers {
    const NAME: &'static str = "index.rehash";
    const CLASS: Class = Class::Processing;
    const TARGET: Target = Target::Tenant;
    type Access = Write;
    type Ready = Rehashing;
    type Output = Rotation;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<Rehashing> {
        let rotation = tx.rotation(self.id, KeyClass::Index).await?;
        if rotation.ended.is_some() {
            let step = Step::Over(rotation);
            return Ok(Rehashing { beside: Vec::new(), change: None, drop_older: false, step });
        }
        match rotation.phase {
            RECORDS => records(tx, rotation).await,
            HELD => held(tx, rotation).await,
            LEFT => left(tx, rotation).await,
            _ => older(tx, rotation).await,
        }
    }

    async fn run(&self, chunk: Rehashing, tx: &mut Tx<'_, Write>) -> Result<Rotation> {
        let Rehashing { beside, change, drop_older, mut step } = chunk;
        let tenant = tx.tenant.row.id;
        // Whoever is forgotten meanwhile takes the identifier with them, and waits for this or is waited for.
        let alive = tx.rows.lock_ids(tenant, tx.tenant.row.keys.index, &ids(&beside)).await?;
        let beside = beside.into_iter().filter(|new| alive.contains(&new.id)).collect();
        tx.rows.write_beside(tenant, beside).await?;
        if let Some((from, to)) = change {
            tx.rows.change_keys(tenant, from, to).await?;
            tx.inner.tenants.forget(tx.tenant.row.id16);
        }
        if drop_older && let Step::On(rotation) = &mut step {
            let limit = tx.inner.rotating.chunk().saturating_mul(10);
            let dropped = tx.rows.drop_digests(tenant, rotation.version, limit).await?;
            // Empty at last; the next chunk finds it so and takes the key.
            rotation.position = if dropped == 0 { vec![1] } else { Vec::new() };
        }
        tx.note(step).await
    }
}

fn ids(new: &[NewIdentifier]) -> Vec<i64> {
    new.iter().map(|identifier| identifier.id).collect::<BTreeSet<_>>().into_iter().collect()
}

fn next_phase(rotation: Rotation, tx: &Tx<'_, Read>) -> Rotation {
    let phase = rotation.phase + 1;
    Rotation { phase, position: Vec::new(), ..further(rotation, 0, tx.now) }
}

async fn records(tx: &mut Tx<'_, Read>, rotation: Rotation) -> Result<Rehashing> {
    // Those that came since have both; if one has not, it is found among what is left.
    let (tenant, after) = (tx.tenant.row.id, surrogate(&rotation));
    let rows = tx.rows.records_after(tenant, after, rotation.begun, tx.chunk()).await?;
    let Some(last) = rows.last() else { return Ok(Rehashing::of(Vec::new(), next_phase(rotation, tx))) };
    let (position, done) = (last.id.to_be_bytes().to_vec(), rows.len());
    let rows = alive(tx, rows).await?;
    let beside = of_records(tx, &rows).await?;
    Ok(Rehashing::of(beside, Rotation { position, ..further(rotation, done, tx.now) }))
}

async fn held(tx: &mut Tx<'_, Read>, rotation: Rotation) -> Result<Rehashing> {
    let rows = tx.rows.held_after(tx.tenant.row.id, surrogate(&rotation), tx.chunk()).await?;
    let Some(last) = rows.last() else { return Ok(Rehashing::of(Vec::new(), next_phase(rotation, tx))) };
    let position = last.id.to_be_bytes().to_vec();
    let keys = keys_of(tx, &rows).await?;
    let mut found = Vec::new();
    for row in &rows {
        let Some(source) = tx.tenant.sources.get(&row.source).cloned() else { continue };
        let plain = opened(tx, &keys, row, QUARANTINE_BODY)?;
        let (_, raw) = Came::decode(&plain)?;
        found.extend(identifiers_in(tx, &source, raw));
    }
    let beside = beside(tx, &found).await?;
    Ok(Rehashing::of(beside, Rotation { position, ..further(rotation, 0, tx.now) }))
}

/// Looks for identifiers that were passed by: somebody forgotten may have left one to a record that was passed before.
/// When there is none left, the next epoch is matched on.
async fn left(tx: &mut Tx<'_, Read>, rotation: Rotation) -> Result<Rehashing> {
    let (tenant, from) = (tx.tenant.row.id, tx.tenant.row.keys);
    let epochs = (from.index, rotation.version);
    let limit = tx.chunk().saturating_mul(10);
    let digests = tx.rows.digests_after(tenant, epochs, &rotation.position, limit).await?;
    let Some(last) = digests.last() else {
        let to = KeysInForce { index: rotation.version, index_next: None, ..from };
        let chunk = Rehashing::of(Vec::new(), next_phase(rotation, tx));
        return Ok(Rehashing { change: Some((from, to)), ..chunk });
    };
    let position = last.digest.to_vec();
    let left: Vec<i64> = digests.iter().filter(|one| !one.is_settled).map(|one| one.id).collect();
    let rows = tx.rows.records_of(tenant, &left).await?;
    let all = rows.len();
    let rows = alive(tx, rows).await?;
    let beside = of_records(tx, &rows).await?;
    let has = ids(&beside);
    if rows.len() < all {
        // They are gone in a moment; until then this is not passed.
        return Ok(Rehashing::of(beside, further(rotation, 0, tx.now)));
    }
    if left.iter().any(|id| !has.contains(id)) {
        return Err(Error::internal("an identifier leads to rows that do not hold its value"));
    }
    Ok(Rehashing::of(beside, Rotation { position, ..further(rotation, 0, tx.now) }))
}

async fn older(tx: &mut Tx<'_, Read>, rotation: Rotation) -> Result<Rehashing> {
    debug_assert_eq!(rotation.phase, OLDER);
    let nothing = Rehashing::of(Vec::new(), rotation.clone());
    if rotation.position.is_empty() {
        return Ok(Rehashing { drop_older: true, step: Step::On(further(rotation, 0, tx.now)), ..nothing });
    }
    tx.inner.store.drop_older_index_keys(tx.tenant.row.id16, rotation.version).await?;
    Ok(Rehashing { step: ended(rotation, 0, tx.now), ..nothing })
}

fn surrogate(rotation: &Rotation) -> i64 {
    rotation.position.as_slice().try_into().map_or(0, i64::from_be_bytes)
}

async fn keys_of(tx: &mut Tx<'_, Read>, rows: &[BodyRow]) -> Result<Keyring> {
    tx.keys(&rows.iter().map(|row| row.id16).collect::<Vec<_>>()).await
}

fn opened(tx: &mut Tx<'_, Read>, keys: &Keyring, row: &BodyRow, place: Place) -> Result<Zeroizing<Vec<u8>>> {
    let (owner, version, bytes) = (row.id16, row.version, row.body.as_slice());
    match tx.open(keys, &Sealed { owner, place, row: owner.0, version, bytes }, Whose::Processed) {
        // Forgotten meanwhile: their identifiers go with them.
        Err(Error::Erased) => Ok(Zeroizing::default()),
        other => other,
    }
}

/// Those whose owner is not being forgotten: the others' keys are touched no more, and their identifiers go with them.
async fn alive(tx: &Tx<'_, Read>, mut rows: Vec<BodyRow>) -> Result<Vec<BodyRow>> {
    let owners: Vec<OwnerId> = rows.iter().map(|row| row.id16).collect();
    let forgotten = tx.rows.being_forgotten(tx.tenant.row.id, &owners).await?;
    rows.retain(|row| !forgotten.contains(&row.id16));
    Ok(rows)
}

async fn of_records(tx: &mut Tx<'_, Read>, rows: &[BodyRow]) -> Result<Vec<NewIdentifier>> {
    let keys = keys_of(tx, rows).await?;
    let mut found = Vec::new();
    for row in rows {
        let plain = opened(tx, &keys, row, RECORD_BODY)?;
        if !plain.is_empty() {
            found.extend(known(&decode_record(&plain)?));
        }
    }
    beside(tx, &found).await
}

/// The identifiers a record has been seen with, in their normal form.
fn known(body: &RecordBody) -> Vec<Identifier> {
    let normal = body.identifiers.iter().filter_map(|known| {
        let kind: IdentifierKind = known.kind.parse().ok()?;
        let space = if kind.is_spaced() { known.space.clone() } else { String::new() };
        Some(Identifier { kind, space, normal: normalize(kind, &known.value).ok()? })
    });
    normal.collect()
}

/// Their digests of the next epoch, for those that are there in the one matched on.
async fn beside(tx: &Tx<'_, Read>, found: &[Identifier]) -> Result<Vec<NewIdentifier>> {
    let (index, next) = (tx.tenant.keys.index(), tx.tenant.keys.index_beside());
    // Begun by a process that knows more: the door does it again with the keys in force.
    let next: &IndexKey = next.ok_or(Error::Stale)?;
    let digests: BTreeSet<[u8; 16]> = found.iter().map(|identifier| index.digest(identifier)).collect();
    let digests: Vec<[u8; 16]> = digests.into_iter().collect();
    let there = tx.rows.identifiers(tx.tenant.row.id, index.epoch(), &digests).await?;
    let there: std::collections::HashMap<[u8; 16], i64> = there.into_iter().collect();
    let new = found.iter().filter_map(|identifier| {
        let id = *there.get(&index.digest(identifier))?;
        Some(NewIdentifier {
            id,
            epoch: next.epoch(),
            kind: identifier.kind,
            digest: next.digest(identifier),
        })
    });
    Ok(new.collect())
}
