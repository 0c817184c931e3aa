//! The listening socket, and an end that lets go of nobody in the middle of an answer.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tower::ServiceExt as _;

use super::stop::Stop;
use crate::failure::Failure;

/// How long what has begun may take to end.
pub(super) const GRACE: Duration = Duration::from_secs(10);
/// How long a caller may take to say what it wants, up to the end of the headers.
const PATIENCE: Duration = Duration::from_secs(30);

/// Takes the address. It is taken before the data are opened, so that nothing is made for a server that cannot serve.
pub(super) async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => Failure::InUse(address),
        _ => Failure::Listen { address, source },
    })
}

/// Serves until told to stop; then accepts nobody and lets those inside finish.
pub(super) async fn serve(listener: TcpListener, router: Router, stop: Stop) {
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    let open = GracefulShutdown::new();
    let asked = stop.asked();
    tokio::pin!(asked);
    loop {
        let stream = tokio::select! {
            () = &mut asked => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Out of file descriptors, mostly: some come back when others hang up.
                    tracing::warn!(%error, "a caller could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        // An answer in two pieces must not wait for the other side's delayed acknowledgement.
        let _ = stream.set_nodelay(true);
        let begun = Arc::new(AtomicBool::new(false));
        let (inside, told) = (router.clone(), begun.clone());
        let service = service_fn(move |request| {
            told.store(true, Ordering::Relaxed);
            inside.clone().oneshot(request)
        });
        let connection = http.serve_connection_with_upgrades(TokioIo::new(stream), service).into_owned();
        let connection = open.watch(connection);
        tokio::spawn(async move {
            // Whoever connects and asks nothing, or not to the end, holds a place others need.
            let late = async {
                tokio::time::sleep(PATIENCE).await;
                if begun.load(Ordering::Relaxed) {
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                // What a caller does wrong on the wire is answered there.
                _ = connection => {}
                () = late => {}
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(GRACE, open.shutdown()).await.is_err() {
        tracing::warn!(seconds = GRACE.as_secs(), "some requests did not end in time and were cut off");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_somebody_has_is_one_sentence_with_a_remedy() {
        let taken = bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let address = taken.local_addr().unwrap();
        let refused = bind(address).await.unwrap_err().to_string();
        let remedy = "is in use by another program; stop it, or choose another address with --listen";
        assert_eq!(refused, format!("{address} {remedy}"));
    }
}
