//! Credentials, and those seen lately.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use zelo_model::{Actor, CredentialId, Purpose, Role, SourceId, TenantId, Via};

/// Somebody authenticated, who has not yet said what for.
#[derive(Debug, Clone)]
pub struct Credential {
    pub(crate) tenant: TenantId,
    pub(crate) id: CredentialId,
    pub(crate) role: Role,
    pub(crate) purposes: Vec<Purpose>,
    pub(crate) source: Option<SourceId>,
}

impl Credential {
    /// Its one role.
    pub fn role(&self) -> Role {
        self.role
    }

    /// What it may be used for.
    pub fn purposes(&self) -> &[Purpose] {
        &self.purposes
    }

    /// This credential at the door, for a purpose. A single purpose is implied; of several one must be named; an
    /// undeclared one is never defaulted.
    pub fn actor(&self, purpose: Option<&str>, via: Via) -> Result<Actor> {
        let purpose = match (purpose, self.purposes.as_slice()) {
            (None, [only]) => only.clone(),
            (None, _) => return Err(Error::PurposeRequired(self.purposes.clone())),
            (Some(named), all) => {
                all.iter().find(|one| one.as_str() == named).cloned().ok_or(Error::Forbidden)?
            }
        };
        Ok(Actor {
            tenant: self.tenant,
            role: self.role,
            purpose,
            credential: Some(self.id),
            source: self.source,
            via,
        })
    }
}

/// Credentials seen lately, by the hash of their secret. One revoked here is never held again; another process learns
/// of it within a second.
#[derive(Default)]
pub(crate) struct Known(Mutex<Held>);

#[derive(Default)]
struct Held {
    fresh: HashMap<[u8; 32], (Instant, Credential)>,
    revoked: HashSet<CredentialId>,
}

const FRESH: Duration = Duration::from_secs(1);
const MOST: usize = 10_000;

impl Known {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn get(&self, hash: &[u8; 32]) -> Option<Credential> {
        let held = self.held();
        let known = held.fresh.get(hash);
        known.filter(|(since, _)| since.elapsed() < FRESH).map(|(_, credential)| credential.clone())
    }

    pub(crate) fn put(&self, hash: [u8; 32], credential: Credential) {
        let mut held = self.held();
        if held.fresh.len() >= MOST {
            held.fresh.retain(|_, (since, _)| since.elapsed() < FRESH);
        }
        if !held.revoked.contains(&credential.id) {
            held.fresh.insert(hash, (Instant::now(), credential));
        }
    }

    /// Forgets a credential and never holds it again: its row may be read once more before the revocation commits.
    pub(crate) fn revoke(&self, id: CredentialId) {
        let mut held = self.held();
        held.fresh.retain(|_, (_, credential)| credential.id != id);
        held.revoked.insert(id);
    }

    pub(crate) fn clear(&self) {
        self.held().fresh.clear();
    }
}
