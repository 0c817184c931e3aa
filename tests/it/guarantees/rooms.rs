//! Each crate names only the rooms below it, and each heavy library is named in the one room made for it.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Which of our rooms each room names: all of them stand above it in this list.
const ROOMS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("vault", &["model"]),
    ("ledger", &["model"]),
    ("policy", &["model"]),
    ("resolve", &["model"]),
    ("plan", &["model", "policy", "resolve"]),
    ("migrations", &[]),
    ("store", &["model", "vault", "migrations"]),
    ("app", &["model", "vault", "ledger", "policy", "resolve", "plan", "store"]),
    ("graphql", &["model", "app"]),
    ("intake", &["model", "app"]),
    ("server", &["model", "ledger", "policy", "app", "graphql", "intake"]),
];

/// The only rooms that name a library.
const HEAVY: &[(&str, &[&str])] = &[
    ("aes-gcm", &["vault"]),
    ("xaes-256-gcm", &["vault"]),
    ("rand_chacha", &["vault"]),
    ("ring", &["vault", "ledger", "policy"]),
    ("signed_note", &["ledger"]),
    ("tlog_tiles", &["ledger"]),
    ("cedar-policy", &["policy"]),
    ("serde_yaml_ng", &["policy", "intake"]),
    ("csv", &["intake"]),
    ("encoding_rs", &["intake"]),
    ("jiff", &["policy", "intake"]),
    ("sha2", &["intake"]),
    ("indicatif", &["server"]),
    ("idna", &["resolve"]),
    ("jsonschema", &["plan"]),
    ("phonenumber", &["resolve"]),
    ("unicode-normalization", &["resolve"]),
    ("sea-orm", &["store"]),
    ("sea-orm-migration", &["migrations"]),
    ("sqlx", &[]),
    ("async-graphql", &["graphql"]),
    ("axum", &["graphql", "intake", "server"]),
    ("tower-http", &["intake", "server"]),
    ("flate2", &["intake"]),
    ("governor", &["app"]),
    ("clap", &["server"]),
    ("figment", &["server"]),
    ("metrics-exporter-prometheus", &["server"]),
    ("tracing-subscriber", &["server"]),
    ("rustix", &["server"]),
    ("getrandom", &["model"]),
    ("chrono", &["model"]),
];

/// What cargo says of our workspace.
fn metadata() -> Value {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let said = Command::new(cargo)
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        // Where a newcomer stands: from a package's own folder, cargo takes that package for the default.
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .unwrap();
    serde_json::from_slice(&said.stdout).unwrap()
}

/// Every crate of ours with the libraries its product code names.
fn named() -> BTreeMap<String, BTreeSet<String>> {
    let said = metadata();
    let short = |name: &Value| name.as_str().unwrap().trim_start_matches("zelo-").to_owned();
    let crates = said["packages"].as_array().unwrap().iter().map(|package| {
        let all = package["dependencies"].as_array().unwrap().iter();
        let named =
            all.filter(|one| one["kind"] != "dev").map(|one| one["name"].as_str().unwrap().to_owned());
        (short(&package["name"]), named.collect())
    });
    crates.filter(|(name, _)| name != "tests" && name != "benches").collect()
}

#[test]
fn each_room_names_the_rooms_it_was_drawn_above_and_no_other() {
    let named = named();
    let sorted = |rooms: &[&str]| rooms.iter().map(|room| (*room).to_owned()).collect::<BTreeSet<_>>();
    let drawn: BTreeMap<String, BTreeSet<String>> =
        ROOMS.iter().map(|(room, below)| ((*room).to_owned(), sorted(below))).collect();
    let ours = |libraries: &BTreeSet<String>| {
        libraries.iter().filter_map(|library| library.strip_prefix("zelo-")).map(str::to_owned).collect()
    };
    let built: BTreeMap<String, BTreeSet<String>> =
        named.iter().map(|(room, libraries)| (room.clone(), ours(libraries))).collect();
    assert_eq!(built, drawn, "draw it here, and in ARCHITECTURE.md");
    for (n, (room, below)) in ROOMS.iter().enumerate() {
        let lower: Vec<&str> = ROOMS[..n].iter().map(|(room, _)| *room).collect();
        assert!(below.iter().all(|other| lower.contains(other)), "`{room}` names a room above it");
    }
}

#[test]
fn each_heavy_library_is_named_in_its_own_room() {
    for (room, libraries) in &named() {
        for (library, only) in HEAVY {
            let named = libraries.contains(*library);
            assert!(!named || only.contains(&room.as_str()), "`{room}` may not name `{library}`");
        }
    }
}

#[test]
fn a_newcomers_cargo_run_finds_one_binary_and_it_is_zelo() {
    let said = metadata();
    let default = said["workspace_default_members"].as_array().unwrap();
    let packages = said["packages"].as_array().unwrap().iter().filter(|one| default.contains(&one["id"]));
    let targets = packages.flat_map(|package| package["targets"].as_array().unwrap());
    let binaries: Vec<&str> = targets
        .filter(|target| target["kind"].as_array().unwrap().contains(&Value::from("bin")))
        .map(|target| target["name"].as_str().unwrap())
        .collect();
    assert_eq!(binaries, ["zelo"]);
}
