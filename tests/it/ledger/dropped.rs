//! A tenant is gone, and what was done in it stays provable: nobody may rewrite it because nobody looks there any more.

use zelo_app::{Error, ExportLog, ListTenants, ReadBundle, VerifyLog};
use zelo_ledger::Finding;
use zelo_model::{TenantId, Via};
use zelo_tests::{ANA, Engine, TestApp, on_both_databases, tenant};

on_both_databases! {
    the_log_of_a_dropped_tenant_is_verified_and_copied_by_the_installation,
    nobody_else_looks_into_it_nor_the_installation_into_one_at_work,
}

/// Somebody looked at Ana; then the tenant was dropped. Its id.
async fn dropped(app: &TestApp) -> TenantId {
    app.send([ANA.identifies()]).await;
    app.by_email(ANA.email).await.unwrap();
    app.app.sequence().await.unwrap();
    app.app.drop_tenant("acme").await.unwrap();
    app.davi.tenant
}

async fn the_log_of_a_dropped_tenant_is_verified_and_copied_by_the_installation(app: &TestApp) {
    let acme = dropped(app).await;
    let installation = app.app.operator(None, Via::Cli).await.unwrap();
    let left = app.app.run(&installation, ListTenants { dropped: true }).await.unwrap();
    assert_eq!(left.iter().map(|tenant| tenant.id).collect::<Vec<_>>(), [acme]);
    let verify = async || app.app.run(&installation, VerifyLog { tenant: acme }).await.unwrap();
    let report = verify().await;
    assert!(report.is_sound() && report.entries == report.anchored_size && report.entries > 0, "{report:?}");

    let folder = app.place.folder().join("copy");
    let entries =
        app.app.run(&installation, ExportLog { tenant: acme, folder: folder.clone() }).await.unwrap();
    assert_eq!(u64::try_from(entries).unwrap(), report.entries);
    assert!(folder.join("checkpoint").exists());

    let triggers: &[&str] = match app.place.engine {
        Engine::Sqlite => &["drop trigger audit_leaf_update", "drop trigger audit_leaf_delete"],
        Engine::Postgres => &["drop trigger audit_leaf_stays on audit_leaf"],
    };
    for sql in triggers {
        app.rows.tamper(0, sql).await;
    }
    let tenants = app.rows.all("tenant").await;
    let number = tenants.iter().find(|row| row.bytes("id16") == acme.0).unwrap().text("id").to_owned();
    let entry = format!("where tenant = {number} and seq = 1");
    app.rows.tamper(0, &format!("update audit_leaf set leaf = leaf || ' ' {entry}")).await;
    assert_eq!(verify().await.findings, [Finding::LeafModified(1)]);
    app.rows.tamper(0, &format!("update audit_leaf set leaf = rtrim(leaf) {entry}")).await;
}

async fn nobody_else_looks_into_it_nor_the_installation_into_one_at_work(app: &TestApp) {
    let acme = dropped(app).await;
    tenant(&app.app, "bakery").await;
    let baker = app.app.operator(Some("bakery"), Via::Cli).await.unwrap();
    let installation = app.app.operator(None, Via::Cli).await.unwrap();
    for (who, whose) in [(&baker, acme), (&baker, installation.tenant), (&installation, baker.tenant)] {
        let verified = app.app.run(who, VerifyLog { tenant: whose }).await;
        let read = app.app.run(who, ReadBundle { tenant: whose, epoch: None, index: 0, width: 1 }).await;
        let folder = app.place.folder().join("copy");
        let copied = app.app.run(who, ExportLog { tenant: whose, folder: folder.clone() }).await;
        let refused = [verified.err(), read.err(), copied.err()];
        assert!(refused.iter().all(|error| matches!(error, Some(Error::Forbidden))), "{refused:?}");
        assert!(!folder.exists());
    }
    let entries = app.entries().await;
    let refused = |entry: &&String| entry.contains(r#""decision":"deny""#) && entry.contains("audit.");
    assert_eq!(entries.iter().filter(refused).count(), 9, "each refusal has passed the door");
}
