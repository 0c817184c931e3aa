//! Reading a profile: found by id or identifier, folded from its records, shown as far as policy allows.

mod assemble;
mod groups;
mod sees;
mod view;

pub use view::{
    AttributeView, EventBody, EventKind, EventView, EventsView, IdentifierView, Lookup, Omission, Part,
    ProfileView, WantedEvents, Wants,
};

use zelo_ledger::Class;
use zelo_model::{Field, Identifier};
use zelo_store::{EventPage, FoundProfile};

use crate::error::{Error, Result};
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx};

use sees::Sees;

/// Reads one profile.
pub struct GetProfile {
    /// Which.
    pub lookup: Lookup,
    /// What of it.
    pub wants: Wants,
}

impl Operation for GetProfile {
    const NAME: &'static str = "profile.read";
    const CLASS: Class = Class::Disclosure;
    const TARGET: Target = Target::Person;
    type Access = Read;
    type Ready = ();
    type Output = ProfileView;

    /// All of it is read in one statement.
    fn pinned(&self) -> bool {
        false
    }

    async fn prepare(&self, _: &mut Tx<'_, Read>) -> Result<()> {
        Ok(())
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<ProfileView> {
        let sees = Sees::of(tx, self.wants)?;
        if tx.sight.role().is_empty() {
            return Err(Error::NotFound);
        }
        let page = self.wants.events.filter(|_| sees.events.is_none()).map(|wanted| EventPage {
            limit: i64::try_from(wanted.first).unwrap_or(100).clamp(1, 100) + 1,
            before: wanted.after,
            bodies: sees.opens_events(),
        });
        let found = self.find(tx, sees.opens_records(), page).await?;
        let mut profile = found.ok_or(Error::NotFound)?;
        tx.notes.seen = Some(profile.seen);
        let rows = std::mem::take(&mut profile.events);
        let events = self.wants.events.map(|_| sees.events.map_or(Field::Shown(rows), Field::Withheld));
        assemble::view(tx, &profile, &sees, events).await
    }
}

impl GetProfile {
    /// Finds the profile this leads to, `None` when there is none that lives.
    pub(crate) async fn find(
        &self,
        tx: &Tx<'_, Read>,
        bodies: bool,
        page: Option<EventPage>,
    ) -> Result<Option<FoundProfile>> {
        let tenant = tx.tenant.row.id;
        let mut found = match &self.lookup {
            Lookup::Id(id) => tx.rows.profile_by_id(tenant, *id, bodies, page).await?,
            Lookup::Identifier { kind, space, value } => {
                tx.inner.lookups.count(tx.actor)?;
                let normal = zelo_resolve::normalize_in(*kind, value, tx.region(None))
                    .map_err(|error| Error::invalid("value", error.to_string()))?;
                let space = if kind.is_spaced() {
                    space.clone().unwrap_or_else(|| "main".to_owned())
                } else {
                    String::new()
                };
                by_identifier(tx, &Identifier { kind: *kind, space, normal }, bodies, page).await?
            }
        };
        // An alias leads to the profile it was merged into, which may have been merged since.
        while let Some(into) = found.as_ref().and_then(|profile| profile.merged_into) {
            found = tx.rows.profile_by_surrogate(tenant, into, bodies, page).await?;
        }
        Ok(found.filter(|profile| profile.state == zelo_model::ProfileState::Active))
    }
}

/// Whom an identifier leads to. Nobody is nobody only while the epoch that was asked of is the one matched on.
async fn by_identifier(
    tx: &Tx<'_, Read>,
    identifier: &Identifier,
    bodies: bool,
    page: Option<EventPage>,
) -> Result<Option<FoundProfile>> {
    let (tenant, index) = (tx.tenant.row.id, tx.tenant.keys.index());
    let (epoch, digest) = (index.epoch(), index.digest(identifier));
    let found = tx.rows.profile_by_digest(tenant, epoch, digest, bodies, page).await?;
    if found.is_some() || tx.rows.keys_in_force(tenant).await?.index == index.epoch() {
        return Ok(found);
    }
    tx.inner.tenants.outdate(tx.tenant);
    let fresh = tx.inner.tenants.get(&tx.inner.store, tx.inner.kms(), tx.tenant.row.id16).await?;
    let index = fresh.keys.index();
    let (epoch, digest) = (index.epoch(), index.digest(identifier));
    Ok(tx.rows.profile_by_digest(tenant, epoch, digest, bodies, page).await?)
}
