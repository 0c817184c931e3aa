//! Many commands one after the other: through the running server if there is one, else here, the application opened once.

use std::path::PathBuf;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::sleep;
use zelo_app::App;

use super::client::{Reached, ask, reach, settle};
use super::{Answer, Command, Room};
use crate::config::Config;
use crate::failure::Failure;
use crate::folder::{Folder, FolderError};
use crate::open;

/// Where commands are done.
pub(crate) enum Link {
    /// Here; the folder is held until the end.
    Here(Box<Here>),
    /// By the server that holds this folder.
    There(PathBuf),
}

/// The application, opened by this process.
pub(crate) struct Here {
    app: App,
    room: Room,
    _folder: Folder,
    chores: JoinHandle<()>,
}

impl Link {
    /// Opens it where the configuration points to, and does a first command to see that it stands.
    pub(crate) async fn open(config: &Config, first: Command) -> Result<(Self, Answer), Failure> {
        let dir = &config.data.dir;
        if !dir.join("zelo.lock").exists() {
            return Err(FolderError::Absent(dir.clone()).into());
        }
        let folder = match reach(dir, &first).await? {
            Reached::There(answer) => return Ok((Self::There(dir.clone()), answer)),
            Reached::Here(folder) => folder,
        };
        let app = open::app(config, None).await?;
        let room = Room::new(app.clone(), folder.path());
        let chores = tokio::spawn(chores(app.clone()));
        let link = Self::Here(Box::new(Here { app, room: room.clone(), _folder: folder, chores }));
        match room.act(first).await {
            Ok(answer) => Ok((link, answer)),
            Err(refused) => {
                link.close().await;
                Err(refused.into())
            }
        }
    }

    /// Does a command.
    pub(crate) async fn ask(&self, command: Command) -> Result<Answer, Failure> {
        match self {
            Self::Here(here) => Ok(here.room.act(command).await?),
            Self::There(dir) => Ok(ask(dir, command).await.map_err(Failure::Socket)??),
        }
    }

    /// Ends it in order.
    pub(crate) async fn close(self) {
        if let Self::Here(here) = self {
            here.chores.abort();
            settle(&here.app).await;
            here.app.leave().await;
        }
    }
}

/// What a server does every second, and nobody else does meanwhile.
async fn chores(app: App) {
    loop {
        sleep(Duration::from_secs(1)).await;
        app.sweep_keys();
        if let Err(error) = app.sequence().await {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "the audit log could not be sequenced; its entries wait in the database");
        }
    }
}
