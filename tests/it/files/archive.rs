//! The archive that Segment writes, as its documentation shows it, brought in beside a server that was sent the same.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use zelo_tests::{Cluster, Engine, Machine, Rows, Told};

use super::done;

/// A message as the archive keeps it; the sender's clock was three seconds slow.
fn archived(id: &str, user: &str, second: u32) -> Value {
    json!({
        "anonymousId": null, "channel": "server", "context": {"library": {"name": "analytics-python", "version": "2.3.4"}},
        "event": "Order Completed", "integrations": {}, "messageId": id,
        "originalTimestamp": format!("2026-01-10T12:00:{second:02}.123Z"), "projectId": "p",
        "properties": {"total": "12.90", "note": "private-note"}, "receivedAt": format!("2026-01-10T12:00:{:02}.456Z", second + 4),
        "sentAt": format!("2026-01-10T12:00:{:02}.456Z", second + 1), "timestamp": format!("2026-01-10T12:00:{:02}.123Z", second + 3),
        "type": "track", "userId": user, "version": 2, "writeKey": "private-write-key"
    })
}

/// Packed by another program.
fn gzip(path: &Path, messages: &[Value]) {
    let mut text = String::new();
    for message in messages {
        writeln!(text, "{message}").unwrap();
    }
    let mut packer =
        Command::new("gzip").arg("-c").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    packer.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    fs::write(path, packer.wait_with_output().unwrap().stdout).unwrap();
}

async fn what_was_sent_live_is_in_the_archive_and_counts_once(engine: Engine) {
    let machine = Machine::fresh(engine, "archive", Cluster::shared).await;
    let server = machine.start();
    // What the SDK sent: its own time in `timestamp`.
    let live = json!({"type": "track", "event": "Order Completed", "userId": "user-of-ana", "messageId": "private-1",
        "timestamp": "2026-01-10T12:00:10.123Z", "properties": {"total": "12.90"}});
    assert_eq!(server.client.send(&[live]), Told::Stored);
    let rows = Rows::of(&machine.urls()).await;
    let before = rows.count("event").await;

    fs::create_dir_all(machine.at("logs/2026")).unwrap();
    gzip(
        &machine.at("logs/2026/b.json.gz"),
        &[archived("private-3", "user-of-bruno", 30), json!({"type": "track", "userId": "x"})],
    );
    gzip(
        &machine.at("logs/2026/a.gz"),
        &[archived("private-1", "user-of-ana", 10), archived("private-2", "user-of-ana", 20)],
    );
    let words = ["import", "logs", "--tenant", "demo", "--source", "demo-shop"];
    let (code, said) = machine.code(&words, &[]);
    let said: Value = serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}"));
    assert_eq!(code, 3, "{said}");
    assert_eq!(
        (&said["rows"], &said["taken"], &said["repeated"]),
        (&4.into(), &3.into(), &1.into()),
        "{said}"
    );
    assert_eq!(said["rejected"], json!({"event_name": 1}));
    assert_eq!(rows.count("event").await, before + 2);
    let rejects = fs::read_to_string(machine.at("logs.rejects.jsonl")).unwrap();
    assert!(rejects.contains("\"zelo_file\":\"2026/b.json.gz\",\"zelo_line\":2"), "{rejects}");

    // When it happened is what the archive has worked out, not what the slow clock said.
    let occurred: Vec<String> =
        rows.all("event").await.iter().map(|row| row.text("occurred").to_owned()).collect();
    for at in ["1768046423123000", "1768046433123000"] {
        assert!(occurred.iter().any(|one| one == at), "{occurred:?}");
    }
    for table in rows.all("event").await {
        assert!(!table.bytes("body").windows(17).any(|window| window == b"private-write-key"));
    }
    // A second time through the command line alone, the server gone: nothing is new.
    server.stop();
    fs::remove_file(machine.at("logs.rejects.jsonl")).unwrap();
    let (_, said) = machine.code(&words, &[]);
    let said: Value = serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}"));
    assert_eq!((&said["messages"], &said["repeated"]), (&3.into(), &3.into()), "{said}");
    assert_eq!(rows.count("event").await, before + 2);
    let verified = done(&machine, &["audit", "verify"]);
    assert!(verified.as_array().unwrap().len() > 1, "{verified}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_live_is_in_the_archive_and_counts_once_on_sqlite() {
    what_was_sent_live_is_in_the_archive_and_counts_once(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_live_is_in_the_archive_and_counts_once_on_postgres() {
    what_was_sent_live_is_in_the_archive_and_counts_once(Engine::Postgres).await;
}
