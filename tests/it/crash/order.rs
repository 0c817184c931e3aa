//! What the kernel saw: the disk had it before the caller was told.

use std::fs;

use serde_json::json;
use zelo_tests::{Cluster, Engine, Machine, Told};

use super::fault::strace;

/// A system call as `strace` wrote it down: whether it began or ended on this line, or both.
struct Line {
    begun: bool,
    ended: bool,
    text: String,
}

/// The lines of a trace in the order of events, each with its call in full also where another thread came between.
fn lines(notes: &str) -> Vec<Line> {
    let mut open: Vec<(String, String)> = Vec::new();
    let mut lines = Vec::new();
    for line in notes.lines() {
        let (pid, call) = columns(line);
        if let Some(begin) = call.strip_suffix("<unfinished ...>") {
            open.push((pid.to_owned(), begin.to_owned()));
            lines.push(Line { begun: true, ended: false, text: begin.to_owned() });
        } else if let Some((_, rest)) = call.split_once(" resumed>") {
            let at = open.iter().position(|(other, _)| other == pid).unwrap();
            let text = open.remove(at).1 + rest;
            lines.push(Line { begun: false, ended: true, text });
        } else {
            lines.push(Line { begun: true, ended: true, text: call.to_owned() });
        }
    }
    lines
}

/// The process and the call of a line; `strace` pads a short process number with blanks.
fn columns(line: &str) -> (&str, &str) {
    let cut = |text: &'_ str| text.find(' ').unwrap_or(text.len());
    let (pid, rest) = line.split_at(cut(line));
    let rest = rest.trim_start();
    (pid, rest[cut(rest)..].trim_start())
}

#[test]
fn a_short_process_number_is_read_as_a_long_one_is() {
    assert_eq!(columns("4     16:34:32.766461 fsync(9) = 0"), ("4", "fsync(9) = 0"));
    assert_eq!(columns("32768 16:34:32.766461 fsync(9) = 0"), ("32768", "fsync(9) = 0"));
}

/// What the trace must hold, one after the other.
enum Step<'s> {
    /// This request has come in.
    Asked(&'s str),
    /// A write to this file has ended, and then a sync of it.
    Durable(&'s str),
    /// Bytes of the answer begin to leave, and not before.
    Answered,
}

/// Follows the steps through the trace; where it stands after the last.
fn follow(lines: &[Line], from: usize, steps: &[Step<'_>]) -> usize {
    let mut at = from;
    let mut find = |what: &str, hit: &dyn Fn(&Line) -> bool| {
        let found = lines[at..].iter().position(hit).unwrap_or_else(|| panic!("no {what} after line {at}"));
        let answer = lines[at..at + found].iter().any(leaves);
        assert!(!answer, "an answer left before {what}");
        at += found + 1;
    };
    for step in steps {
        match step {
            Step::Asked(path) => {
                let line = format!("\"POST {path} ");
                find("request", &|seen| seen.ended && seen.text.contains(&line));
            }
            Step::Durable(file) => {
                let file = format!("/zelo-data/{file}>");
                let of = |seen: &Line, call: &str| {
                    seen.ended && seen.text.starts_with(call) && seen.text.contains(&file)
                };
                find("write", &|seen| of(seen, "pwrite64("));
                let synced = |seen: &Line| {
                    (of(seen, "fsync(") || of(seen, "fdatasync(")) && seen.text.ends_with("= 0")
                };
                find("sync", &synced);
            }
            Step::Answered => find("answer", &leaves),
        }
    }
    at
}

fn leaves(line: &Line) -> bool {
    let sends = ["sendto(", "write(", "writev(", "sendmsg("].iter().any(|call| line.text.starts_with(call));
    line.begun && sends && line.text.contains("\"HTTP/1.1 200 ")
}

#[tokio::test(flavor = "multi_thread")]
async fn ana_is_answered_only_after_the_disk_has_it() {
    let machine = Machine::fresh(Engine::Sqlite, "order", Cluster::shared).await;
    machine.start().stop();
    let notes = machine.at("strace");
    let mut words = strace(&notes);
    let calls = "trace=fsync,fdatasync,pwrite64,recvfrom,read,sendto,write,writev,sendmsg";
    words.extend(["-tt", "-s", "40", "-e", calls, "--"].map(str::to_owned));
    let running = machine.start_under(&words).unwrap();
    let ana = json!({
        "type": "identify", "userId": "ana", "messageId": "private-1", "traits": {"email": "ana@example.com"}
    });
    assert_eq!(running.client.send(&[ana]), Told::Stored);
    running.client.find("ana@example.com", "id identifiers{value}");
    running.kill();

    let trace = lines(&fs::read_to_string(&notes).unwrap());
    // A new person: the key first, then what is sealed under it, then the promise.
    let taken_in = [
        Step::Asked("/v1/batch"),
        Step::Durable("zelo-keys.db-wal"),
        Step::Durable("zelo.db-wal"),
        Step::Answered,
    ];
    let at = follow(&trace, 0, &taken_in);
    // A look-up: the entry first, then what was looked up.
    follow(&trace, at, &[Step::Asked("/graphql"), Step::Durable("zelo-audit.db-wal"), Step::Answered]);
}
