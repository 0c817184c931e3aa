//! PostgreSQL's own disk fails: its server panics, ends every connection and recovers; ours says 503 and goes on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use zelo_tests::{Client, Cluster, Engine, Machine};

use super::fault::{injected, strace};
use super::held::hold;
use super::load::Load;

/// `strace` on a server that is running already: on every process it begins from now on. It lets go when dropped.
struct Watch {
    strace: Child,
    notes: PathBuf,
}

impl Watch {
    fn on(cluster: &Cluster, rule: &str, notes: &Path) -> Self {
        let pid = fs::read_to_string(cluster.folder().join("data/postmaster.pid")).unwrap();
        let pid = pid.lines().next().unwrap().trim().to_owned();
        let (calls, _) = rule.split_once(':').unwrap();
        let mut words = strace(notes);
        let rules = [format!("trace={calls}"), format!("inject={rule}")];
        words.extend(rules.into_iter().flat_map(|rule| ["-e".to_owned(), rule]));
        words.extend(["-p".to_owned(), pid.clone()]);
        let mut child = Command::new(&words[0]).args(&words[1..]).stderr(Stdio::null()).spawn().unwrap();
        for _ in 0..200 {
            let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
            if !status.lines().any(|line| line == "TracerPid:\t0") {
                return Self { strace: child, notes: notes.to_owned() };
            }
            assert!(child.try_wait().unwrap().is_none(), "strace may not attach to PostgreSQL");
            sleep(Duration::from_millis(25));
        }
        let _ = child.kill();
        panic!("strace does not attach to PostgreSQL");
    }
}

impl Watch {
    /// Lets go as soon as a call on the write-ahead log has failed: recovery must not fail for the same reason.
    fn until_it_strikes(self) {
        for _ in 0..3_000 {
            if injected(&self.notes, "/pg_wal/") > 0 {
                return;
            }
            sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // Asked to end it lets go of the processes; killed, it would leave them stopped.
        let _ = Command::new("kill").args(["-INT", &self.strace.id().to_string()]).status();
        let _ = self.strace.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_promised_what_postgres_could_not_write() {
    let cluster = Cluster::own("faults");
    let machine = Machine::fresh(Engine::Postgres, "faults", || cluster.clone()).await;
    let load = Load::default();
    machine.start().stop();
    let rules =
        ["fdatasync:error=EIO:when=15", "pwrite64:error=ENOSPC:when=40+7", "fdatasync:error=EIO:when=33"];
    for (seed, rule) in (1..).zip(rules) {
        let notes = machine.at("strace");
        let watch = Watch::on(&cluster, rule, &notes);
        let running = machine.start();
        let (before, refused) = (load.promised(), load.claims().refused);
        load.run(&running.client, seed, 15, || watch.until_it_strikes());
        let (struck, promised) = (injected(&notes, "/pg_wal/"), load.promised() - before);
        let refused = load.claims().refused - refused;
        assert!(struck > 0 && promised > 0 && refused > 0, "{rule}: {struck}, {promised}, {refused}");
        // The same process serves again when PostgreSQL does.
        recovered(&load, &running.client, seed * 1_000);
        running.kill();
    }
    hold(&machine, &load).await;
}

/// Sends on until it is served, for about half a minute at most.
fn recovered(load: &Load, client: &Client, seed: u64) {
    for seed in seed..seed + 300 {
        let before = load.promised();
        load.run(client, seed, 1, || ());
        if load.promised() == before + 4 {
            return;
        }
        sleep(Duration::from_millis(100));
    }
    panic!("it does not recover");
}
