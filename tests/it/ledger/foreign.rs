//! A copy from a running installation, in the hands of somebody who trusts nothing of ours: `aics-tlog`.

use std::path::Path;
use std::process::{Command, Output};

use zelo_ledger::{AnchorLine, Checkpoint, read_anchor};
use zelo_tests::{Engine, Machine};

use super::forge::Forger;
use super::grown::{export, grown};

/// Shows a copy to the foreign verifier, with the key an auditor kept and the oldest checkpoint of the anchor.
fn shown_to_the_foreign_verifier(machine: &Machine, copy: &str, vkey: &str) -> (Output, u64) {
    let Ok(python) = std::env::var("ZELO_PYTHON") else {
        panic!("this test needs a Python 3.12 that has `aics-tlog`, named by ZELO_PYTHON: run `tests/run`")
    };
    let log = vkey.split('/').find(|part| part.starts_with("ten_")).unwrap();
    let older = read_anchor(&machine.anchor()).unwrap().find_map(|line| match line.unwrap() {
        AnchorLine::Checkpoint(line) if line.tenant.to_string() == log => Some(line.note),
        _ => None,
    });
    let (older, file) = (older.unwrap(), machine.at("older"));
    std::fs::write(&file, &older).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/ledger/tests/foreign/verify_log.py");
    let said = Command::new(python).arg(script).arg(copy).arg(vkey).arg(&file).output().unwrap();
    (said, Checkpoint::unverified(older.as_bytes()).unwrap().head.n)
}

async fn an_auditors_own_tool_accepts_a_running_log_and_refuses_a_rewritten_one(engine: Engine) {
    let machine = grown(engine, "foreign").await;
    let running = machine.start();
    let copy = export(&machine, "copy").unwrap();
    running.stop();
    let vkey = std::fs::read_to_string(format!("{copy}/vkey")).unwrap();
    let (said, older) = shown_to_the_foreign_verifier(&machine, &copy, vkey.trim());
    let text = String::from_utf8(said.stdout).unwrap();
    assert!(said.status.success(), "{text}{}", String::from_utf8_lossy(&said.stderr));
    let size = std::fs::read(format!("{copy}/checkpoint")).unwrap();
    let size = Checkpoint::unverified(&size).unwrap().head.n;
    assert!(size > 600 && text.contains(&format!("\ninclusion of {size} entries\n")), "{text}");
    assert!(text.ends_with(&format!("\nconsistency of {older} with {size}\n")), "{text}");

    let forger = Forger::of(&machine, engine).await;
    let mut entries = forger.entries.clone();
    entries[0] = forger.edited(0);
    forger.rewrite(&entries).await;
    let rewritten = export(&machine, "rewritten").unwrap();
    let (said, _) = shown_to_the_foreign_verifier(&machine, &rewritten, vkey.trim());
    let complaint = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(!said.status.success() && complaint.starts_with("does not hold: consistency of"), "{complaint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditors_own_tool_judges_a_log_on_sqlite() {
    an_auditors_own_tool_accepts_a_running_log_and_refuses_a_rewritten_one(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditors_own_tool_judges_a_log_on_postgres() {
    an_auditors_own_tool_accepts_a_running_log_and_refuses_a_rewritten_one(Engine::Postgres).await;
}
