//! Reading a profile: found by id or identifier, folded from its records, shown as far as policy allows.

mod assemble;
mod consents;
mod find;
mod gate;
mod groups;
mod notices;
mod sees;
mod view;

pub use consents::{ConsentEventView, ConsentEventsView, EvidenceView, WantedConsents};
pub(crate) use find::{SEES_ERASURES, told};
pub(crate) use gate::{home, whoever};
pub use notices::{NoticeAnswer, SeenNotice};
pub use view::{
    AttributeView, EventBody, EventKind, EventView, EventsView, IdentifierView, Lookup, Omission, Part,
    ProfileView, WantedEvents, WantedStates, Wants,
};

use zelo_ledger::Class;
use zelo_model::{Field, ProfileState};
use zelo_policy::Closed;
use zelo_store::{Beside, EventPage, FoundProfile};

use crate::error::{Error, Result};
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx};

pub(crate) use sees::Sees;

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

    /// All of it is read in one statement, unless consents are asked for.
    fn pinned(&self) -> bool {
        self.wants.consents.is_some() || self.wants.consent_events.is_some() || self.wants.notices
    }

    async fn prepare(&self, _: &mut Tx<'_, Read>) -> Result<()> {
        Ok(())
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<ProfileView> {
        let sees = Sees::of(tx, self.wants)?;
        if tx.sight.role().is_empty() {
            return Err(Error::NotFound);
        }
        let found = self.find(tx, &beside(tx, &sees)?).await?;
        let view = assembled(tx, found.ok_or(Error::NotFound)?, &sees).await;
        view.map_err(|error| find::told(tx, error))
    }
}

/// One person by surrogate, as far as is seen; `None` when it is nobody who lives.
pub(crate) async fn shown(tx: &mut Tx<'_, Read>, surrogate: i64, sees: &Sees) -> Result<Option<ProfileView>> {
    let tenant = tx.tenant.row.id;
    let found = tx.rows.profile_by_surrogate(tenant, surrogate, &beside(tx, sees)?).await?;
    match found.filter(|profile| profile.state == ProfileState::Active) {
        Some(profile) => assembled(tx, profile, sees).await.map(Some),
        None => Ok(None),
    }
}

/// What of the purpose of this passage is closed for somebody, by surrogate: for what shows of them without being their
/// profile. `None` of whoever does not live.
pub(crate) async fn closed_for(tx: &mut Tx<'_, Read>, surrogate: i64) -> Result<Option<Closed>> {
    let beside = Beside { bodies: gate::may_ask_who(tx)?, said: Some(gate::about(tx)), ..Beside::default() };
    let found = tx.rows.profile_by_surrogate(tx.tenant.row.id, surrogate, &beside).await?;
    let Some(profile) = found.filter(|profile| profile.state == ProfileState::Active) else {
        return Ok(None);
    };
    match assemble::closed(tx, &profile).await {
        // Somebody forgot them since the snapshot.
        Err(Error::Erased) => Ok(None),
        closed => closed.map(Some),
    }
}

/// What is read beside who they are: what may be seen of it, and what they said to the purpose of the passage.
fn beside(tx: &Tx<'_, Read>, sees: &Sees) -> Result<Beside> {
    let bodies = sees.opens_records() || (sees.shows_people() && gate::may_ask_who(tx)?);
    Ok(Beside { bodies, events: page(sees), said: Some(gate::about(tx)) })
}

/// The page of events to read, if any of them may be seen.
fn page(sees: &Sees) -> Option<EventPage> {
    sees.wants.events.filter(|_| sees.events.is_none()).map(|wanted| EventPage {
        limit: i64::try_from(wanted.first).unwrap_or(100).clamp(1, 100) + 1,
        before: wanted.after,
        bodies: sees.opens_events(),
    })
}

async fn assembled(tx: &mut Tx<'_, Read>, mut profile: FoundProfile, sees: &Sees) -> Result<ProfileView> {
    tx.notes.seen = Some(profile.seen);
    let rows = std::mem::take(&mut profile.events);
    let events = sees.wants.events.map(|_| sees.events.map_or(Field::Shown(rows), Field::Withheld));
    assemble::view(tx, &profile, sees, events).await
}
