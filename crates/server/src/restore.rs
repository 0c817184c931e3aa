//! `zelo restore` and `zelo restore replay`: done by this process, while it holds the data folder and nothing runs.

use std::path::Path;

use zelo_app::{BackupClass, Classes, PutBack, put_back};

use crate::admin::Answer;
use crate::cli::{Restore, Then};
use crate::config::Config;
use crate::failure::Failure;
use crate::folder::Folder;
use crate::serve::sequence;
use crate::{open, terminal};

/// Puts a backup back, or does again what was done since; `quiet` says nothing on the way.
pub(crate) async fn restore(config: &Config, said: Restore, quiet: bool) -> Result<Answer, Failure> {
    match said.then {
        Some(Then::Replay) => replay(config).await,
        None => put(config, said, quiet).await,
    }
}

async fn put(config: &Config, said: Restore, quiet: bool) -> Result<Answer, Failure> {
    let _folder = Folder::hold(&config.data.dir, "zelo restore")?;
    // A folder that was copied to one place holds what was put there, and no more is asked of it.
    let within = |name: &str| said.folder.as_ref().map(|all| all.join(name)).filter(|path| path.is_dir());
    let mut from = Classes {
        data: said.data_from.clone().or_else(|| within("data")),
        keys: said.keys_from.clone().or_else(|| within("keys")),
        signing: said.signing_from.clone().or_else(|| within("signing")),
    };
    if from == Classes::default() {
        // What was named is no backup, which its missing manifest says best.
        from.data = said.folder.as_deref().map(Path::to_owned);
    }
    let how = PutBack {
        from,
        databases: open::databases(config),
        signing_key: config.signing_key(),
        replace: said.replace,
    };
    let told = |class: BackupClass, what: &str| {
        if !quiet {
            terminal::remark(&format!("{what} {}", class.name()));
        }
    };
    let done = put_back(&how, told).await?;
    Ok(Answer::Restored(done.into_iter().map(|class| class.name().to_owned()).collect()))
}

async fn replay(config: &Config) -> Result<Answer, Failure> {
    let _folder = Folder::hold(&config.data.dir, "zelo restore replay")?;
    let (app, replayed) = open::replay(config).await?;
    if let Err(error) = sequence::all(&app).await {
        let error: &dyn std::error::Error = &error;
        tracing::warn!(error, "what was entered waits for the next start to be put into the log");
    }
    Ok(Answer::Replayed(replayed.into()))
}
