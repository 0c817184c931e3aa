//! What would lose or mix something is refused, in one sentence, before anything is touched.

use std::fs;
use std::process::Command;

use zelo_tests::{Cluster, Engine, Machine};

use super::{done, is_known, refused, sign_up};

async fn nothing_is_overwritten_unless_that_is_said(engine: Engine) {
    let machine = Machine::fresh(engine, "refusals", Cluster::shared).await;
    let running = machine.start();
    sign_up(&running.client, "private-kept@example.com");
    done(&machine, &["backup", "copies"]);
    let said = refused(&machine, &["backup", "copies"]);
    assert!(said.contains("is not empty") && said.contains("name a new folder"), "{said}");
    let said = refused(&machine, &["backup", "--data-to", "one", "--keys-to", "one/two"]);
    assert!(said.contains("each class needs a folder of its own"), "{said}");
    let said = refused(&machine, &["restore", "copies", "--replace"]);
    assert!(said.contains("is in use by zelo serve"), "{said}");
    running.stop();

    let said = refused(&machine, &["restore", "copies"]);
    assert!(said.contains("already") && said.contains("--replace"), "{said}");
    let said = refused(&machine, &["restore", "nowhere"]);
    assert!(said.contains("nowhere is no finished backup"), "{said}");
    let said = refused(&machine, &["restore", "--data-from", "copies/keys", "--replace"]);
    assert!(said.contains("holds a backup of the class keys, not of data"), "{said}");

    let file = fs::read_dir(machine.at("copies/data")).unwrap().flatten().map(|file| file.path());
    let file = file.into_iter().find(|path| path.extension().is_some_and(|ext| ext != "json")).unwrap();
    let whole = fs::read(&file).unwrap();
    let mut changed = whole.clone();
    changed[whole.len() / 2] ^= 1;
    fs::write(&file, changed).unwrap();
    let said = refused(&machine, &["restore", "copies", "--replace"]);
    assert!(said.contains("is not the file that was copied"), "{said}");
    fs::write(&file, whole).unwrap();

    done(&machine, &["backup", "--data-to", "later"]);
    let said =
        refused(&machine, &["restore", "--data-from", "later", "--keys-from", "copies/keys", "--replace"]);
    assert!(said.contains("the keys is older than that of the data"), "{said}");

    let other = Machine::fresh(engine, "others", Cluster::shared).await;
    other.start().stop();
    done(&other, &["backup", "copies"]);
    let theirs = other.at("copies/keys").display().to_string();
    let mixed = ["restore", "--data-from", "copies/data", "--keys-from", &theirs, "--replace"];
    let said = refused(&machine, &mixed);
    assert!(said.contains("different installations"), "{said}");

    let running = machine.start();
    assert!(is_known(&running.client, "private-kept@example.com"), "nothing of it has touched anything");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_overwritten_unless_that_is_said_on_sqlite() {
    nothing_is_overwritten_unless_that_is_said(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_overwritten_unless_that_is_said_on_postgres() {
    nothing_is_overwritten_unless_that_is_said(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_is_copied_by_its_own_programs_and_their_absence_is_said() {
    let machine = Machine::fresh(Engine::Postgres, "tools", Cluster::shared).await;
    machine.start().stop();
    let program = fs::canonicalize(zelo_tests::program()).unwrap();
    let [data, keys] = <[String; 2]>::try_from(machine.urls()).unwrap();
    let said = Command::new(program)
        .args(["backup", "copies", "--json"])
        .current_dir(machine.at(""))
        .env("PATH", machine.at("nothing-here"))
        .env("ZELO_DATA__URL", data)
        .env("ZELO_DATA__KEYS_URL", keys)
        .output()
        .unwrap();
    let why = String::from_utf8(said.stderr).unwrap();
    assert!(!said.status.success() && why.contains("`pg_dump` cannot be run; install"), "{why}");
    assert!(!machine.at("copies/data").exists(), "half a copy is none");
    let other = Machine::fresh(Engine::Sqlite, "tools", Cluster::shared).await;
    other.start().stop();
    done(&other, &["backup", "copies"]);
    let theirs = other.at("copies/data").display().to_string();
    assert!(
        refused(&machine, &["restore", "--data-from", &theirs, "--replace"]).contains("of sqlite databases")
    );
}
