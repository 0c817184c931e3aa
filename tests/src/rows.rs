//! The databases as a thief or an administrator sees them: every column as bytes.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

/// One row by column; `None` is null, numbers are their decimal text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row(pub BTreeMap<String, Option<Vec<u8>>>);

impl Row {
    /// A column's bytes.
    pub fn bytes(&self, column: &str) -> &[u8] {
        self.0[column].as_deref().unwrap_or_default()
    }

    /// A column as text.
    pub fn text(&self, column: &str) -> &str {
        std::str::from_utf8(self.bytes(column)).unwrap()
    }

    /// Whether a column is null.
    pub fn is_null(&self, column: &str) -> bool {
        self.0[column].is_none()
    }
}

/// All databases of an installation.
#[derive(Debug, Clone)]
pub struct Rows(pub(crate) Vec<DatabaseConnection>);

impl Rows {
    /// Connects beside the application: URLs of the data and key databases, and on SQLite of the audit file.
    pub async fn of(urls: &[String]) -> Self {
        let mut databases = Vec::new();
        for url in urls {
            let mut options = sea_orm::ConnectOptions::new(url);
            options.max_connections(1).sqlx_logging(false);
            databases.push(Database::connect(options).await.unwrap());
        }
        Self(databases)
    }

    /// Every row of a table, in whichever database it is, in a fixed order.
    pub async fn all(&self, table: &str) -> Vec<Row> {
        let mut rows = Vec::new();
        for db in &self.0 {
            let columns = columns(db).await;
            let names: Vec<(String, String)> =
                columns.into_iter().filter(|(name, ..)| name == table).map(|(_, c, t)| (c, t)).collect();
            if !names.is_empty() {
                rows.extend(read(db, table, &names).await);
            }
        }
        rows.sort();
        rows
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &str) -> usize {
        self.all(table).await.len()
    }

    /// Every (table, column) of all databases together.
    pub async fn names(&self) -> BTreeSet<(String, String)> {
        let mut names = BTreeSet::new();
        for db in &self.0 {
            names.extend(columns(db).await.into_iter().map(|(table, column, _)| (table, column)));
        }
        names
    }

    /// Hangs up, for a restore that waits until nobody works in the databases.
    pub async fn close(self) {
        for db in self.0 {
            db.close().await.unwrap();
        }
    }

    /// Does what only somebody with the database in hand can do; `database` 0 holds the data, 1 the keys.
    pub async fn tamper(&self, database: usize, sql: &str) -> u64 {
        self.0[database].execute_unprepared(sql).await.unwrap().rows_affected()
    }

    /// The same with bytes for `$1` and `$2`.
    pub async fn tamper_with(&self, database: usize, sql: &str, values: [&[u8]; 2]) -> u64 {
        let db = &self.0[database];
        let values = values.map(|bytes| sea_orm::Value::Bytes(Some(bytes.to_vec())));
        let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
        db.execute_raw(statement).await.unwrap().rows_affected()
    }
}

/// Every (table, column, type) of a database.
pub async fn columns(db: &DatabaseConnection) -> Vec<(String, String, String)> {
    let sql = if db.get_database_backend() == DbBackend::Postgres {
        "select table_name::text, column_name::text, data_type::text from information_schema.columns
         where table_schema = 'public' order by table_name, ordinal_position"
    } else {
        "select m.name, c.name, lower(c.type) from sqlite_master m join pragma_table_info(m.name) c
         where m.type = 'table' and m.name not like 'sqlite\\_%' escape '\\' order by m.name, c.cid"
    };
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    let text = |row: &sea_orm::QueryResult, at| row.try_get_by_index::<String>(at).unwrap();
    rows.iter().map(|row| (text(row, 0), text(row, 1), text(row, 2))).collect()
}

async fn read(db: &DatabaseConnection, table: &str, columns: &[(String, String)]) -> Vec<Row> {
    let postgres = db.get_database_backend() == DbBackend::Postgres;
    let as_bytes = |(name, kind): &(String, String)| match (postgres, kind.as_str()) {
        (true, "bytea") => format!("\"{name}\""),
        (true, _) => format!("convert_to(\"{name}\"::text, 'UTF8')"),
        (false, _) => format!("cast(\"{name}\" as blob)"),
    };
    let list: Vec<String> = columns.iter().map(as_bytes).collect();
    let sql = format!("select {} from \"{table}\"", list.join(", "));
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    let row = |row: &sea_orm::QueryResult| {
        let values = columns.iter().enumerate();
        Row(values.map(|(at, (name, _))| (name.clone(), row.try_get_by_index(at).unwrap())).collect())
    };
    rows.iter().map(row).collect()
}

impl Rows {
    /// Which of the databases holds the entries of reads.
    pub fn audit(&self) -> usize {
        if self.0.len() == 3 { 2 } else { 0 }
    }

    /// Makes every insert into a table fail, as a full disk would.
    pub async fn refuse_inserts(&self, database: usize, table: &str) {
        let sql = if self.0[database].get_database_backend() == DbBackend::Postgres {
            format!("alter table {table} add constraint refused check (false) not valid")
        } else {
            format!(
                "create trigger refused before insert on {table} begin select raise(abort, 'refused'); end"
            )
        };
        self.tamper(database, &sql).await;
    }

    /// Lets them through again.
    pub async fn allow_inserts(&self, database: usize, table: &str) {
        let sql = if self.0[database].get_database_backend() == DbBackend::Postgres {
            format!("alter table {table} drop constraint refused")
        } else {
            "drop trigger refused".to_owned()
        };
        self.tamper(database, &sql).await;
    }
}

impl Rows {
    /// Makes every delete from a table fail, as a crash before it would.
    pub async fn refuse_deletes(&self, database: usize, table: &str) {
        if self.0[database].get_database_backend() == DbBackend::Postgres {
            let refuse = "create function refuse_deletes() returns trigger language plpgsql as
                          $$ begin raise exception 'refused'; end $$";
            self.tamper(database, refuse).await;
            let trigger = format!(
                "create trigger undeleted before delete on {table} for each row execute function refuse_deletes()"
            );
            self.tamper(database, &trigger).await;
        } else {
            let trigger = format!(
                "create trigger undeleted before delete on {table} begin select raise(abort, 'refused'); end"
            );
            self.tamper(database, &trigger).await;
        }
    }

    /// Lets them through again.
    pub async fn allow_deletes(&self, database: usize, table: &str) {
        if self.0[database].get_database_backend() == DbBackend::Postgres {
            self.tamper(database, &format!("drop trigger undeleted on {table}")).await;
            self.tamper(database, "drop function refuse_deletes").await;
        } else {
            self.tamper(database, "drop trigger undeleted").await;
        }
    }
}
