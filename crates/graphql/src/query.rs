//! The root: each field here is one passage through the door.

use async_graphql::{Context, ID, Interface, MergedObject, Object, Result};
use zelo_app::{Error, GetAccessLog, GetProfile, Lookup};

use crate::asker::Door;
use crate::erasure::{Erasure, erasure};
use crate::export::ExportQuery;
use crate::identifier::IdentifierInput;
use crate::journal::JournalQuery;
use crate::merge::MergeQuery;
use crate::notice::NoticeQuery;
use crate::policy::PolicyQuery;
use crate::policy_change::PolicyChangeQuery;
use crate::profile::Profile;
use crate::quarantine::QuarantineQuery;
use crate::retention::RetentionQuery;
use crate::wants::{Wanted, WantedAccess, wants};

/// Something with an id of its own.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Its id, the same for as long as it exists."))]
pub(crate) enum Node {
    /// A profile.
    Profile(Profile),
}

#[derive(Default)]
pub(crate) struct People;

/// What can be asked. Each field here is one passage through the door: one decision, one entry in the audit log.
#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
pub(crate) struct Root(
    People,
    JournalQuery,
    MergeQuery,
    ExportQuery,
    QuarantineQuery,
    PolicyQuery,
    PolicyChangeQuery,
    RetentionQuery,
    NoticeQuery,
);

#[Object]
impl People {
    /// One profile by its id. An id of a profile merged into another leads to that other. Null if there is none, or
    /// none for you: the two look the same.
    async fn profile(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "The profile's id: `prf_` and 26 characters.")] id: ID,
    ) -> Result<Option<Profile>> {
        get(cx, by_id(&id)?).await
    }

    /// The profile to which any of a person's records with this identifier belongs. Null if there is none, or none
    /// for you: the two look the same.
    async fn profile_by_identifier(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "The identifier.")] by: IdentifierInput,
    ) -> Result<Option<Profile>> {
        get(cx, Lookup::Identifier { kind: by.kind.into(), space: by.space, value: by.value }).await
    }

    /// The receipt of the erasure of this profile. Null if it was not forgotten, or not for you.
    async fn erasure(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "The profile's id: `prf_` and 26 characters.")] profile: ID,
    ) -> Result<Option<Erasure>> {
        erasure(cx, &profile).await
    }

    /// Whatever has this id; so far, profiles. Null if there is none, or none for you.
    async fn node(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "An id from an earlier answer.")] id: ID,
    ) -> Result<Option<Node>> {
        Ok(get(cx, by_id(&id)?).await?.map(Node::Profile))
    }
}

fn by_id(id: &ID) -> Result<Lookup, Error> {
    id.parse()
        .map(Lookup::Id)
        .map_err(|problem: zelo_model::IdError| Error::invalid("id", problem.to_string()))
}

async fn get(cx: &Context<'_>, lookup: Lookup) -> Result<Option<Profile>> {
    let Wanted { profile: wants, access } = wants(cx.field())?;
    match cx.run(GetProfile { lookup, wants }).await {
        Ok(view) => {
            let log = match access {
                Some(WantedAccess { first, after }) => {
                    Some(cx.run(GetAccessLog { lookup: Lookup::Id(view.id), first, after }).await?)
                }
                None => None,
            };
            Ok(Some(Profile(view, log)))
        }
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
