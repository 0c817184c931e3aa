//! Replacing keys while everything goes on: each rotation is begun once and then goes on chunk by chunk, every chunk an
//! operation, until no key of an older version is left.
//!
//! Keys change in the key database while a chunk is prepared, what is noted of it changes in the data with its entry.
//! Between the two a process may end: a chunk done again finds done what is done.

mod begin;
mod drive;
mod index;
mod kek;
mod owners;
mod root;

pub use begin::{BeginRootRotation, BeginRotation, ListRotations};
pub use drive::OpenRotation;
pub use index::RehashIdentifiers;
pub use kek::RewrapKeys;
pub use owners::ResealOwners;
pub use root::RewrapKeks;

pub(crate) use drive::Rotating;

use zelo_model::{KeyClass, Rotation, RotationId, Timestamp};

use crate::error::{Error, Result};
use crate::tx::{Mode, Read, Tx, Write};

/// What a chunk makes of a rotation.
pub enum Step {
    /// It has come so far.
    On(Rotation),
    /// It had ended already; there was nothing to do.
    Over(Rotation),
}

impl Tx<'_, Read> {
    /// The rotation of this id, unless it has ended: then there is nothing to do and it is answered as it is.
    async fn rotation(&self, id: RotationId, what: KeyClass) -> Result<Rotation> {
        let all = self.rows.rotations(self.tenant.row.id).await?;
        all.into_iter().find(|one| (one.id, one.what) == (id, what)).ok_or(Error::NotFound)
    }

    /// How many rows a chunk takes.
    fn chunk(&self) -> i64 {
        self.inner.rotating.chunk()
    }
}

impl Tx<'_, Write> {
    /// Notes a step. When it was the last, the keys that are gone leave memory too.
    async fn note(&mut self, step: Step) -> Result<Rotation> {
        let rotation = match step {
            Step::Over(rotation) => return Ok(rotation),
            Step::On(rotation) => rotation,
        };
        self.rows.move_rotation(self.tenant.row.id, &rotation).await?;
        if rotation.ended.is_some() {
            self.inner.tenants.forget(self.tenant.row.id16);
        }
        Ok(rotation)
    }
}

/// One step further: so many more done.
fn further(mut rotation: Rotation, done: usize, now: Timestamp) -> Rotation {
    rotation.steps += 1;
    rotation.done += i64::try_from(done).unwrap_or(i64::MAX);
    rotation.total = rotation.total.max(rotation.done);
    rotation.moved = now;
    rotation
}

/// The last step: so many more done, and nothing left to do.
fn ended(rotation: Rotation, done: usize, now: Timestamp) -> Step {
    let rotation = further(rotation, done, now);
    Step::On(Rotation { position: Vec::new(), total: rotation.done, ended: Some(now), ..rotation })
}

/// A rotation that begins now.
fn fresh<A: Mode>(what: KeyClass, version: u32, total: i64, tx: &Tx<'_, A>) -> Rotation {
    Rotation {
        id: RotationId(tx.ids.sorted(tx.now)),
        what,
        version,
        phase: 0,
        position: Vec::new(),
        done: 0,
        total,
        steps: 0,
        begun: tx.now,
        moved: tx.now,
        ended: None,
    }
}
