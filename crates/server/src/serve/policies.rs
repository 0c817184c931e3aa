//! Policies come into force when their folder changes or somebody approves of others, whole or not at all; a bad bundle is named
//! and changes nothing.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use zelo_app::{App, Bundle};

/// How often it looks.
const EVERY: Duration = Duration::from_secs(2);

/// Why policies are not in force that somebody wrote or approved of; it names file, line and remedy, and nobody.
#[derive(Debug, Clone, Default)]
pub(crate) struct Refused(Arc<Mutex<BTreeMap<Origin, String>>>);

/// Where refused policies come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    /// The folder.
    Folder,
    /// A change that was approved.
    Approval,
}

impl Refused {
    /// What was wrong with them, if they were refused.
    pub(crate) fn why(&self) -> Option<String> {
        self.all().values().next().cloned()
    }

    fn set(&self, from: Origin, why: Option<String>) {
        let mut all = self.all();
        match why {
            Some(why) => drop(all.insert(from, why)),
            None => drop(all.remove(&from)),
        }
        metrics::gauge!("zelo_policy_refused").set(if all.is_empty() { 0.0 } else { 1.0 });
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<Origin, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says it once.
    fn complain(&self, from: Origin, why: &str) {
        if self.all().get(&from).map(String::as_str) == Some(why) {
            return;
        }
        match from {
            Origin::Folder => {
                tracing::error!(why, "the policies in the folder are refused; those in force stay");
            }
            Origin::Approval => {
                tracing::error!(why, "approved policies cannot be put in force here; those in force stay");
            }
        }
        self.set(from, Some(why.to_owned()));
    }
}

/// Follows what is approved, in whichever process, until it is stopped.
pub(super) async fn follow(app: App, refused: Refused) {
    loop {
        tokio::time::sleep(EVERY).await;
        match app.follow_approved().await {
            Ok(others) => {
                refused.set(Origin::Approval, None);
                if others {
                    tracing::info!(digest = app.policy().digest(), "approved policies are in force");
                }
            }
            Err(error) => refused.complain(Origin::Approval, &error.to_string()),
        }
    }
}

/// Watches the folder until it is stopped.
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
                refused.complain(Origin::Folder, &error.to_string());
                continue;
            }
            Err(ended) => {
                refused.complain(Origin::Folder, &format!("reading them came to no end: {ended}"));
                continue;
            }
        };
        match bundle {
            // They are those in force again.
            None if seen == app.policy_files() => refused.set(Origin::Folder, None),
            None => {}
            Some(Err(error)) => refused.complain(Origin::Folder, &error.to_string()),
            Some(Ok(bundle)) => match app.put_in_force(bundle).await {
                Ok(others) => {
                    refused.set(Origin::Folder, None);
                    if others {
                        tracing::info!(digest = app.policy().digest(), "other policies are in force");
                    }
                }
                Err(error) => refused.complain(Origin::Folder, &error.to_string()),
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
