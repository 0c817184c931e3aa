//! Who sees to it that a rotation goes on: the server, and a command where none runs.

use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::Mutex;
use zelo_model::{Actor, KeyClass, Rotation, Via};

use super::{BeginRootRotation, BeginRotation, RehashIdentifiers, ResealOwners, RewrapKeks, RewrapKeys};
use crate::app::App;
use crate::error::{Error, Result};

/// A rotation that has not ended, and whose hand brings it on.
#[derive(Debug, Clone)]
pub struct OpenRotation {
    /// The operator of its tenant, or of the installation.
    pub actor: Actor,
    /// How far it has come.
    pub rotation: Rotation,
}

/// How fast rotations go on in this process.
pub(crate) struct Rotating {
    pace: RwLock<(u32, Duration)>,
    /// One chunk at a time: two would only be in each other's way.
    turn: Mutex<()>,
}

impl Default for Rotating {
    fn default() -> Self {
        Self { pace: RwLock::new((200, Duration::from_millis(20))), turn: Mutex::new(()) }
    }
}

impl Rotating {
    /// Rows a chunk takes.
    pub(crate) fn chunk(&self) -> i64 {
        self.pace.read().unwrap_or_else(PoisonError::into_inner).0.into()
    }

    fn pause(&self) -> Duration {
        self.pace.read().unwrap_or_else(PoisonError::into_inner).1
    }
}

impl App {
    /// Sets how many rows a chunk of a rotation takes, and how long it pauses behind each.
    pub fn pace_rotations(&self, chunk: u32, pause: Duration) {
        let pace = (chunk.max(1), pause);
        *self.inner.rotating.pace.write().unwrap_or_else(PoisonError::into_inner) = pace;
    }

    /// Begins a rotation, or answers the one of this class that is under way: in a tenant, or for the root in the
    /// installation.
    pub async fn begin_rotation(&self, actor: &Actor, what: KeyClass) -> Result<Rotation> {
        match what {
            KeyClass::Root => self.run(actor, BeginRootRotation).await,
            what => self.run(actor, BeginRotation { what }).await,
        }
    }

    /// Does one chunk of a rotation, then pauses, so that everybody else has their turn.
    pub async fn rotate_on(&self, OpenRotation { actor, rotation }: &OpenRotation) -> Result<Rotation> {
        let _turn = self.inner.rotating.turn.lock().await;
        let id = rotation.id;
        let rotation = match rotation.what {
            KeyClass::Root => self.run(actor, RewrapKeks { id }).await?,
            KeyClass::Kek => self.run(actor, RewrapKeys { id }).await?,
            KeyClass::Index => self.run(actor, RehashIdentifiers { id }).await?,
            KeyClass::Owners => self.run(actor, ResealOwners { id }).await?,
        };
        if rotation.ended.is_none() {
            tokio::time::sleep(self.inner.rotating.pause()).await;
        }
        Ok(rotation)
    }

    /// The rotations that have not ended, of all tenants: bookkeeping, which is why it is no passage. Bringing one on is.
    pub async fn open_rotations(&self) -> Result<Vec<OpenRotation>> {
        let rows = self.inner.store.reading().open_rotations().await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let tenants = self.inner.store.reading().tenants().await?;
        let mut open = Vec::with_capacity(rows.len());
        for (id, rotation) in rows {
            let slug = tenants.iter().find(|tenant| tenant.id == id).map(|tenant| tenant.slug.as_str());
            let Some(slug) = slug else { continue };
            match self.operator((id != 0).then_some(slug), Via::Job).await {
                Ok(actor) => open.push(OpenRotation { actor, rotation }),
                // Dropped meanwhile, and its rotation with it.
                Err(Error::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(open)
    }
}
