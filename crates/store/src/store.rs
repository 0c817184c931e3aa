//! The store: snapshots to read, one writer to write, and the two streams that commit in groups.

use std::sync::Arc;

use sea_orm::{DatabaseConnection, DatabaseExecutor, DatabaseTransaction, DbBackend, TransactionTrait};
use zelo_model::{OwnerId, TenantId, Timestamp};
use zelo_vault::{WrappedKek, WrappedShared};

use crate::connect::{Connections, Databases, Options};
use crate::error::{Result, StoreError};
use crate::group::{Coming, Group};
use crate::keys::{self, FetchedKey, NewOwnerKey, Outdated};
use crate::leaves::{LeafRow, insert_read_leaves};
use crate::log::{self, PendingLeaf, Stream};
use crate::shred;
use crate::sql::Reading;
use crate::writer::{Step, Writer, Writing};

/// An open store. Cloning shares it.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    databases: Databases,
    readers: DatabaseConnection,
    keys: DatabaseConnection,
    writer: Writer,
    new_keys: Group<NewOwnerKey, Outdated>,
    entries: Group<LeafRow>,
    audit: DatabaseConnection,
    nodes: Option<DatabaseConnection>,
}

/// A pinned view of the data: everything read through it is of one instant.
pub struct Snapshot(DatabaseTransaction);

impl Snapshot {
    /// Reads through it.
    pub fn reading(&self) -> Reading<'_> {
        Reading { db: DatabaseExecutor::Transaction(&self.0) }
    }

    /// Gives the connection back.
    pub async fn close(self) -> Result<()> {
        Ok(self.0.rollback().await?)
    }
}

impl Store {
    /// Opens the databases and brings their schemas up to date.
    pub async fn open(options: &Options) -> Result<Self> {
        let Connections { readers, writer, keys, audit, nodes } = Connections::open(options).await?;
        let for_keys = keys.clone();
        let new_keys = Group::start(move |rows| {
            let keys = for_keys.clone();
            async move { keys::insert_owner_keys(&keys, rows).await }
        });
        let for_entries = audit.clone();
        let entries = Group::start(move |rows| {
            let audit = for_entries.clone();
            async move { flush_entries(&audit, rows).await }
        });
        let (databases, writer) = (options.databases.clone(), Writer::start(writer));
        Ok(Self(Arc::new(Inner { databases, readers, keys, writer, new_keys, entries, audit, nodes })))
    }

    /// Whether the databases are PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.0.readers.get_database_backend() == DbBackend::Postgres
    }

    pub(crate) fn databases(&self) -> &Databases {
        &self.0.databases
    }

    pub(crate) fn key_connection(&self) -> &DatabaseConnection {
        &self.0.keys
    }

    /// Pins a snapshot for a passage of several statements.
    pub async fn snapshot(&self) -> Result<Snapshot> {
        Ok(Snapshot(self.0.readers.begin().await?))
    }

    /// Reads outside any transaction: right for a single statement.
    pub fn reading(&self) -> Reading<'_> {
        Reading { db: DatabaseExecutor::Connection(&self.0.readers) }
    }

    /// Runs `act` in the writer's transaction; it answers after the commit, or leaves no trace.
    pub async fn write<T, E, F>(&self, act: F) -> Result<T, E>
    where
        F: for<'a> FnOnce(&'a Writing<'a>) -> Step<'a, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.0.writer.run(act).await
    }

    /// Announces a read, so that a group of entries may wait for its entry.
    pub fn announce_read(&self) -> Coming {
        self.0.entries.announce()
    }

    /// Makes a read's entry durable; what was read may leave only after this.
    pub async fn enter(&self, leaf: LeafRow) -> Result<()> {
        self.0.entries.append(vec![leaf]).await
    }

    /// Makes new owners' keys durable; nothing may be stored under them before this. `Stale` when they are wrapped
    /// under a KEK that is not their tenant's newest any more.
    pub async fn keep_owner_keys(&self, keys: Vec<NewOwnerKey>) -> Result<()> {
        let Some((tenant, version)) = keys.first().map(|new| (new.tenant, new.wrapped.version)) else {
            return Ok(());
        };
        let outdated = self.0.new_keys.append(keys).await?;
        if outdated.contains(&(tenant, version)) { Err(StoreError::Stale) } else { Ok(()) }
    }

    /// The wrapped keys of these owners.
    pub async fn owner_keys(&self, tenant: TenantId, owners: &[OwnerId]) -> Result<Vec<FetchedKey>> {
        keys::owner_keys(&self.keys(), tenant, owners).await
    }

    /// A tenant's own keys, as wrapped.
    pub async fn tenant_keys(&self, tenant: TenantId) -> Result<(Vec<WrappedKek>, Vec<WrappedShared>)> {
        keys::tenant_keys(&self.keys(), tenant).await
    }

    /// Keeps a new tenant's own keys; `Stale` when their root is not the newest any more.
    pub async fn keep_tenant_keys(
        &self,
        tenant: TenantId,
        kek: WrappedKek,
        shared: Vec<WrappedShared>,
    ) -> Result<()> {
        keys::insert_tenant_keys(&self.0.keys, tenant, kek, shared).await
    }

    /// Destroys every key of a tenant.
    pub async fn delete_tenant_keys(&self, tenant: TenantId) -> Result<()> {
        keys::delete_tenant_keys(&self.0.keys, tenant).await
    }

    /// Destroys the keys of owners that time has taken.
    pub async fn delete_owner_keys(&self, tenant: TenantId, owners: &[OwnerId]) -> Result<()> {
        if owners.is_empty() { Ok(()) } else { keys::delete_owner_keys(&self.0.keys, tenant, owners).await }
    }

    /// Destroys the keys of a tenant's next erasure and leaves tombstones; does nothing when it was done before.
    /// `Stale` when an earlier one has not been done yet.
    pub async fn shred(&self, tenant: TenantId, n: i64, owners: &[OwnerId]) -> Result<()> {
        shred::owner_keys(&self.0.keys, tenant, n, owners).await
    }

    /// The newest erasure of a tenant whose keys are destroyed, 0 before the first.
    pub async fn last_erasure(&self, tenant: TenantId) -> Result<i64> {
        shred::last_erasure(&self.keys(), tenant).await
    }

    /// The roots the key database knows and that are not destroyed: epoch and canary, the newest last.
    pub async fn roots(&self) -> Result<Vec<(u32, Vec<u8>)>> {
        keys::roots(&self.keys()).await
    }

    /// When the last root was destroyed that stood at that instant or before; none while one of them is there.
    pub async fn roots_gone(&self, at: Timestamp) -> Result<Option<Timestamp>> {
        keys::roots_gone(&self.keys(), at).await
    }

    /// Notes a new root, unless it is noted.
    pub async fn keep_root(&self, epoch: u32, canary: Vec<u8>, at: Timestamp) -> Result<()> {
        keys::insert_root(&self.keys(), epoch, canary, at).await
    }

    /// Notes that a root is made by the development profile, which keeps it beside the data.
    pub async fn mark_development_root(&self, epoch: u32) -> Result<()> {
        keys::mark_development(&self.keys(), epoch).await
    }

    /// Whether a root was made by the development profile.
    pub async fn is_development_root(&self, epoch: u32) -> Result<bool> {
        keys::is_development(&self.keys(), epoch).await
    }

    /// The waiting entries of reads in SQLite's own file for them; none on PostgreSQL, where the transaction that
    /// sequences reads them itself.
    pub async fn waiting_reads(&self, behind: i64, limit: i64) -> Result<Vec<PendingLeaf>> {
        if self.is_postgres() {
            return Ok(Vec::new());
        }
        self.audit().pending(Stream::Reads, behind, limit).await
    }

    /// Deletes the entries of reads that the log now holds from SQLite's file for them.
    pub async fn forget_reads(&self, position: i64) -> Result<()> {
        if self.is_postgres() { Ok(()) } else { log::forget_reads(&self.audit(), position).await }
    }

    fn audit(&self) -> Reading<'_> {
        Reading { db: DatabaseExecutor::Connection(&self.0.audit) }
    }

    /// Whether the key database holds the key of anybody.
    pub async fn has_owner_keys(&self) -> Result<bool> {
        Ok(self.keys().one("select 1 from owner_key limit 1", Vec::new()).await?.is_some())
    }

    /// Keeps a policy bundle for ever, under its digest.
    pub async fn keep_policy(&self, digest: &str, files: &str, at: Timestamp) -> Result<()> {
        let (digest, files) = (digest.to_owned(), files.to_owned());
        self.write(move |tx| Box::pin(async move { tx.keep_policy(&digest, &files, at).await })).await
    }

    /// Where processes say that they live; `None` when there is only one.
    pub(crate) fn node_connection(&self) -> Option<&DatabaseConnection> {
        self.0.nodes.as_ref()
    }

    pub(crate) fn keys(&self) -> Reading<'_> {
        Reading { db: DatabaseExecutor::Connection(&self.0.keys) }
    }

    pub(crate) fn key_database(&self) -> &DatabaseConnection {
        &self.0.keys
    }
}

async fn flush_entries(audit: &DatabaseConnection, rows: Vec<LeafRow>) -> Result<()> {
    insert_read_leaves(&Reading { db: DatabaseExecutor::Connection(audit) }, rows).await
}
