//! A real PostgreSQL server for one test run, in a temporary folder, stopped when the run ends.

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// A running server. Whoever may reach the loopback port may use it: it holds made-up people only.
#[derive(Debug, Clone)]
pub struct Cluster {
    folder: PathBuf,
    port: u16,
}

static SHARED: OnceLock<Cluster> = OnceLock::new();

impl Cluster {
    /// The server of this test run. Under `nextest` each test is a process: the first starts it, the others find it.
    pub fn shared() -> Self {
        let run = || match std::env::var("NEXTEST_RUN_ID") {
            Ok(run) => (run, std::os::unix::process::parent_id()),
            Err(_) => (std::process::id().to_string(), std::process::id()),
        };
        let start = || {
            let (run, as_long_as) = run();
            Self::in_folder(std::env::temp_dir().join(format!("zelo-tests-{run}")), as_long_as)
        };
        SHARED.get_or_init(start).clone()
    }

    /// A server of this test's own.
    pub fn own(name: &str) -> Self {
        let folder = format!("zelo-tests-{}-{name}", std::process::id());
        Self::in_folder(std::env::temp_dir().join(folder), std::process::id())
    }

    fn in_folder(folder: PathBuf, as_long_as: u32) -> Self {
        fs::create_dir_all(&folder).unwrap();
        let lock = File::create(folder.join("lock")).unwrap();
        lock.lock().unwrap();
        let noted = folder.join("port");
        if let Ok(port) = fs::read_to_string(&noted) {
            return Self { folder, port: port.parse().unwrap() };
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        start(&folder, port);
        stop_after(&folder, as_long_as);
        fs::write(&noted, port.to_string()).unwrap();
        Self { folder, port }
    }

    /// The URL of one of its databases.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// The folder of its data and its log.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Creates a database.
    pub async fn create(&self, database: &str) -> String {
        use sea_orm::ConnectionTrait as _;
        let server = sea_orm::Database::connect(self.url("postgres")).await.unwrap();
        server.execute_unprepared(&format!("create database {database}")).await.unwrap();
        server.close().await.unwrap();
        self.url(database)
    }
}

fn start(folder: &Path, port: u16) {
    let (bin, data) = (programs(), folder.join("data"));
    if is_root() {
        run(Command::new("chown").arg("postgres").arg(folder));
    }
    run(as_nobody_special(&bin.join("initdb"))
        .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
        .arg(&data));
    let settings = format!(
        "-p {port} -k {} -c listen_addresses=127.0.0.1 -c fsync=on -c max_connections=200 \
         -c log_statement=all",
        folder.display()
    );
    run(as_nobody_special(&bin.join("pg_ctl"))
        .arg("start")
        .arg("-w")
        .arg("-D")
        .arg(&data)
        .arg("-l")
        .arg(folder.join("log"))
        .args(["-o", &settings]));
}

/// Stops the server, by its own process id, when `process` has gone, however it went.
fn stop_after(folder: &Path, process: u32) {
    let pid = fs::read_to_string(folder.join("data/postmaster.pid")).unwrap();
    let pid = pid.lines().next().unwrap().trim().to_owned();
    let watch = "(while kill -0 \"$1\"; do sleep 1; done
        kill -INT \"$2\"; while kill -0 \"$2\"; do sleep 1; done; rm -rf \"$3\") &";
    let watching = Command::new("sh")
        .args(["-c", watch, "watch", &process.to_string(), &pid])
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .status();
    assert!(watching.unwrap().success());
}

/// PostgreSQL refuses to run as root.
fn as_nobody_special(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}

/// The newest installed PostgreSQL.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|version| version.file_name().to_str()?.parse::<u32>().ok())
        .max()
        .map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")));
    newest.expect("these tests need PostgreSQL: run `tests/run`, which installs it")
}

fn run(command: &mut Command) {
    let done = command.current_dir("/").stdin(Stdio::null()).output().unwrap();
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
}
