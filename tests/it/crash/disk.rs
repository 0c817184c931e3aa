//! Every write and every sync of every file fails now and then; nobody is promised what is not kept.

use std::collections::BTreeMap;
use std::path::Path;

use zelo_tests::{Cluster, Engine, Machine, Running};

use super::fault::{Fault, injected};
use super::held::hold;
use super::load::Load;

const SYNC: &str = "fsync,fdatasync";
const WRITE: &str = "pwrite64";

/// Files and the calls on them that fail: the first of a thread's, and each so many after it. A failed commit costs
/// the connection: it folds its log into the file while it ends, and the next one begins to count anew.
const WAYS: [(&[&str], &str, (u32, u32)); 10] = [
    // These two need a log that is about to be folded, which is seen to before.
    (&["zelo.db"], SYNC, (1, 1)),
    (&["zelo.db"], WRITE, (1, 1)),
    (&["zelo-keys.db-wal", "zelo-keys.db"], SYNC, (4, 1)),
    (&["zelo-keys.db-wal", "zelo-keys.db"], WRITE, (30, 1)),
    // Its log is folded too seldom to be waited for here: a pass of the sequencer empties what a second has written.
    (&["zelo-audit.db-wal"], SYNC, (4, 1)),
    (&["zelo-audit.db-wal"], WRITE, (15, 1)),
    (&["zelo.db-wal"], SYNC, (4, 3)),
    (&["zelo.db-wal"], WRITE, (350, 150)),
    (&["zelo.db"], "pread64", (60, 9)),
    (&["../zelo-anchor.log"], SYNC, (1, 2)),
];
/// Bytes of a log that is about to be folded: 4,000 pages are the limit.
const MUCH: u64 = 3_200 * 4_096;

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_promised_what_a_failing_disk_does_not_keep() {
    let machine = Machine::fresh(Engine::Sqlite, "disk", Cluster::shared).await;
    let load = Load::default();
    machine.start().stop();
    let (mut faults, mut seed) = (BTreeMap::new(), 1);
    fill(&machine, &load);
    for (files, call, when) in WAYS {
        for error in ["EIO", "ENOSPC"] {
            seed += 1;
            let (before, notes) = (load.promised(), machine.at("strace"));
            let fault = Fault { files, call, error, when };
            let running = start(&machine, &fault, &notes);
            // Enough for the log to reach its limit.
            let turns = if files == ["zelo.db"] && call != "pread64" { 30 } else { 8 };
            load.run(&running.client, seed, turns, || ());
            running.kill();
            let promised = load.promised() - before;
            assert!(promised > 0, "nobody was served while {call} on {files:?} failed with {error}");
            assert!(injected(&notes, "") > 0, "{call} on {files:?} never failed with {error}");
            for file in files {
                let file = file.trim_start_matches("../");
                *faults.entry(file).or_insert(0) += injected(&notes, &format!("/{file}>"));
            }
        }
    }
    assert!(faults.values().all(|times| *times > 0), "{faults:?}");
    hold(&machine, &load).await;
}

/// Starts it on the failing disk. It may refuse to, when what a kill left undone cannot be finished: then it does so
/// on a sound disk first.
fn start(machine: &Machine, fault: &Fault<'_>, notes: &Path) -> Running {
    for _ in 0..3 {
        if let Ok(running) = machine.start_under(&fault.words(&machine.data(), notes)) {
            return running;
        }
        machine.start().stop();
    }
    panic!("it does not start");
}

/// Works without faults until the log of `zelo.db` is about to be folded.
fn fill(machine: &Machine, load: &Load) {
    for seed in 1_000..1_200 {
        let running = machine.start();
        load.run(&running.client, seed, 4, || ());
        running.kill();
        if std::fs::metadata(machine.data().join("zelo.db-wal")).unwrap().len() > MUCH {
            return;
        }
    }
    panic!("this was too little work");
}
