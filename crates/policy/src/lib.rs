//! Everything in policies/: who may, which purpose and basis, which clock, how long.
//!
//! A [`Bundle`] is loaded whole or not at all. Nothing outside this crate reads those files, and nothing in here
//! names a role, a limit or a deadline: they stand in the files.

mod access;
mod bundle;
mod calendar;
mod clock;
mod consent;
mod controller;
mod countries;
mod data_map;
mod decisions;
mod diff;
mod error;
mod expiry;
mod files;
mod gpc;
mod ground;
mod identity_proof;
mod incident;
mod language;
mod law;
mod lawful;
mod lint;
mod mask;
mod matching;
mod minors;
mod notice;
mod operation;
mod paths;
mod privacy_notice;
mod processors;
mod purpose;
mod read;
mod requests;
mod retention;
mod rules;
mod schedule;
#[cfg(test)]
mod schemas;
mod suppression;
mod taxonomy;
mod zone;

pub use access::{Flags, Question, Sight, Verdict};
pub use bundle::Bundle;
pub use calendar::{Calendar, DayKind};
pub use clock::{
    Clock, ClockError, ClockSource, Due, Extended, Extension, IdentityCheck, MonthEnd, NotifyBefore, Off,
    Pause, Period, Received, Roll, SmallAgent, Starts, Step, Unit,
};
mod text;
mod transfers;

pub use consent::{ConsentRules, SoftOptIn, SoftOptInLaw};
pub use controller::{Contact, Controller, Officer};
pub use data_map::{Column, DataMap, Database, Engine, Gaps, OnErasure, Origin, Protection, Table};
pub use decisions::{AutomatedDecision, DecisionEffect, DecisionGround};
pub use diff::{Change, ChangeOf};
pub use error::PolicyError;
pub use expiry::Expiry;
pub use files::Edits;
pub use identity_proof::{Assurance, IdentityProof, ProofMethod};
pub use incident::{IncidentQuestion, IncidentRegister, IncidentRules, IncidentTell, Risk, RiskTest, Whom};
/// A day of the calendar.
pub use jiff::civil::Date;
pub use language::{Language, UnknownLanguage};
pub use law::{Ages, Authority, Basis, Jurisdiction, JurisdictionError, Law, Opens, Remedies, Right};
pub use lawful::Closed;
pub use mask::CategoryMask;
pub use minors::{ClosedToMinors, GuardianProof, Minors};
pub use notice::{Notice, NoticeText, NoticeVersion};
pub use operation::{Access, OperationInfo, Target};
pub use privacy_notice::RightsText;
pub use processors::{Processor, ProcessorContract, SubProcessor};
pub use purpose::{DeclaredPurpose, PurposePart};
pub use requests::{
    Letter, Lifecycle, LifecycleState, Outcome, Refusal, RefusalKind, RequestNeed, Requests, Unfilled,
};
pub use retention::{KeptBy, Proof, Retention, RetentionGround};
pub use schedule::{Schedule, Scheduled, ScheduledEvents, ScheduledPeople, Then, Trigger};
pub use suppression::Returning;
pub use taxonomy::{Category, CategoryId, Elsewhere, Label, Sensitivity, Subject};
pub use transfers::{Crossing, Mechanism, MechanismNeeds, Transfer, TransferLaw, Transfers};
pub use zone::Zone;
