//! Quarantine: what could not be taken in as it was is listed, looked into, mended, sent again, or let go.
//!
//! A held message is sealed under a key of its own. It leaves in one act: the same transaction stores it and takes it out,
//! so it is stored exactly once however often and by whomever it is replayed.

mod again;
mod discard;
mod fix;
mod inspect;
mod list;
mod many;
mod part;
mod replay;

pub use discard::DiscardHeld;
pub use fix::FixHeld;
pub use inspect::{HeldView, InspectHeld};
pub use list::{HeldEntry, HeldFilter, HeldList, ListHeld};
pub use many::ReplayCount;
pub use replay::ReplayHeld;

use zelo_model::QuarantineId;
use zelo_store::{HeldRow, SourceRow};
use zelo_vault::place::QUARANTINE_BODY;
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::intake::Hold;
use crate::keyring::Keyring;
use crate::tx::{Mode, Read, Sealed, Tx, Whose};

/// What becomes of a message that is held, when it is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is stored, or was already.
    Taken,
    /// It is held still, and why.
    Held(Hold),
    /// Nothing allows us to keep it: no purpose of its source covers it, and no consent in it does.
    NotCollected,
    /// It is about somebody who was forgotten and has not come back.
    Suppressed,
}

impl Verdict {
    /// A code for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Held(_) => "held",
            Self::NotCollected => "not_collected",
            Self::Suppressed => "suppressed",
        }
    }

    /// Whether the message is out of quarantine with it. What may not be kept is not kept there either.
    pub const fn leaves(self) -> bool {
        !matches!(self, Self::Held(_))
    }
}

/// A verdict, with what is to be known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// What is wrong and where, in the sender's terms and without the sender's values.
    pub detail: Option<String>,
    /// How many parts of it are held apart.
    pub apart: usize,
}

impl Judgement {
    fn of(verdict: Verdict) -> Self {
        Self { verdict, detail: None, apart: 0 }
    }
}

/// A held message that this actor may reach, and its source.
pub(crate) async fn find(tx: &Tx<'_, Read>, id: QuarantineId) -> Result<(HeldRow, Vec<u8>, SourceRow)> {
    let found = tx.rows.held_one(tx.tenant.row.id, tx.now, id).await?;
    let (row, body) = found.filter(|(row, _)| reaches(tx, row.source)).ok_or(Error::NotFound)?;
    let source = tx.tenant.sources.get(&row.source).ok_or(Error::Stale)?.clone();
    Ok((row, body, source))
}

/// Whoever integrates one source has nothing to do with what another one sent.
fn reaches<A: Mode>(tx: &Tx<'_, A>, source: i64) -> bool {
    let own = |id| tx.tenant.sources.get(&source).is_some_and(|row| row.id16 == id);
    tx.actor.source.is_none_or(own)
}

/// Opens a held message; the keys it is sealed under come with it. Whoever it is about may have been forgotten meanwhile.
pub(crate) async fn open(
    tx: &mut Tx<'_, Read>,
    row: &HeldRow,
    body: &[u8],
) -> Result<(Keyring, Zeroizing<Vec<u8>>)> {
    let (owner, place, version) = (row.id16, QUARANTINE_BODY, row.seal_version);
    let keys = tx.keys(&[owner]).await?;
    if !keys.has(owner) {
        // Its time is over, or it was let go: the key goes first, and the row in a moment.
        return Err(Error::NotFound);
    }
    let sealed = Sealed { owner, place, row: owner.0, version, bytes: body };
    match tx.open(&keys, &sealed, Whose::Processed) {
        Ok(plain) => Ok((keys, plain)),
        Err(Error::Erased) => Err(Error::NotFound),
        Err(error) => Err(error),
    }
}
