//! A log we export is verified by a tool others wrote, `aics-tlog`, through `tests/foreign/verify_log.py`.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test too")]

mod common;

use std::path::Path;
use std::process::{Command, Output};

use common::Log;
use zelo_ledger::publish;

/// Writes the log out and shows it to the foreign verifier, with the checkpoint of 300 entries kept from before.
fn shown_to_the_foreign_verifier(log: &Log, folder: &Path) -> Output {
    let Ok(python) = std::env::var("ZELO_PYTHON") else {
        panic!("this test needs a Python that has `aics-tlog`, named by ZELO_PYTHON: run `tests/run`")
    };
    publish(log, &log.vkey(), |path, bytes| {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap())?;
        std::fs::write(path, bytes)
    })
    .unwrap();
    let older = folder.join("older");
    std::fs::write(&older, &log.anchor[0].note).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign/verify_log.py");
    Command::new(python).arg(script).arg(folder).arg(log.vkey().to_string()).arg(older).output().unwrap()
}

#[test]
fn an_auditors_own_tool_accepts_the_log_and_every_entry_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let log = Log::grown(&[300, 700], 1);
    let said = shown_to_the_foreign_verifier(&log, folder.path());
    let text = String::from_utf8(said.stdout).unwrap();
    assert!(said.status.success(), "{text}{}", String::from_utf8_lossy(&said.stderr));
    let name = "zelo.example.com/audit/ten_aeaqcaibaeaqcaibaeaqcaibae/0";
    assert_eq!(
        text,
        format!(
            "signature of {name} over size 700\n\
             root of 4 tiles and 3 entry bundles\n\
             inclusion of 700 entries\n\
             signature of {name} over size 300\n\
             consistency of 300 with 700\n"
        )
    );
}

#[test]
fn an_auditors_own_tool_refuses_an_edited_entry_and_a_rewritten_history() {
    let folder = tempfile::tempdir().unwrap();
    let mut edited = Log::grown(&[300, 700], 1);
    edited.entries[42] = Some(common::entry(9999));
    let said = shown_to_the_foreign_verifier(&edited, folder.path());
    assert!(!said.status.success());
    assert!(String::from_utf8_lossy(&said.stderr).contains("TileVerificationError"), "{said:?}");

    let folder = tempfile::tempdir().unwrap();
    let mut rewritten = Log::grown(&[300, 700], 1);
    let mut entries: Vec<Vec<u8>> = rewritten.entries.drain(..).flatten().collect();
    entries[42] = common::entry(9999);
    rewritten.tiles = zelo_ledger::Tiles::default();
    rewritten.append(entries);
    let said = shown_to_the_foreign_verifier(&rewritten, folder.path());
    let error = String::from_utf8_lossy(&said.stderr).into_owned();
    assert_eq!(error, "does not hold: consistency of 300 with 700\n");
}
