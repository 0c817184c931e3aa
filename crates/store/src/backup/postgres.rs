//! PostgreSQL's databases, by PostgreSQL's own programs: `pg_dump` takes one snapshot, in its custom format.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};
use tokio::process::Command;
use url::{Url, form_urlencoded};

use super::{BackupError, Result};
use crate::connect::plain_postgres;

/// Parameters of a URL that PostgreSQL's programs know too (libpq, "Parameter Key Words"); the driver knows others.
const KNOWN: [&str; 8] = ["host", "port", "user", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey"];

/// Empties a schema of what a Zelo, this or a newer one, has made in it.
const WIPE: &str = "do $$ declare one record; begin
  for one in select tablename as name from pg_tables where schemaname = current_schema() loop
    execute format('drop table %I cascade', one.name);
  end loop;
  for one in select sequencename as name from pg_sequences where schemaname = current_schema() loop
    execute format('drop sequence %I cascade', one.name);
  end loop;
  for one in select p.oid::regprocedure as name from pg_proc p
      where p.pronamespace = current_schema()::regnamespace
      and not exists (select 1 from pg_depend d where d.objid = p.oid and d.deptype = 'e') loop
    execute format('drop routine %s cascade', one.name);
  end loop;
end $$";

/// Where a database is, as its programs are told: the password goes by the environment, where no list of processes
/// shows it.
struct Target {
    url: String,
    password: Option<String>,
}

impl Target {
    fn of(url: &str) -> Result<Self> {
        let mut url = Url::parse(url).map_err(|_| BackupError::Url)?;
        let asked: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let in_query = asked.iter().find(|(key, _)| key == "password").map(|(_, value)| value.clone());
        let password = url.password().map(decoded).or(in_query);
        // Where there is no host, as before a socket, there is no password either, and none can be set.
        if url.password().is_some() {
            url.set_password(None).map_err(|()| BackupError::Url)?;
        }
        url.set_query(None);
        for (key, value) in asked.iter().filter(|(key, _)| KNOWN.contains(&key.as_str())) {
            url.query_pairs_mut().append_pair(key, value);
        }
        Ok(Self { url: url.into(), password })
    }

    fn command(&self, program: &'static str) -> Command {
        let mut command = Command::new(program);
        command.stdin(Stdio::null()).kill_on_drop(true).env("PGAPPNAME", "zelo backup");
        if let Some(password) = &self.password {
            command.env("PGPASSWORD", password);
        }
        command.args(["--no-password", "--no-owner", "--no-privileges"]);
        command
    }
}

/// What a part of a URL stands for. Between `&` and with `+` for itself, it is decoded like a query.
fn decoded(part: &str) -> String {
    let part = part.replace('+', "%2B").replace('&', "%26");
    form_urlencoded::parse(part.as_bytes()).next().map(|(word, _)| word.into_owned()).unwrap_or_default()
}

/// Runs it. Of what it complains only the first error is passed on, which names tables and servers; what follows may
/// quote rows.
async fn run(program: &'static str, command: &mut Command) -> Result<()> {
    let done = command.output().await.map_err(|error| BackupError::NoTool(program, error))?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    let error = said.lines().find_map(|line| line.strip_prefix(program)?.strip_prefix(": error: "));
    Err(BackupError::Tool(program, error.unwrap_or("it gave no reason").to_owned()))
}

pub(super) async fn dump(url: &str, folder: &Path, name: &str) -> Result<Vec<PathBuf>> {
    let (target, file) = (Target::of(url)?, folder.join(name));
    let mut command = target.command("pg_dump");
    command.args(["--format=custom", "--lock-wait-timeout=60s"]).arg("--file").arg(&file);
    run("pg_dump", command.arg("--dbname").arg(&target.url)).await?;
    let synced = std::fs::File::open(&file).and_then(|file| file.sync_all());
    synced.map_err(|error| BackupError::File(file.clone(), error))?;
    Ok(vec![file])
}

pub(super) async fn is_there(url: &str) -> Result<bool> {
    let connection = plain_postgres(url).await?;
    let found = tables(&connection).await;
    connection.close().await?;
    Ok(found? > 0)
}

async fn tables(connection: &DatabaseConnection) -> Result<i64> {
    count(connection, "select count(*) from pg_tables where schemaname = current_schema()").await
}

async fn count(connection: &DatabaseConnection, sql: &str) -> Result<i64> {
    let row = connection.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
    Ok(row.map_or(Ok(0), |row| row.try_get_by_index(0))?)
}

pub(super) async fn load(url: &str, files: &[PathBuf], replace: bool) -> Result<()> {
    let [file] = files else { return Err(BackupError::Incomplete("dump")) };
    let target = Target::of(url)?;
    let archive: OsString = file.into();
    // A file that is no archive must not cost what is there.
    let mut list = Command::new("pg_restore");
    run("pg_restore", list.arg("--list").arg(&archive).stdin(Stdio::null())).await?;
    let connection = plain_postgres(url).await?;
    let cleared = clear(&connection, replace).await;
    connection.close().await?;
    cleared?;
    let mut command = target.command("pg_restore");
    command.args(["--single-transaction", "--exit-on-error"]).arg("--dbname").arg(&target.url);
    run("pg_restore", command.arg(&archive)).await
}

async fn clear(connection: &DatabaseConnection, replace: bool) -> Result<()> {
    if tables(connection).await? == 0 {
        return Ok(());
    }
    if !replace {
        return Err(BackupError::Occupied("the PostgreSQL database".to_owned()));
    }
    let others = "select count(*) from pg_stat_activity where datname = current_database()
                  and pid <> pg_backend_pid() and backend_type = 'client backend'";
    // A process that has just ended is still hung up on.
    for _ in 0..30 {
        if count(connection, others).await? == 0 {
            return Ok(connection.execute_unprepared(WIPE).await.map(drop)?);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(BackupError::InUse(count(connection, others).await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_on_no_command_line_and_the_drivers_own_words_are_left_out() {
        let url = "postgres://ana:p%40ss@db.example.com:5433/zelo?sslmode=require&statement-cache-capacity=9";
        let target = Target::of(url).unwrap();
        assert_eq!(target.url, "postgres://ana@db.example.com:5433/zelo?sslmode=require");
        assert_eq!(target.password.as_deref(), Some("p@ss"));
        let socket = Target::of("postgres:///zelo?host=/run/postgresql&password=x&user=ana").unwrap();
        assert_eq!(socket.url, "postgres:///zelo?host=%2Frun%2Fpostgresql&user=ana");
        assert_eq!(socket.password.as_deref(), Some("x"));
        assert!(matches!(Target::of("zelo"), Err(BackupError::Url)));
    }
}
