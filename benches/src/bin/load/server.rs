//! The programs that are measured, each started, waited for and stopped by its own pid.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use zelo_benches::{Result, usage};

use crate::cluster::Cluster;

/// Where the programs are.
pub(crate) struct Programs {
    pub(crate) zelo: PathBuf,
    pub(crate) floor: PathBuf,
    pub(crate) plain: PathBuf,
}

impl Programs {
    /// `floor` and `plain` are built with this program and lie beside it.
    pub(crate) fn find(zelo: &Path, beside: Option<&Path>) -> Result<Self> {
        let here = std::env::current_exe()?;
        let beside = beside.or(here.parent()).ok_or("this program lies nowhere")?;
        let programs = Self {
            zelo: std::path::absolute(zelo)?,
            floor: beside.join("floor"),
            plain: beside.join("plain"),
        };
        for file in [&programs.zelo, &programs.floor, &programs.plain] {
            if !file.is_file() {
                return Err(
                    format!("there is no {}: build the workspace with --release", file.display()).into()
                );
            }
        }
        Ok(programs)
    }
}

/// Where the data are.
pub(crate) struct Place {
    pub(crate) folder: PathBuf,
    pub(crate) cluster: Option<Cluster>,
}

impl Place {
    /// Lets PostgreSQL look at its tables, as it does by itself within a minute or two: until then it plans blindly.
    pub(crate) async fn settle(&self) -> Result<()> {
        for name in ["zelo", "zelo_keys", "plain"] {
            let Some(cluster) = &self.cluster else { break };
            cluster.analyze(name).await?;
        }
        Ok(())
    }
}

/// A server that is running.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pid: u32,
    database: Option<u32>,
    child: Child,
}

impl Server {
    /// Our server; what the entry of a read survives is said by the configuration's word for it.
    pub(crate) async fn zelo(programs: &Programs, place: &Place, reads: &str) -> Result<Self> {
        let address = free()?;
        let mut command = Command::new(&programs.zelo);
        command
            .arg("serve")
            .arg("--data")
            .arg(place.folder.join("zelo"))
            .arg("--listen")
            .arg(address.to_string());
        command.env("ZELO_AUDIT__READS", reads).env("ZELO_LOG__FILTER", "warn");
        command.env("ZELO_LIMITS__LOOKUPS_PER_SECOND", "0");
        if let Some(cluster) = &place.cluster {
            command
                .env("ZELO_DATA__URL", cluster.url("zelo"))
                .env("ZELO_DATA__KEYS_URL", cluster.url("zelo_keys"));
        }
        Self::start(command, place, address).await
    }

    /// The plain server.
    pub(crate) async fn plain(programs: &Programs, place: &Place) -> Result<Self> {
        let address = free()?;
        let mut command = Command::new(&programs.plain);
        command.arg("--listen").arg(address.to_string());
        match &place.cluster {
            Some(cluster) => command.arg("--postgres").arg(cluster.url("plain")),
            None => command.arg("--sqlite").arg(&place.folder),
        };
        Self::start(command, place, address).await
    }

    async fn start(mut command: Command, place: &Place, address: SocketAddr) -> Result<Self> {
        let log = File::options().create(true).append(true).open(place.folder.join("log"))?;
        let command = command.current_dir(&place.folder).stdout(log.try_clone()?).stderr(log);
        let child = command.kill_on_drop(true).spawn()?;
        let pid = child.id().ok_or("it ended at once")?;
        let database = place.cluster.as_ref().map(|cluster| cluster.pid);
        let begun = Instant::now();
        while TcpStream::connect(address).await.is_err() {
            if begun.elapsed() > Duration::from_secs(40) {
                let log = std::fs::read_to_string(place.folder.join("log"))?;
                return Err(format!("a server does not start: {log}").into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(Self { address, pid, database, child })
    }

    /// The CPU it has used, with its database server.
    pub(crate) fn cpu(&self) -> Duration {
        usage::cpu(self.pid) + self.database.map(usage::cpu_of_family).unwrap_or_default()
    }

    /// Stops it as an operator would.
    pub(crate) async fn stop(mut self) -> Result<()> {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw).ok_or("no pid")?;
        kill_process(pid, Signal::TERM)?;
        tokio::time::timeout(Duration::from_secs(20), self.child.wait()).await??;
        Ok(())
    }
}

fn free() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
