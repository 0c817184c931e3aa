//! Keys live in this process's memory: it leaves no core dump, nobody may attach to it, and what it writes is its
//! owner's alone.

use rustix::fs::Mode;
use rustix::process::{Resource, Rlimit, setrlimit, umask};

/// Hardens this process. Called before anything else; what cannot be had is said, and is no reason to stop.
pub(crate) fn process() -> Vec<&'static str> {
    umask(Mode::RWXG | Mode::RWXO);
    let mut missing = Vec::new();
    if setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).is_err() {
        missing.push("core dumps could not be switched off (RLIMIT_CORE)");
    }
    if !undumpable() {
        missing.push("other processes of this user may read this one's memory (PR_SET_DUMPABLE)");
    }
    missing
}

#[cfg(target_os = "linux")]
fn undumpable() -> bool {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    set_dumpable_behavior(DumpableBehavior::NotDumpable).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn undumpable() -> bool {
    false
}
