//! Somebody at the other end of the wire, for whom a server may vanish at any moment.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::Answer;

/// Knows where a server listens, and the sample tenant's keys.
#[derive(Debug, Clone, Default)]
pub struct Client {
    address: String,
    developer: String,
    source: String,
}

/// What a sender may rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It is stored.
    Stored,
    /// Try again.
    NotNow,
    /// Nothing: the connection ended before the whole answer had come.
    Nothing,
}

impl Client {
    pub(crate) fn new(address: &str, keys: &Path) -> Self {
        let keys = std::fs::read_to_string(keys).unwrap();
        let key = |name: &str| {
            let line = keys.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \"")).unwrap();
            line.trim_end_matches('"').to_owned()
        };
        Self { address: address.to_owned(), developer: key("developer"), source: key("source") }
    }

    /// Sends a batch as the shop does.
    pub fn send(&self, batch: &[Value]) -> Told {
        let answer = self.post("/v1/batch", &json!({"writeKey": self.source, "batch": batch}));
        match answer.as_ref().map(|answer| answer.status) {
            Some(200) => Told::Stored,
            Some(503) => Told::NotNow,
            None => Told::Nothing,
            Some(_) => panic!("{answer:?}"),
        }
    }

    /// Looks somebody up by e-mail: the profile, or null with the reason; nothing when no whole answer came.
    pub fn look(&self, email: &str, wanted: &str) -> Option<Value> {
        let query =
            format!("query($v:String!){{profileByIdentifier(by:{{kind:EMAIL,value:$v}}){{{wanted}}}}}");
        let answer = self.post("/graphql", &json!({"query": query, "variables": {"v": email}}))?;
        Some(answer.json())
    }

    /// The same until it is answered; for those who are there.
    pub fn find(&self, email: &str, wanted: &str) -> Value {
        for _ in 0..200 {
            let answer = self.look(email, wanted).expect("an answer");
            let profile = &answer["data"]["profileByIdentifier"];
            let code = &answer["errors"][0]["extensions"]["code"];
            if profile.is_object() {
                return profile.clone();
            }
            assert!(code == "TOO_MANY" || code == "UNAVAILABLE", "{email}: {answer}");
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("{email} is not found");
    }

    /// One request; nothing when the connection ended before the whole answer had come.
    pub fn post(&self, path: &str, body: &Value) -> Option<Answer> {
        self.ask("POST", path, &body.to_string())
    }

    /// The same without a body.
    pub fn get(&self, path: &str) -> Option<Answer> {
        self.ask("GET", path, "")
    }

    fn ask(&self, verb: &str, path: &str, body: &str) -> Option<Answer> {
        self.ask_with(&self.developer, verb, path, body)
    }

    /// One request with this key.
    pub fn ask_with(&self, key: &str, verb: &str, path: &str, body: &str) -> Option<Answer> {
        let head = format!(
            "{verb} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Authorization: Bearer {key}\r\nContent-Length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        let text = self.exchange(&(head + body)).ok()?;
        let (head, said) = text.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>().ok())?
        });
        let length = length.unwrap_or_else(|| panic!("an answer that does not say how long it is: {head}"));
        (said.len() == length).then_some(Answer { status, text })
    }

    fn exchange(&self, request: &str) -> io::Result<String> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        stream.write_all(request.as_bytes())?;
        let mut bytes = Vec::new();
        // A reset after the last byte takes nothing away from the answer.
        let ended = stream.read_to_end(&mut bytes);
        if bytes.is_empty() {
            ended?;
        }
        String::from_utf8(bytes).map_err(io::Error::other)
    }
}
