//! What just arrived, as integrators watch it.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use zelo_app::{Arrival as View, Fate, Matched, Tail};

use crate::asker::Door;
use crate::identifier::IdentifierKind;
use crate::scalar::DateTime;

/// Messages that arrived, oldest first, in one passage through the door.
#[derive(SimpleObject)]
pub(crate) struct Arrivals {
    /// The messages.
    items: Vec<Arrival>,
    /// How many came in between that are not kept any more: a server keeps a tenant's newest thousand.
    missed: String,
    /// The place of the last: `arrivals(after:)` goes on behind it, on the same server and until it starts anew.
    cursor: Option<String>,
}

impl From<Tail> for Arrivals {
    fn from(tail: Tail) -> Self {
        Self {
            missed: tail.missed.to_string(),
            cursor: tail.arrivals.last().map(|last| last.place.to_string()),
            items: tail.arrivals.into_iter().map(Arrival).collect(),
        }
    }
}

/// What became of a message.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is stored, and somebody's. One sent again is taken again and counts once.
    Taken,
    /// It is held in quarantine; `reason` says why.
    Held,
    /// It is stored nowhere: no purpose of its source covers it, and no consent in it does.
    NotCollected,
}

/// How a message found its person.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Match {
    /// By the record it has always been about.
    Known,
    /// Nobody was known by any of its identifiers: a new profile.
    Opened,
    /// A new record of somebody known.
    Joined,
    /// It brought several profiles together, who are one from here on.
    Merged,
}

/// A message as it arrived.
pub(crate) struct Arrival(View);

/// A message that arrived at this server: what became of it, and whom it matched. Nothing of what it says.
#[Object]
impl Arrival {
    /// When it was taken in.
    async fn at(&self) -> DateTime {
        DateTime(self.0.at)
    }

    /// Whom it is from: the source's name.
    async fn source(&self) -> &str {
        &self.0.source
    }

    /// What it says it is, such as `track`; null when that could not be read.
    async fn verb(&self) -> Option<&str> {
        self.0.verb
    }

    /// An event's name; null for what has none, or when it is withheld.
    async fn name(&self, cx: &Context<'_>) -> Option<&str> {
        cx.show(&self.0.name)?.as_deref()
    }

    /// What became of it.
    async fn outcome(&self) -> Outcome {
        match self.0.fate {
            Fate::Taken { .. } => Outcome::Taken,
            Fate::Held(_) => Outcome::Held,
            Fate::NotCollected => Outcome::NotCollected,
        }
    }

    /// Why it is held, such as `event_name` or `no_identifier`; else null.
    async fn reason(&self) -> Option<&str> {
        match self.0.fate {
            Fate::Held(reason) => Some(reason.code()),
            Fate::Taken { .. } | Fate::NotCollected => None,
        }
    }

    /// The profile it is about, as they are now; null for what is not stored, for somebody erased since, or when it is
    /// withheld.
    async fn profile(&self, cx: &Context<'_>) -> Option<ID> {
        let Fate::Taken { profile, .. } = &self.0.fate else { return None };
        Some(ID((*cx.show(profile)?)?.to_string()))
    }

    /// How it found them; null for what is not stored.
    async fn matched(&self) -> Option<Match> {
        let Fate::Taken { matched, .. } = self.0.fate else { return None };
        Some(match matched {
            Matched::Known => Match::Known,
            Matched::Opened => Match::Opened,
            Matched::Joined => Match::Joined,
            Matched::Merged => Match::Merged,
        })
    }

    /// Which kinds of its identifiers led to somebody before it came.
    async fn matched_by(&self) -> Vec<IdentifierKind> {
        match &self.0.fate {
            Fate::Taken { by, .. } => by.iter().copied().map(IdentifierKind::from).collect(),
            Fate::Held(_) | Fate::NotCollected => Vec::new(),
        }
    }

    /// Why people it names were not merged, and a merge was suggested to a steward instead; else null.
    async fn suggested(&self) -> Option<&str> {
        match self.0.fate {
            Fate::Taken { suggested, .. } => suggested,
            Fate::Held(_) | Fate::NotCollected => None,
        }
    }
}
