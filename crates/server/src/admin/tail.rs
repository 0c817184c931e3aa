//! `zelo tail`: what arrives at the running server, line by line, until it stops or nobody looks any more.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::timeout;
use zelo_app::{Arrival, Fate, TailIntake};
use zelo_model::Field;

use super::quarantine::Asker;
use super::room::Room;
use super::wire::Refused;

/// How long the server lets a caller wait for something to arrive.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long what arrives is gathered into one answer.
const GATHER: Duration = Duration::from_millis(250);

/// A key on its way to the server; it is shown nowhere.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Secret(pub(crate) String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// What arrived since the last answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TailShown {
    pub(crate) arrivals: Vec<ArrivalShown>,
    /// How many are not kept any more.
    pub(crate) missed: u64,
    /// Where the next answer goes on.
    pub(crate) after: u64,
    /// Whether the server stops.
    pub(crate) over: bool,
}

/// A message that arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ArrivalShown {
    at: String,
    source: String,
    verb: Option<String>,
    name: Option<String>,
    outcome: String,
    reason: Option<String>,
    profile: Option<String>,
    matched: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    matched_by: Vec<String>,
    suggested: Option<String>,
    /// What is left out, and why.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    withheld: Vec<String>,
}

impl Room {
    /// What arrived behind a place; waits a moment for something to arrive. Who shows a key sees what the key may see.
    pub(super) async fn tail(
        &self,
        tenant: Option<String>,
        key: Option<Secret>,
        purpose: Option<String>,
        after: Option<u64>,
    ) -> Result<TailShown, Refused> {
        let actor = self.asker(Asker { tenant, key, purpose }).await?;
        if let Some(after) = after {
            let mut newest = self.app.arrivals(&actor).await?;
            let came = timeout(PATIENCE, newest.wait_for(|newest| *newest > after)).await;
            let came = came.map(|heard| heard.is_ok());
            if came != Ok(true) {
                return Ok(TailShown { arrivals: Vec::new(), missed: 0, after, over: came.is_ok() });
            }
            tokio::time::sleep(GATHER).await;
        }
        let tail = self.app.run(&actor, TailIntake { after, first: 100 }).await?;
        Ok(TailShown {
            after: tail.arrivals.last().map(|last| last.place).or(after).unwrap_or(0),
            missed: tail.missed,
            over: false,
            arrivals: tail.arrivals.into_iter().map(Into::into).collect(),
        })
    }
}

impl From<Arrival> for ArrivalShown {
    fn from(arrival: Arrival) -> Self {
        let mut withheld = Vec::new();
        let mut shown = Self {
            at: arrival.at.to_string(),
            source: arrival.source,
            verb: arrival.verb.map(str::to_owned),
            name: show("name", arrival.name, &mut withheld).flatten(),
            outcome: String::new(),
            reason: None,
            profile: None,
            matched: None,
            matched_by: Vec::new(),
            suggested: None,
            withheld: Vec::new(),
        };
        match arrival.fate {
            Fate::Held(reason) => {
                "held".clone_into(&mut shown.outcome);
                shown.reason = Some(reason.code().to_owned());
            }
            Fate::NotCollected => "not_collected".clone_into(&mut shown.outcome),
            Fate::Taken { profile, matched, by, suggested } => {
                "taken".clone_into(&mut shown.outcome);
                let profile = show("profile", profile, &mut withheld).flatten();
                shown.profile = profile.map(|profile| profile.to_string());
                shown.matched = Some(matched.slug().to_owned());
                shown.matched_by = by.iter().map(|kind| kind.slug().to_owned()).collect();
                shown.suggested = suggested.map(str::to_owned);
            }
        }
        Self { withheld, ..shown }
    }
}

fn show<T>(what: &str, field: Field<T>, withheld: &mut Vec<String>) -> Option<T> {
    match field {
        Field::Shown(value) => Some(value),
        Field::Withheld(reason) => {
            withheld.push(format!("{what}: {}", reason.code()));
            None
        }
    }
}

impl TailShown {
    /// A line each, for people.
    pub(super) fn text(&self) -> String {
        let missed =
            (self.missed > 0).then(|| format!("… {} more arrived and are not kept any more", self.missed));
        missed.into_iter().chain(self.arrivals.iter().map(ArrivalShown::line)).collect::<Vec<_>>().join("\n")
    }

    /// A line of JSON each.
    pub(super) fn json(&self) -> String {
        let lines = self.arrivals.iter().filter_map(|arrival| serde_json::to_string(arrival).ok());
        lines.collect::<Vec<_>>().join("\n")
    }
}

impl ArrivalShown {
    fn line(&self) -> String {
        let mut words = vec![self.at.as_str(), &self.source, self.verb.as_deref().unwrap_or("?")];
        words.extend(self.name.as_deref());
        let by = self.matched_by.join(", ");
        match (self.outcome.as_str(), &self.reason) {
            ("taken", _) => {
                words.extend(["→", self.profile.as_deref().unwrap_or("somebody")]);
                words.extend(self.matched.as_deref());
                if !by.is_empty() {
                    words.extend(["by", &by]);
                }
                if let Some(why) = &self.suggested {
                    words.extend(["· a merge was only suggested:", why]);
                }
            }
            ("held", Some(reason)) => words.extend(["· held:", reason]),
            _ => words.push("· not stored: no purpose of its source covers it, and no consent in it does"),
        }
        words.join(" ")
    }
}
