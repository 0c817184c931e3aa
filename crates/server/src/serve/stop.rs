//! The word to stop: SIGINT or SIGTERM, heard from the first moment on.

use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Told to everybody who must end.
#[derive(Clone)]
pub(super) struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Listens for the signals.
    pub(super) fn on_signals() -> io::Result<Self> {
        let (mut interrupt, mut terminate) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let (tell, told) = watch::channel(false);
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            tracing::info!("told to stop");
            // When nobody listens any more, it has stopped already.
            let _ = tell.send(true);
            tell.closed().await;
        });
        Ok(Self(told))
    }

    /// Ends when the word has come.
    pub(super) async fn asked(mut self) {
        let _ = self.0.wait_for(|told| *told).await;
    }
}
