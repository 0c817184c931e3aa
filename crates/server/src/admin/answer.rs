//! What the installation answers: JSON for machines, a sentence or a table for people.

use serde::{Deserialize, Serialize};

use super::backed_up::{BackupShown, NOT_IN_IT, ReplayShown, backups};
use super::erase::ErasureShown;
use super::export::{ExportShown, PageShown};
use super::import::ImportedShown;
use super::quarantine::HeldShown;
use super::retention::{ForeseenShown, RetainedShown, foreseen, retained};
use super::rotate::RotationShown;
use super::shown::{Each as _, KeyShown, NewKey, SourceShown, TenantShown};
use super::tail::TailShown;
use super::verified::{CopyShown, LogShown};
use crate::terminal::table;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Answer {
    /// A tenant that was created.
    Tenant(TenantShown),
    /// All tenants.
    Tenants(Vec<TenantShown>),
    /// A source that was created.
    Source(SourceShown),
    /// A tenant's sources.
    Sources(Vec<SourceShown>),
    /// A key that was created, with its secret.
    Key(NewKey),
    /// A tenant's keys.
    Keys(Vec<KeyShown>),
    /// The files of the policies in force, as one JSON object.
    Policies(String),
    /// The id of a key that was revoked.
    Revoked(String),
    /// The sample tenant that was removed, or that there is none.
    SampleDropped(Option<String>),
    /// A rotation, and how far it has come.
    Rotation(RotationShown),
    /// Rotations under way and done.
    Rotations(Vec<RotationShown>),
    /// What arrived.
    Tail(TailShown),
    /// Held messages, and what became of them.
    Held(HeldShown),
    /// The receipt of an erasure.
    Erased(Box<ErasureShown>),
    /// What schedules would take.
    Foreseen(Vec<ForeseenShown>),
    /// What schedules took.
    Retained(Vec<RetainedShown>),
    /// Rows that were brought in.
    Imported(ImportedShown),
    /// An export.
    Export(ExportShown),
    /// A page of one.
    ExportPage(Box<PageShown>),
    /// A tenant's exports.
    Exports(Vec<ExportShown>),
    /// Logs that were verified.
    Verified(Vec<LogShown>),
    /// A log that was copied.
    Copied(CopyShown),
    /// Backups that were made.
    BackedUp(Vec<BackupShown>),
    /// What was put back.
    Restored(Vec<String>),
    /// What was done again.
    Replayed(ReplayShown),
}

impl Answer {
    /// Whether all is as it should be; a script learns it from the exit code.
    pub(crate) fn is_good(&self) -> bool {
        !matches!(self, Self::Verified(logs) if !logs.iter().all(LogShown::is_sound))
    }

    /// The bare JSON value, for machines.
    pub(crate) fn json(&self) -> String {
        let value = match self {
            Self::Tenant(tenant) => serde_json::to_string(tenant),
            Self::Tenants(tenants) => serde_json::to_string(tenants),
            Self::Source(source) => serde_json::to_string(source),
            Self::Sources(sources) => serde_json::to_string(sources),
            Self::Key(key) => serde_json::to_string(key),
            Self::Keys(keys) => serde_json::to_string(keys),
            Self::Policies(texts) => Ok(texts.clone()),
            Self::Revoked(id) => Ok(serde_json::json!({ "revoked": id }).to_string()),
            Self::Rotation(rotation) => serde_json::to_string(rotation),
            Self::Rotations(rotations) => serde_json::to_string(rotations),
            Self::Tail(tail) => Ok(tail.json()),
            Self::Held(held) => serde_json::to_string(held),
            Self::Erased(receipt) => serde_json::to_string(receipt),
            Self::Foreseen(all) => serde_json::to_string(all),
            Self::Retained(all) => serde_json::to_string(all),
            Self::Imported(done) => serde_json::to_string(done),
            Self::Export(export) => serde_json::to_string(export),
            Self::ExportPage(page) => serde_json::to_string(&page.export),
            Self::Exports(exports) => serde_json::to_string(exports),
            Self::Verified(logs) => serde_json::to_string(logs),
            Self::Copied(copy) => serde_json::to_string(copy),
            Self::BackedUp(made) => serde_json::to_string(made),
            Self::Restored(classes) => Ok(serde_json::json!({ "restored": classes }).to_string()),
            Self::Replayed(done) => serde_json::to_string(done),
            Self::SampleDropped(slug) => Ok(serde_json::json!({ "dropped": slug }).to_string()),
        };
        value.unwrap_or_default()
    }

    /// What people should know beside the answer; it goes to standard error, so that `$(…)` holds the answer alone.
    pub(crate) fn aside(&self) -> Option<String> {
        if let Self::BackedUp(_) = self {
            return Some(NOT_IN_IT.to_owned());
        }
        let Self::Key(NewKey { key, .. }) = self else { return None };
        Some(format!(
            "This is the secret of key {} ({}, {}). It is shown this once; only its hash is kept.",
            key.name, key.role, key.id
        ))
    }

    /// A sentence or a table, for people.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Tenant(TenantShown { slug, controller, .. }) => format!(
                "created tenant {slug} of controller {controller}\nnext: zelo source create NAME --tenant {slug} --collects-for PURPOSE"
            ),
            Self::Tenants(tenants) if tenants.is_empty() => {
                "there are no tenants; create one: zelo tenant create NAME --controller ID".to_owned()
            }
            Self::Tenants(tenants) => {
                table(["TENANT", "CONTROLLER", "CREATED", ""], &tenants.each(TenantShown::row))
            }
            Self::Source(SourceShown { slug, .. }) => {
                format!("created source {slug}\nnext: zelo key create NAME --role source --source {slug}")
            }
            Self::Sources(sources) if sources.is_empty() => {
                "there are no sources; create one: zelo source create NAME --collects-for PURPOSE".to_owned()
            }
            Self::Sources(sources) => table(
                ["SOURCE", "KIND", "SPACE", "PRIORITY", "COLLECTS FOR"],
                &sources.each(SourceShown::row),
            ),
            Self::Key(NewKey { secret, .. }) => secret.clone(),
            Self::Keys(keys) if keys.is_empty() => {
                "there are no keys; create one: zelo key create NAME --role ROLE --purpose PURPOSE".to_owned()
            }
            Self::Keys(keys) => {
                table(["KEY", "NAME", "ROLE", "PURPOSES", "SOURCE", "STATE"], &keys.each(KeyShown::row))
            }
            Self::Policies(texts) => texts.clone(),
            Self::Revoked(id) => format!("revoked key {id}; the next request with it is refused"),
            Self::SampleDropped(Some(slug)) => {
                format!(
                    "removed the sample tenant {slug}: its people, sources and keys; its log entries stay"
                )
            }
            Self::Rotation(rotation) => rotation.text(),
            Self::Rotations(rotations) if rotations.is_empty() => {
                "no keys have been rotated here yet".to_owned()
            }
            Self::Rotations(rotations) => table(
                ["ROTATION", "KEYS", "VERSION", "DONE", "BEGUN", "ENDED"],
                &rotations.each(RotationShown::row),
            ),
            Self::Tail(tail) => tail.text(),
            Self::Held(held) => held.text(),
            Self::Erased(receipt) => receipt.text(),
            Self::Foreseen(all) => foreseen(all),
            Self::Retained(all) => retained(all),
            Self::Imported(done) => format!("{} messages", done.messages),
            Self::Export(export) => export.text(),
            Self::ExportPage(page) => page.export.text(),
            Self::Exports(exports) if exports.is_empty() => "nothing has been exported here yet".to_owned(),
            Self::Exports(exports) => table(
                ["EXPORT", "PURPOSE", "KEY", "STATE", "BEGUN", "PROFILES"],
                &exports.each(ExportShown::row),
            ),
            Self::Verified(logs) => logs.iter().map(LogShown::text).collect::<Vec<_>>().join("\n"),
            Self::Copied(copy) => copy.text(),
            Self::BackedUp(made) => backups(made),
            Self::Restored(classes) => {
                format!("restored {}\nnext: zelo serve", classes.join(", "))
            }
            Self::Replayed(done) => done.text(),
            Self::SampleDropped(None) => "there is no sample tenant".to_owned(),
        }
    }
}
