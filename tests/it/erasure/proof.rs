//! That it was done can be proven to anybody, and tells nothing of whom.

use serde_json::Value;
use zelo_app::{GetErasure, VerifyLog, WhichErasure};
use zelo_ledger::{AnchorLine, Checkpoint, check_inclusion, erasure_file, read_anchor};
use zelo_model::Via;
use zelo_tests::{ANA, TestApp, on_both_databases};

use super::{clara, forget};

on_both_databases! {
    the_receipt_proves_begin_and_end_against_a_signed_checkpoint,
    who_looked_at_her_stays_in_the_log_and_leads_to_nobody,
    what_makes_a_backup_forget_again_lies_beside_the_anchor,
}

async fn the_receipt_proves_begin_and_end_against_a_signed_checkpoint(app: &TestApp) {
    let clara = clara(app).await;
    app.send([ANA.identifies(), ANA.does("Order Completed")]).await;
    app.by_email(ANA.email).await.unwrap();
    let told = forget(app, &clara, ANA.email).await;
    let which = WhichErasure::Profile(told.profile);
    let receipt = app.app.run(&clara, GetErasure { which }).await.unwrap();
    assert_eq!((receipt.n, receipt.begin.clone(), receipt.done.clone()), (told.n, told.begin, told.done));
    let note = receipt.done.as_ref().unwrap().checkpoint.clone();
    let log = Checkpoint::unverified(note.as_bytes()).unwrap();
    let key = zelo_ledger::SigningKey::load(&app.place.folder().join("audit.key")).unwrap();
    assert_eq!(key.verify_key(&log.origin).open(note.as_bytes()).unwrap(), log);
    let (begin, done) = (receipt.begin.unwrap(), receipt.done.unwrap());
    for (entry, op) in [(&begin, "profile.erase"), (&done, "erasure.done")] {
        assert!(check_inclusion(&log.head, entry.leaf.as_bytes(), &entry.inclusion));
        let told: Value = serde_json::from_str(&entry.leaf).unwrap();
        assert_eq!((told["op"].as_str(), told["erasure"].as_i64()), (Some(op), Some(1)));
    }
    let told: Value = serde_json::from_str(&begin.leaf).unwrap();
    assert_eq!((told["made"].as_i64(), told["subjects"]["n"].as_u64()), (Some(1), Some(1)));
}

async fn who_looked_at_her_stays_in_the_log_and_leads_to_nobody(app: &TestApp) {
    let clara = clara(app).await;
    app.send([ANA.identifies()]).await;
    app.by_email(ANA.email).await.unwrap();
    while app.app.sequence().await.unwrap().entries > 0 {}
    let handle = app.rows.all("profile").await[0].bytes("handle").to_owned();
    let before = app.entries().await;
    forget(app, &clara, ANA.email).await;
    while app.app.sequence().await.unwrap().entries > 0 {}
    let after = app.entries().await;
    assert!(before.iter().all(|entry| after.contains(entry)), "no entry goes");
    let index = app.rows.all("handle_index").await;
    assert!(index.iter().any(|row| row.bytes("handle") == handle));
    for (table, column) in app.rows.names().await {
        if !["handle_index", "audit_leaf"].contains(&table.as_str()) {
            let rows = app.rows.all(&table).await;
            let found = rows.iter().any(|row| row.bytes(&column).windows(16).any(|part| part == handle));
            assert!(!found, "{table}.{column} leads from the log to her");
        }
    }
    let operator = app.app.operator(Some("acme"), Via::Cli).await.unwrap();
    let report = app.app.run(&operator, VerifyLog { tenant: operator.tenant }).await.unwrap();
    assert!(report.is_sound(), "{report:?}");
}

async fn what_makes_a_backup_forget_again_lies_beside_the_anchor(app: &TestApp) {
    let clara = clara(app).await;
    app.send([ANA.identifies(), ANA.does("Order Completed").with("total", 3)]).await;
    let owners: Vec<Vec<u8>> =
        app.rows.all("record").await.iter().map(|row| row.bytes("id16").to_owned()).collect();
    forget(app, &clara, ANA.email).await;
    let anchor = app.place.folder().join("anchor.log");
    let lines: Vec<AnchorLine> = read_anchor(&anchor).unwrap().map(Result::unwrap).collect();
    let erasures: Vec<_> = lines
        .iter()
        .filter_map(|line| if let AnchorLine::Erasure(line) = line { Some(line) } else { None })
        .collect();
    assert_eq!(erasures.len(), 1);
    let bytes = std::fs::read(erasure_file(&anchor, erasures[0].tenant, 1)).unwrap();
    assert_eq!(sha256_by_another_tool(&bytes), erasures[0].sha256);
    let told: Value = serde_json::from_slice(&bytes).unwrap();
    let listed = told["owners"].as_array().unwrap();
    assert_eq!(listed.len(), owners.len());
    for owner in &owners {
        let id = zelo_model::OwnerId(owner.as_slice().try_into().unwrap()).to_string();
        assert!(listed.contains(&id.into()));
    }
    assert_eq!(told["suppressed"].as_array().unwrap().len(), 2);
    let kept = told["retained"][0]["rows"].as_object().unwrap();
    assert!(kept.values().all(|body| body.as_str().unwrap().starts_with(&hex::encode(b"ZL\x01"))));
}

fn sha256_by_another_tool(bytes: &[u8]) -> [u8; 32] {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let mut tool = Command::new("sha256sum").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    tool.stdin.take().unwrap().write_all(bytes).unwrap();
    let said = tool.wait_with_output().unwrap().stdout;
    hex::decode(&said[..64]).unwrap().try_into().unwrap()
}
