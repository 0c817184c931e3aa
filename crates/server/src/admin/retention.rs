//! Schedules from the command line: what they would take, and taking it.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use zelo_app::{Foreseen, ForeseenKept, PreviewRetention, Retained, Tally};

use super::room::Room;
use super::wire::Refused;
use crate::terminal::table;

/// What a schedule would take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ForeseenShown {
    schedule: String,
    citation: String,
    counts: String,
    then: String,
    before: String,
    due: TallyShown,
    kept: Vec<KeptShown>,
    held_back: TallyShown,
}

/// What a law keeps of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct KeptShown {
    policy: String,
    ground: String,
    law: String,
    until: String,
    count: TallyShown,
}

/// A number, or that it is too small to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum TallyShown {
    Exactly(u64),
    FewerThan(u64),
}

/// What a schedule took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RetainedShown {
    schedule: String,
    events: u64,
    people: u64,
}

impl Room {
    /// What the schedules would take.
    pub(super) async fn retention_preview(
        &self,
        tenant: Option<String>,
        schedule: Option<String>,
    ) -> Result<Vec<ForeseenShown>, Refused> {
        let foreseen = self.app.run(&self.tenant(tenant).await?, PreviewRetention { schedule }).await?;
        Ok(foreseen.into_iter().map(Into::into).collect())
    }

    /// Takes it.
    pub(super) async fn retention_run(
        &self,
        tenant: Option<String>,
        schedule: Option<String>,
    ) -> Result<Vec<RetainedShown>, Refused> {
        let done = self.app.retain_in(&self.tenant(tenant).await?, schedule.as_deref()).await?;
        Ok(done.into_iter().map(Into::into).collect())
    }
}

impl TallyShown {
    fn text(self) -> String {
        match self {
            Self::Exactly(count) => count.to_string(),
            Self::FewerThan(few) => format!("fewer than {few}"),
        }
    }
}

/// For people.
pub(super) fn foreseen(all: &[ForeseenShown]) -> String {
    let rows: Vec<_> = all.iter().map(ForeseenShown::row).collect();
    let mut text = table(["SCHEDULE", "BEFORE", "THEN", "DUE", "LEFT ALONE"], &rows);
    for one in all {
        for KeptShown { policy, law, until, count, .. } in &one.kept {
            let (schedule, count) = (&one.schedule, count.text());
            let _ = write!(text, "\n{schedule}: {count} kept by {policy} until {until} ({law})");
        }
    }
    text
}

/// The same of what was taken.
pub(super) fn retained(all: &[RetainedShown]) -> String {
    let row = |one: &RetainedShown| [one.schedule.clone(), one.events.to_string(), one.people.to_string()];
    table(["SCHEDULE", "EVENTS", "PEOPLE"], &all.iter().map(row).collect::<Vec<_>>())
}

impl ForeseenShown {
    fn row(&self) -> [String; 5] {
        let Self { schedule, counts, then, before, due, held_back, .. } = self;
        let due = format!("{} {counts}", due.text());
        [schedule.clone(), before.clone(), then.clone(), due, held_back.text()]
    }
}

impl From<Tally> for TallyShown {
    fn from(tally: Tally) -> Self {
        match tally {
            Tally::Exactly(count) => Self::Exactly(count),
            Tally::Few => Self::FewerThan(Tally::FEW),
        }
    }
}

impl From<Foreseen> for ForeseenShown {
    fn from(one: Foreseen) -> Self {
        let kept = one.kept.into_iter().map(|kept: ForeseenKept| KeptShown {
            policy: kept.policy,
            ground: kept.ground.to_owned(),
            law: kept.law,
            until: kept.until.to_string(),
            count: kept.count.into(),
        });
        Self {
            schedule: one.schedule,
            citation: one.citation,
            counts: if one.of_people { "people" } else { "events" }.to_owned(),
            then: one.then.slug().to_owned(),
            before: one.before.to_string(),
            due: one.due.into(),
            kept: kept.collect(),
            held_back: one.held_back.into(),
        }
    }
}

impl From<Retained> for RetainedShown {
    fn from(Retained { schedule, events, people }: Retained) -> Self {
        Self { schedule, events, people }
    }
}
