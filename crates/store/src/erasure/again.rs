//! Beginning an erasure again that a restored backup has never seen, from what stands beside the anchor.

use std::collections::BTreeMap;

use zelo_model::{ErasureState, OwnerId, ProfileId, ProfileState, Timestamp};

use super::{ErasedOwner, NewRetainedSet, OwnerKind};
use crate::error::{Result, StoreError};
use crate::sql::{Reading, among, blob, get, get16};
use crate::writer::Writing;

impl Reading<'_> {
    /// A tenant's erasures by number, with how far each has come.
    pub async fn erasure_states(&self, tenant: i64) -> Result<BTreeMap<i64, ErasureState>> {
        let rows = self.all("select n, state from erasure where tenant = $1", vec![tenant.into()]).await?;
        rows.iter()
            .map(|row| {
                let state = ErasureState::from_number(get(row, 1)?).ok_or(StoreError::Corrupt("erasure"))?;
                Ok((get(row, 0)?, state))
            })
            .collect()
    }
}

impl Writing<'_> {
    /// Puts the kept rows of these sets back as they were written down, for the keys they are under came back.
    pub async fn kept_back(&self, tenant: i64, sets: &[NewRetainedSet]) -> Result<()> {
        for set in sets {
            let sql = "update retained_row set body = $1 where tenant = $2 and id16 = $3
                         and owner = (select id from retained_set where tenant = $2 and id16 = $4)";
            for (row, body) in &set.rows {
                let values = vec![body.clone().into(), tenant.into(), blob(*row), blob(set.id16.0)];
                self.execute(sql, values).await?;
            }
        }
        Ok(())
    }

    /// Those of these owners that came back: records and held messages.
    pub async fn owners_back(&self, tenant: i64, owners: &[OwnerId]) -> Result<Vec<ErasedOwner>> {
        let mut back = Vec::new();
        for (table, kind) in [("record", OwnerKind::Record), ("quarantine", OwnerKind::Quarantine)] {
            for some in owners.chunks(1_000) {
                let mut values = vec![tenant.into()];
                let list = some.iter().map(|owner| blob(owner.0)).collect();
                let condition = among(self.is_postgres(), "id16", list, &mut values);
                let sql =
                    format!("select id, id16 from {table} where tenant = $1 and {condition} order by id");
                for row in self.all(sql, values).await? {
                    back.push(ErasedOwner { id: get(&row, 0)?, id16: OwnerId(get16(&row, 1, table)?), kind });
                }
            }
        }
        Ok(back)
    }

    /// Makes one active profile of these, as they were when they were forgotten: those that came back apart are led to
    /// the first, and those that did not come back stand there again, so that their ids say what became of them. Its
    /// surrogate. `Stale` when one of them was forgotten already.
    pub async fn profiles_back(&self, tenant: i64, profiles: &[ProfileId], at: Timestamp) -> Result<i64> {
        let mut values = vec![tenant.into()];
        let list = profiles.iter().map(|profile| blob(profile.0)).collect();
        let condition = among(self.is_postgres(), "id16", list, &mut values);
        let sql =
            format!("select id, id16, state from profile where tenant = $1 and {condition} order by id");
        let (mut here, mut active) = (BTreeMap::new(), None);
        for row in self.all(sql, values).await? {
            let (id, state) = (get::<i64>(&row, 0)?, ProfileState::from_number(get(&row, 2)?));
            match state {
                Some(ProfileState::Active) => active = active.or(Some(id)),
                Some(ProfileState::MergedInto) => {}
                _ => return Err(StoreError::Stale),
            }
            here.insert(get16(&row, 1, "profile")?, id);
        }
        let missing: Vec<&ProfileId> = profiles.iter().filter(|id| !here.contains_key(&id.0)).collect();
        for (profile, id) in missing.iter().zip(self.surrogates(missing.len()).await?) {
            let sql = "insert into profile (tenant, id, id16, state, created, last_seen)
                       values ($1, $2, $3, 0, $4, $4)";
            self.execute(sql, vec![tenant.into(), id.into(), blob(profile.0), at.micros().into()]).await?;
            here.insert(profile.0, id);
        }
        let first = active.or_else(|| here.values().min().copied()).ok_or(StoreError::Corrupt("erasure"))?;
        for id in here.into_values() {
            let (state, into) = if id == first {
                (ProfileState::Active, None)
            } else {
                (ProfileState::MergedInto, Some(first))
            };
            let sql = "update profile set state = $1, merged_into = $2 where tenant = $3 and id = $4";
            let values = vec![state.number().into(), into.into(), tenant.into(), id.into()];
            self.execute(sql, values).await?;
        }
        Ok(first)
    }
}
