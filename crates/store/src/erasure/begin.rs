//! Beginning an erasure: one transaction after which the person is refused everywhere and found by nothing.

use zelo_model::{ErasureState, ProfileState};

use super::{NewErasure, NewRetainedSet, OwnerKind};
use crate::bulk::Bulk;
use crate::error::{Result, StoreError};
use crate::sql::{blob, get};
use crate::writer::Writing;

const OWNERS: Bulk = Bulk {
    table: "erasure_owner",
    columns: &[
        ("tenant", "bigint"),
        ("n", "bigint"),
        ("id", "bigint"),
        ("id16", "bytea"),
        ("kind", "smallint"),
    ],
    conflict: "on conflict do nothing",
};

const SUPPRESSIONS: Bulk = Bulk {
    table: "suppression",
    columns: &[
        ("tenant", "bigint"),
        ("digest", "bytea"),
        ("kind", "smallint"),
        ("n", "bigint"),
        ("day", "bigint"),
        ("reason", "text"),
    ],
    conflict: "on conflict (tenant, digest) do update set
        n = excluded.n, day = excluded.day, reason = excluded.reason",
};

const KEPT: Bulk = Bulk {
    table: "retained_row",
    columns: &[("tenant", "bigint"), ("owner", "bigint"), ("id16", "bytea"), ("body", "bytea")],
    conflict: "on conflict do nothing",
};

impl OwnerKind {
    pub(super) const fn number(self) -> i16 {
        match self {
            Self::Record => 0,
            Self::Quarantine => 1,
        }
    }

    pub(super) const fn from_number(number: i16) -> Option<Self> {
        match number {
            0 => Some(Self::Record),
            1 => Some(Self::Quarantine),
            _ => None,
        }
    }
}

impl Writing<'_> {
    /// Raises the tenant's counter of consents, restrictions and erasures, and holds it until the transaction ends: what
    /// else is numbered per tenant is numbered under it.
    pub async fn raise_made(&self, tenant: i64) -> Result<i64> {
        let sql = "update tenant set made = made + 1 where id = $1 returning made";
        let row = self.one(sql, vec![tenant.into()]).await?.ok_or(StoreError::Stale)?;
        get(&row, 0)
    }

    /// The number of the tenant's newest erasure, 0 before the first. Ask under [`Writing::raise_made`].
    pub async fn newest_erasure(&self, tenant: i64) -> Result<i64> {
        let sql = "select coalesce(max(n), 0) from erasure where tenant = $1";
        let row = self.one(sql, vec![tenant.into()]).await?.ok_or(StoreError::Corrupt("erasure"))?;
        get(&row, 0)
    }

    /// Begins an erasure: the profile is being erased, its owners are listed, what is suppressed and kept is written, and
    /// no identifier leads to it any more. `Stale` when it is no longer active.
    pub async fn begin_erasure(&self, tenant: i64, new: NewErasure) -> Result<()> {
        let sql = "update profile set state = $1 where tenant = $2 and id = $3 and state = 0";
        let values = vec![ProfileState::Erasing.number().into(), tenant.into(), new.profile.into()];
        if self.execute(sql, values).await?.rows_affected() != 1 {
            return Err(StoreError::Stale);
        }
        let n = new.n;
        let sql = "insert into erasure (tenant, n, profile, state, ground, begun_at, begin_entry)
                   values ($1, $2, $3, $4, $5, $6, $7)";
        let values = vec![
            tenant.into(),
            n.into(),
            new.profile.into(),
            ErasureState::Begun.number().into(),
            new.ground.slug().into(),
            new.at.micros().into(),
            blob(new.entry.0),
        ];
        self.execute(sql, values).await?;
        let of_kind = |kind| new.owners.iter().filter(move |owner| owner.kind == kind).map(|owner| owner.id);
        let records: Vec<i64> = of_kind(OwnerKind::Record).collect();
        let held: Vec<i64> = of_kind(OwnerKind::Quarantine).collect();
        let rows = new.owners.iter().map(|owner| {
            vec![tenant.into(), n.into(), owner.id.into(), blob(owner.id16.0), owner.kind.number().into()]
        });
        OWNERS.insert(self, rows.collect()).await?;
        let rows = new.suppressed.into_iter().map(|row| {
            vec![
                tenant.into(),
                blob(row.digest),
                row.kind.number().into(),
                n.into(),
                row.day.into(),
                row.reason.into(),
            ]
        });
        SUPPRESSIONS.insert(self, rows.collect()).await?;
        for set in new.kept {
            self.keep(tenant, n, set).await?;
        }
        // Nobody lists, mends or sends again what is being forgotten.
        self.of("update quarantine set expires = 0 where true", "id", tenant, &held).await?;
        self.unlink(tenant, &records, &held).await
    }

    async fn keep(&self, tenant: i64, n: i64, set: NewRetainedSet) -> Result<()> {
        let sql = "insert into retained_set (tenant, id, id16, n, policy, ground, law, until)
                   values ($1, $2, $3, $4, $5, $6, $7, $8)";
        let values = vec![
            tenant.into(),
            set.id.into(),
            blob(set.id16.0),
            n.into(),
            set.policy.into(),
            set.ground.into(),
            set.law.into(),
            set.until.micros().into(),
        ];
        self.execute(sql, values).await?;
        let rows = set
            .rows
            .into_iter()
            .map(|(id16, body)| vec![tenant.into(), set.id.into(), blob(id16), body.into()]);
        KEPT.insert(self, rows.collect()).await?;
        Ok(())
    }
}
