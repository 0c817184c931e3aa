//! Statements that read the same on both databases, and rows read by position.

use sea_orm::{
    ConnectionTrait, DatabaseExecutor, DbBackend, ExecResult, QueryResult, Statement, TryGetable, Value,
};

use crate::error::{Result, StoreError};

/// What a passage reads through: a snapshot, or the transaction that is writing.
pub struct Reading<'c> {
    pub(crate) db: DatabaseExecutor<'c>,
}

impl Reading<'_> {
    pub(crate) fn is_postgres(&self) -> bool {
        self.db.get_database_backend() == DbBackend::Postgres
    }

    pub(crate) async fn all(&self, sql: impl Into<String>, values: Vec<Value>) -> Result<Vec<QueryResult>> {
        let sql = sql.into();
        #[cfg(test)]
        crate::plans::check(self, &sql, &values).await?;
        Ok(self.db.query_all_raw(self.statement(sql, values)).await?)
    }

    pub(crate) async fn one(
        &self,
        sql: impl Into<String>,
        values: Vec<Value>,
    ) -> Result<Option<QueryResult>> {
        Ok(self.db.query_one_raw(self.statement(sql, values)).await?)
    }

    pub(crate) async fn execute(&self, sql: impl Into<String>, values: Vec<Value>) -> Result<ExecResult> {
        Ok(self.db.execute_raw(self.statement(sql, values)).await?)
    }

    fn statement(&self, sql: impl Into<String>, values: Vec<Value>) -> Statement {
        let sql = sql.into();
        // SQLite looks at a bare parameter of a limit when it plans, and so plans anew whenever one is bound: ten times what
        // the statement itself takes.
        debug_assert!(!sql.contains("limit $"), "say `limit cast($n as bigint)`: {sql}");
        Statement::from_sql_and_values(self.db.get_database_backend(), sql, values)
    }
}

/// Reads one column by position.
pub(crate) fn get<T: TryGetable>(row: &QueryResult, at: usize) -> Result<T> {
    Ok(row.try_get_by_index(at)?)
}

/// Reads a 16-byte column.
pub(crate) fn get16(row: &QueryResult, at: usize, table: &'static str) -> Result<[u8; 16]> {
    get::<Vec<u8>>(row, at)?.try_into().map_err(|_| StoreError::Corrupt(table))
}

/// Bytes as a bound value.
pub(crate) fn blob(bytes: impl Into<Vec<u8>>) -> Value {
    Value::Bytes(Some(bytes.into()))
}

/// The condition `column in (…)` for a list of any length: one array on PostgreSQL, a list padded to a power of two
/// on SQLite, so that statements stay cached. The list's values are appended to `values`.
pub(crate) fn among(postgres: bool, column: &str, list: Vec<Value>, values: &mut Vec<Value>) -> String {
    if postgres {
        values.push(array(list));
        return format!("{column} = any(${})", values.len());
    }
    let padded = list.len().max(1).next_power_of_two();
    let first = values.len() + 1;
    let filler = list.last().cloned().unwrap_or(Value::BigInt(None));
    values.extend(list);
    values.resize(first - 1 + padded, filler);
    let marks: Vec<String> = (first..first + padded).map(|n| format!("${n}")).collect();
    format!("{column} in ({})", marks.join(","))
}

/// A PostgreSQL array of values of one type.
pub(crate) fn array(list: Vec<Value>) -> Value {
    let kind = list.first().map_or(sea_orm::sea_query::ArrayType::BigInt, Value::array_type);
    Value::Array(kind, Some(Box::new(list)))
}
