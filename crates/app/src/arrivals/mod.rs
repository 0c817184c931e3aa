//! What just arrived, what became of it and whom it matched, for those who build an integration.

mod ring;

use std::collections::{BTreeSet, HashMap};

use tokio::sync::watch;
use zelo_ledger::Class;
use zelo_model::{Actor, Field, IdentifierKind, ProfileId, ProfileState, Timestamp};
use zelo_policy::Closed;
use zelo_store::Standing;

use crate::app::App;
use crate::error::{Error, Result};
use crate::intake::Hold;
use crate::operation::{Operation, Target};
use crate::profile::closed_for;
use crate::tx::{Read, Tx};

pub use ring::Matched;
pub(crate) use ring::{Arrivals, Arrived, Outcome};

/// Reads what arrived lately at this process, oldest first.
pub struct TailIntake {
    /// Only what came behind this place; `None`: the newest.
    pub after: Option<u64>,
    /// How many, 1 to 100.
    pub first: usize,
}

/// What arrived.
#[derive(Debug, Clone)]
pub struct Tail {
    /// Oldest first.
    pub arrivals: Vec<Arrival>,
    /// How many came in between that are not kept any more: this process keeps a tenant's newest thousand.
    pub missed: u64,
}

/// A message that arrived.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Its place; the next page goes on behind it. It counts from the start of this process.
    pub place: u64,
    /// When it was taken in.
    pub at: Timestamp,
    /// Whom it is from: the source's name.
    pub source: String,
    /// What it says it is, such as `track`; `None` when that cannot be read.
    pub verb: Option<&'static str>,
    /// An event's name, if it is one with a name.
    pub name: Field<Option<String>>,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a message.
#[derive(Debug, Clone)]
pub enum Fate {
    /// It is stored.
    Taken {
        /// The person it is about, as they are now; `None` when they have been erased since.
        profile: Field<Option<ProfileId>>,
        /// How it found them.
        matched: Matched,
        /// The kinds of its identifiers that led to them before it came.
        by: Vec<IdentifierKind>,
        /// Why two people it names were not merged but a merge was suggested.
        suggested: Option<&'static str>,
    },
    /// It is held in quarantine, and why.
    Held(Hold),
    /// It is stored nowhere: no purpose of its source covers it, and no consent in it does.
    NotCollected,
}

impl Operation for TailIntake {
    const NAME: &'static str = "intake.tail";
    const CLASS: Class = Class::Disclosure;
    const TARGET: Target = Target::Person;
    type Access = Read;
    type Ready = ();
    type Output = Tail;

    async fn prepare(&self, _: &mut Tx<'_, Read>) -> Result<()> {
        Ok(())
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<Tail> {
        let category = |table, column| {
            let found = tx.policy.data_map().column(table, column);
            found.map(|column| column.category).ok_or_else(|| Error::internal("a column has no category"))
        };
        let (name_of, person_of) = (category("event", "name")?, category("profile", "id16")?);
        let names = tx.sight.withholds(name_of);
        let people = tx.sight.withholds(person_of);
        let heard = tx.inner.arrivals.since(tx.tenant.row.id16, self.after, self.first.clamp(1, 100));
        let standing = match people {
            Some(_) => HashMap::new(),
            None => standing(tx, &heard.arrived).await?,
        };
        let mut closed: HashMap<i64, Closed> = HashMap::new();
        for id in standing.values().map(|found| found.id).collect::<BTreeSet<_>>() {
            if let Some(found) = closed_for(tx, id).await? {
                closed.insert(id, found);
            }
        }
        let mut arrivals = Vec::with_capacity(heard.arrived.len());
        for (place, Arrived { at, source, verb, name, fate }) in heard.arrived {
            let mut names = names;
            let fate = match fate {
                Outcome::Held(reason) => Fate::Held(reason),
                Outcome::NotCollected => Fate::NotCollected,
                Outcome::Taken { profile, matched, by, suggested } => {
                    let found = standing.get(&profile);
                    let closed = found.and_then(|found| closed.get(&found.id));
                    let why = |category| closed.and_then(|closed| closed.withholds(category));
                    names = names.or_else(|| why(name_of));
                    let withheld = people.or_else(|| why(person_of));
                    if let (None, Some(handle)) = (withheld, found.and_then(|found| found.handle)) {
                        tx.notes.shown_to(handle);
                    }
                    let profile =
                        withheld.map_or_else(|| Field::Shown(found.map(|found| found.id16)), Field::Withheld);
                    Fate::Taken { profile, matched, by, suggested }
                }
            };
            let name = names.map_or(Field::Shown(name), Field::Withheld);
            let source = tx.tenant.source_name(source).to_owned();
            arrivals.push(Arrival { place, at, source, verb, name, fate });
        }
        tx.notes.count = Some(arrivals.len() as u64);
        Ok(Tail { arrivals, missed: heard.missed })
    }
}

/// Those the arrivals are about who live, merged ones as who they are now.
async fn standing(tx: &Tx<'_, Read>, arrived: &[(u64, Arrived)]) -> Result<HashMap<i64, Standing>> {
    let about = |(_, arrived): &(u64, Arrived)| match arrived.fate {
        Outcome::Taken { profile, .. } => Some(profile),
        Outcome::Held(_) | Outcome::NotCollected => None,
    };
    let mut wanted: Vec<i64> = arrived.iter().filter_map(about).collect();
    let mut found: HashMap<i64, Standing> = HashMap::new();
    while !wanted.is_empty() {
        wanted.sort_unstable();
        wanted.dedup();
        let rows = tx.rows.standing(tx.tenant.row.id, &wanted).await?;
        wanted = rows.iter().filter_map(|row| row.merged_into).collect();
        found.extend(rows.into_iter().map(|row| (row.id, row)));
        wanted.retain(|id| !found.contains_key(id));
    }
    let now = |mut row: Standing| {
        while let Some(into) = row.merged_into {
            row = found.get(&into)?.clone();
        }
        (row.state == ProfileState::Active).then_some(row)
    };
    Ok(found.iter().filter_map(|(id, row)| Some((*id, now(row.clone())?))).collect())
}

impl App {
    /// The place of the newest arrival of the actor's tenant, now and whenever one comes. It says that something came
    /// and nothing of what.
    pub async fn arrivals(&self, actor: &Actor) -> Result<watch::Receiver<u64>> {
        let tenant = self.tenant(actor.tenant).await?;
        Ok(self.inner.arrivals.watch(tenant.row.id16))
    }

    /// Ends every stream of arrivals: the server stops.
    pub fn end_tails(&self) {
        self.inner.arrivals.end();
    }
}
