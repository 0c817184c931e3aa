//! What comes in from files and goes out into them.

mod archive;
mod brought;
mod export;
mod forgotten;
mod killed;
mod tables;

use serde_json::Value;
use zelo_app::{App, Batch, CreateCredential, ImportBatch, ImportFate, Imported, Incoming};
use zelo_model::{Actor, Role, Timestamp, Via};
use zelo_tests::{Machine, Said, TestApp};

/// The operator brings in rows of one message each, for the shop; each with its own time.
async fn bring(app: &TestApp, said: impl IntoIterator<Item = Said>) -> Imported {
    bring_for(app, "shop", said).await
}

async fn bring_for(app: &TestApp, source: &str, said: impl IntoIterator<Item = Said>) -> Imported {
    let operator = app.app.operator(Some("acme"), Via::Cli).await.unwrap();
    let items: Vec<Incoming> = said.into_iter().map(|said| of_its_time(said.incoming())).collect();
    let (rows, source) = (vec![1; items.len()], source.to_owned());
    let batch = Batch { items, ..Batch::default() };
    app.app.run(&operator, ImportBatch { source, batch, rows, strict: true }).await.unwrap()
}

fn of_its_time(item: Incoming) -> Incoming {
    let Incoming::Message(mut message) = item else { return item };
    message.happened = message.client_time;
    Incoming::Message(message)
}

fn taken(imported: &Imported) -> usize {
    imported.fates.iter().filter(|fate| **fate == ImportFate::Taken).count()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Somebody in a role, at work for a purpose.
async fn worker(app: &App, role: Role, purpose: &str) -> Actor {
    worker_in(app, "acme", role, purpose).await
}

async fn worker_in(app: &App, tenant: &str, role: Role, purpose: &str) -> Actor {
    let operator = app.operator(Some(tenant), Via::Cli).await.unwrap();
    let purposes = vec![purpose.parse().unwrap()];
    let key = CreateCredential { name: role.slug().to_owned(), role, purposes, source: None };
    let secret = app.run(&operator, key).await.unwrap().secret;
    app.authenticate(&secret).await.unwrap().actor(None, Via::GraphQl).unwrap()
}

/// A command that must succeed, and its answer.
fn done(machine: &Machine, words: &[&str]) -> Value {
    let (good, said) = machine.zelo(words);
    assert!(good, "{words:?}: {said}");
    said
}

/// A tenant with a source for files, and Clara's key.
fn acme(machine: &Machine) -> String {
    done(machine, &["tenant", "create", "acme", "--controller", "acme-sa"]);
    let source = ["source", "create", "crm", "--tenant", "acme", "--collects-for", "customer-service"];
    done(machine, &[&source[..], &["--space", "crm"]].concat());
    let key = ["key", "create", "clara", "--tenant", "acme", "--role", "officer"];
    let key = done(machine, &[&key[..], &["--purpose", "data-subject-rights"]].concat());
    key["secret"].as_str().unwrap().to_owned()
}
