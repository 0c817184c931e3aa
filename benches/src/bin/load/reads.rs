//! Reads by e-mail, in turns with the plain server that reads the same rows in the clear.

use std::time::Duration;

use hyper::body::Bytes;
use zelo_benches::{KNOWN, Result, people};

use crate::cells::ReadCell;
use crate::client::{self, Post};
use crate::report::Report;
use crate::server::{Place, Programs, Server};
use crate::shop::Shop;

/// Connections that ask at once.
const CONNECTIONS: [usize; 3] = [1, 16, 64];
/// Events asked for with a person.
const EVENTS: [usize; 2] = [0, 5];
/// What is told of a person, and what of each event.
const PERSON: &str = "id createdAt lastSeenAt identifiers { kind space value source firstSeenAt } \
                      attributes { name value source record at }";
const EVENT: &str =
    "edges { node { id name occurredAt receivedAt source properties } } pageInfo { hasNextPage }";

/// Measures everybody at every number of connections once.
pub(crate) async fn round(
    programs: &Programs,
    place: &Place,
    shop: &Shop,
    long: Duration,
    on: &'static str,
    report: &mut Report,
) -> Result<()> {
    for who in ["plain", "fsync", "process"] {
        let (server, post) = if who == "plain" {
            (Server::plain(programs, place).await?, Post { path: "/graphql", authorization: None })
        } else {
            (Server::zelo(programs, place, who).await?, shop.read.clone())
        };
        for events in EVENTS {
            let questions: Vec<Bytes> = (0..KNOWN).map(|person| question(person, events)).collect();
            check(&server, &post, events).await?;
            let mut n = 0;
            let mut next = || {
                n = (n + 7) % KNOWN;
                Some(questions[n].clone())
            };
            // Caches and prepared statements first.
            client::drive(server.address, 16, long / 4, &post, &mut next).await?;
            for connections in CONNECTIONS {
                let used = server.cpu();
                let outcome = client::drive(server.address, connections, long, &post, &mut next).await?;
                let used = server.cpu().saturating_sub(used);
                report.read(ReadCell {
                    on,
                    connections,
                    events,
                    who,
                    rate: outcome.rate(),
                    half: outcome.within(500),
                    most: outcome.within(990),
                    cpu: used / u32::try_from(outcome.done.max(1))?,
                });
            }
        }
        server.stop().await?;
    }
    Ok(())
}

fn question(person: usize, events: usize) -> Bytes {
    let events = if events > 0 { format!("events(first: {events}) {{ {EVENT} }}") } else { String::new() };
    let query = format!(
        "query($value: String!) {{ profileByIdentifier(by: {{ kind: EMAIL, value: $value }}) {{ {PERSON} {events} }} }}"
    );
    let body = serde_json::json!({ "query": query, "variables": { "value": people::email(person) } });
    body.to_string().into()
}

/// Both servers must tell the same of the same person, or the comparison says nothing.
async fn check(server: &Server, post: &Post, events: usize) -> Result<()> {
    let body = String::from_utf8(question(7, events).to_vec())?;
    let answer = client::ask(server.address, post, body).await?;
    let told: serde_json::Value = serde_json::from_slice(&answer)?;
    let profile = &told["data"]["profileByIdentifier"];
    let count = |value: &serde_json::Value| value.as_array().map_or(0, Vec::len);
    let seen =
        (count(&profile["identifiers"]), count(&profile["attributes"]), count(&profile["events"]["edges"]));
    let shown =
        profile["attributes"].as_array().is_some_and(|all| all.iter().all(|one| !one["value"].is_null()));
    if shown && seen == (3, 10, events) {
        Ok(())
    } else {
        Err(format!("an unexpected answer: {told}").into())
    }
}
