//! `zelo quarantine`: what is held, looked at and worked on from the command line.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use zelo_app::{
    DiscardHeld, Error, FixHeld, HeldEntry, HeldFilter, HeldView, InspectHeld, Judgement, ListHeld,
    ReplayCount, Verdict,
};
use zelo_model::{Actor, Field, QuarantineId, Via};

use super::room::Room;
use super::tail::Secret;
use super::wire::Refused;
use crate::terminal::table;

/// Who asks: whoever a key is, else the operator in a tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Asker {
    /// Whose; for the operator.
    pub(crate) tenant: Option<String>,
    /// The key.
    pub(crate) key: Option<Secret>,
    /// What for.
    pub(crate) purpose: Option<String>,
}

/// What is asked of held messages.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum HeldCommand {
    /// A page of them.
    List {
        /// For this reason.
        reason: Option<String>,
        /// Of this source.
        source: Option<String>,
        /// How many.
        first: usize,
    },
    /// One with what it says.
    Show(String),
    /// Other bytes in its place.
    Fix(String, String),
    /// These again.
    Replay(Vec<String>),
    /// All of a kind again.
    ReplayMany {
        /// For this reason.
        reason: Option<String>,
        /// Of this source.
        source: Option<String>,
    },
    /// These no more.
    Discard(Vec<String>),
}

impl std::fmt::Debug for HeldCommand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HeldCommand(…)")
    }
}

/// What is answered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", untagged)]
pub(crate) enum HeldShown {
    /// Messages as far as they may stand in the clear.
    Listed(Vec<EntryShown>),
    /// A message with what it says.
    Opened(Box<OpenedShown>),
    /// What became, or would become, of messages.
    Judged(Vec<JudgedShown>),
    /// What became of many.
    Counted(CountShown),
    /// How many were destroyed.
    Discarded {
        /// So many.
        discarded: u64,
    },
}

impl std::fmt::Debug for HeldShown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HeldShown(…)")
    }
}

/// A message as far as it may stand in the clear.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EntryShown {
    held: String,
    reason: String,
    detail: Option<String>,
    source: String,
    event: Option<String>,
    received_at: String,
    expires_at: String,
    fixes: u64,
}

/// A message with what it says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OpenedShown {
    #[serde(flatten)]
    entry: EntryShown,
    body: Option<String>,
    context: Option<String>,
    /// Why what it says is left out.
    withheld: Option<String>,
}

/// What became, or would become, of a message.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct JudgedShown {
    id: String,
    verdict: String,
    reason: Option<String>,
    detail: Option<String>,
    apart: usize,
}

/// What became of many.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CountShown {
    taken: usize,
    held: usize,
    refused: usize,
}

impl Room {
    /// Does what is asked of held messages.
    pub(super) async fn quarantine(&self, who: Asker, what: HeldCommand) -> Result<HeldShown, Refused> {
        let actor = self.asker(who).await?;
        let app = &self.app;
        Ok(match what {
            HeldCommand::List { reason, source, first } => {
                let list = ListHeld { filter: HeldFilter { reason, source }, first, after: None };
                let page = app.run(&actor, list).await?;
                HeldShown::Listed(page.entries.into_iter().map(Into::into).collect())
            }
            HeldCommand::Show(id) => {
                let view = app.run(&actor, InspectHeld { id: read(&id)? }).await.map_err(found)?;
                HeldShown::Opened(Box::new(view.into()))
            }
            HeldCommand::Fix(id, json) => {
                let judged = app.run(&actor, FixHeld { id: read(&id)?, json }).await.map_err(found)?;
                HeldShown::Judged(vec![JudgedShown::new(id, judged)])
            }
            HeldCommand::Replay(ids) => {
                let mut judged = Vec::with_capacity(ids.len());
                for id in ids {
                    let told = app.replay_held(&actor, read(&id)?).await.map_err(found)?;
                    judged.push(JudgedShown::new(id, told));
                }
                HeldShown::Judged(judged)
            }
            HeldCommand::ReplayMany { reason, source } => {
                HeldShown::Counted(self.replay_many(&actor, HeldFilter { reason, source }).await?)
            }
            HeldCommand::Discard(ids) => {
                let ids = ids.iter().map(|id| read(id)).collect::<Result<_, _>>()?;
                HeldShown::Discarded { discarded: app.run(&actor, DiscardHeld { ids }).await? }
            }
        })
    }

    async fn replay_many(&self, actor: &Actor, filter: HeldFilter) -> Result<CountShown, Refused> {
        let (mut all, mut after) = (CountShown::default(), None);
        loop {
            let ReplayCount { taken, held, refused, next } =
                self.app.replay_many(actor, &filter, after).await?;
            all.taken += taken;
            all.held += held;
            all.refused += refused;
            after = next;
            if after.is_none() {
                return Ok(all);
            }
        }
    }

    /// Whoever shows a key sees what the key may see.
    pub(super) async fn asker(&self, who: Asker) -> Result<Actor, Refused> {
        match who.key {
            Some(Secret(key)) => {
                let credential = self.app.authenticate(key.trim()).await?;
                Ok(self.app.admit(&credential, who.purpose.as_deref(), Via::Cli).await?)
            }
            None => self.tenant(who.tenant).await,
        }
    }
}

fn read(id: &str) -> Result<QuarantineId, Error> {
    id.parse().map_err(|_| Error::invalid("id", "this is not the id of a held message"))
}

fn found(error: Error) -> Refused {
    match error {
        Error::NotFound => {
            Refused::new("NOT_FOUND", "there is no such message in quarantine, or not any more")
        }
        Error::Forbidden => Refused::new(
            "FORBIDDEN",
            "this takes the key of somebody who may look into held messages, such as an officer: --key FILE or ZELO_KEY",
        ),
        other => other.into(),
    }
}

impl From<HeldEntry> for EntryShown {
    fn from(entry: HeldEntry) -> Self {
        Self {
            held: entry.id.to_string(),
            reason: entry.reason,
            detail: entry.detail,
            source: entry.source,
            event: match entry.event {
                Field::Shown(event) => event,
                Field::Withheld(_) => None,
            },
            received_at: entry.received.to_string(),
            expires_at: entry.expires.to_string(),
            fixes: entry.fixes,
        }
    }
}

impl From<HeldView> for OpenedShown {
    fn from(view: HeldView) -> Self {
        let (body, withheld) = match view.body {
            Field::Shown(body) => (Some(body), None),
            Field::Withheld(reason) => (None, Some(reason.hint().to_owned())),
        };
        let context = match view.context {
            Field::Shown(context) => context,
            Field::Withheld(_) => None,
        };
        Self { entry: view.entry.into(), body, context, withheld }
    }
}

impl JudgedShown {
    fn new(id: String, judged: Judgement) -> Self {
        let reason = match judged.verdict {
            Verdict::Held(reason) => Some(reason.code().to_owned()),
            _ => None,
        };
        let verdict = judged.verdict.code().to_owned();
        Self { id, verdict, reason, detail: judged.detail, apart: judged.apart }
    }

    fn line(&self) -> String {
        let mut line = format!("{}: {}", self.id, self.verdict);
        for more in self.reason.iter().chain(&self.detail) {
            line.push_str(" · ");
            line.push_str(more);
        }
        if self.apart > 0 {
            let _ = write!(line, " · {} of its values held apart", self.apart);
        }
        line
    }
}

impl HeldShown {
    /// For people.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Listed(entries) if entries.is_empty() => "nothing is held".to_owned(),
            Self::Listed(entries) => {
                let rows: Vec<_> = entries.iter().map(EntryShown::row).collect();
                table(["HELD", "REASON", "SOURCE", "EVENT", "RECEIVED", "EXPIRES"], &rows)
            }
            Self::Opened(opened) => {
                let said = opened.body.as_ref().or(opened.withheld.as_ref());
                format!("{}\n{}", opened.entry.row().join("  "), said.map_or("", String::as_str))
            }
            Self::Judged(judged) => judged.iter().map(JudgedShown::line).collect::<Vec<_>>().join("\n"),
            Self::Counted(CountShown { taken, held, refused }) => {
                format!("{taken} stored, {held} held still, {refused} that may not be kept")
            }
            Self::Discarded { discarded } => format!("{discarded} destroyed"),
        }
    }
}

impl EntryShown {
    fn row(&self) -> [String; 6] {
        let reason = match &self.detail {
            Some(detail) => format!("{} ({detail})", self.reason),
            None => self.reason.clone(),
        };
        let event = self.event.clone().unwrap_or_default();
        let [received, expires] = [&self.received_at, &self.expires_at].map(Clone::clone);
        [self.held.clone(), reason, self.source.clone(), event, received, expires]
    }
}
