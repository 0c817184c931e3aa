//! Commands about rotating keys: begun once, then followed until the rotation has ended.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use zelo_app::{ListRotations, OpenRotation};
use zelo_model::{Actor, KeyClass, Rotation, RotationId};

use super::room::Room;
use super::wire::Refused;
use super::{Answer, Command, perform};
use crate::config::Config;
use crate::failure::Failure;
use crate::terminal;

/// How long one call works on a rotation before it says how far that has come.
const TURN: Duration = Duration::from_secs(1);

/// A rotation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RotationShown {
    pub(super) id: String,
    pub(super) what: String,
    pub(super) version: u32,
    pub(super) done: i64,
    pub(super) total: i64,
    pub(super) begun: String,
    pub(super) moved: String,
    pub(super) ended: Option<String>,
}

impl RotationShown {
    pub(super) fn row(&self) -> [String; 6] {
        let Self { id, what, version, begun, ended, .. } = self;
        let ended = ended.clone().unwrap_or_default();
        [id.clone(), what.clone(), version.to_string(), self.progress(), begun.clone(), ended]
    }

    fn progress(&self) -> String {
        format!("{} of {}", self.done, self.total)
    }

    pub(super) fn text(&self) -> String {
        let Self { what, version, done, .. } = self;
        match (&self.ended, what.as_str()) {
            (None, _) => format!("rotating {what} to version {version}: {}", self.progress()),
            (Some(at), "root") => format!(
                "the root is of epoch {version} since {at}, {done} keys are wrapped by it, and the older is destroyed: no \
                 backup from before can be opened any more\nnext: take a backup"
            ),
            (Some(at), _) => {
                format!("{what} is of version {version} since {at}: {done} done, and the older is gone")
            }
        }
    }
}

impl From<Rotation> for RotationShown {
    fn from(rotation: Rotation) -> Self {
        let Rotation { id, what, version, done, total, begun, moved, ended, .. } = rotation;
        Self {
            id: id.to_string(),
            what: what.slug().to_owned(),
            version,
            done,
            total,
            begun: begun.to_string(),
            moved: moved.to_string(),
            ended: ended.map(|at| at.to_string()),
        }
    }
}

impl Room {
    pub(super) async fn whose(&self, tenant: Option<String>, installation: bool) -> Result<Actor, Refused> {
        if installation { Ok(self.installation().await?) } else { self.tenant(tenant).await }
    }

    /// Begins a rotation, or finds the one that is under way.
    pub(super) async fn rotate(
        &self,
        what: &str,
        tenant: Option<String>,
        installation: bool,
    ) -> Result<RotationShown, Refused> {
        let what = KeyClass::from_slug(what)
            .ok_or_else(|| Refused::new("INVALID", "there is no such class of keys"))?;
        let actor = self.whose(tenant, installation || what == KeyClass::Root).await?;
        Ok(self.app.begin_rotation(&actor, what).await?.into())
    }

    /// Brings a rotation on for a moment.
    pub(super) async fn rotate_on(
        &self,
        id: &str,
        tenant: Option<String>,
        installation: bool,
    ) -> Result<RotationShown, Refused> {
        let id: RotationId =
            id.parse().map_err(|_| Refused::new("INVALID", "this is not the id of a rotation"))?;
        let actor = self.whose(tenant, installation).await?;
        let all = self.app.run(&actor, ListRotations).await?;
        let rotation = all.into_iter().find(|one| one.id == id);
        let rotation = rotation.ok_or_else(|| Refused::new("NOT_FOUND", "there is no such rotation"))?;
        let mut open = OpenRotation { actor, rotation };
        let begun = Instant::now();
        while open.rotation.ended.is_none() && begun.elapsed() < TURN {
            open.rotation = self.app.rotate_on(&open).await?;
        }
        Ok(open.rotation.into())
    }

    /// Rotations under way and done.
    pub(super) async fn rotations(
        &self,
        tenant: Option<String>,
        installation: bool,
    ) -> Result<Vec<RotationShown>, Refused> {
        let actor = self.whose(tenant, installation).await?;
        Ok(self.app.run(&actor, ListRotations).await?.into_iter().map(Into::into).collect())
    }
}

/// Does a command; one that begins a rotation is followed to its end, and how far it has come is told meanwhile.
pub(crate) async fn follow(config: &Config, command: Command, quiet: bool) -> Result<Answer, Failure> {
    let (tenant, installation) = match &command {
        Command::Rotate { what, tenant, installation, no_wait: false } => {
            (tenant.clone(), *installation || what == KeyClass::Root.slug())
        }
        _ => return perform(config, command).await,
    };
    let mut answer = perform(config, command).await?;
    while let Answer::Rotation(shown @ RotationShown { ended: None, .. }) = &answer {
        if !quiet {
            terminal::remark(&shown.text());
        }
        let on = Command::RotateOn { id: shown.id.clone(), tenant: tenant.clone(), installation };
        answer = perform(config, on).await?;
    }
    Ok(answer)
}
