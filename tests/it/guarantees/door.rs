//! Everything passes the one door: refused to strangers, and entered once.

use serde_json::Value;
use zelo_app::{
    ApplyRetention, ApprovePolicies, BackUp, BeginRootRotation, BeginRotation, BeginTenantDrop, CancelExport,
    CheckImport, CheckPolicies, Classes, CloseErasure, CreateCredential, CreateSource, CreateTenant,
    DiscardHeld, Edits, EndRetained, EraseAgain, EraseProfile, Error, ExportLog, ExportPage,
    FinishTenantDrop, FixHeld, GetAccessLog, GetErasure, GetProfile, HeldFilter, ImportBatch, InspectHeld,
    InstallPolicies, IntakeBatch, LiftApart, LiftSuppression, ListChanges, ListCredentials, ListExports,
    ListHeld, ListRotations, ListSources, ListTenants, Lookup, MarkExpired, MergeProfiles, Merging,
    OPERATIONS, PreviewChange, PreviewRetention, ProposePolicies, PurgeErased, PurgeExpired, ReachPolicies,
    ReadBundle, ReadChange, ReadJournal, ReadPolicies, Rearrangement, RehashIdentifiers, RejectPolicies,
    RejectSuggestion, ReplayHeld, ResealOwners, RevokeCredential, RewrapKeks, RewrapKeys, SplitProfile,
    StartExport, TailIntake, UndoMerge, VerifyLog, Wants, WhichErasure,
};
use zelo_model::{
    Actor, CredentialId, ErasureGround, ExportId, JournalId, KeyClass, PolicyChangeId, ProfileId,
    QuarantineId, Role, RotationId, TenantId, Via,
};
use zelo_tests::{ANA, TestApp, on_both_databases};

on_both_databases! {
    every_operation_is_refused_to_a_stranger_and_the_refusal_entered_once,
    every_run_leaves_one_entry_whatever_comes_of_it,
    a_thousand_refusals_are_one_entry_with_a_count,
    nobody_in_a_tenant_runs_the_installation,
    a_write_key_reads_nothing_and_a_reader_writes_nothing,
}

/// Runs the operation of this name, whatever comes of it.
async fn run(app: &TestApp, who: &Actor, name: &str) -> Result<(), Error> {
    let door = &app.app;
    let nobody = || Lookup::Id(ProfileId([9; 16]));
    let slug = || "nobody".to_owned();
    match name {
        "tenant.create" => {
            let create = CreateTenant { slug: slug(), controller: slug(), sample: false };
            door.run(who, create).await.map(drop)
        }
        "tenant.list" => door.run(who, ListTenants { dropped: false }).await.map(drop),
        "tenant.drop" => door.run(who, BeginTenantDrop { slug: slug() }).await.map(drop),
        "tenant.purge" => door.run(who, FinishTenantDrop { id: TenantId([9; 16]) }).await,
        "source.create" => {
            let create = CreateSource {
                slug: slug(),
                priority: 1,
                jurisdiction: None,
                collects_for: Vec::new(),
                space: None,
            };
            door.run(who, create).await.map(drop)
        }
        "source.list" => door.run(who, ListSources).await.map(drop),
        "credential.create" => {
            let purposes = vec![who.purpose.clone()];
            let create = CreateCredential { name: slug(), role: Role::Developer, purposes, source: None };
            door.run(who, create).await.map(drop)
        }
        "credential.list" => door.run(who, ListCredentials).await.map(drop),
        "credential.revoke" => door.run(who, RevokeCredential { id: CredentialId([9; 16]) }).await,
        "expiry.mark" => door.run(who, MarkExpired).await.map(drop),
        "expiry.purge" => door.run(who, PurgeExpired).await.map(drop),
        "intake.batch" => app.send_as(who, [ANA.identifies()]).await.map(drop),
        "profile.read" => {
            door.run(who, GetProfile { lookup: nobody(), wants: Wants::default() }).await.map(drop)
        }
        "intake.tail" => door.run(who, TailIntake { after: None, first: 1 }).await.map(drop),
        "profile.access_log" => {
            door.run(who, GetAccessLog { lookup: nobody(), first: 1, after: None }).await.map(drop)
        }
        "profile.erase" => {
            let erase = EraseProfile { lookup: nobody(), ground: ErasureGround::Request, lapsed: None };
            door.run(who, erase).await.map(drop)
        }
        "erasure.purge" => door.run(who, PurgeErased { n: 9 }).await.map(drop),
        "erasure.again" => door.run(who, EraseAgain { n: 9, sha256: [0; 32], known: false }).await,
        "erasure.done" => door.run(who, CloseErasure { n: 9 }).await,
        "erasure.read" => door.run(who, GetErasure { which: WhichErasure::Number(9) }).await.map(drop),
        "suppression.lift" => door.run(who, LiftSuppression { lookup: nobody() }).await.map(drop),
        "audit.verify" => door.run(who, VerifyLog { tenant: who.tenant }).await.map(drop),
        "audit.export" => {
            let export = ExportLog { tenant: who.tenant, folder: app.place.folder().join("export") };
            door.run(who, export).await.map(drop)
        }
        "audit.read" => {
            let read = ReadBundle { tenant: who.tenant, epoch: None, index: 0, width: 1 };
            door.run(who, read).await.map(drop)
        }
        "backup.create" => {
            let to = Classes { keys: Some(app.place.folder().join("keys")), ..Classes::default() };
            door.run(who, BackUp { to }).await.map(drop)
        }
        "root.rotate" => door.run(who, BeginRootRotation).await.map(drop),
        "root.rewrap" => door.run(who, RewrapKeks { id: RotationId([9; 16]) }).await.map(drop),
        "key.rotate" => door.run(who, BeginRotation { what: KeyClass::Kek }).await.map(drop),
        "key.rewrap" => door.run(who, RewrapKeys { id: RotationId([9; 16]) }).await.map(drop),
        "index.rehash" => door.run(who, RehashIdentifiers { id: RotationId([9; 16]) }).await.map(drop),
        "owner.reseal" => door.run(who, ResealOwners { id: RotationId([9; 16]) }).await.map(drop),
        "rotation.list" => door.run(who, ListRotations).await.map(drop),
        "merge.journal" => {
            let read = ReadJournal { kind: None, open: false, first: 1, after: None };
            door.run(who, read).await.map(drop)
        }
        "merge.preview" => {
            let of = Rearrangement::Unmerge(JournalId([9; 16]));
            door.run(who, PreviewChange { of }).await.map(drop)
        }
        "profile.merge" => {
            let what = Merging::Suggestion(JournalId([9; 16]));
            door.run(who, MergeProfiles { what, over_limits: false }).await.map(drop)
        }
        "profile.unmerge" => door.run(who, UndoMerge { merge: JournalId([9; 16]) }).await.map(drop),
        "profile.split" => {
            let split = SplitProfile { profile: ProfileId([9; 16]), records: Vec::new() };
            door.run(who, split).await.map(drop)
        }
        "merge.reject" => door.run(who, RejectSuggestion { suggestion: JournalId([9; 16]) }).await.map(drop),
        name if name.starts_with("retention.") => keep(door, who, name).await,
        name if name.starts_with("quarantine.") => held(app, who, name).await,
        "merge.lift" => door.run(who, LiftApart { profiles: [ProfileId([9; 16]); 2] }).await.map(drop),
        other if other.starts_with("confirmation.") || other == "consent.confirm" => {
            confirm(door, who, other).await
        }
        other if other.starts_with("consent.") => say(door, who, other).await,
        "notice.count" => door.run(who, zelo_app::CountNotice { notice: slug() }).await.map(drop),
        name if name.starts_with("policy.") => agree(door, who, name).await,
        other => in_or_out(app, who, other).await,
    }
}

/// The same for how long is kept what, and whom.
async fn keep(door: &zelo_app::App, who: &Actor, name: &str) -> Result<(), Error> {
    match name {
        "retention.end" => door.run(who, EndRetained).await.map(drop),
        "retention.preview" => door.run(who, PreviewRetention { schedule: None }).await.map(drop),
        "retention.apply" => door.run(who, ApplyRetention::of("browsing")).await.map(drop),
        other => panic!("say here how to run `{other}`"),
    }
}

/// The same for what is held.
async fn held(app: &TestApp, who: &Actor, name: &str) -> Result<(), Error> {
    let (door, id) = (&app.app, QuarantineId([9; 16]));
    match name {
        "quarantine.list" => {
            let list = ListHeld { filter: HeldFilter::default(), first: 1, after: None };
            door.run(who, list).await.map(drop)
        }
        "quarantine.inspect" => door.run(who, InspectHeld { id }).await.map(drop),
        "quarantine.fix" => door.run(who, FixHeld { id, json: "{}".to_owned() }).await.map(drop),
        "quarantine.replay" => door.run(who, ReplayHeld { id }).await.map(drop),
        "quarantine.discard" => door.run(who, DiscardHeld { ids: vec![id] }).await.map(drop),
        other => panic!("say here how to run `{other}`"),
    }
}

/// The same for what goes in from files and out into them.
async fn in_or_out(app: &TestApp, who: &Actor, name: &str) -> Result<(), Error> {
    let door = &app.app;
    match name {
        "import.batch" => {
            let (batch, rows) = (zelo_app::Batch::default(), Vec::new());
            let import = ImportBatch { source: "shop".to_owned(), batch, rows, strict: true };
            door.run(who, import).await.map(drop)
        }
        "import.check" => {
            let (batch, rows) = (zelo_app::Batch::default(), Vec::new());
            let check = CheckImport { source: "shop".to_owned(), batch, rows, strict: true };
            door.run(who, check).await.map(drop)
        }
        "export.begin" => door.run(who, StartExport { events: false }).await.map(drop),
        "export.page" => door.run(who, ExportPage { id: ExportId([9; 16]), page: 0 }).await.map(drop),
        "export.cancel" => door.run(who, CancelExport { id: ExportId([9; 16]) }).await.map(drop),
        "export.list" => door.run(who, ListExports).await.map(drop),
        other => panic!("say here how to run `{other}`"),
    }
}

/// The same for policies, and what two officers agree on.
async fn agree(door: &zelo_app::App, who: &Actor, name: &str) -> Result<(), Error> {
    let id = PolicyChangeId([9; 16]);
    let edits = || Edits::from([("purposes/none.yaml".to_owned(), None)]);
    match name {
        "policy.install" => door.run(who, InstallPolicies::again(door)).await,
        "policy.read" => door.run(who, ReadPolicies).await.map(drop),
        "policy.check" => door.run(who, CheckPolicies { edits: edits() }).await.map(drop),
        "policy.propose" => {
            door.run(who, ProposePolicies { edits: edits(), why: "why not".to_owned() }).await.map(drop)
        }
        "policy.approve" => door.run(who, ApprovePolicies { id }).await.map(drop),
        "policy.reject" => door.run(who, RejectPolicies { id }).await.map(drop),
        "policy.changes" => door.run(who, ListChanges { before: None, first: 10 }).await.map(drop),
        "policy.change" => door.run(who, ReadChange { id }).await.map(drop),
        _ => door.run(who, ReachPolicies { id }).await.map(drop),
    }
}

/// Says no to a purpose, or takes a yes back.
async fn say(door: &zelo_app::App, who: &Actor, name: &str) -> Result<(), Error> {
    let (profile, purpose) = (ProfileId([9; 16]), "marketing-email".parse().unwrap());
    let (recipient, channel) = (None, "web".to_owned());
    if name == "consent.withdraw" {
        let withdraw = zelo_app::WithdrawConsent { profile, purpose, recipient, channel };
        return door.run(who, withdraw).await.map(drop);
    }
    let said = zelo_app::Said { channel, ..zelo_app::Said::default() };
    let kind = zelo_model::ConsentKind::Deny;
    door.run(who, zelo_app::RecordConsent { profile, purpose: Some(purpose), recipient, kind, said })
        .await
        .map(drop)
}

/// Gives a link, looks at what it would confirm, confirms it.
async fn confirm(door: &zelo_app::App, who: &Actor, name: &str) -> Result<(), Error> {
    let (profile, consent) = (ProfileId([9; 16]), zelo_model::ConsentId([9; 16]));
    let token = "nothing".to_owned();
    match name {
        "confirmation.give" => {
            let give = zelo_app::GiveConfirmation { profile, consent, identifier: None };
            door.run(who, give).await.map(drop)
        }
        "confirmation.read" => door.run(who, zelo_app::ReadConfirmation { token }).await.map(drop),
        "consent.confirm" => door.run(who, zelo_app::ConfirmConsent { token }).await.map(drop),
        other => panic!("say here how to run `{other}`"),
    }
}

/// The entries made since there were so many.
async fn new_entries(app: &TestApp, before: &[String]) -> Vec<Value> {
    let mut entries = app.entries().await;
    for old in before {
        entries.remove(entries.iter().position(|entry| entry == old).unwrap());
    }
    entries.iter().map(|entry| serde_json::from_str(entry).unwrap()).collect()
}

async fn every_operation_is_refused_to_a_stranger_and_the_refusal_entered_once(app: &TestApp) {
    // No policy lets a plugin do anything before its manifest counts.
    let stranger = Actor { role: Role::Plugin, credential: None, ..app.davi.clone() };
    for operation in OPERATIONS {
        let before = app.entries().await;
        let outcome = run(app, &stranger, operation.name).await;
        assert!(matches!(outcome, Err(Error::Forbidden)), "{}: {outcome:?}", operation.name);
        let entries = new_entries(app, &before).await;
        assert_eq!(entries.len(), 1, "{}", operation.name);
        let said =
            ["op", "class", "decision", "reason", "actor"].map(|key| entries[0][key].as_str().unwrap());
        assert_eq!(said, [operation.name, "refusal", "deny", "FORBIDDEN", "plugin"]);
    }
}

async fn every_run_leaves_one_entry_whatever_comes_of_it(app: &TestApp) {
    for (who, slug) in
        [(app.app.operator(None, Via::Cli).await.unwrap(), "installation"), (app.shop.clone(), "acme")]
    {
        for operation in OPERATIONS {
            let before = app.entries().await;
            let outcome = run(app, &who, operation.name).await;
            let entries = new_entries(app, &before).await;
            assert_eq!(entries.len(), 1, "{} in {slug}", operation.name);
            let entry = &entries[0];
            assert_eq!(entry["op"], operation.name);
            let expected = match &outcome {
                Ok(()) => ("allow", None),
                Err(Error::Forbidden) => ("deny", Some("FORBIDDEN")),
                Err(error) => ("failed", Some(error.code())),
            };
            assert_eq!((entry["decision"].as_str().unwrap(), entry["reason"].as_str()), expected, "{entry}");
            assert_eq!(entry["policy"], app.app.policy().digest());
        }
    }
}

async fn a_thousand_refusals_are_one_entry_with_a_count(app: &TestApp) {
    let before = app.entries().await;
    for _ in 0..100 {
        app.app.refuse_stranger("/graphql", Via::GraphQl).await;
    }
    let entries = new_entries(app, &before).await;
    assert_eq!(entries.len(), 1);
    assert_eq!((&entries[0]["actor"], &entries[0]["op"]), (&"stranger".into(), &"/graphql".into()));
}

async fn nobody_in_a_tenant_runs_the_installation(app: &TestApp) {
    let operator = app.app.operator(Some("acme"), Via::Cli).await.unwrap();
    let mine = [
        "tenant.create",
        "tenant.list",
        "tenant.drop",
        "tenant.purge",
        "root.rotate",
        "backup.create",
        "root.rewrap",
    ];
    for operation in mine {
        let outcome = run(app, &operator, operation).await;
        assert!(matches!(outcome, Err(Error::Forbidden)), "{operation}: {outcome:?}");
    }
}

async fn a_write_key_reads_nothing_and_a_reader_writes_nothing(app: &TestApp) {
    app.send([ANA.identifies()]).await;
    let id = app.by_email(ANA.email).await.unwrap().id;
    let read = GetProfile { lookup: Lookup::Id(id), wants: Wants::default() };
    assert!(matches!(app.app.run(&app.shop, read).await, Err(Error::Forbidden)));
    let write = app.app.run(&app.davi, IntakeBatch { batch: zelo_app::Batch::default() }).await;
    assert!(matches!(write, Err(Error::Forbidden)));
}
