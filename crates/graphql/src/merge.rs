//! Who is who, decided by people: merging, splitting, undoing, and what the rules suggest.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use zelo_app::{
    Error, LiftApart, MergeProfiles, Merging, PreviewChange, Rearrangement, RejectSuggestion, SplitProfile,
    UndoMerge,
};
use zelo_model::{IdError, RecordKind};

use crate::asker::Door;

/// What a steward's decision did.
#[derive(SimpleObject)]
pub(crate) struct Rearranged {
    /// Its line in the journal: `mrg_` and 26 characters.
    line: ID,
    /// The profile that was kept.
    kept: ID,
    /// The others: absorbed, returned, newly opened, or kept apart.
    others: Vec<ID>,
    /// How many records moved.
    moved: usize,
}

impl From<zelo_app::Rearranged> for Rearranged {
    fn from(done: zelo_app::Rearranged) -> Self {
        Self { line: id(done.line), kept: id(done.kept), others: ids(done.others), moved: done.moved }
    }
}

#[derive(Default)]
pub(crate) struct MergeMutation;

#[Object]
impl MergeMutation {
    /// Makes several profiles one person. The oldest keeps its id, the others' ids lead to it. `CONFLICT` when they
    /// are one already, when a steward keeps them apart, or when they would break a limit and you did not say that
    /// this is right.
    async fn merge_profiles(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "2 to 10 profiles.")] profiles: Vec<ID>,
        #[graphql(desc = "They are one person although a limit says otherwise.", default)] over_limits: bool,
    ) -> Result<Rearranged> {
        let what = Merging::Profiles(all("profiles", &profiles)?);
        Ok(cx.run(MergeProfiles { what, over_limits }).await?.into())
    }

    /// Follows a suggestion of the journal. The limit it was made for is no obstacle; others are.
    async fn accept_suggestion(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "The suggestion: `mrg_` and 26 characters.")] suggestion: ID,
        #[graphql(desc = "They are one person although other limits say otherwise.", default)]
        over_limits: bool,
    ) -> Result<Rearranged> {
        let what = Merging::Suggestion(one("suggestion", &suggestion)?);
        Ok(cx.run(MergeProfiles { what, over_limits }).await?.into())
    }

    /// Says that the profiles of a suggestion are different people. The rules keep them apart from here on, and do not
    /// ask again.
    async fn reject_suggestion(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "The suggestion: `mrg_` and 26 characters.")] suggestion: ID,
    ) -> Result<Rearranged> {
        let suggestion = one("suggestion", &suggestion)?;
        Ok(cx.run(RejectSuggestion { suggestion }).await?.into())
    }

    /// Undoes a merge, yours or one by rule: every profile it absorbed returns under its own id with what is its own,
    /// and the halves are kept apart. Undoing twice is a `CONFLICT`.
    async fn undo_merge(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "The merge in the journal: `mrg_` and 26 characters.")] merge: ID,
    ) -> Result<Rearranged> {
        Ok(cx.run(UndoMerge { merge: one("merge", &merge)? }).await?.into())
    }

    /// Moves records of a profile into a new one, because they are somebody else's, and keeps the two apart.
    async fn split_profile(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "The profile.")] profile: ID,
        #[graphql(desc = "Its records that are somebody else's: `rec_` and 26 characters each.")]
        records: Vec<ID>,
    ) -> Result<Rearranged> {
        let split = SplitProfile { profile: one("profile", &profile)?, records: all("records", &records)? };
        Ok(cx.run(split).await?.into())
    }

    /// Lets two profiles that are kept apart be one person again. It merges nobody by itself.
    async fn lift_apart(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "The two profiles.")] profiles: Vec<ID>,
    ) -> Result<Rearranged> {
        let profiles = all("profiles", &profiles)?;
        let profiles = profiles.try_into().map_err(|_| Error::invalid("profiles", "name 2 profiles"))?;
        Ok(cx.run(LiftApart { profiles }).await?.into())
    }
}

#[derive(Default)]
pub(crate) struct MergeQuery;

#[Object]
impl MergeQuery {
    /// What merging these profiles would do, and what stands against it. Nothing is changed.
    async fn merge_preview(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "2 to 10 profiles.")] profiles: Vec<ID>,
    ) -> Result<MergePreview> {
        preview(cx, Rearrangement::Merge(Merging::Profiles(all("profiles", &profiles)?))).await
    }

    /// What following a suggestion would do, and what stands against it. Nothing is changed.
    async fn suggestion_preview(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "The suggestion: `mrg_` and 26 characters.")] suggestion: ID,
    ) -> Result<MergePreview> {
        preview(cx, Rearrangement::Merge(Merging::Suggestion(one("suggestion", &suggestion)?))).await
    }

    /// What undoing a merge would do: which record returns where. Nothing is changed.
    async fn undo_preview(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "The merge in the journal: `mrg_` and 26 characters.")] merge: ID,
    ) -> Result<MergePreview> {
        preview(cx, Rearrangement::Unmerge(one("merge", &merge)?)).await
    }

    /// What splitting a profile would do. Nothing is changed.
    async fn split_preview(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "The profile.")] profile: ID,
        #[graphql(desc = "Its records that are somebody else's: `rec_` and 26 characters each.")]
        records: Vec<ID>,
    ) -> Result<MergePreview> {
        let (profile, records) = (one("profile", &profile)?, all("records", &records)?);
        preview(cx, Rearrangement::Split { profile, records }).await
    }
}

async fn preview(cx: &Context<'_>, of: Rearrangement) -> Result<MergePreview> {
    let seen = cx.run(PreviewChange { of }).await?;
    Ok(MergePreview {
        kept: id(seen.kept),
        others: ids(seen.others),
        moves: seen.moves.into_iter().map(Into::into).collect(),
        limits: seen.limits,
        kept_apart: seen.kept_apart,
        withheld: cx.show(&seen.withheld).map(|list| list.iter().map(Into::into).collect()),
    })
}

/// A steward's decision as it would be.
#[derive(SimpleObject)]
struct MergePreview {
    /// The profile that would be kept.
    kept: ID,
    /// The profiles that would be absorbed, or return; a split's new profile has no id yet.
    others: Vec<ID>,
    /// The records that would move.
    moves: Vec<RecordMove>,
    /// The limits of the match rules that they break only as one person, such as `two-user-ids`: merging takes
    /// `overLimits`.
    limits: Vec<&'static str>,
    /// Whether a steward keeps some of them apart: merging takes `liftApart` first.
    kept_apart: bool,
    /// The purposes for which as one person more would be withheld than now: a no of one holds for all.
    withheld: Option<Vec<Withholding>>,
}

/// A purpose closed by a merge for somebody for whom it is open now.
#[derive(SimpleObject)]
struct Withholding {
    /// The purpose, by its name in the policies.
    purpose: String,
    /// The controller it is about.
    recipient: String,
    /// Why: `CONSENT` or `RESTRICTED`.
    code: &'static str,
}

impl From<&zelo_app::Withholding> for Withholding {
    fn from(seen: &zelo_app::Withholding) -> Self {
        Self { purpose: seen.purpose.clone(), recipient: seen.recipient.clone(), code: seen.reason.code() }
    }
}

/// A record that would move.
#[derive(SimpleObject)]
struct RecordMove {
    /// The record: `rec_` and 26 characters.
    record: ID,
    /// Whom we got it from: the source's name.
    source: String,
    /// What the source knows it by: `USER_ID`, `ANONYMOUS_ID`, or `HOUSE` for what Zelo itself keeps.
    kind: &'static str,
    /// The profile it would leave.
    from: ID,
    /// The profile it would join; null for one still to be opened.
    to: Option<ID>,
}

impl From<zelo_app::RecordMove> for RecordMove {
    fn from(step: zelo_app::RecordMove) -> Self {
        let kind = match step.kind {
            RecordKind::UserId => "USER_ID",
            RecordKind::AnonymousId => "ANONYMOUS_ID",
            RecordKind::House => "HOUSE",
        };
        Self { record: id(step.record), source: step.source, kind, from: id(step.from), to: step.to.map(id) }
    }
}

pub(crate) fn id(id: impl std::fmt::Display) -> ID {
    ID(id.to_string())
}

pub(crate) fn ids<I: std::fmt::Display>(list: Vec<I>) -> Vec<ID> {
    list.into_iter().map(id).collect()
}

/// An id of the kind asked for, or what is wrong with it.
pub(crate) fn one<I: std::str::FromStr<Err = IdError>>(at: &str, id: &ID) -> Result<I, Error> {
    id.parse().map_err(|problem: IdError| Error::invalid(at, problem.to_string()))
}

pub(crate) fn all<I: std::str::FromStr<Err = IdError>>(at: &str, ids: &[ID]) -> Result<Vec<I>, Error> {
    ids.iter().enumerate().map(|(n, id)| one(&format!("{at}[{n}]"), id)).collect()
}
