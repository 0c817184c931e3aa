//! What is held, newest first: what may stand in the clear, and nothing of what the messages say.

use zelo_ledger::Class;
use zelo_model::{Field, QuarantineId, Timestamp};
use zelo_store::{HeldPage, HeldRow};

use super::reaches;
use crate::error::{Error, Result};
use crate::intake::Hold;
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx};

/// Lists held messages.
pub struct ListHeld {
    /// Which.
    pub filter: HeldFilter,
    /// How many, 1 to 100.
    pub first: usize,
    /// Only those behind this place: time and id.
    pub after: Option<(Timestamp, QuarantineId)>,
}

/// Which held messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeldFilter {
    /// Only those held for this reason: a code such as `event_name`.
    pub reason: Option<String>,
    /// Only those of the source of this name.
    pub source: Option<String>,
}

/// A page of them.
#[derive(Debug, Clone)]
pub struct HeldList {
    /// Newest first.
    pub entries: Vec<HeldEntry>,
    /// Whether there are older ones.
    pub has_next: bool,
}

/// A held message, as far as it may stand in the clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldEntry {
    /// Its id.
    pub id: QuarantineId,
    /// Why: a code such as `event_name`.
    pub reason: String,
    /// Which rule of the tracking plan it breaks, and where that stands.
    pub detail: Option<String>,
    /// Whom it is from: the source's name.
    pub source: String,
    /// When it was received.
    pub received: Timestamp,
    /// Until when it is held.
    pub expires: Timestamp,
    /// The event's name, if it has one that may stand in the clear.
    pub event: Field<Option<String>>,
    /// How often it was mended.
    pub fixes: u64,
}

impl HeldEntry {
    pub(super) fn of(tx: &Tx<'_, Read>, row: HeldRow) -> Result<Self> {
        let column = tx.policy.data_map().column("quarantine", "event");
        let category = column.ok_or_else(|| Error::internal("a column has no category"))?.category;
        Ok(Self {
            id: QuarantineId(row.id16.0),
            reason: row.reason,
            detail: row.detail,
            source: tx.tenant.source_name(row.source).to_owned(),
            received: row.at,
            expires: row.expires,
            event: tx.sight.withholds(category).map_or(Field::Shown(row.event), Field::Withheld),
            fixes: row.seal_version.saturating_sub(1),
        })
    }
}

impl HeldFilter {
    /// The page it names, in the terms of the store.
    fn page(&self, tx: &Tx<'_, Read>) -> Result<HeldPage> {
        if let Some(reason) = &self.reason
            && Hold::from_code(reason).is_none()
        {
            let codes = Hold::ALL.map(Hold::code).join(", ");
            return Err(Error::invalid("reason", format!("nothing is held for this; it is one of {codes}")));
        }
        let named = |slug: &String| {
            let found = tx.tenant.sources.values().find(|row| row.slug == *slug);
            found.map(|row| row.id).ok_or_else(|| Error::invalid("source", "there is no source of this name"))
        };
        let own = tx.actor.source.and_then(|id| tx.tenant.sources.values().find(|row| row.id16 == id));
        let source = self.source.as_ref().map(named).transpose()?.or(own.map(|row| row.id));
        Ok(HeldPage { source, reason: self.reason.clone(), ..HeldPage::default() })
    }
}

impl Operation for ListHeld {
    const NAME: &'static str = "quarantine.list";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Tenant;
    type Access = Read;
    type Ready = ();
    type Output = HeldList;

    fn pinned(&self) -> bool {
        false
    }

    async fn prepare(&self, _: &mut Tx<'_, Read>) -> Result<()> {
        Ok(())
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<HeldList> {
        let first = self.first.clamp(1, 100);
        let limit = i64::try_from(first).unwrap_or(100) + 1;
        let page = HeldPage { before: self.after, limit, ..self.filter.page(tx)? };
        if page.source.is_some_and(|source| !reaches(tx, source)) {
            return Err(Error::NotFound);
        }
        let mut rows = tx.rows.held(tx.tenant.row.id, tx.now, &page).await?;
        let has_next = rows.len() > first;
        rows.truncate(first);
        tx.notes.count = Some(rows.len() as u64);
        let entries = rows.into_iter().map(|row| HeldEntry::of(tx, row)).collect::<Result<_>>()?;
        Ok(HeldList { entries, has_next })
    }
}
