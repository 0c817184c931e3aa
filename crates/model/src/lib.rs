//! Values, transitions and ports of the customer data platform; nothing here can do I/O.
//!
//! The words are the field's own: a *tenant* is one controller, a *record* is a person as one source knows
//! them, a *profile* is the set of records believed to be one person.

mod actor;
mod birth;
mod consent;
mod erasure;
mod export;
mod field;
mod group;
mod identifier;
mod ids;
mod matching;
mod policy_change;
mod ports;
mod problem;
mod profile;
mod record;
mod rotation;
mod time;

pub use actor::{Actor, Purpose, PurposeError, Role, Via};
pub use birth::{BirthDate, BirthDateError};
pub use consent::{
    ConsentFact, ConsentHistory, ConsentKind, ConsentState, Lapse, LapseCause, NotGiven, Standing,
};
pub use erasure::{ErasureGround, ErasureState, UnknownGround};
pub use export::{Export, ExportMark, ExportState};
pub use field::{Field, Reason};
pub use group::GroupBody;
pub use identifier::{Identifier, IdentifierKind, UnknownKind};
pub use ids::{
    ConsentId, CredentialId, EntryId, EventId, ExportId, Handle, IdError, JournalId, OwnerId, PolicyChangeId,
    ProfileId, QuarantineId, RotationId, SourceId, TenantId,
};
pub use matching::{Blocked, KindRule, MatchRules, Window};
pub use policy_change::{ApprovedPolicies, ChangeState, PolicyChange};
pub use ports::{Clock, FixedClock, Ids, SeededIds, SystemClock, SystemIds};
pub use problem::Problem;
pub use profile::ProfileState;
pub use record::{KnownIdentifier, RecordBody, RecordKind, TraitValue};
pub use rotation::{KeyClass, Rotation};
pub use time::{TimeError, Timestamp};
