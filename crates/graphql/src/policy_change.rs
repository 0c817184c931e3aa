//! Changing the policies: an officer proposes, sees what it would do, and a second one decides.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use zelo_app::{
    ApprovePolicies, ChangeView, CheckPolicies, Difference, Edits, Error, ListChanges, ProposePolicies,
    ReachOf, ReachPolicies, ReadChange, RejectPolicies,
};
use zelo_model::PolicyChangeId;

use crate::asker::Door;
use crate::count::Count;
use crate::cursor;
use crate::event::PageInfo;
use crate::policy_difference::PolicyDifference;
use crate::profile::cost;
use crate::scalar::DateTime;
use crate::wants::{FIRST, MOST};

/// How a change stands.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "zelo_model::ChangeState")]
pub(crate) enum PolicyChangeState {
    /// It waits for a second person.
    Proposed,
    /// A second person agreed: its policies are in force until others are.
    Approved,
    /// Somebody said no, or whoever proposed it took it back.
    Rejected,
}

/// A file as it should be.
#[derive(InputObject)]
pub(crate) struct PolicyEdit {
    /// Which file, below `policies/`: `purposes/marketing-email.yaml`.
    path: String,
    /// The whole file as it should be; null for one that goes.
    text: Option<String>,
}

fn edits(edits: Vec<PolicyEdit>) -> Result<Edits, Error> {
    let mut read = Edits::new();
    for PolicyEdit { path, text } in edits {
        if read.contains_key(&path) {
            return Err(Error::invalid(
                "edits",
                format!("policies/{path} is there twice; keep one of the two"),
            ));
        }
        read.insert(path, text);
    }
    Ok(read)
}

fn id(id: &ID) -> Result<PolicyChangeId, Error> {
    id.parse().map_err(|problem: zelo_model::IdError| Error::invalid("id", problem.to_string()))
}

#[derive(Default)]
pub(crate) struct PolicyChangeQuery;

#[Object]
impl PolicyChangeQuery {
    /// What would be different if these files were changed, or what is wrong with them, by file and line; nothing is written.
    async fn check_policies(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "The files as they should be.")] edits: Vec<PolicyEdit>,
    ) -> Result<PolicyDifference> {
        Ok(cx.run(CheckPolicies { edits: self::edits(edits)? }).await?.into())
    }

    /// Changes of policies, newest first: who proposed what and why, and who decided on it. What each would do,
    /// `policyChange` says.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn policy_changes(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100.", default_with = "Some(FIRST)")] first: Option<i32>,
        #[graphql(desc = "Only those older than this cursor.")] after: Option<String>,
    ) -> Result<PolicyChangeConnection> {
        let first = first.map_or(i64::from(FIRST), i64::from);
        let first = usize::try_from(first).ok().filter(|_| (1..=MOST).contains(&first));
        let first = first.ok_or_else(|| Error::invalid("policyChanges.first", format!("1 to {MOST}")))?;
        let continued = after.is_some();
        let place = |after: String| {
            cursor::decode_change(&after).ok_or_else(|| {
                Error::invalid("policyChanges.after", "take a cursor from an earlier answer, unchanged")
            })
        };
        let before = after.map(place).transpose()?;
        let (views, more) = cx.run(ListChanges { before, first }).await?;
        let cursors = |view: Option<&ChangeView>| view.map(|view| cursor::encode_change(view.change.id));
        let page_info = PageInfo::new((more, continued), cursors(views.first()), cursors(views.last()));
        let edge = |view: ChangeView| PolicyChangeEdge {
            cursor: cursor::encode_change(view.change.id),
            node: PolicyChange(view),
        };
        Ok(PolicyChangeConnection { edges: views.into_iter().map(edge).collect(), page_info })
    }

    /// One change of policies, with what it would do or did; null if there is none.
    async fn policy_change(&self, cx: &Context<'_>, id: ID) -> Result<Option<PolicyChange>> {
        match cx.run(ReadChange { id: self::id(&id)? }).await {
            Ok(view) => Ok(Some(PolicyChange(view))),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Whom a change would reach, in every tenant, as far as what stands in the clear can say: for how many people a purpose
    /// is open now and then, and how much each schedule would take. Only what is different for five people or more; it looks
    /// through everybody and takes its time.
    async fn policy_reach(&self, cx: &Context<'_>, id: ID) -> Result<Vec<PolicyReach>> {
        let reach = cx.run(ReachPolicies { id: self::id(&id)? }).await?;
        let told = |one: zelo_app::Reach| {
            let (of, what) = match one.of {
                ReachOf::Purpose(what) => (PolicyReachOf::PurposeOpenFor, what),
                ReachOf::Events(what) => (PolicyReachOf::EventsDue, what),
                ReachOf::People(what) => (PolicyReachOf::PeopleDue, what),
            };
            PolicyReach { tenant: one.tenant, of, what, before: one.before.into(), after: one.after.into() }
        };
        Ok(reach.into_iter().map(told).collect())
    }
}

#[derive(Default)]
pub(crate) struct PolicyChangeMutation;

#[Object]
impl PolicyChangeMutation {
    /// Proposes a change of the policies in force, with a key of the installation. Whatever is wrong with it is said at once,
    /// by file and line, and then nothing is proposed. It is in force once somebody else approves of it.
    async fn propose_policies(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "The files as they should be.")] edits: Vec<PolicyEdit>,
        #[graphql(
            desc = "Why, for whoever decides on it and for whoever asks years later; it names nobody."
        )]
        why: String,
    ) -> Result<PolicyChange> {
        Ok(PolicyChange(cx.run(ProposePolicies { edits: self::edits(edits)?, why }).await?))
    }

    /// Approves of a change that somebody else proposed: its policies are in force from now on, in other processes seconds
    /// later, unless the folder of policies says something else by then. `CONFLICT` when other policies came into force since it was proposed.
    async fn approve_policies(&self, cx: &Context<'_>, id: ID) -> Result<PolicyChange> {
        Ok(PolicyChange(cx.approve(ApprovePolicies { id: self::id(&id)? }).await?))
    }

    /// Rejects a change; whoever proposed it takes it back so.
    async fn reject_policies(&self, cx: &Context<'_>, id: ID) -> Result<PolicyChange> {
        Ok(PolicyChange(cx.run(RejectPolicies { id: self::id(&id)? }).await?))
    }
}

/// A page of changes, newest first.
#[derive(SimpleObject)]
pub(crate) struct PolicyChangeConnection {
    /// The changes of this page.
    edges: Vec<PolicyChangeEdge>,
    /// Where it goes on.
    page_info: PageInfo,
}

/// A change in its place.
#[derive(SimpleObject)]
pub(crate) struct PolicyChangeEdge {
    /// Its place.
    cursor: String,
    /// The change.
    node: PolicyChange,
}

/// A change as read.
pub(crate) struct PolicyChange(ChangeView);

/// A change of policies.
#[Object]
impl PolicyChange {
    /// Its id: `pch_` and 26 characters.
    async fn id(&self) -> ID {
        ID(self.0.change.id.to_string())
    }

    /// How it stands.
    async fn state(&self) -> PolicyChangeState {
        self.0.change.state.into()
    }

    /// Whether it begins from what is in force, so that it can be approved.
    async fn is_current(&self) -> bool {
        self.0.is_current
    }

    /// Why.
    async fn why(&self) -> &str {
        &self.0.change.why
    }

    /// When it was proposed.
    async fn proposed_at(&self) -> DateTime {
        DateTime(self.0.change.proposed.0)
    }

    /// Who proposed it: the id of their key.
    async fn proposed_by(&self) -> &str {
        &self.0.change.proposed.1
    }

    /// When it was decided on; null while it waits.
    async fn decided_at(&self) -> Option<DateTime> {
        self.0.change.decided.as_ref().map(|(at, _)| DateTime(*at))
    }

    /// Who decided on it: the id of their key.
    async fn decided_by(&self) -> Option<&str> {
        self.0.change.decided.as_ref().map(|(_, by)| by.as_str())
    }

    /// The digest of the policies it changes.
    async fn base(&self) -> &str {
        &self.0.change.base
    }

    /// The digest of what comes out of it: what entries of the log cite once it is in force.
    async fn digest(&self) -> &str {
        &self.0.change.digest
    }

    /// What it would do, or did; null in lists, and when this program reads one of the two no more.
    async fn difference(&self) -> Option<PolicyDifference> {
        let difference: Option<Difference> = self.0.difference.clone();
        difference.map(Into::into)
    }
}

/// What a number is about.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PolicyReachOf {
    /// People a purpose is open for.
    PurposeOpenFor,
    /// Events that a schedule would take now.
    EventsDue,
    /// People that a schedule would forget now, minors counted as if they were not.
    PeopleDue,
}

/// What is different for people of one tenant.
#[derive(SimpleObject)]
pub(crate) struct PolicyReach {
    /// The tenant.
    tenant: String,
    /// What the number is about.
    of: PolicyReachOf,
    /// Which purpose, or which schedule.
    what: String,
    /// How many now.
    before: Count,
    /// How many then.
    after: Count,
}
