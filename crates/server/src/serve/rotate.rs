//! Rotations go on while the server runs, whoever began them and whatever interrupted them.

use std::time::{Duration, Instant};

use zelo_app::{App, Error};

/// How often it looks for one that was begun elsewhere.
const EVERY: Duration = Duration::from_secs(1);
/// What keeps failing is said this often.
const AGAIN: Duration = Duration::from_mins(1);

/// Runs until it is stopped; a chunk that is cut short is done again.
pub(super) async fn run(app: App) {
    let mut complained: Option<Instant> = None;
    loop {
        match on(&app).await {
            Ok(true) => continue,
            Ok(false) => complained = None,
            Err(error) if complained.is_none_or(|when| when.elapsed() >= AGAIN) => {
                complained = Some(Instant::now());
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "a rotation of keys does not get on; it is tried again");
            }
            Err(_) => {}
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// One chunk of each; whether there is more to do.
async fn on(app: &App) -> Result<bool, Error> {
    let open = app.open_rotations().await?;
    let mut failed = None;
    for rotation in &open {
        match app.rotate_on(rotation).await {
            Ok(done) if done.ended.is_some() => {
                tracing::info!(what = done.what.slug(), version = done.version, "rotated keys");
            }
            Ok(_) => {}
            // One that is stuck does not keep the others.
            Err(error) => failed = Some(error),
        }
    }
    failed.map_or(Ok(!open.is_empty()), Err)
}
