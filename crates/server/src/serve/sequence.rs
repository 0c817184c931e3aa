//! The sequencer's clock: pending entries become the log every second, at once when many wait, and at the end.

use std::time::{Duration, Instant};

use zelo_app::App;

use crate::http::Pulse;

const EVERY: Duration = Duration::from_secs(1);
/// When a pass took this many, more are waiting.
const MANY: usize = 1_000;
/// What keeps failing is said this often.
const AGAIN: Duration = Duration::from_mins(1);

/// Runs until `end` is ready, and then once more, so that nothing acknowledged stays outside a checkpoint.
pub(super) async fn run(app: App, pulse: Pulse, end: impl Future<Output = ()>) {
    tokio::pin!(end);
    let mut sequencer = Sequencer { app, pulse, complained: None };
    loop {
        sequencer.refusals().await;
        let wait = if sequencer.pass().await { Duration::ZERO } else { EVERY };
        tokio::select! {
            () = &mut end => break,
            () = tokio::time::sleep(wait) => {}
        }
    }
    sequencer.complained = None;
    if let Err(error) = all(&sequencer.app).await {
        sequencer.complain(&error);
    }
}

/// Puts everything into the log that waits, for a process that is about to end.
pub(crate) async fn all(app: &App) -> Result<(), zelo_app::Error> {
    app.enter_refusals(true).await?;
    while app.sequence().await?.entries >= MANY {}
    Ok(())
}

struct Sequencer {
    app: App,
    pulse: Pulse,
    complained: Option<Instant>,
}

impl Sequencer {
    /// Refusals that have added up get their entry.
    async fn refusals(&mut self) {
        if let Err(error) = self.app.enter_refusals(false).await {
            self.complain(&error);
        }
    }

    /// One pass; whether more are waiting. A pass that fails is tried again: entries wait in the database.
    async fn pass(&mut self) -> bool {
        match self.app.sequence().await {
            Ok(done) => {
                self.pulse.beat();
                done.entries >= MANY
            }
            Err(error) => {
                self.complain(&error);
                false
            }
        }
    }

    fn complain(&mut self, error: &(dyn std::error::Error + 'static)) {
        if self.complained.is_none_or(|when| when.elapsed() >= AGAIN) {
            self.complained = Some(Instant::now());
            tracing::error!(error, "the audit log could not be sequenced; its entries wait in the database");
        }
    }
}
