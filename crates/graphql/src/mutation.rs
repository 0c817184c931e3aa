//! What can be changed: each field here is one passage through the door.

use async_graphql::MergedObject;

use crate::merge::MergeMutation;

/// What can be changed. Each field here is one passage through the door: one decision, one entry in the audit log.
#[derive(MergedObject, Default)]
pub(crate) struct Mutation(MergeMutation);
