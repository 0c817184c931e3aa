//! The production profile serves nobody where the data are not protected.

use std::fs;
use std::process::Command;

use zelo_tests::{Cluster, Engine, Machine, program};

/// Starts it under the production profile with these settings; the exit code and its one sentence.
fn refused(machine: &Machine, settings: &[(&str, &str)]) -> String {
    let mut command = Command::new(program());
    command.args(["serve", "--profile", "production"]).current_dir(machine.at(""));
    for (name, value) in settings {
        command.env(name, value);
    }
    let ended = command.output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn production_refuses_what_protects_nothing() {
    let machine = Machine::fresh(Engine::Sqlite, "production", Cluster::shared).await;
    let (root, anchor) = (("ZELO_ROOT__DIR", "keys"), ("ZELO_AUDIT__ANCHOR", "kept/anchor.log"));
    let listen = |at| ("ZELO_SERVER__LISTEN", at);
    fs::create_dir(machine.at("kept")).unwrap();
    assert!(refused(&machine, &[anchor]).contains("needs `root.dir`"));
    assert!(refused(&machine, &[root]).contains("needs `audit.anchor`"));
    let inside = ("ZELO_ROOT__DIR", "zelo-data/root");
    assert!(refused(&machine, &[inside, anchor]).contains("refuses a root key inside `data.dir`"));
    let inside = ("ZELO_AUDIT__ANCHOR", "zelo-data/anchor.log");
    assert!(refused(&machine, &[root, inside]).contains("refuses an anchor inside `data.dir`"));
    let said = refused(&machine, &[root, anchor, listen("0.0.0.0:0")]);
    assert!(said.contains("refuses to listen beyond this machine without TLS"), "{said}");

    // An installation that was tried out first, with its root key carried to where it should always have been.
    machine.start().stop();
    fs::rename(machine.at("zelo-data/root"), machine.at("keys")).unwrap();
    let said = refused(&machine, &[root, anchor, listen("127.0.0.1:0")]);
    assert!(said.contains("was made by the development profile"), "{said}");
}
