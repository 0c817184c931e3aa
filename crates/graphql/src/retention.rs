//! What the schedules would take of the living, in numbers.

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use zelo_app::{Foreseen, ForeseenKept, PreviewRetention};

use crate::asker::Door;
use crate::count::Count;
use crate::scalar::DateTime;

#[derive(Default)]
pub(crate) struct RetentionQuery;

#[Object]
impl RetentionQuery {
    /// What each schedule would take if it were applied now, what of it a law keeps and until when, and how much is left
    /// alone. Numbers only, and nobody's.
    async fn retention_preview(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "Only the schedule of this name, such as `browsing`.")] schedule: Option<String>,
    ) -> Result<Vec<RetentionForecast>> {
        let foreseen = cx.run(PreviewRetention { schedule }).await?;
        Ok(foreseen.into_iter().map(RetentionForecast).collect())
    }
}

/// What a schedule counts.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RetentionCounts {
    /// Events.
    Events,
    /// People, with everything of theirs.
    People,
}

/// What becomes of what is kept no longer.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "zelo_app::Then")]
pub(crate) enum RetentionThen {
    /// It goes.
    Erase,
    /// It goes, and is counted by day and name, of nobody.
    Anonymise,
}

/// What a law keeps of what would be due.
#[derive(SimpleObject)]
pub(crate) struct RetentionKept {
    /// The policy that keeps it.
    policy: String,
    /// The ground, such as `legal_obligation`.
    ground: &'static str,
    /// Where the law says so.
    law: String,
    /// Until when the last of it is kept.
    until: DateTime,
    /// How many; each stands with every law that keeps it.
    count: Count,
}

impl From<ForeseenKept> for RetentionKept {
    fn from(ForeseenKept { policy, ground, law, until, count }: ForeseenKept) -> Self {
        Self { policy, ground, law, until: DateTime(until), count: count.into() }
    }
}

/// As foreseen.
pub(crate) struct RetentionForecast(Foreseen);

/// What one schedule would do.
#[Object]
impl RetentionForecast {
    /// Its name.
    async fn schedule(&self) -> &str {
        &self.0.schedule
    }

    /// Its name for people, in Brazilian Portuguese.
    async fn label_pt(&self) -> &str {
        &self.0.label.pt_br
    }

    /// Its name for people, in English.
    async fn label_en(&self) -> &str {
        &self.0.label.en
    }

    /// Where the law says so.
    async fn citation(&self) -> &str {
        &self.0.citation
    }

    /// What it counts.
    async fn counts(&self) -> RetentionCounts {
        if self.0.of_people { RetentionCounts::People } else { RetentionCounts::Events }
    }

    /// What would become of them.
    async fn then(&self) -> RetentionThen {
        self.0.then.into()
    }

    /// What happened, or was last heard of, before this is due; minors may be due sooner.
    async fn before(&self) -> DateTime {
        DateTime(self.0.before)
    }

    /// How many would go.
    async fn due(&self) -> Count {
        self.0.due.into()
    }

    /// What laws keep: of events, those that stay; of people, how many would go of whom something is kept apart.
    async fn kept(&self) -> Vec<RetentionKept> {
        self.0.kept.iter().cloned().map(Into::into).collect()
    }

    /// How many are left alone because somebody restricted the processing of their data.
    async fn held_back(&self) -> Count {
        self.0.held_back.into()
    }
}
