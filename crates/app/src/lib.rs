//! Every operation of the customer data platform, and the one door they pass.
//!
//! [`App::run`] is the only way to do anything with anybody's data (decision 1 lists what is not a
//! passage, and why): adapters (GraphQL, intake, command line) are thin callers, and what
//! is not in the list of operations does not compile.

mod admin;
mod admit;
mod app;
mod arrivals;
mod backup;
mod blob;
mod consent;
mod credentials;
mod declared;
mod door;
mod erasure;
mod error;
mod expiry;
mod export;
mod facts;
mod ground;
mod house;
mod inner;
mod intake;
mod keyring;
mod lanes;
mod lease;
mod log;
mod lookups;
mod merge;
mod notes;
mod open;
mod operation;
mod operations;
mod passages;
mod people;
mod policies;
mod profile;
mod quarantine;
mod refusals;
mod region;
mod restore;
mod retention;
mod rotation;
mod signing;
mod start;
mod tenant;
mod turn_away;
mod tx;
pub mod wire;

pub use admin::{
    BeginTenantDrop, CreateCredential, CreateSource, CreateTenant, CredentialInfo, FinishTenantDrop,
    ListCredentials, ListSources, ListTenants, NewSecret, RevokeCredential, SourceInfo, TenantInfo,
};
pub use app::App;
pub use arrivals::{Arrival, Fate, Matched, Tail, TailIntake};
pub use backup::{BackUp, BackedUp, BackupClass, Classes, ManifestError, PutBack, PutBackError, put_back};
pub use consent::{
    CONFIRMATIONS, ConfirmConsent, ConfirmationLink, Confirming, CountNotice, GiveConfirmation,
    NoticeNumbers, ReadConfirmation, ReceiptStandard, RecordConsent, Said, WithdrawConsent, receipt,
};
pub use credentials::Credential;
pub use door::Passage;
pub use erasure::{
    Begun, CloseErasure, EndRetained, EraseAgain, EraseProfile, ErasureReceipt, GetErasure, Kept,
    LiftSuppression, PurgeErased, WhichErasure,
};
pub use error::{Error, Result};
pub use expiry::{MarkExpired, PurgeExpired, Purged};
pub use export::{CancelExport, ExportPage, ExportedPage, ListExports, StartExport};
pub use facts::ConsentView;
pub use intake::{
    Batch, CheckImport, Group, Hold, ImportBatch, ImportFate, Imported, Incoming, IntakeBatch, Kind, Message,
    Receipt, Rejection,
};

pub use log::{
    AccessEntry, AccessPage, ExportLog, GetAccessLog, LoggedEntry, PublicPart, ReadBundle, Sequenced,
    SubjectProof, VerifyLog,
};
pub use merge::{
    JournalEntry, JournalKind, JournalState, JournalView, LiftApart, MergeProfiles, Merging, Preview,
    PreviewChange, ReadJournal, Rearranged, Rearrangement, RecordMove, RejectSuggestion, SplitProfile,
    UndoMerge, Withholding,
};
pub use operation::{Operation, OperationInfo, Target};
pub use operations::OPERATIONS;
pub use policies::{
    ApprovePolicies, ChangeView, CheckPolicies, Difference, InstallPolicies, ListChanges, PoliciesInForce,
    ProposePolicies, Reach, ReachOf, ReachPolicies, ReadChange, ReadPolicies, RejectPolicies,
};
pub use profile::{
    AttributeView, ConsentEventView, ConsentEventsView, EventBody, EventKind, EventView, EventsView,
    EvidenceView, GetProfile, IdentifierView, Lookup, NoticeAnswer, Omission, Part, ProfileView, SeenNotice,
    WantedConsents, WantedEvents, WantedStates, Wants,
};
pub use quarantine::{
    DiscardHeld, FixHeld, HeldEntry, HeldFilter, HeldList, HeldView, InspectHeld, Judgement, ListHeld,
    ReplayCount, ReplayHeld, Verdict,
};
pub use restore::{Behind, Replayed};
pub use retention::{Applied, ApplyRetention, Foreseen, ForeseenKept, PreviewRetention, Retained, Tally};
pub use rotation::{
    BeginRootRotation, BeginRotation, ListRotations, OpenRotation, RehashIdentifiers, ResealOwners,
    RewrapKeks, RewrapKeys,
};
pub use signing::{AuditSetup, LogError};
pub use start::{RootKey, Setup, StartError};
pub use tx::{Mode, Read, Tx, Write};
pub use zelo_ledger::LeafProof as ProofPath;
pub use zelo_plan::{Plan, PlanError, Unplanned};
pub use zelo_policy::{
    Basis, Bundle, CategoryMask, Change, ChangeOf, DeclaredPurpose, Edits, Jurisdiction, Language, Notice,
    NoticeVersion, PolicyError, Then,
};
pub use zelo_resolve::{event_name, is_email};
pub use zelo_store::{Databases, Durability, Options as StoreOptions};
