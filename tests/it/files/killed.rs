//! The real program is killed in the middle of an import, and of an export; the same command goes on.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;
use zelo_tests::{Cluster, Engine, Machine, Rows};

use super::acme;

const PEOPLE: usize = 3_000;
const KILLS: usize = 3;

const MAP: &str = "identifiers: {user_id: id, email: email}
traits: {name: name}
time: at
events:
  - {name: Order Completed, properties: {total: total}}
";

/// Every hundredth row has no name to go by.
fn table() -> String {
    let mut table = "id,email,name,at,total\n".to_owned();
    for n in 1..=PEOPLE {
        let id = if n % 100 == 0 { String::new() } else { format!("user-of-{n}") };
        writeln!(table, "{id},private-{n}@example.com,private-{n},2020-05-01T10:00:00Z,{n}.90").unwrap();
    }
    table
}

const IMPORT: [&str; 8] =
    ["import", "people.csv", "--tenant", "acme", "--source", "crm", "--map", "people.map.yaml"];

fn row(machine: &Machine) -> u64 {
    let state = fs::read(machine.at("people.csv.import-state")).unwrap_or_default();
    serde_json::from_slice::<Value>(&state).ok().and_then(|state| state["row"].as_u64()).unwrap_or(0)
}

/// Beside a server, or alone.
async fn killed_three_times_everybody_is_there_once(engine: Engine, name: &str, beside: bool) {
    let machine = Machine::fresh(engine, name, Cluster::shared).await;
    let server = beside.then(|| machine.start());
    let clara = acme(&machine);
    fs::write(machine.at("people.csv"), table()).unwrap();
    fs::write(machine.at("people.map.yaml"), MAP).unwrap();
    // Two that count into one state would each lose what the other did.
    let held = File::open(machine.at("people.csv")).unwrap();
    held.lock().unwrap();
    let (code, said) = machine.code(&IMPORT, &[]);
    assert!(code == 1 && said.contains("is being imported by another command"), "{said}");
    drop(held);
    let mut seen = 0;
    for kill in 0..KILLS {
        let mut import = machine.begin(&IMPORT, &[]);
        while row(&machine) <= seen {
            assert!(import.try_wait().unwrap().is_none(), "it was to be killed in the middle, {kill}");
            sleep(Duration::from_millis(1));
        }
        import.kill().unwrap();
        import.wait().unwrap();
        seen = row(&machine);
    }
    assert!(seen < PEOPLE as u64, "it was killed in the middle");
    // A file that has changed meanwhile is not the file that was begun.
    fs::write(machine.at("people.csv"), table() + "x,y,z,t,1\n").unwrap();
    let (code, said) = machine.code(&IMPORT, &[]);
    assert!(code == 1 && said.contains("the file has changed"), "{said}");
    fs::write(machine.at("people.csv"), table()).unwrap();

    let (code, said) = machine.code(&IMPORT, &[]);
    let said: Value = serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}"));
    let rejected = PEOPLE / 100;
    assert_eq!(code, 3, "{said}");
    assert_eq!((&said["rows"], &said["taken"]), (&PEOPLE.into(), &(PEOPLE - rejected).into()), "{said}");
    let rejects = fs::read_to_string(machine.at("people.rejects.csv")).unwrap();
    assert_eq!(rejects.lines().count(), 1 + rejected, "each reject once");
    let tenant = tenant(&machine).await;
    let rows = Rows::of(&machine.urls()).await;
    for table in ["record", "profile", "event"] {
        let of = rows.all(table).await.iter().filter(|row| row.text("tenant") == tenant).count();
        assert_eq!(of, PEOPLE - rejected, "{table}");
    }
    exported_in_spite_of_kills(&machine, &clara, PEOPLE - rejected);
    if let Some(server) = server {
        server.stop();
    }
    let (sound, said) = machine.zelo(&["audit", "verify"]);
    assert!(sound, "{said}");
}

async fn tenant(machine: &Machine) -> String {
    let rows = Rows::of(&machine.urls()).await;
    let all = rows.all("tenant").await;
    all.iter().find(|row| row.text("slug") == "acme").unwrap().text("id").to_owned()
}

fn exported_in_spite_of_kills(machine: &Machine, clara: &str, people: usize) {
    let words = ["export", "out.jsonl", "--purpose", "data-subject-rights", "--events"];
    let env = [("ZELO_KEY", clara)];
    let length = || fs::metadata(machine.at("out.jsonl.part")).map_or(0, |about| about.len());
    let mut seen = 0;
    for kill in 0..KILLS {
        let mut export = machine.begin(&words, &env);
        while length() <= seen {
            assert!(export.try_wait().unwrap().is_none(), "it was to be killed in the middle, {kill}");
            sleep(Duration::from_millis(1));
        }
        export.kill().unwrap();
        export.wait().unwrap();
        seen = length();
    }
    assert!(!machine.at("out.jsonl").exists(), "what is not whole has no name");
    let (code, said) = machine.code(&words, &env);
    assert_eq!(code, 0, "{said}");
    let said: Value = serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}"));
    let out = fs::read_to_string(machine.at("out.jsonl")).unwrap();
    let mut ids = BTreeSet::new();
    let (mut profiles, mut events) = (0, 0);
    for line in out.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        match line["type"].as_str() {
            Some("profile") => profiles += 1,
            Some("event") => events += 1,
            _ => continue,
        }
        assert!(ids.insert(line["id"].to_string()), "{line} is there twice");
    }
    assert_eq!((profiles, events), (people, people));
    assert_eq!((&said["profiles"], &said["lines"]), (&people.into(), &out.lines().count().into()), "{said}");
    assert!(!machine.at("out.jsonl.export-state").exists() && !machine.at("out.jsonl.part").exists());
    let (_, listed) = machine.zelo(&["export", "list", "--tenant", "acme"]);
    assert_eq!((&listed[0]["state"], &listed[0]["digest"]), (&"done".into(), &said["digest"]), "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_three_times_alone_on_sqlite() {
    killed_three_times_everybody_is_there_once(Engine::Sqlite, "alone", false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_three_times_beside_a_server_on_sqlite() {
    killed_three_times_everybody_is_there_once(Engine::Sqlite, "beside", true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_three_times_beside_a_server_on_postgres() {
    killed_three_times_everybody_is_there_once(Engine::Postgres, "beside", true).await;
}
