//! A PostgreSQL server of our own: made in a temporary folder, durable, gone at the end.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, geteuid, kill_process};
use sea_orm::{ConnectionTrait as _, Database};
use tokio::process::{Child, Command};
use zelo_benches::Result;

/// A running server.
pub(crate) struct Cluster {
    port: u16,
    /// The postmaster.
    pub(crate) pid: u32,
    child: Child,
    _folder: tempfile::TempDir,
}

impl Cluster {
    /// Makes and starts one. As root it runs as `postgres`, for PostgreSQL refuses to be root.
    pub(crate) async fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data");
        if geteuid().is_root() {
            run(Command::new("chown").arg("postgres").arg(folder.path())).await?;
        }
        let init = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale", "--no-sync"];
        run(program("initdb")?.args(init).arg("--pgdata").arg(&data)).await?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut server = program("postgres")?;
        server.arg("-D").arg(&data).arg("-k").arg(folder.path()).arg("-p").arg(port.to_string());
        // Durable as it comes; larger where a checkpoint in the middle would blur the comparison.
        for setting in ["listen_addresses=127.0.0.1", "shared_buffers=256MB", "max_wal_size=8GB"] {
            server.arg("-c").arg(setting);
        }
        let quiet = std::fs::File::create(folder.path().join("log"))?;
        let child = server.stdout(quiet.try_clone()?).stderr(quiet).kill_on_drop(true).spawn()?;
        let mut cluster = Self { port, pid: 0, child, _folder: folder };
        cluster.wait(&data).await?;
        Ok(cluster)
    }

    async fn wait(&mut self, data: &Path) -> Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(20) {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let pid = std::fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
            self.pid = pid.lines().next().and_then(|line| line.trim().parse().ok()).unwrap_or(0);
            if self.pid != 0 && Database::connect(self.url("postgres")).await.is_ok() {
                return Ok(());
            }
        }
        Err("PostgreSQL does not start".into())
    }

    /// Makes an empty database and says where it is.
    pub(crate) async fn database(&self, name: &str) -> Result<String> {
        let db = Database::connect(self.url("postgres")).await?;
        db.execute_unprepared(&format!("create database {name}")).await?;
        db.close().await?;
        Ok(self.url(name))
    }

    /// Has it look at a database's tables.
    pub(crate) async fn analyze(&self, name: &str) -> Result<()> {
        let db = Database::connect(self.url(name)).await?;
        db.execute_unprepared("vacuum analyze").await?;
        db.close().await?;
        Ok(())
    }

    /// Where a database is.
    pub(crate) fn url(&self, name: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{name}", self.port)
    }

    /// Stops it by its own pid.
    pub(crate) async fn stop(mut self) -> Result<()> {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw).ok_or("no pid")?;
        kill_process(pid, Signal::INT)?;
        self.child.wait().await?;
        Ok(())
    }
}

/// A program of PostgreSQL, wherever the distribution put it, as somebody it accepts.
fn program(name: &str) -> Result<Command> {
    let found = found(name).ok_or_else(|| format!("there is no {name} here: install PostgreSQL"))?;
    if !geteuid().is_root() {
        return Ok(Command::new(found));
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(found).current_dir("/");
    Ok(command)
}

fn found(name: &str) -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = versions.map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    debian.chain(std::env::split_paths(&path)).map(|dir| dir.join(name)).find(|file| file.is_file())
}

async fn run(command: &mut Command) -> Result<()> {
    let output = command.output().await?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{:?} failed: {}", command.as_std(), String::from_utf8_lossy(&output.stderr)).into())
}
