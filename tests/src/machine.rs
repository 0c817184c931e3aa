//! An installation that outlives its process: `zelo` is killed, and started again on the same data.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::server::program;
use crate::{Client, Cluster, Engine};

/// Where an installation lives, whether a process runs on it or not.
#[derive(Debug)]
pub struct Machine {
    folder: TempDir,
    /// URLs of the data and the key database, if they are PostgreSQL's.
    postgres: Option<[String; 2]>,
}

impl Machine {
    /// An empty one; on PostgreSQL in two databases of this server, called after `name`.
    pub async fn fresh(engine: Engine, name: &str, cluster: impl FnOnce() -> Cluster) -> Self {
        let postgres = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => {
                let (cluster, name) = (cluster(), format!("zelo_{name}_{}", std::process::id()));
                Some([cluster.create(&name).await, cluster.create(&format!("{name}_keys")).await])
            }
        };
        Self { folder: tempfile::tempdir().unwrap(), postgres }
    }

    /// A path below its folder.
    pub fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// URLs of its databases, as [`crate::Rows::of`] takes them.
    pub fn urls(&self) -> Vec<String> {
        let file = |name: &str| format!("sqlite://{}", self.at("zelo-data").join(name).display());
        let files = || ["zelo.db", "zelo-keys.db", "zelo-audit.db"].map(file).to_vec();
        self.postgres.clone().map_or_else(files, Vec::from)
    }

    /// Starts the server and waits until it listens; panics when it does not.
    pub fn start(&self) -> Running {
        self.start_under(&[]).unwrap_or_else(|complaint| panic!("it did not start: {complaint}"))
    }

    /// Starts it under another program, such as `strace`; what it complained of when it ended instead of listening.
    pub fn start_under(&self, wrapper: &[String]) -> Result<Running, String> {
        let (stdout, stderr) = (self.at("stdout"), self.at("stderr"));
        let mut command = self.command(wrapper);
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(File::create(&stdout).unwrap())
            .stderr(File::create(&stderr).unwrap());
        let process = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}; run `tests/run`"));
        let mut running = Running { process, wrapped: !wrapper.is_empty(), client: Client::default() };
        for _ in 0..1200 {
            if let Some(line) = fs::read_to_string(&stdout).unwrap().lines().next() {
                let said: Value = serde_json::from_str(line).unwrap();
                let address = said["url"].as_str().unwrap().trim_start_matches("http://");
                running.client = Client::new(address, &self.at("zelo-data/dev-keys.toml"));
                return Ok(running);
            }
            if running.process.try_wait().unwrap().is_some() {
                return Err(fs::read_to_string(&stderr).unwrap());
            }
            sleep(Duration::from_millis(25));
        }
        panic!("it neither listens nor ends: {}", fs::read_to_string(&stderr).unwrap());
    }

    /// A command, done to its end: whether it succeeded, and what it said.
    pub fn zelo(&self, words: &[&str]) -> (bool, Value) {
        let done = self.command(&[]).args(words).output().unwrap();
        let said = if done.stdout.is_empty() { &done.stderr } else { &done.stdout };
        let value = serde_json::from_slice(said);
        (done.status.success(), value.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(said))))
    }

    /// A command begun, with these in its environment; it says nothing anywhere. Kill it, or wait for it.
    pub fn begin(&self, words: &[&str], env: &[(&str, &str)]) -> Child {
        let mut command = self.command(&[]);
        command.args(words).envs(env.iter().copied()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    }

    /// A command done to its end, with these in its environment: its exit code and what it said.
    pub fn code(&self, words: &[&str], env: &[(&str, &str)]) -> (i32, String) {
        let done = self.command(&[]).args(words).envs(env.iter().copied()).output().unwrap();
        let said = if done.stdout.is_empty() { &done.stderr } else { &done.stdout };
        (done.status.code().unwrap_or(-1), String::from_utf8_lossy(said).into_owned())
    }

    fn command(&self, wrapper: &[String]) -> Command {
        let mut words: Vec<OsString> = wrapper.iter().map(Into::into).collect();
        words.push(program().into());
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).arg("--json").current_dir(self.folder.path()).stdin(Stdio::null());
        if let Some([data, keys]) = &self.postgres {
            command.env("ZELO_DATA__URL", data).env("ZELO_DATA__KEYS_URL", keys);
        }
        command
    }

    /// The file its checkpoints are anchored in.
    pub fn anchor(&self) -> PathBuf {
        self.at("zelo-anchor.log")
    }

    /// Its data folder.
    pub fn data(&self) -> PathBuf {
        self.at("zelo-data")
    }
}

/// A server at work. It is killed when this is dropped.
#[derive(Debug)]
pub struct Running {
    process: Child,
    wrapped: bool,
    /// Talks to it.
    pub client: Client,
}

impl Running {
    /// The process of `zelo` itself: the wrapper's only child, or the one started.
    fn pid(&self) -> Option<String> {
        let id = self.process.id();
        if !self.wrapped {
            return Some(id.to_string());
        }
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        children.split_whitespace().next().map(str::to_owned)
    }

    fn signal(&mut self, signal: &str) {
        if let (Ok(None), Some(pid)) = (self.process.try_wait(), self.pid()) {
            // It may have ended in between.
            let _ = Command::new("kill").args([signal, &pid]).stderr(Stdio::null()).status();
        }
    }

    /// Ends it at once, as a crash does.
    pub fn kill(mut self) {
        self.signal("-KILL");
        let _ = self.process.wait();
    }

    /// Asks it to stop and waits until it has.
    pub fn stop(mut self) {
        self.signal("-TERM");
        let _ = self.process.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.signal("-KILL");
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
