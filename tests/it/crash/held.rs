//! What must hold after any crash.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use zelo_model::ProfileId;
use zelo_tests::{Client, Machine, Row, Rows, Told};

use super::load::Load;

const EVENTS: &str = "id events(first:100){edges{node{messageId}} pageInfo{hasNextPage}}";
/// What sending everything again must leave as it is; with the columns that tell one row from another.
const ROWS: [(&str, &[&str]); 8] = [
    ("event", &["owner", "id", "body"]),
    ("message_seen", &["mid16"]),
    ("profile", &["id16", "state"]),
    ("record", &["id16", "profile"]),
    ("membership", &["record", "profile", "since", "until"]),
    ("identifier", &["digest"]),
    ("identifier_link", &["identifier", "record"]),
    ("quarantine", &["id16"]),
];

/// Starts the server once more, without faults, and holds it to what was promised.
pub(crate) async fn hold(machine: &Machine, load: &Load) {
    let running = machine.start();
    let rows = Rows::of(&machine.urls()).await;
    everybody_is_there(&running.client, load);
    let events = rows.all("event").await;
    let ids: BTreeSet<&[u8]> = events.iter().map(|event| event.bytes("id")).collect();
    assert_eq!(ids.len(), events.len(), "an event stands there for two people");
    sent_again(&running.client, &rows, load).await;
    running.stop();
    verified(machine);
    entered(&rows, load).await;
}

/// Every event whose 200 was received is there once, at whom it was about; no other more than once.
fn everybody_is_there(client: &Client, load: &Load) {
    let people: BTreeSet<String> = load.claims().people.iter().cloned().collect();
    let mut found: BTreeMap<String, (u64, String)> = BTreeMap::new();
    for email in people {
        let profile = client.find(&email, EVENTS);
        assert_eq!(profile["events"]["pageInfo"]["hasNextPage"], false, "too many events for one page");
        for edge in profile["events"]["edges"].as_array().unwrap() {
            let message = edge["node"]["messageId"].as_str().unwrap().to_owned();
            found.entry(message).or_insert((0, email.clone())).0 += 1;
        }
        *load.claims().shown.entry(profile["id"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    let claims = load.claims();
    for (message, email) in claims.events(true) {
        assert_eq!(found.get(message), Some(&(1, email.to_owned())), "{message} was promised");
    }
    let known = [claims.events(true), claims.events(false)].concat_keys();
    for (message, (times, email)) in &found {
        assert_eq!(*times, 1, "{message} of {email} stands there {times} times");
        assert!(known.contains(message.as_str()), "nobody sent {message}");
    }
}

/// What was promised is sent again: it is taken, and changes nothing.
async fn sent_again(client: &Client, rows: &Rows, load: &Load) {
    let before = state(rows).await;
    for (batch, stored) in &load.claims().batches {
        if *stored {
            assert_eq!(client.send(batch), Told::Stored);
        }
    }
    let after = state(rows).await;
    for (table, rows) in &before {
        assert_eq!(after[table].len(), rows.len(), "{table}");
        assert!(after[table] == *rows, "sending again changed {table}");
    }
}

async fn state(rows: &Rows) -> BTreeMap<&'static str, BTreeSet<Vec<Vec<u8>>>> {
    let mut state = BTreeMap::new();
    for (table, columns) in ROWS {
        let told = |row: &Row| columns.iter().filter_map(|column| row.0.get(*column)?.clone()).collect();
        state.insert(table, rows.all(table).await.iter().map(told).collect());
    }
    state
}

/// The logs of all tenants and of the installation verify, up to the last entry.
fn verified(machine: &Machine) {
    let (sound, logs) = machine.zelo(&["audit", "verify"]);
    assert!(sound, "{logs}");
    for log in logs.as_array().unwrap() {
        assert_eq!((&log["findings"], &log["anchored"]), (&json!([]), &log["entries"]), "{log}");
    }
}

/// Every answer that showed somebody has its entry, and every batch that was promised.
async fn entered(rows: &Rows, load: &Load) {
    let mut entries: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
    let mut batches = 0;
    for row in rows.all("audit_leaf").await {
        let leaf: Value = serde_json::from_str(row.text("leaf")).unwrap();
        match (leaf["op"].as_str().unwrap(), leaf["decision"].as_str().unwrap()) {
            ("profile.read", "allow") => {
                for handle in row.bytes("handles").chunks(16) {
                    *entries.entry(handle.to_vec()).or_default() += 1;
                }
            }
            ("intake.batch", "allow") => batches += 1,
            _ => {}
        }
    }
    let profiles = rows.all("profile").await;
    let claims = load.claims();
    let promised = claims.batches.iter().filter(|(_, stored)| *stored).count() as u64;
    assert!(batches >= promised, "{promised} batches were promised, {batches} entered");
    for row in profiles {
        let id = ProfileId(row.bytes("id16").try_into().unwrap()).to_string();
        let shown = claims.shown.get(&id).copied().unwrap_or_default();
        let entered = entries.get(row.bytes("handle")).copied().unwrap_or_default();
        assert!(entered >= shown, "{id} was shown {shown} times, which is entered {entered} times");
    }
    let (shown, entered): (u64, u64) = (claims.shown.values().sum(), entries.values().sum());
    let looked = claims.asked + claims.people.len() as u64;
    assert!(entered <= looked + claims.refused, "{shown} shown, {entered} entered, {looked} asked for");
}

/// The keys of two maps.
trait Keys<'a> {
    fn concat_keys(self) -> BTreeSet<&'a str>;
}

impl<'a> Keys<'a> for [BTreeMap<&'a str, &'a str>; 2] {
    fn concat_keys(self) -> BTreeSet<&'a str> {
        self.into_iter().flat_map(BTreeMap::into_keys).collect()
    }
}
