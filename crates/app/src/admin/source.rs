//! Sources: whom a tenant gets data from, how far it is trusted, and what it collects for.

use zelo_ledger::Class;
use zelo_model::{Purpose, SourceId, Timestamp};
use zelo_store::SourceRow;

use super::name;
use crate::declared::declared;
use crate::error::{Error, Result};
use crate::house;
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx, Write};

/// A source, as the command line shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceInfo {
    /// Its id.
    pub id: SourceId,
    /// Its name.
    pub slug: String,
    /// What it is.
    pub kind: String,
    /// The id space its user ids live in.
    pub space: String,
    /// Whose value wins: the higher.
    pub priority: i32,
    /// What it collects for.
    pub collects_for: Vec<String>,
    /// When it was created.
    pub created: Timestamp,
}

impl From<SourceRow> for SourceInfo {
    fn from(row: SourceRow) -> Self {
        let SourceRow { id16, slug, kind, space, priority, collects_for, created, .. } = row;
        Self { id: id16, slug, kind, space, priority, collects_for, created }
    }
}

/// Creates a source for tracking SDKs.
pub struct CreateSource {
    /// Its name.
    pub slug: String,
    /// Whose value wins when sources disagree: the higher.
    pub priority: i32,
    /// Where its people are, when it is known: a jurisdiction such as `br`.
    pub jurisdiction: Option<String>,
    /// What it collects for.
    pub collects_for: Vec<Purpose>,
    /// The id space of its user ids; `main` unless said otherwise.
    pub space: Option<String>,
}

impl Operation for CreateSource {
    const NAME: &'static str = "source.create";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Tenant;
    type Access = Write;
    type Ready = SourceRow;
    type Output = SourceInfo;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<SourceRow> {
        name("slug", &self.slug)?;
        if self.slug == house::SOURCE {
            return Err(Error::invalid("slug", "`zelo` is what the house calls itself; choose another name"));
        }
        let space = self.space.clone().unwrap_or_else(|| "main".to_owned());
        name("space", &space)?;
        if let Some(problem) = declared("collectsFor", &self.collects_for, tx.policy) {
            return Err(Error::Invalid(vec![problem]));
        }
        if let Some(jurisdiction) = &self.jurisdiction {
            name("jurisdiction", jurisdiction)?;
        }
        if tx.rows.sources(tx.tenant.row.id).await?.iter().any(|source| source.slug == self.slug) {
            return Err(Error::Conflict("a source of this name exists already"));
        }
        Ok(SourceRow {
            id: -1,
            id16: SourceId(tx.ids.sorted(tx.now)),
            slug: self.slug.clone(),
            kind: "sdk".to_owned(),
            space,
            priority: self.priority,
            jurisdiction: self.jurisdiction.clone(),
            collects_for: self.collects_for.iter().map(ToString::to_string).collect(),
            created: tx.now,
        })
    }

    async fn run(&self, mut row: SourceRow, tx: &mut Tx<'_, Write>) -> Result<SourceInfo> {
        row.id = tx.surrogate().await?;
        tx.rows.insert_source(tx.tenant.row.id, &row).await?;
        tx.inner.tenants.forget(tx.tenant.row.id16);
        Ok(row.into())
    }
}

/// Lists a tenant's sources.
pub struct ListSources;

impl Operation for ListSources {
    const NAME: &'static str = "source.list";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Tenant;
    type Access = Read;
    type Ready = ();
    type Output = Vec<SourceInfo>;

    fn pinned(&self) -> bool {
        false
    }

    async fn prepare(&self, _: &mut Tx<'_, Read>) -> Result<()> {
        Ok(())
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<Vec<SourceInfo>> {
        Ok(tx.rows.sources(tx.tenant.row.id).await?.into_iter().map(SourceInfo::from).collect())
    }
}
