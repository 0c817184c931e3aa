//! Keys, data and logs held against the anchor, which no backup holds: is one of them older than what was done?

use std::collections::{BTreeMap, BTreeSet, HashMap};

use zelo_ledger::{AnchorLine, AnchoredCheckpoint, Checkpoint, read_anchor};
use zelo_model::{ErasureState, TenantId};
use zelo_store::{TenantRow, TenantState};

use super::compare;
use crate::app::App;
use crate::error::{Error, Result};
use crate::start::StartError;

/// What a restore brought back too old to be served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Behind {
    /// The data, or the log in them.
    Data,
    /// The keys, whatever the data are.
    Keys,
}

impl Behind {
    /// The code operators look for.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Data => "DATA_BEHIND",
            Self::Keys => "KEYSTORE_BEHIND",
        }
    }
}

/// Epoch and size: a log only ever moves up in this order.
type Reach = (u64, u64);

/// A log that is not as far as the anchor says it was.
#[derive(Debug)]
pub(super) struct LogBehind {
    /// Whose.
    pub(super) tenant: TenantId,
    /// Its row; none when the restored data are older than the tenant.
    pub(super) row: Option<TenantRow>,
    /// The newest anchored checkpoint of it that is really signed.
    pub(super) anchored: AnchoredCheckpoint,
    /// How far the log in the database goes, if it is there at all.
    pub(super) head: Option<Reach>,
}

/// Everything that is older than what the anchor knows to have been done.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(super) logs: Vec<LogBehind>,
    /// Tenants that were dropped and stand in the data as if they were at work.
    pub(super) alive: Vec<TenantId>,
    /// Tenants that were dropped and whose keys are there again.
    pub(super) keyed: Vec<TenantId>,
    /// Tenants whose erasures are not all where they must be.
    pub(super) erasures: Vec<Forgotten>,
}

/// A tenant's erasures, as keys and data hold them, beside what the anchor knows.
#[derive(Debug)]
pub(super) struct Forgotten {
    pub(super) tenant: TenantRow,
    /// The last one whose keys are destroyed.
    pub(super) keys: i64,
    /// Those the data know.
    pub(super) data: BTreeSet<i64>,
    /// The digest of what was written down of each.
    pub(super) anchored: BTreeMap<i64, [u8; 32]>,
    pub(super) standing: compare::Standing,
}

impl Found {
    /// What is behind; the keys weigh more.
    pub(crate) fn standing(&self) -> Option<Behind> {
        let some = |standing| self.erasures.iter().any(|one| one.standing == standing);
        if !self.keyed.is_empty() || some(compare::Standing::KeystoreBehind) {
            Some(Behind::Keys)
        } else if !self.alive.is_empty() || !self.logs.is_empty() || some(compare::Standing::DataBehind) {
            Some(Behind::Data)
        } else {
            None
        }
    }
}

struct Standing {
    row: TenantRow,
    head: Option<Reach>,
}

/// What one reading of the anchor says.
#[derive(Default)]
struct Said {
    /// The furthest checkpoint of each log that is ahead of the database.
    ahead: HashMap<TenantId, (Reach, AnchoredCheckpoint)>,
    dropped: BTreeSet<TenantId>,
    erased: HashMap<TenantId, BTreeMap<i64, [u8; 32]>>,
}

impl App {
    /// Holds keys, data and logs against the anchor. Reading it takes as long as it is long.
    pub(crate) async fn restored(&self) -> Result<Found, StartError> {
        let found = self.find().await.map_err(StartError::Compare)?;
        self.has_keys_of_all(&found).await?;
        Ok(found)
    }

    /// A tenant at work whose keys are not there was created after the keys were copied, or they are another
    /// installation's.
    async fn has_keys_of_all(&self, found: &Found) -> Result<(), StartError> {
        let store = &self.inner.store;
        for row in store.reading().tenants().await.map_err(StartError::Databases)? {
            let at_work = row.state == TenantState::Active && !found.alive.contains(&row.id16);
            if at_work && store.tenant_keys(row.id16).await.map_err(StartError::Databases)?.0.is_empty() {
                return Err(StartError::KeysOfOthers(row.slug));
            }
        }
        Ok(())
    }

    async fn find(&self) -> Result<Found> {
        let mut here = self.standing().await?;
        let mut bounds = HashMap::new();
        let mut found = Found::default();
        let mut said = self.read(&here, &bounds).await?;
        for tenant in &said.dropped {
            let state = here.get(tenant).map(|standing| standing.row.state);
            if state == Some(TenantState::Active) {
                found.alive.push(*tenant);
            }
            // One that is being dropped is finished by any start.
            if state != Some(TenantState::Dropping)
                && !self.inner.store.tenant_keys(*tenant).await?.0.is_empty()
            {
                found.keyed.push(*tenant);
            }
        }
        for standing in here.values().filter(|one| one.row.state == TenantState::Active && one.row.id != 0) {
            let anchored = said.erased.remove(&standing.row.id16).unwrap_or_default();
            let forgotten = self.forgotten(standing.row.clone(), anchored).await?;
            if matches!(forgotten.standing, compare::Standing::KeystoreBehind | compare::Standing::DataBehind)
            {
                found.erasures.push(forgotten);
            }
        }
        while !said.ahead.is_empty() {
            // What another process anchored meanwhile it had put into the database before.
            here = self.standing().await?;
            for (tenant, (reach, anchored)) in said.ahead {
                let standing = here.get(&tenant);
                let head = standing.and_then(|standing| standing.head);
                let epoch = i64::try_from(anchored.epoch).unwrap_or(i64::MAX);
                let signed = self.inner.log.verify_key(tenant, epoch)?.open(anchored.note.as_bytes()).is_ok();
                // A line that is not signed is no reason to stop, and the ones below it are looked at next.
                bounds.insert(tenant, if signed { (0, 0) } else { reach });
                if signed && head.is_none_or(|head| head < reach) {
                    let row = standing.map(|standing| standing.row.clone());
                    found.logs.push(LogBehind { tenant, row, anchored, head });
                }
            }
            said = self.read(&here, &bounds).await?;
        }
        Ok(found)
    }

    async fn forgotten(&self, tenant: TenantRow, anchored: BTreeMap<i64, [u8; 32]>) -> Result<Forgotten> {
        let keys = self.inner.store.last_erasure(tenant.id16).await?;
        let states = self.inner.store.reading().erasure_states(tenant.id).await?;
        let begun = |state: &ErasureState| *state == ErasureState::Begun;
        let numbers = compare::Numbers {
            keys,
            data: states.iter().filter(|(_, state)| !begun(state)).map(|(n, _)| *n).max().unwrap_or(0),
            begun: states.iter().filter(|(_, state)| begun(state)).map(|(n, _)| *n).collect(),
            anchor: anchored.keys().max().copied().unwrap_or(0),
        };
        let (standing, data) = (numbers.compare(), states.into_keys().collect());
        Ok(Forgotten { tenant, keys, data, anchored, standing })
    }

    async fn standing(&self) -> Result<HashMap<TenantId, Standing>> {
        let mut here = HashMap::new();
        for row in self.inner.store.reading().tenants().await? {
            let head = self.inner.store.reading().log_head(row.id).await?;
            let head = head.map(|head| (u64::try_from(head.epoch), u64::try_from(head.size)));
            let head = head.and_then(|(epoch, size)| epoch.ok().zip(size.ok()));
            here.insert(row.id16, Standing { row, head });
        }
        Ok(here)
    }

    /// What the anchor holds beyond what is here and, where it is bounded, below its bound.
    async fn read(
        &self,
        here: &HashMap<TenantId, Standing>,
        bounds: &HashMap<TenantId, Reach>,
    ) -> Result<Said> {
        let path = self.anchor().await;
        let mut said = Said::default();
        for line in read_anchor(&path).map_err(Error::unavailable)? {
            match line.map_err(Error::unavailable)? {
                AnchorLine::Checkpoint(line) => {
                    let Some(checkpoint) = Checkpoint::unverified(line.note.as_bytes()) else { continue };
                    let (tenant, reach) = (line.tenant, (line.epoch, checkpoint.head.n));
                    let known = said.ahead.get(&tenant).map(|(reach, _)| *reach);
                    let known = known.max(here.get(&tenant).and_then(|standing| standing.head));
                    let below = bounds.get(&tenant).is_none_or(|bound| reach < *bound);
                    if below && known.is_none_or(|known| known < reach) {
                        said.ahead.insert(tenant, (reach, line));
                    }
                }
                AnchorLine::Drop(line) => drop(said.dropped.insert(line.tenant)),
                // What was written down can be written anew; the last line speaks of it as it is.
                AnchorLine::Erasure(line) => {
                    said.erased.entry(line.tenant).or_default().insert(line.n, line.sha256);
                }
                AnchorLine::Torn => {}
            }
        }
        Ok(said)
    }
}
