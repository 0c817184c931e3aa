//! The log's rows: pending entries become sequenced ones, with tiles and heads beside them.

use sea_orm::Value;
use zelo_model::{EntryId, Handle, Timestamp};

use crate::bulk::Bulk;
use crate::error::{Result, StoreError};
use crate::leaves::LeafRow;
use crate::sql::{Reading, among, blob, get, get16};
use crate::writer::Writing;

/// Where entries wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Those of writes: in the act's own transaction.
    Writes,
    /// Those of reads: in a file of their own on SQLite.
    Reads,
}

/// An entry that waits.
#[derive(Debug, Clone)]
pub struct PendingLeaf {
    /// Its place in its stream.
    pub id: i64,
    /// The entry.
    pub leaf: LeafRow,
}

/// An entry with its place in the log.
#[derive(Debug, Clone)]
pub struct SequencedLeaf {
    /// The epoch of the log.
    pub epoch: i64,
    /// Its sequence number, from 0.
    pub seq: i64,
    /// When it was made.
    pub at: Timestamp,
    /// The entry.
    pub leaf: LeafRow,
}

/// The head of a tenant's log in one epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogHead {
    /// The epoch.
    pub epoch: i64,
    /// How many entries.
    pub size: i64,
    /// The signed checkpoint.
    pub note: String,
}

/// A tile of hashes: level, index, and as many hashes as there are.
pub type TileRow = (u8, u64, Vec<u8>);

const LEAVES: Bulk = Bulk {
    table: "audit_leaf",
    columns: &[
        ("tenant", "bigint"),
        ("epoch", "bigint"),
        ("seq", "bigint"),
        ("entry", "bytea"),
        ("at", "bigint"),
        ("leaf", "text"),
        ("handles", "bytea"),
    ],
    conflict: "",
};

const HANDLES: Bulk = Bulk {
    table: "handle_index",
    columns: &[("tenant", "bigint"), ("handle", "bytea"), ("epoch", "bigint"), ("seq", "bigint")],
    conflict: "",
};

const TILES: Bulk = Bulk {
    table: "audit_tile",
    columns: &[
        ("tenant", "bigint"),
        ("epoch", "bigint"),
        ("level", "smallint"),
        ("tile", "bigint"),
        ("hashes", "bytea"),
    ],
    conflict: "on conflict (tenant, epoch, level, tile) do update set hashes = excluded.hashes",
};

impl Reading<'_> {
    /// The oldest waiting entries behind a position. On PostgreSQL, where ids commit out of order, only those that
    /// no running transaction can come before.
    pub async fn pending(&self, stream: Stream, behind: i64, limit: i64) -> Result<Vec<PendingLeaf>> {
        let table = match stream {
            Stream::Writes => "pending_write_leaf",
            Stream::Reads => "pending_read_leaf",
        };
        let settled =
            if self.is_postgres() { "and xid < pg_snapshot_xmin(pg_current_snapshot())" } else { "" };
        let sql = format!(
            "select id, tenant, entry, leaf, handles from {table} where id > $1 {settled} order by id limit cast($2 as bigint)"
        );
        let rows = self.all(sql, vec![behind.into(), limit.into()]).await?;
        rows.iter()
            .map(|row| {
                let handles = handles(&get::<Vec<u8>>(row, 4)?);
                let entry = EntryId(get16(row, 2, table)?);
                let leaf = LeafRow { tenant: get(row, 1)?, entry, leaf: get(row, 3)?, handles };
                Ok(PendingLeaf { id: get(row, 0)?, leaf })
            })
            .collect()
    }

    /// The newest head of a tenant's log.
    pub async fn log_head(&self, tenant: i64) -> Result<Option<LogHead>> {
        let sql = "select epoch, size, note from audit_head where tenant = $1 order by epoch desc limit 1";
        let row = self.one(sql, vec![tenant.into()]).await?;
        row.map(|row| Ok(LogHead { epoch: get(&row, 0)?, size: get(&row, 1)?, note: get(&row, 2)? }))
            .transpose()
    }

    /// The heads of a tenant's log in all its epochs, newest first.
    pub async fn log_heads(&self, tenant: i64) -> Result<Vec<LogHead>> {
        let sql = "select epoch, size, note from audit_head where tenant = $1 order by epoch desc";
        let rows = self.all(sql, vec![tenant.into()]).await?;
        rows.iter()
            .map(|row| Ok(LogHead { epoch: get(row, 0)?, size: get(row, 1)?, note: get(row, 2)? }))
            .collect()
    }

    /// The head of a tenant's log in one epoch, or else the newest.
    pub async fn log_head_of(&self, tenant: i64, epoch: Option<i64>) -> Result<Option<LogHead>> {
        let wanted = |head: &LogHead| epoch.is_none_or(|epoch| head.epoch == epoch);
        Ok(self.log_heads(tenant).await?.into_iter().find(wanted))
    }

    /// Whether any log was ever signed.
    pub async fn was_signed(&self) -> Result<bool> {
        Ok(self.one("select 1 from audit_head limit 1", Vec::new()).await?.is_some())
    }

    /// Tiles of a log, by level and index; those that are not there are left out.
    pub async fn log_tiles(&self, tenant: i64, epoch: i64, wanted: &[(u8, u64)]) -> Result<Vec<TileRow>> {
        let mut tiles = Vec::with_capacity(wanted.len());
        let sql =
            "select hashes from audit_tile where tenant = $1 and epoch = $2 and level = $3 and tile = $4";
        for (level, index) in wanted {
            let place = i64::try_from(*index).unwrap_or(i64::MAX);
            let values = vec![tenant.into(), epoch.into(), i16::from(*level).into(), place.into()];
            if let Some(row) = self.one(sql, values).await? {
                tiles.push((*level, *index, get(&row, 0)?));
            }
        }
        Ok(tiles)
    }

    /// Entries of a log from one sequence number on.
    pub async fn log_entries(
        &self,
        tenant: i64,
        epoch: i64,
        from: i64,
        limit: i64,
    ) -> Result<Vec<SequencedLeaf>> {
        let sql = "select epoch, seq, at, entry, leaf, handles from audit_leaf
                   where tenant = $1 and epoch = $2 and seq >= $3 order by seq limit cast($4 as bigint)";
        let values = vec![tenant.into(), epoch.into(), from.into(), limit.into()];
        self.sequenced(tenant, sql.to_owned(), values).await
    }

    /// An entry of a log by its id, if it has its place already.
    pub async fn log_entry(&self, tenant: i64, entry: EntryId) -> Result<Option<SequencedLeaf>> {
        let sql =
            "select epoch, seq, at, entry, leaf, handles from audit_leaf where entry = $1 and tenant = $2";
        let rows = self.sequenced(tenant, sql.to_owned(), vec![blob(entry.0), tenant.into()]).await?;
        Ok(rows.into_iter().next())
    }

    /// The newest entries that list one of these handles, before a place in the log.
    pub async fn entries_of(
        &self,
        tenant: i64,
        people: &[Handle],
        before: (i64, i64),
        limit: i64,
    ) -> Result<Vec<SequencedLeaf>> {
        let mut values = vec![tenant.into(), before.0.into(), before.1.into(), limit.into()];
        let list = people.iter().map(|handle| blob(handle.0)).collect();
        let condition = among(self.is_postgres(), "h.handle", list, &mut values);
        let sql = format!(
            "select distinct l.epoch, l.seq, l.at, l.entry, l.leaf, l.handles from handle_index h
             join audit_leaf l on l.tenant = h.tenant and l.epoch = h.epoch and l.seq = h.seq
             where h.tenant = $1 and (h.epoch, h.seq) < ($2, $3) and {condition}
             order by l.epoch desc, l.seq desc limit cast($4 as bigint)"
        );
        self.sequenced(tenant, sql, values).await
    }

    async fn sequenced(&self, tenant: i64, sql: String, values: Vec<Value>) -> Result<Vec<SequencedLeaf>> {
        let rows = self.all(sql, values).await?;
        rows.iter()
            .map(|row| {
                let entry = EntryId(get16(row, 3, "audit_leaf")?);
                let handles = handles(&get::<Vec<u8>>(row, 5)?);
                Ok(SequencedLeaf {
                    epoch: get(row, 0)?,
                    seq: get(row, 1)?,
                    at: Timestamp::from_micros(get(row, 2)?),
                    leaf: LeafRow { tenant, entry, leaf: get(row, 4)?, handles },
                })
            })
            .collect()
    }

    /// Who a profile's records have been over time: handle, since, until.
    pub async fn handles_of(
        &self,
        tenant: i64,
        profile: i64,
    ) -> Result<Vec<(Handle, Timestamp, Option<Timestamp>)>> {
        let sql = "select p.handle, h.since, h.until from membership m
                   join membership h on h.tenant = m.tenant and h.record = m.record
                   join profile p on p.tenant = h.tenant and p.id = h.profile
                   where m.tenant = $1 and m.profile = $2 and m.until is null and p.handle is not null
                   order by h.since, p.id";
        let rows = self.all(sql, vec![tenant.into(), profile.into()]).await?;
        rows.iter()
            .map(|row| {
                let until = get::<Option<i64>>(row, 2)?.map(Timestamp::from_micros);
                Ok((Handle(get16(row, 0, "profile")?), Timestamp::from_micros(get(row, 1)?), until))
            })
            .collect()
    }

    /// How far a stream has been sequenced.
    pub async fn position(&self, stream: Stream) -> Result<i64> {
        let row =
            self.one("select position from sequencer where stream = $1", vec![name(stream).into()]).await?;
        row.map_or(Ok(0), |row| get(&row, 0))
    }
}

impl Writing<'_> {
    /// Whether this transaction may sequence: one at a time, over all processes, until it ends.
    pub async fn claim_log(&self) -> Result<bool> {
        if !self.is_postgres() {
            return Ok(true);
        }
        let row = self.one("select pg_try_advisory_xact_lock(7305808)", Vec::new()).await?;
        row.map_or(Ok(false), |row| get(&row, 0))
    }

    /// Puts entries into the log, with the index from handle to entry.
    pub async fn append_log(&self, tenant: i64, entries: Vec<SequencedLeaf>) -> Result<()> {
        let mut index = Vec::new();
        let mut rows = Vec::with_capacity(entries.len());
        for entry in entries {
            let SequencedLeaf { epoch, seq, at, leaf } = entry;
            let place = |handle: &Handle| vec![tenant.into(), blob(handle.0), epoch.into(), seq.into()];
            index.extend(leaf.handles.iter().map(place));
            let handles: Vec<u8> = leaf.handles.iter().flat_map(|handle| handle.0).collect();
            rows.push(vec![
                tenant.into(),
                epoch.into(),
                seq.into(),
                blob(leaf.entry.0),
                at.micros().into(),
                leaf.leaf.into(),
                blob(handles),
            ]);
        }
        LEAVES.insert(self, rows).await?;
        HANDLES.insert(self, index).await?;
        Ok(())
    }

    /// Writes tiles and the new head of a log.
    pub async fn write_head(
        &self,
        tenant: i64,
        head: &LogHead,
        tiles: Vec<TileRow>,
        at: Timestamp,
    ) -> Result<()> {
        let row = |(level, index, hashes): TileRow| {
            let place = i64::try_from(index).unwrap_or(i64::MAX);
            vec![tenant.into(), head.epoch.into(), i16::from(level).into(), place.into(), hashes.into()]
        };
        TILES.insert(self, tiles.into_iter().map(row).collect()).await?;
        let sql = "insert into audit_head (tenant, epoch, size, note, at) values ($1, $2, $3, $4, $5)
                   on conflict (tenant, epoch) do update set
                   size = excluded.size, note = excluded.note, at = excluded.at";
        let note = head.note.as_str();
        let values =
            vec![tenant.into(), head.epoch.into(), head.size.into(), note.into(), at.micros().into()];
        self.execute(sql, values).await?;
        Ok(())
    }

    /// Takes sequenced entries out of their stream. On PostgreSQL each by its id, for later ones may have smaller
    /// ids; on SQLite up to a position, which the transaction keeps.
    pub async fn sequenced_up_to(&self, stream: Stream, pending: &[i64]) -> Result<()> {
        let Some(last) = pending.iter().max() else { return Ok(()) };
        let table = match stream {
            Stream::Writes => "pending_write_leaf",
            Stream::Reads => "pending_read_leaf",
        };
        if self.is_postgres() {
            let mut values = Vec::new();
            let condition = among(true, "id", pending.iter().map(|id| (*id).into()).collect(), &mut values);
            self.execute(format!("delete from {table} where {condition}"), values).await?;
            return Ok(());
        }
        if stream == Stream::Writes {
            self.execute("delete from pending_write_leaf where id <= $1", vec![(*last).into()]).await?;
        }
        let sql = "insert into sequencer (stream, position) values ($1, $2)
                   on conflict (stream) do update set position = excluded.position";
        self.execute(sql, vec![name(stream).into(), (*last).into()]).await?;
        Ok(())
    }
}

const fn name(stream: Stream) -> &'static str {
    match stream {
        Stream::Writes => "writes",
        Stream::Reads => "reads",
    }
}

fn handles(bytes: &[u8]) -> Vec<Handle> {
    bytes.chunks_exact(16).filter_map(Handle::from_slice).collect()
}

/// Deletes what a position has passed from the file of read entries.
pub(crate) async fn forget_reads(db: &Reading<'_>, position: i64) -> Result<()> {
    db.execute("delete from pending_read_leaf where id <= $1", vec![position.into()]).await.map(drop)
}

impl From<std::num::TryFromIntError> for StoreError {
    fn from(_: std::num::TryFromIntError) -> Self {
        Self::Corrupt("audit_head")
    }
}
