//! A tenant that was dropped stays dropped, whatever backup is restored; one that came later is said to be lost.

use zelo_tests::{Cluster, Engine, Machine, Rows};

use super::{done, not_served};

/// The tenants, by name.
fn tenants(machine: &Machine) -> Vec<String> {
    let all = done(machine, &["tenant", "list"]);
    all.as_array().unwrap().iter().map(|tenant| tenant["slug"].as_str().unwrap().to_owned()).collect()
}

async fn a_dropped_tenant_stays_dropped(engine: Engine) {
    let machine = Machine::fresh(engine, "again", Cluster::shared).await;
    machine.start().stop();
    done(&machine, &["backup", "copies"]);
    for (from, code) in [
        (["restore", "copies", "--replace"].as_slice(), "KEYSTORE_BEHIND"),
        (&["restore", "--data-from", "copies/data", "--replace"], "DATA_BEHIND"),
        (&["restore", "--keys-from", "copies/keys", "--replace"], "KEYSTORE_BEHIND"),
    ] {
        machine.zelo(&["sample", "drop"]);
        done(&machine, from);
        let said = not_served(&machine);
        assert!(said.contains(code) && said.contains("zelo restore replay"), "{from:?}: {said}");
        done(&machine, &["restore", "replay"]);
        assert_eq!(tenants(&machine), Vec::<String>::new(), "{from:?}");
        let rows = Rows::of(&machine.urls()).await;
        assert_eq!(rows.count("profile").await + rows.count("owner_key").await, 0, "{from:?}");
        rows.close().await;
    }
    let logs = done(&machine, &["audit", "verify"]);
    assert!(logs.as_array().unwrap().iter().all(|log| log["sound"] == true), "{logs}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_tenant_stays_dropped_on_sqlite() {
    a_dropped_tenant_stays_dropped(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_tenant_stays_dropped_on_postgres() {
    a_dropped_tenant_stays_dropped(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_was_created_since_is_known_to_be_lost() {
    let machine = Machine::fresh(Engine::Sqlite, "since", Cluster::shared).await;
    machine.start().stop();
    done(&machine, &["backup", "copies"]);
    done(&machine, &["tenant", "create", "bakery", "--controller", "acme-sa"]);
    done(&machine, &["source", "create", "shop", "--tenant", "bakery", "--collects-for", "customer-service"]);
    done(&machine, &["restore", "--data-from", "copies/data", "--replace"]);
    assert!(not_served(&machine).contains("DATA_BEHIND"));
    done(&machine, &["restore", "replay"]);
    assert_eq!(tenants(&machine), ["demo"]);
    let logs = done(&machine, &["audit", "verify"]);
    let lost = logs.as_array().unwrap().iter().find(|log| log["log"] == "a dropped tenant").unwrap();
    let finding = lost["earlier"][0]["findings"][0]["finding"].as_str().unwrap();
    assert!(lost["sound"] == true && finding.starts_with("RESTORED(0.."), "{logs}");
}
