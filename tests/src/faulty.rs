//! A bad network between an SDK and the server: what is sent first goes wrong in one way, then all goes well.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    Nothing,
    /// Too much at once: 429, come back in a second.
    TooMany,
    /// Something broke: 500.
    Broken,
    /// The connection ends in the middle of what is sent, and the next one in the middle of the answer: that time the
    /// server has stored what the client does not know of.
    Cut,
    /// Whatever is sent arrives twice.
    Twice,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Nothing, Self::TooMany, Self::Broken, Self::Cut, Self::Twice];

    /// Its name in a table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "200",
            Self::TooMany => "429, `Retry-After`",
            Self::Broken => "500",
            Self::Cut => "cut mid-body",
            Self::Twice => "replayed",
        }
    }
}

/// How many of the first messages or batches meet the fault.
const FIRST: usize = 2;

/// A stretch of bad network; it ends with the process.
#[derive(Debug)]
pub struct Faulty {
    /// Host and port.
    pub address: String,
    posts: Arc<AtomicUsize>,
}

impl Faulty {
    /// Stands before the server at `server`.
    pub fn before(server: &str, fault: Fault) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let posts = Arc::new(AtomicUsize::new(0));
        let (server, count) = (server.to_owned(), posts.clone());
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (server, count) = (server.clone(), count.clone());
                // Whoever hangs up early has hung up.
                thread::spawn(move || drop(exchange(client, &server, fault, &count)));
            }
        });
        Self { address, posts }
    }

    /// How often something was sent, also in vain.
    pub fn posts(&self) -> usize {
        self.posts.load(Ordering::Relaxed)
    }
}

fn exchange(mut client: TcpStream, server: &str, fault: Fault, posts: &AtomicUsize) -> io::Result<()> {
    client.set_read_timeout(Some(Duration::from_secs(30)))?;
    let Some((head, body)) = request(&mut client)? else { return Ok(()) };
    let said = [head.as_bytes(), &body].concat();
    let number = if head.starts_with("POST ") { posts.fetch_add(1, Ordering::Relaxed) } else { usize::MAX };
    match fault {
        Fault::TooMany if number < FIRST => {
            client.write_all(answer("429 Too Many Requests", "Retry-After: 1\r\n").as_bytes())?;
        }
        Fault::Broken if number < FIRST => {
            client.write_all(answer("500 Internal Server Error", "").as_bytes())?;
        }
        Fault::Cut if number == 0 => {
            let mut server = TcpStream::connect(server)?;
            server.write_all(&said[..said.len() - body.len() / 2])?;
            server.shutdown(Shutdown::Both)?;
        }
        Fault::Cut if number == 1 => {
            let answer = forward(server, &said)?;
            client.write_all(&answer[..answer.len() - 8])?;
        }
        Fault::Twice if number != usize::MAX => {
            forward(server, &said)?;
            client.write_all(&forward(server, &said)?)?;
        }
        _ => client.write_all(&forward(server, &said)?)?,
    }
    client.shutdown(Shutdown::Both)
}

/// As Zelo itself would say it, so that a page may read it.
fn answer(status: &str, headers: &str) -> String {
    let body = r#"{"code":"unavailable","message":"the network is bad today"}"#;
    format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Type: application/json\r\nContent-Length: {}\r\n\
         Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: retry-after\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )
}

/// One request with its body, its connection to be closed behind it; nothing when nobody asks.
fn request(client: &mut TcpStream) -> io::Result<Option<(String, Vec<u8>)>> {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 8192]);
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        match client.read(&mut chunk)? {
            0 => return Ok(None),
            read => bytes.extend_from_slice(&chunk[..read]),
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let header = |line: &str, name: &str| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    };
    assert!(head.lines().all(|line| header(line, "transfer-encoding").is_none()), "chunked: {head}");
    let length = head.lines().find_map(|line| header(line, "content-length")?.parse().ok()).unwrap_or(0);
    let mut body = bytes.split_off(end + 4);
    while body.len() < length {
        match client.read(&mut chunk)? {
            0 => return Ok(None),
            read => body.extend_from_slice(&chunk[..read]),
        }
    }
    let kept = head.lines().filter(|line| header(line, "connection").is_none());
    let head = kept.map(|line| [line, "\r\n"].concat()).collect::<String>() + "Connection: close\r\n\r\n";
    Ok(Some((head, body)))
}

fn forward(server: &str, said: &[u8]) -> io::Result<Vec<u8>> {
    let mut server = TcpStream::connect(server)?;
    server.write_all(said)?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    Ok(answer)
}
