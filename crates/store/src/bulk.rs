//! Many rows in few statements.

use sea_orm::Value;

use crate::error::Result;
use crate::sql::{Reading, array};

/// A table's columns with their PostgreSQL types, and what to do when a row is there already. A column of type
/// [`MAYBE`] may be null; an empty text is.
pub(crate) struct Bulk {
    pub(crate) table: &'static str,
    pub(crate) columns: &'static [(&'static str, &'static str)],
    /// Behind the rows, such as `on conflict do nothing`; empty lets a duplicate say `Stale`.
    pub(crate) conflict: &'static str,
}

/// Rows a statement holds at most on SQLite.
const CHUNK: usize = 128;
/// The sizes below it are multiples of this, and then powers of two: few statements are cached, and few are needed.
const STEP: usize = 16;

/// The type of a text that may be missing: arrays hold no nulls, so PostgreSQL gets an empty one and makes it null.
pub(crate) const MAYBE: &str = "text or null";

impl Bulk {
    /// Inserts the rows (each with one value a column) and says how many took effect.
    pub(crate) async fn insert(&self, db: &Reading<'_>, rows: Vec<Vec<Value>>) -> Result<u64> {
        if rows.is_empty() {
            return Ok(0);
        }
        if db.is_postgres() { self.unnest(db, rows).await } else { self.values(db, rows).await }
    }

    /// The same in one statement, which on its own is one transaction: for the same few numbers of rows again and
    /// again, because on SQLite each number is a statement to prepare.
    pub(crate) async fn insert_at_once(&self, db: &Reading<'_>, rows: Vec<Vec<Value>>) -> Result<()> {
        if db.is_postgres() {
            self.unnest(db, rows).await?;
        } else {
            db.execute(self.values_sql(rows.len()), rows.into_iter().flatten().collect()).await?;
        }
        Ok(())
    }

    async fn unnest(&self, db: &Reading<'_>, rows: Vec<Vec<Value>>) -> Result<u64> {
        let mut columns: Vec<Vec<Value>> =
            self.columns.iter().map(|_| Vec::with_capacity(rows.len())).collect();
        for row in rows {
            for (column, value) in columns.iter_mut().zip(row) {
                column.push(if value == Value::String(None) { String::new().into() } else { value });
            }
        }
        let (mut arrays, mut given, mut taken) = (Vec::new(), Vec::new(), Vec::new());
        for (n, (_, kind)) in self.columns.iter().enumerate() {
            let maybe = *kind == MAYBE;
            arrays.push(format!("${}::{}[]", n + 1, if maybe { "text" } else { kind }));
            given.push(format!("c{n}"));
            taken.push(if maybe { format!("nullif(c{n}, '')") } else { format!("c{n}") });
        }
        let sql = format!(
            "insert into {} ({}) select {} from unnest({}) as given ({}) {}",
            self.table,
            self.names(),
            taken.join(","),
            arrays.join(","),
            given.join(","),
            self.conflict
        );
        Ok(db.execute(sql, columns.into_iter().map(array).collect()).await?.rows_affected())
    }

    async fn values(&self, db: &Reading<'_>, rows: Vec<Vec<Value>>) -> Result<u64> {
        let mut rows = rows.into_iter();
        let mut affected = 0;
        while rows.len() > 0 {
            let most = rows.len().min(CHUNK);
            let size = if most >= STEP { most - most % STEP } else { 1 << most.ilog2() };
            let values: Vec<Value> = rows.by_ref().take(size).flatten().collect();
            affected += db.execute(self.values_sql(size), values).await?.rows_affected();
        }
        Ok(affected)
    }

    fn values_sql(&self, rows: usize) -> String {
        let width = self.columns.len();
        let row = format!("({})", vec!["?"; width].join(","));
        let all = vec![row.as_str(); rows].join(",");
        format!("insert into {} ({}) values {all} {}", self.table, self.names(), self.conflict)
    }

    fn names(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        names.join(",")
    }
}
