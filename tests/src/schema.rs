//! The tables as the migrations leave them, as text that does not depend on the server's version.

use std::fmt::Write as _;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use crate::Rows;

impl Rows {
    /// Every table, index, trigger and sequence of every database.
    pub async fn schema(&self) -> String {
        let mut text = String::new();
        let names = if self.0.len() == 3 {
            ["zelo.db", "zelo-keys.db", "zelo-audit.db"].as_slice()
        } else {
            &["the data database", "the key database"]
        };
        for (db, name) in self.0.iter().zip(names) {
            let _ = writeln!(text, "-- {name}\n");
            for statement in statements(db).await {
                let _ = writeln!(text, "{statement};\n");
            }
        }
        text.truncate(text.trim_end().len());
        text + "\n"
    }
}

async fn statements(db: &DatabaseConnection) -> Vec<String> {
    if db.get_database_backend() == DbBackend::Sqlite {
        let sql = "select sql from sqlite_master where sql is not null and tbl_name not like 'sqlite\\_%' escape '\\'
                   and tbl_name <> 'seaql_migrations' order by tbl_name, type <> 'table', name";
        return texts(db, sql).await;
    }
    let mut all = Vec::new();
    for sql in POSTGRES {
        all.extend(texts(db, sql).await);
    }
    all
}

/// Sequences, tables with their constraints, other indexes, functions, triggers.
const POSTGRES: [&str; 5] = [
    "select 'create sequence ' || c.relname from pg_class c
     where c.relkind = 'S' and c.relnamespace = 'public'::regnamespace
       and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'i') order by 1",
    "select 'create table ' || c.relname || E' (\n' || string_agg(line, E',\n' order by part, place) || E'\n)'
     from pg_class c join lateral (
       select 0 as part, a.attnum as place, '  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
         || case when a.attnotnull then ' not null' else '' end
         || case when a.attidentity = 'a' then ' generated always as identity' else '' end
         || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as line
       from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
       where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       union all
       select 1, row_number() over (order by contype, conname), '  ' || lower(pg_get_constraintdef(k.oid))
       from pg_constraint k where k.conrelid = c.oid and k.contype in ('p', 'u', 'f', 'c')) lines on true
     where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname <> 'seaql_migrations'
     group by c.relname order by c.relname",
    "select replace(indexdef, ' public.', ' ') from pg_indexes where schemaname = 'public'
       and not exists (select 1 from pg_constraint k where k.conname = indexname) order by indexname",
    "select pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace order by proname",
    "select replace(pg_get_triggerdef(oid), ' public.', ' ') from pg_trigger where not tgisinternal order by tgname",
];

async fn texts(db: &DatabaseConnection, sql: &str) -> Vec<String> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    let text = |row: &sea_orm::QueryResult| row.try_get_by_index::<String>(0).unwrap();
    // The migrations' own indentation says nothing.
    rows.iter()
        .map(|row| text(row).replace("\n      ", "\n  ").replace("\n    )", "\n)").trim().to_owned())
        .collect()
}
