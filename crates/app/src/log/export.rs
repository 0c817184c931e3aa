//! Handing a copy of a log to whoever wants to verify it elsewhere.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use tokio::task::block_in_place;
use zelo_ledger::{Class, TILE_WIDTH, bundle, epoch_path, publish};
use zelo_model::TenantId;

use super::source::Database;
use super::whose;
use crate::error::{Error, Result};
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx};

/// Writes a copy of a log into a folder, in the layout of C2SP tlog-tiles; epochs before a restore stand below `epoch/`.
pub struct ExportLog {
    /// Whose: the actor's own tenant or, in the installation, one that was dropped.
    pub tenant: TenantId,
    /// The folder; it must not exist, and becomes its owner's alone.
    pub folder: PathBuf,
}

impl Operation for ExportLog {
    const NAME: &'static str = "audit.export";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Tenant;
    type Access = Read;
    type Ready = ();
    type Output = i64;

    async fn prepare(&self, _: &mut Tx<'_, Read>) -> Result<()> {
        Ok(())
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<i64> {
        let tenant = whose::tenant(tx, self.tenant).await?;
        let heads = tx.rows.log_heads(tenant.id).await?;
        let size = heads.first().ok_or(Error::NotFound)?.size;
        let mut logs = Vec::with_capacity(heads.len());
        for (n, head) in heads.into_iter().enumerate() {
            let key = tx.inner.log.verify_key(tenant.id16, head.epoch)?;
            let place = if n == 0 { String::new() } else { epoch_path(key.origin().epoch) };
            let epoch = head.epoch;
            logs.push((place, key, Database { rows: &tx.rows, tenant: tenant.id, epoch, head: Some(head) }));
        }
        block_in_place(|| {
            let made = DirBuilder::new().mode(0o700).create(&self.folder);
            made.map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => "this folder exists already; name a new one",
                io::ErrorKind::NotFound => "the folder it would stand in does not exist",
                _ => UNWRITABLE,
            })?;
            // The newest comes last, with the checkpoint that says all the rest is there.
            let written = logs.iter().rev().try_for_each(|(place, key, source)| {
                publish(source, key, |path, bytes| self.write(&Path::new(place).join(path), bytes))
            });
            written.map_err(|_| {
                // Half a copy would look like a log that was cut short.
                let _ = fs::remove_dir_all(&self.folder);
                UNWRITABLE
            })
        })
        .map_err(|why| Error::invalid("folder", why))?;
        Ok(size)
    }
}

const UNWRITABLE: &str = "the copy could not be written there";

impl ExportLog {
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let file = self.folder.join(path);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(file, bytes)
    }
}

/// A bundle of 256 entries (C2SP tlog-tiles), for those who may read the log.
pub struct ReadBundle {
    /// Of whose log: the actor's own tenant or, in the installation, one that was dropped.
    pub tenant: TenantId,
    /// Of which epoch; `None` is the newest.
    pub epoch: Option<u64>,
    /// Which bundle, from 0.
    pub index: u64,
    /// How many entries of it, 1 to 256.
    pub width: u32,
}

impl Operation for ReadBundle {
    const NAME: &'static str = "audit.read";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Tenant;
    type Access = Read;
    type Ready = ();
    type Output = Vec<u8>;

    async fn prepare(&self, _: &mut Tx<'_, Read>) -> Result<()> {
        Ok(())
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<Vec<u8>> {
        let tenant = whose::tenant(tx, self.tenant).await?.id;
        let epoch = self.epoch.map(i64::try_from).transpose().map_err(|_| Error::NotFound)?;
        let head = tx.rows.log_head_of(tenant, epoch).await?.ok_or(Error::NotFound)?;
        let width = self.width.clamp(1, TILE_WIDTH);
        let from = self.index.checked_mul(u64::from(TILE_WIDTH)).ok_or(Error::NotFound)?;
        let from = i64::try_from(from).map_err(|_| Error::NotFound)?;
        let rows = tx.rows.log_entries(tenant, head.epoch, from, i64::from(width)).await?;
        if rows.len() < width as usize {
            return Err(Error::NotFound);
        }
        let entries: Vec<&[u8]> = rows.iter().map(|row| row.leaf.leaf.as_bytes()).collect();
        bundle(&entries).map_err(Error::internal)
    }
}
