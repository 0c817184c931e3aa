//! The list of everything the system can do. What is not in it does not compile.

use crate::operation::{Listed, Operation, OperationInfo};
use crate::tx::Mode;

macro_rules! operations {
    ($($operation:ty),* $(,)?) => {
        $(impl Listed for $operation {})*

        /// Every operation there is, in the order of the permission matrix.
        pub const OPERATIONS: &[OperationInfo] = &[$(
            OperationInfo {
                name: <$operation as Operation>::NAME,
                access: <<$operation as Operation>::Access as Mode>::ACCESS,
                target: <$operation as Operation>::TARGET,
            },
        )*];
    };
}

operations! {
    crate::admin::CreateTenant,
    crate::admin::ListTenants,
    crate::admin::BeginTenantDrop,
    crate::admin::FinishTenantDrop,
    crate::admin::CreateSource,
    crate::admin::ListSources,
    crate::admin::CreateCredential,
    crate::admin::ListCredentials,
    crate::admin::RevokeCredential,
    crate::intake::IntakeBatch,
    crate::intake::ImportBatch,
    crate::intake::CheckImport,
    crate::arrivals::TailIntake,
    crate::expiry::MarkExpired,
    crate::expiry::PurgeExpired,
    crate::profile::GetProfile,
    crate::export::StartExport,
    crate::export::ExportPage,
    crate::export::CancelExport,
    crate::export::ListExports,
    crate::erasure::EraseProfile,
    crate::erasure::PurgeErased,
    crate::erasure::EraseAgain,
    crate::erasure::EndRetained,
    crate::retention::PreviewRetention,
    crate::retention::ApplyRetention,
    crate::erasure::CloseErasure,
    crate::erasure::GetErasure,
    crate::erasure::LiftSuppression,
    crate::log::GetAccessLog,
    crate::log::VerifyLog,
    crate::log::ExportLog,
    crate::log::ReadBundle,
    crate::rotation::BeginRootRotation,
    crate::rotation::RewrapKeks,
    crate::rotation::BeginRotation,
    crate::rotation::RewrapKeys,
    crate::rotation::RehashIdentifiers,
    crate::rotation::ResealOwners,
    crate::rotation::ListRotations,

    crate::merge::ReadJournal,
    crate::merge::PreviewChange,
    crate::merge::MergeProfiles,
    crate::merge::UndoMerge,
    crate::merge::SplitProfile,
    crate::merge::RejectSuggestion,
    crate::merge::LiftApart,
    crate::backup::BackUp,
    crate::policies::InstallPolicies,
    crate::policies::CheckPolicies,
    crate::policies::ProposePolicies,
    crate::policies::ApprovePolicies,
    crate::policies::RejectPolicies,
    crate::policies::ListChanges,
    crate::policies::ReadChange,
    crate::policies::ReachPolicies,
    crate::policies::ReadPolicies,

    crate::consent::RecordConsent,
    crate::consent::WithdrawConsent,
    crate::consent::GiveConfirmation,
    crate::consent::ReadConfirmation,
    crate::consent::ConfirmConsent,
    crate::consent::CountNotice,
    crate::quarantine::ListHeld,
    crate::quarantine::InspectHeld,
    crate::quarantine::FixHeld,
    crate::quarantine::ReplayHeld,
    crate::quarantine::DiscardHeld,
}
