//! The real `zelo` in a temporary folder, logging all it can, and plain HTTP to it.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use tempfile::TempDir;

/// A running server. Everything it writes, it writes below its folder, or into the databases it was given.
#[derive(Debug)]
pub struct Server {
    process: Child,
    folder: TempDir,
    /// Host and port.
    pub address: String,
    /// The sample tenant's key of role `developer`.
    pub developer: String,
    /// The sample shop's write key.
    pub source: String,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Everything: status line, headers, body.
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        let body = self.text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        serde_json::from_str(body).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }
}

impl Server {
    /// Starts it on SQLite, or on these PostgreSQL databases (data, keys).
    pub fn start(postgres: Option<[String; 2]>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("tmp")).unwrap();
        let mut command = Command::new(program());
        command
            .args(["serve", "--json", "--listen", "127.0.0.1:0"])
            .current_dir(folder.path())
            .env("TMPDIR", at("tmp"))
            .env("RUST_LOG", "trace")
            .env("ZELO_LOG__FILTER", "trace")
            .stdin(Stdio::null())
            .stdout(File::create(at("stdout")).unwrap())
            .stderr(File::create(at("stderr")).unwrap());
        if let Some([data, keys]) = postgres {
            command.env("ZELO_DATA__URL", data).env("ZELO_DATA__KEYS_URL", keys);
        }
        let process = command.spawn().unwrap();
        let mut server =
            Self { process, folder, address: String::new(), developer: String::new(), source: String::new() };
        server.address = server.listening();
        let keys = fs::read_to_string(server.folder().join("zelo-data/dev-keys.toml")).unwrap();
        let key = |name: &str| {
            let line = keys.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \"")).unwrap();
            line.trim_end_matches('"').to_owned()
        };
        (server.developer, server.source) = (key("developer"), key("source"));
        server
    }

    fn listening(&mut self) -> String {
        for _ in 0..600 {
            let said = fs::read_to_string(self.folder().join("stdout")).unwrap();
            if let Some(line) = said.lines().next() {
                let said: Value = serde_json::from_str(line).unwrap();
                return said["url"].as_str().unwrap().trim_start_matches("http://").to_owned();
            }
            let ended = self.process.try_wait().unwrap();
            let complaint = || fs::read_to_string(self.folder.path().join("stderr")).unwrap();
            assert!(ended.is_none(), "it ended: {}", complaint());
            sleep(Duration::from_millis(50));
        }
        panic!("it does not listen after half a minute");
    }

    /// Where it runs, with its data, its output and its temporary files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// One request, whatever comes of it.
    pub fn ask(&self, line: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let mut head = format!("{line} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        for (name, value) in headers {
            head += &[name, ": ", value, "\r\n"].concat();
        }
        head += &["Content-Length: ", &body.len().to_string(), "\r\n\r\n"].concat();
        // A refused body may not be read to its end.
        let _ = stream.write_all(&[head.as_bytes(), body].concat());
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Answer { status, text }
    }

    /// A JSON body with a key: Basic as tracking SDKs send it, Bearer to everything else.
    pub fn post(&self, path: &str, key: &str, body: &Value) -> Answer {
        let authorization = if path.starts_with("/v1/") {
            format!("Basic {}", BASE64_STANDARD.encode(format!("{key}:")))
        } else {
            format!("Bearer {key}")
        };
        let headers = [("Content-Type", "application/json"), ("Authorization", authorization.as_str())];
        self.ask(&format!("POST {path}"), &headers, body.to_string().as_bytes())
    }

    /// A GraphQL query of the developer's.
    pub fn query(&self, query: &str, variables: &Value) -> Answer {
        self.post("/graphql", &self.developer, &serde_json::json!({"query": query, "variables": variables}))
    }

    /// Asks it to stop and waits until it has.
    pub fn stop(&mut self) {
        let pid = self.process.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        assert!(asked.success());
        assert!(self.process.wait().unwrap().success(), "it did not stop in order");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The program: `ZELO_BIN`, or what the workspace built beside this test.
pub fn program() -> PathBuf {
    if let Ok(program) = std::env::var("ZELO_BIN") {
        return program.into();
    }
    let here = std::env::current_exe().unwrap();
    let program = here.parent().and_then(Path::parent).unwrap().join("zelo");
    assert!(program.exists(), "build the server first: `cargo build --workspace --bins`, or run `tests/run`");
    program
}
