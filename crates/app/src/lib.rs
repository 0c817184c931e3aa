//! Every operation of the customer data platform, and the one door they pass.
//!
//! [`App::run`] is the only way to do anything with anybody's data (decision 1 lists what is not a
//! passage, and why): adapters (GraphQL, intake, command line) are thin callers, and what
//! is not in the list of operations does not compile.

mod admin;
mod app;
mod blob;
mod credentials;
mod declared;
mod door;
mod error;
mod intake;
mod keyring;
mod log;
mod lookups;
mod notes;
mod operation;
mod profile;
mod refusals;
mod start;
mod tenant;
mod tx;

pub use admin::{
    BeginTenantDrop, CreateCredential, CreateSource, CreateTenant, CredentialInfo, FinishTenantDrop,
    ListCredentials, ListSources, ListTenants, NewSecret, RevokeCredential, SourceInfo, TenantInfo,
};
pub use app::{App, RootKey, Setup};
pub use credentials::Credential;
pub use error::{Error, Result};
pub use intake::{Batch, Hold, Incoming, IntakeBatch, Kind, Message, Receipt};
pub use log::{
    AccessEntry, AccessPage, AuditSetup, ExportLog, GetAccessLog, LogError, PublicPart, ReadBundle,
    Sequenced, SubjectProof, VerifyLog,
};
pub use operation::{OPERATIONS, Operation, OperationInfo, Target};
pub use profile::{
    AttributeView, EventBody, EventView, EventsView, GetProfile, IdentifierView, Lookup, Omission, Part,
    ProfileView, WantedEvents, Wants,
};
pub use start::StartError;
pub use tx::{Mode, Passage, Read, Tx, Write};
pub use zelo_ledger::LeafProof as ProofPath;
pub use zelo_policy::Bundle;
pub use zelo_resolve::event_name;
pub use zelo_store::{Databases, Durability, Options as StoreOptions};
