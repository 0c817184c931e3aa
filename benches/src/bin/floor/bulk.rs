//! Many rows in few statements: lists of values on SQLite, arrays on PostgreSQL.

use sea_orm::sea_query::ArrayType;
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbBackend, Statement, Value};
use zelo_benches::Result;

/// Rows of one table.
pub(crate) struct Table {
    name: &'static str,
    columns: &'static [(&'static str, &'static str)],
    values: Vec<Value>,
}

/// Rows of a statement: as many as the store writes at once.
const SQLITE: usize = 128;
const STEP: usize = 16;
const POSTGRES: usize = 1000;

impl Table {
    /// No rows yet. Each column comes with its PostgreSQL type.
    pub(crate) fn new(name: &'static str, columns: &'static [(&'static str, &'static str)]) -> Self {
        Self { name, columns, values: Vec::new() }
    }

    /// Adds a row.
    pub(crate) fn push<const N: usize>(&mut self, row: [Value; N]) {
        self.values.extend(row);
    }

    /// How many rows there are.
    pub(crate) fn rows(&self) -> usize {
        self.values.len() / self.columns.len()
    }

    /// Writes them all.
    pub(crate) async fn insert(mut self, txn: &DatabaseTransaction) -> Result<()> {
        let postgres = txn.get_database_backend() == DbBackend::Postgres;
        while !self.values.is_empty() {
            let rows = self.rows().min(if postgres { POSTGRES } else { SQLITE });
            // Few sizes, so that few statements are prepared.
            let rows = match rows {
                rows if postgres => rows,
                STEP.. => rows - rows % STEP,
                rows => 1 << rows.ilog2(),
            };
            let rest = self.values.split_off(rows * self.columns.len());
            let values = std::mem::replace(&mut self.values, rest);
            let (sql, values) =
                if postgres { (self.unnest(), self.arrays(values)) } else { (self.lists(rows), values) };
            txn.execute_raw(Statement::from_sql_and_values(txn.get_database_backend(), sql, values)).await?;
        }
        Ok(())
    }

    fn names(&self) -> String {
        self.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(",")
    }

    fn lists(&self, rows: usize) -> String {
        let row = format!("({})", vec!["?"; self.columns.len()].join(","));
        format!("insert into {} ({}) values {}", self.name, self.names(), vec![row.as_str(); rows].join(","))
    }

    fn unnest(&self) -> String {
        let array = |(n, (_, kind)): (usize, &(&str, &str))| format!("${}::{kind}[]", n + 1);
        let arrays: Vec<String> = self.columns.iter().enumerate().map(array).collect();
        format!("insert into {} ({}) select * from unnest({})", self.name, self.names(), arrays.join(","))
    }

    fn arrays(&self, values: Vec<Value>) -> Vec<Value> {
        let width = self.columns.len();
        let mut columns: Vec<Vec<Value>> =
            self.columns.iter().map(|_| Vec::with_capacity(values.len() / width)).collect();
        for (n, value) in values.into_iter().enumerate() {
            columns[n % width].push(value);
        }
        let array = |column: Vec<Value>| {
            let kind = column.first().map_or(ArrayType::BigInt, Value::array_type);
            Value::Array(kind, Some(Box::new(column)))
        };
        columns.into_iter().map(array).collect()
    }
}
