//! Forgetting a person from the command line.

use serde::{Deserialize, Serialize};
use zelo_app::{EraseProfile, ErasureReceipt, Error, GetErasure, Lookup, WhichErasure};
use zelo_model::{Actor, ProfileId};

use super::command::Whom;
use super::room::Room;
use super::wire::Refused;

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErasureShown {
    number: i64,
    profile: String,
    state: String,
    ground: String,
    begun_at: String,
    effective_at: Option<String>,
    done_at: Option<String>,
    final_at: Option<String>,
    suppressed: usize,
    kept: Vec<KeptShown>,
    /// The entry that ends it, and the way to the checkpoint's root in hexadecimal.
    entry: Option<EntryShown>,
    /// The signed checkpoint that way leads to.
    checkpoint: Option<String>,
}

/// What a law keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct KeptShown {
    policy: String,
    ground: String,
    law: String,
    until: String,
    rows: i64,
}

/// An entry of the log with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct EntryShown {
    leaf: String,
    index: u64,
    path: Vec<String>,
}

impl Room {
    /// Forgets somebody; the receipt again, if that was done before and they are named by id.
    pub(super) async fn erase(
        &self,
        tenant: Option<String>,
        whom: Whom,
        ground: &str,
    ) -> Result<ErasureShown, Refused> {
        let actor = self.tenant(tenant).await?;
        let ground = ground.parse().map_err(|_| Error::invalid("ground", "there is no such ground"))?;
        let lookup = lookup(whom)?;
        let named = match &lookup {
            Lookup::Id(id) => Some(*id),
            Lookup::Identifier { .. } => None,
        };
        match self.app.erase(&actor, EraseProfile { lookup, ground, lapsed: None }).await {
            Ok(receipt) => Ok(receipt.into()),
            Err(Error::Erased) if named.is_some() => self.receipt(&actor, named).await,
            Err(Error::NotFound) => Err(Refused::new("NOT_FOUND", "there is nobody of that name or id here")),
            Err(error) => Err(error.into()),
        }
    }

    async fn receipt(&self, actor: &Actor, id: Option<ProfileId>) -> Result<ErasureShown, Refused> {
        let which = WhichErasure::Profile(id.ok_or(Error::Erased)?);
        Ok(self.app.run(actor, GetErasure { which }).await?.into())
    }
}

fn lookup(whom: Whom) -> Result<Lookup, Error> {
    match whom {
        Whom::Id(id) => {
            id.parse().map(Lookup::Id).map_err(|_| Error::invalid("id", "this is not the id of a profile"))
        }
        Whom::Identifier { kind, space, value } => {
            let kind = kind.parse().map_err(|_| Error::invalid("kind", "there is no such kind"))?;
            Ok(Lookup::Identifier { kind, space, value })
        }
    }
}

impl ErasureShown {
    pub(super) fn text(&self) -> String {
        let Self { number, profile, state, suppressed, .. } = self;
        let mut lines = vec![format!("erasure {number} of {profile}: {state}")];
        let mut line = |what: &str, at: &Option<String>| {
            let at = at.as_deref().unwrap_or("not yet");
            lines.push(format!("  {what:<10} {at}"));
        };
        line("begun", &Some(self.begun_at.clone()));
        line("effective", &self.effective_at);
        line("rows gone", &self.done_at);
        line("final", &self.final_at);
        lines.push(format!("  {suppressed} identifiers are kept from coming back"));
        for KeptShown { policy, law, until, rows, .. } in &self.kept {
            lines.push(format!("  kept by law: {rows} rows of {policy} until {until} ({law})"));
        }
        lines.join("\n")
    }
}

impl From<ErasureReceipt> for ErasureShown {
    fn from(receipt: ErasureReceipt) -> Self {
        let kept = receipt.kept.into_iter().map(|kept| KeptShown {
            policy: kept.policy,
            ground: kept.ground,
            law: kept.law,
            until: kept.until.to_string(),
            rows: kept.rows,
        });
        let hex = |hash: &[u8; 32]| data_encoding::HEXLOWER.encode(hash);
        let checkpoint = receipt.done.as_ref().map(|entry| entry.checkpoint.clone());
        let entry = receipt.done.map(|entry| EntryShown {
            leaf: entry.leaf,
            index: entry.inclusion.index,
            path: entry.inclusion.path.iter().map(hex).collect(),
        });
        Self {
            number: receipt.n,
            profile: receipt.profile.to_string(),
            state: receipt.state.slug().to_owned(),
            ground: receipt.ground,
            begun_at: receipt.begun_at.to_string(),
            effective_at: receipt.effective_at.map(|at| at.to_string()),
            done_at: receipt.done_at.map(|at| at.to_string()),
            final_at: receipt.final_at.map(|at| at.to_string()),
            suppressed: receipt.suppressed,
            kept: kept.collect(),
            entry,
            checkpoint,
        }
    }
}
