//! What can be changed: each field here is one passage through the door, or several that belong together.

use async_graphql::MergedObject;

use crate::consent::ConsentMutation;
use crate::erasure::Erasures;
use crate::export::Exports;
use crate::merge::MergeMutation;
use crate::policy_change::PolicyChangeMutation;
use crate::quarantine::QuarantineMutation;

/// What can be changed. Each field here is one passage through the door: one decision, one entry in the audit log; an
/// erasure is several, which belong together.
#[derive(MergedObject, Default)]
pub(crate) struct Mutation(
    MergeMutation,
    ConsentMutation,
    Erasures,
    Exports,
    QuarantineMutation,
    PolicyChangeMutation,
);
