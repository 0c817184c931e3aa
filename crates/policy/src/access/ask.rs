//! One question to Cedar. A policy that errors denies, also when it is a `forbid`, which Cedar alone would skip.

use cedar_policy::{
    Authorizer, Context, Decision, Entities, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression, Schema,
};
use zelo_model::{Purpose, Role};

use super::Flags;
use super::schema::{ANY, shown_as};
use crate::files::ACCESS;
use crate::{Category, CategoryMask, OperationInfo, PolicyError};

/// Policies that Cedar can be asked about.
pub(super) struct Judge {
    authorizer: Authorizer,
    policies: PolicySet,
    /// Actions with the groups they are in.
    entities: Entities,
}

/// Who asks and what for.
#[derive(Clone, Copy)]
pub(super) struct Who<'w> {
    pub(super) role: Role,
    pub(super) purpose: &'w Purpose,
    pub(super) flags: Flags,
}

impl Judge {
    pub(super) fn new(schema: &Schema, policies: PolicySet) -> Result<Self, PolicyError> {
        let entities = schema.action_entities().map_err(|error| {
            PolicyError::of_file(ACCESS, error.to_string(), "name operations so that Cedar can")
        })?;
        Ok(Self { authorizer: Authorizer::new(), policies, entities })
    }

    /// Whether the operation is allowed.
    pub(super) fn allows(&self, who: Who<'_>, operation: &OperationInfo) -> bool {
        self.ask(who, operation.name, operation.target.entity_type(), ANY)
    }

    /// The categories that may be shown.
    pub(super) fn sees(&self, who: Who<'_>, categories: &[Category]) -> CategoryMask {
        let shown = categories.iter().filter(|category| {
            let (kind, action) = shown_as(category);
            self.ask(who, action, kind, &category.key)
        });
        shown.map(|category| category.id).collect()
    }

    fn ask(&self, who: Who<'_>, action: &str, kind: &str, resource: &str) -> bool {
        let Some(request) = request(who, action, kind, resource) else { return false };
        let answer = self.authorizer.is_authorized(&request, &self.policies, &self.entities);
        answer.decision() == Decision::Allow && answer.diagnostics().errors().next().is_none()
    }
}

fn request(who: Who<'_>, action: &str, kind: &str, resource: &str) -> Option<Request> {
    let purpose = RestrictedExpression::new_entity_uid(uid("Purpose", who.purpose.as_str())?);
    let installation = RestrictedExpression::new_bool(who.flags.installation);
    let context =
        Context::from_pairs([("purpose".to_owned(), purpose), ("installation".to_owned(), installation)])
            .ok()?;
    Request::new(uid("Role", who.role.slug())?, uid("Action", action)?, uid(kind, resource)?, context, None)
        .ok()
}

fn uid(kind: &str, id: &str) -> Option<EntityUid> {
    Some(EntityUid::from_type_name_and_id(kind.parse::<EntityTypeName>().ok()?, EntityId::new(id)))
}
