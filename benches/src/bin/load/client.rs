//! So many connections, each asking again as soon as it is answered.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use zelo_benches::{Result, usage};

/// What is posted.
#[derive(Clone)]
pub(crate) struct Post {
    /// To which path.
    pub(crate) path: &'static str,
    /// With which `Authorization`, if any.
    pub(crate) authorization: Option<String>,
}

/// One connection.
struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

impl Connection {
    async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self { sender, host: address.to_string() })
    }

    async fn post(&mut self, post: &Post, body: Bytes) -> Result<Bytes> {
        let mut request = Request::post(post.path)
            .header(header::HOST, &self.host)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json");
        if let Some(authorization) = &post.authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        self.sender.ready().await?;
        let response = self.sender.send_request(request.body(Full::new(body))?).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        if status.is_success() {
            Ok(body)
        } else {
            Err(format!("{} answered {status}: {}", post.path, String::from_utf8_lossy(&body)).into())
        }
    }
}

/// What came of it.
pub(crate) struct Outcome {
    /// Answers.
    pub(crate) done: usize,
    /// From the first question to the last answer.
    pub(crate) took: Duration,
    /// How long each took, in order.
    latencies: Vec<Duration>,
}

impl Outcome {
    /// Answers a second.
    pub(crate) fn rate(&self) -> f64 {
        usage::per_second(self.done, self.took)
    }

    /// The time within which so many of a thousand were answered.
    pub(crate) fn within(&self, per_mille: usize) -> Duration {
        let at = self.latencies.len() * per_mille / 1_000;
        self.latencies.get(at.min(self.latencies.len().saturating_sub(1))).copied().unwrap_or_default()
    }
}

/// One question, to see the answer.
pub(crate) async fn ask(address: SocketAddr, post: &Post, body: String) -> Result<Bytes> {
    Connection::open(address).await?.post(post, body.into()).await
}

/// Asks from so many connections until the time is over or `next` has nothing more to ask.
pub(crate) async fn drive(
    address: SocketAddr,
    connections: usize,
    long: Duration,
    post: &Post,
    next: impl FnMut() -> Option<Bytes>,
) -> Result<Outcome> {
    let mut open = Vec::with_capacity(connections);
    for _ in 0..connections {
        open.push(Connection::open(address).await?);
    }
    let next = std::cell::RefCell::new(next);
    let begun = Instant::now();
    let askers = open.into_iter().map(|mut connection| {
        let next = &next;
        async move {
            let mut latencies = Vec::new();
            while begun.elapsed() < long {
                let Some(body) = (next.borrow_mut())() else { break };
                let asked = Instant::now();
                connection.post(post, body).await?;
                latencies.push(asked.elapsed());
            }
            Result::Ok(latencies)
        }
    });
    let mut latencies = Vec::new();
    for answered in futures_util::future::join_all(askers).await {
        latencies.extend(answered?);
    }
    let took = begun.elapsed();
    latencies.sort_unstable();
    Ok(Outcome { done: latencies.len(), took, latencies })
}
