//! Processes that share one PostgreSQL: each says that it lives, and that it has let go of keys. A file has one process
//! only, so on SQLite nothing here does anything.
//!
//! Time is the database's, so that nobody's clock matters.

use sea_orm::{DatabaseConnection, DatabaseExecutor};
use zelo_model::TenantId;

use crate::error::Result;
use crate::sql::{Reading, blob, get, get16};
use crate::store::Store;

/// How long a process may hold keys without being heard of, in microseconds: 10 s.
pub const LEASE: i64 = 10_000_000;
/// How long after that it may still be answering with what it had opened.
const ANSWERING: i64 = 10_000_000;
/// Rows of processes that went without a word go after an hour.
const FORGOTTEN: i64 = 3_600_000_000;

const NOW: &str = "(extract(epoch from clock_timestamp()) * 1000000)::bigint";

/// An erasure whose keys are destroyed and may still be in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToLetGo {
    /// The tenant's surrogate.
    pub tenant: i64,
    /// Its id.
    pub tenant_id16: TenantId,
    /// The erasure's number.
    pub n: i64,
}

impl Store {
    /// Says that this process lives, and may hold keys for another [`LEASE`].
    pub async fn renew_lease(&self, node: [u8; 16]) -> Result<()> {
        let Some(db) = self.nodes() else { return Ok(()) };
        let sql = format!(
            "insert into node (id16, lease) values ($1, {NOW} + {LEASE})
             on conflict (id16) do update set lease = excluded.lease"
        );
        db.execute(sql, vec![blob(node)]).await?;
        db.execute(format!("delete from node where lease < {NOW} - {FORGOTTEN}"), Vec::new()).await?;
        Ok(())
    }

    /// Says that this process holds no keys any more and never will again.
    pub async fn end_lease(&self, node: [u8; 16]) -> Result<()> {
        let Some(db) = self.nodes() else { return Ok(()) };
        db.execute("delete from node where id16 = $1", vec![blob(node)]).await?;
        Ok(())
    }

    /// What this process has not yet said it has let go of.
    pub async fn to_let_go(&self, node: [u8; 16]) -> Result<Vec<ToLetGo>> {
        let Some(db) = self.nodes() else { return Ok(Vec::new()) };
        let sql = "select e.tenant, t.id16, e.n from erasure e join tenant t on t.id = e.tenant
                   where e.state = 1 and not exists (select 1 from erasure_ack a
                     where a.tenant = e.tenant and a.n = e.n and a.node = $1)
                   order by e.tenant, e.n";
        let rows = db.all(sql, vec![blob(node)]).await?;
        rows.iter()
            .map(|row| {
                let tenant_id16 = TenantId(get16(row, 1, "tenant")?);
                Ok(ToLetGo { tenant: get(row, 0)?, tenant_id16, n: get(row, 2)? })
            })
            .collect()
    }

    /// Says that this process has let go of the keys of an erasure.
    pub async fn let_go(&self, node: [u8; 16], tenant: i64, n: i64) -> Result<()> {
        let Some(db) = self.nodes() else { return Ok(()) };
        let sql = "insert into erasure_ack (tenant, n, node)
                   select $1::bigint, $2::bigint, $3::bytea where exists (
                     select 1 from erasure e where e.tenant = $1 and e.n = $2 and e.state < 2)
                   on conflict do nothing";
        db.execute(sql, vec![tenant.into(), n.into(), blob(node)]).await?;
        Ok(())
    }

    /// Whether some process may still hold keys of an erasure: one that lives and has not let go, or one that was last
    /// heard of so lately that it may still be answering. Nobody does of one that is effective: another process may have
    /// waited for the same, and closed it together with what was said of it.
    pub async fn is_held(&self, tenant: i64, n: i64) -> Result<bool> {
        let Some(db) = self.nodes() else { return Ok(false) };
        let sql = format!(
            "select 1 from node o where o.lease + {ANSWERING} > {NOW} and not exists (
               select 1 from erasure_ack a where a.tenant = $1 and a.n = $2 and a.node = o.id16)
             and exists (select 1 from erasure e where e.tenant = $1 and e.n = $2 and e.state < 2) limit 1"
        );
        Ok(db.one(sql, vec![tenant.into(), n.into()]).await?.is_some())
    }

    fn nodes(&self) -> Option<Reading<'_>> {
        self.node_connection().map(|db: &DatabaseConnection| Reading { db: DatabaseExecutor::Connection(db) })
    }
}
