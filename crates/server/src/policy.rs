//! `zelo policy`: what an officer asks of policies before anybody works under them. It opens no database.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use zelo_app::{Bundle, OPERATIONS, PolicyError};
use zelo_model::{Clock as _, SystemClock};
use zelo_policy::{Change, RightsText};

use crate::admin::{self, Answer};
use crate::cli;
use crate::config::Config;
use crate::failure::Failure;
use crate::open;

/// Why policies could not be looked at.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LookError {
    /// The folder for the copy is there.
    #[error("{} is there already; name a folder that is not", .0.display())]
    There(PathBuf),
    /// The copy cannot be written.
    #[error("{} cannot be written", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The server beside us answered something else.
    #[error("the running server is another version of Zelo, which cannot be asked this; update it")]
    Other,
    /// There is no such controller.
    #[error("there is no controller \"{0}\"; those of controller.yaml are {1}")]
    Controller(String, String),
}

/// What was found out, and whether it is good.
pub(crate) struct Said {
    pub(crate) text: String,
    pub(crate) json: Value,
    pub(crate) good: bool,
}

/// Does one of the subcommands.
pub(crate) fn look(config: &Config, what: cli::Policy) -> Result<Said, Failure> {
    match what {
        cli::Policy::Check { folder } => Ok(check(config, folder.as_deref())),
        cli::Policy::Diff { folder, patch } => {
            let now = governed(config, None)?;
            let next = governed(config, Some(&folder))?;
            Ok(if patch { written(now.patch(&next)) } else { told(&now.changes(&next)) })
        }
        cli::Policy::Copy { folder, .. } => copy(&folder),
        cli::Policy::Notice { controller, lang, folder } => {
            let bundle = governed(config, folder.as_deref())?;
            let known =
                || bundle.controllers().iter().map(|one| one.id.as_str()).collect::<Vec<_>>().join(", ");
            let found = bundle.controller(&controller);
            let found = found.ok_or_else(|| LookError::Controller(controller.clone(), known()))?;
            let rights: RightsText = bundle.rights_of(found, lang);
            Ok(written(bundle.privacy_notice(found, lang, &rights).trim_end().to_owned()))
        }
    }
}

fn written(text: String) -> Said {
    Said { json: Value::String(text.clone()), text, good: true }
}

/// The policies of a folder, else those that the server would begin with, in force over all operations.
fn governed(config: &Config, folder: Option<&Path>) -> Result<Bundle, Failure> {
    let bundle = open::policies(config, folder)?.govern(OPERATIONS).map_err(Failure::Policy)?;
    open::plan(config, &bundle)?;
    Ok(bundle)
}

fn check(config: &Config, folder: Option<&Path>) -> Said {
    let refused = |failure: &Failure| {
        let why = crate::terminal::sentence(failure);
        Said { json: json!({ "good": false, "refused": why, "remarks": [] }), text: why, good: false }
    };
    let bundle = match governed(config, folder) {
        Ok(bundle) => bundle,
        Err(Failure::Policy(error)) => {
            let json = json!({ "good": false, "refused": place(&error), "remarks": [] });
            return Said { json, text: error.to_string(), good: false };
        }
        Err(failure) => return refused(&failure),
    };
    let remarks = bundle.lint(SystemClock.now());
    let mut lines: Vec<String> = remarks.iter().map(ToString::to_string).collect();
    let files = bundle.files().count();
    lines.push(format!(
        "{files} files, {} purposes, {} laws, {} cases: {}",
        bundle.purposes().len(),
        bundle.laws().len(),
        bundle.files().filter(|(path, _)| path.starts_with("access/cases/")).count(),
        if remarks.is_empty() { "good" } else { "good, but for what is said above" },
    ));
    lines.push(format!("digest {}", bundle.digest()));
    let json = json!({
        "good": remarks.is_empty(),
        "digest": bundle.digest(),
        "remarks": remarks.iter().map(place).collect::<Vec<_>>(),
    });
    Said { text: lines.join("\n"), json, good: remarks.is_empty() }
}

fn place(error: &PolicyError) -> Value {
    json!({ "file": error.file, "line": error.line, "problem": error.problem, "remedy": error.remedy })
}

fn told(changes: &[Change]) -> Said {
    let line = |change: &Change| {
        let kind = change.of.slug();
        match (&change.before, &change.after) {
            (Some(before), Some(after)) => format!("{kind}: {}\n  - {before}\n  + {after}", change.what),
            (None, Some(after)) => format!("{kind}: {}\n  + {after}", change.what),
            (Some(before), None) => format!("{kind}: {}\n  - {before}", change.what),
            (None, None) => format!("{kind}: {}", change.what),
        }
    };
    let text = if changes.is_empty() {
        "nothing would be different".to_owned()
    } else {
        changes.iter().map(line).collect::<Vec<_>>().join("\n")
    };
    let change = |change: &Change| json!({ "of": change.of.slug(), "what": change.what, "before": change.before, "after": change.after });
    Said { text, json: changes.iter().map(change).collect(), good: true }
}

fn copy(folder: &Path) -> Result<Said, Failure> {
    write_out(&Bundle::embedded().map_err(Failure::Policy)?, folder)
}

/// Writes out what the installation works under: it is asked, through its server if that runs.
pub(crate) async fn copy_in_force(config: &Config, folder: &Path) -> Result<Said, Failure> {
    let Answer::Policies(texts) = admin::perform(config, admin::Command::Policies).await? else {
        return Err(LookError::Other.into());
    };
    write_out(&Bundle::kept(&texts).map_err(Failure::Policy)?, folder)
}

fn write_out(bundle: &Bundle, folder: &Path) -> Result<Said, Failure> {
    if folder.exists() {
        return Err(LookError::There(folder.to_owned()).into());
    }
    let mut files = 0;
    for (path, bytes) in bundle.files() {
        let path = folder.join(path);
        let write = || {
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            fs::write(&path, bytes)
        };
        write().map_err(|source| LookError::Io { path: path.clone(), source })?;
        files += 1;
    }
    let text =
        format!("{files} files in {}; say `policy.folder` in zelo.toml to work under them", folder.display());
    Ok(Said { json: json!({ "files": files, "digest": bundle.digest() }), text, good: true })
}
