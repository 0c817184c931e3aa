//! Policies of a folder come into force when they change, whole or not at all; a bad bundle is named and changes nothing.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use zelo_app::{App, Bundle};

/// How often it looks.
const EVERY: Duration = Duration::from_secs(2);

/// Why the newest policies of the folder are not in force; it names file, line and remedy, and nobody.
#[derive(Debug, Clone, Default)]
pub(crate) struct Refused(Arc<Mutex<Option<String>>>);

impl Refused {
    /// What was wrong with them, if they were refused.
    pub(crate) fn why(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, why: Option<String>) {
        metrics::gauge!("zelo_policy_refused").set(if why.is_some() { 1.0 } else { 0.0 });
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = why;
    }
}

/// Runs until it is stopped.
pub(super) async fn watch(app: App, folder: PathBuf, refused: Refused) {
    // What was refused is not read again until something changes.
    let mut seen = app.policy_files();
    loop {
        tokio::time::sleep(EVERY).await;
        let (of, before) = (folder.clone(), seen.clone());
        let looked = tokio::task::spawn_blocking(move || changed(&of, &before)).await;
        let bundle = match looked {
            Ok(Ok((digest, bundle))) => {
                seen = digest;
                bundle
            }
            // A file is missing while an editor writes it; it is said once.
            Ok(Err(error)) => {
                complain(&refused, &error.to_string());
                continue;
            }
            Err(ended) => {
                complain(&refused, &format!("reading them came to no end: {ended}"));
                continue;
            }
        };
        match bundle {
            // They are those in force again.
            None if seen == app.policy_files() => refused.set(None),
            None => {}
            Some(Err(error)) => complain(&refused, &error.to_string()),
            Some(Ok(bundle)) => match app.put_in_force(bundle).await {
                Ok(others) => {
                    refused.set(None);
                    if others {
                        tracing::info!(digest = seen, "other policies are in force");
                    }
                }
                Err(error) => complain(&refused, &error.to_string()),
            },
        }
    }
}

type Looked = (String, Option<Result<Bundle, zelo_app::PolicyError>>);

/// The folder's digest, and its policies when that is another one than was seen.
fn changed(folder: &std::path::Path, seen: &str) -> Result<Looked, zelo_app::PolicyError> {
    let digest = Bundle::digest_of(folder)?;
    let bundle = (digest != seen).then(|| Bundle::load(folder));
    Ok((digest, bundle))
}

fn complain(refused: &Refused, why: &str) {
    if refused.why().as_deref() != Some(why) {
        tracing::error!(why, "the policies in the folder are refused; those in force stay");
        refused.set(Some(why.to_owned()));
    }
}
