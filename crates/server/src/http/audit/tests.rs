//! A tenant's log over HTTP, as an auditor takes it and verifies it.

use std::fs;

use zelo_app::{CreateSource, ListSources};
use zelo_ledger::{all_tiles, bundle_path};
use zelo_model::Role;

use super::served::served;
use super::*;
use crate::copy::{Trust, verified};
use crate::http::Pulse;

fn said<'a>(response: &'a Response<()>, header: &str) -> &'a str {
    response.headers().get(header).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_fetched_over_http_verifies_without_the_server() {
    let served = served(Pulse::start()).await;
    let acme = served.tenant("acme").await;
    let key = served.key(&acme, Role::Developer, None).await;
    for _ in 0..300 {
        served.app.run(&acme, ListSources).await.unwrap();
    }
    served.app.sequence().await.unwrap();

    let base = format!("/audit/{}", acme.tenant);
    let copy = served.folder.path().join("copy");
    let note = served.keep(&base, "checkpoint", None, &copy).await;
    let vkey = served.keep(&base, "vkey", None, &copy).await;
    let size: u64 = String::from_utf8(note).unwrap().lines().nth(1).unwrap().parse().unwrap();
    assert_eq!(size, 301);
    for tile in all_tiles(size) {
        served.keep(&base, &tile.path(), None, &copy).await;
        if tile.level == 0 {
            served.keep(&base, &bundle_path(tile.index, tile.width), Some(&key), &copy).await;
        }
    }
    let trust = Trust {
        vkey: Some(String::from_utf8(vkey).unwrap()),
        anchor: Some(served.app.anchor().await),
        earlier: false,
        without_anchor: false,
    };
    // Reading the entries left entries too, but no checkpoint has them yet.
    assert!(verified(&copy, &trust).unwrap().is_sound());
    fs::remove_file(copy.join("tile/entries/000")).unwrap();
    assert!(!verified(&copy, &trust).unwrap().is_sound());
}

#[tokio::test(flavor = "multi_thread")]
async fn hashes_are_for_everybody_and_kept_only_when_they_cannot_change() {
    let served = served(Pulse::start()).await;
    let acme = served.tenant("acme").await;
    let base = format!("/audit/{}", acme.tenant);
    let (empty, _, body) = served.get(&format!("{base}/checkpoint"), None).await;
    assert_eq!((empty, body.starts_with(b"{\"code\":\"NOT_FOUND\"")), (StatusCode::NOT_FOUND, true));
    for _ in 0..257 {
        served.app.run(&acme, ListSources).await.unwrap();
    }
    served.app.sequence().await.unwrap();
    for (path, kind, kept) in [
        ("checkpoint", TEXT, NEVER),
        ("vkey", TEXT, NEVER),
        ("tile/0/000", BYTES, FOR_EVER),
        ("tile/0/001.p/1", BYTES, NEVER),
        ("tile/1/000.p/1", BYTES, NEVER),
    ] {
        let (status, response, _) = served.get(&format!("{base}/{path}"), None).await;
        let headers = [said(&response, "content-type"), said(&response, "cache-control")];
        assert_eq!((status, headers), (StatusCode::OK, [kind, kept]), "{path}");
        assert_eq!(said(&response, "access-control-allow-origin"), "*", "{path}");
        // The newest epoch has a place of its own, too, where it stays when a restore begins another.
        let newest = served.get(&format!("{base}/{path}"), None).await.2;
        let (status, _, first) = served.get(&format!("{base}/epoch/0/{path}"), None).await;
        assert_eq!((status, first), (StatusCode::OK, newest), "{path}");
        for absent in ["1", "-1", "x", "99999999999999999999"] {
            let absent = format!("{base}/epoch/{absent}/{path}");
            assert_eq!(served.get(&absent, None).await.0, StatusCode::NOT_FOUND, "{absent}");
        }
    }
    let stranger = TenantId([7; 16]);
    for path in ["tile/0/001", "tile/0/x001/234", "tile/0/0", "tile/9/000", "tile/x", "tile/0/../000"] {
        assert_eq!(served.get(&format!("{base}/{path}"), None).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    for path in [format!("/audit/{stranger}/checkpoint"), "/audit/acme/vkey".to_owned()] {
        assert_eq!(served.get(&path, None).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_are_for_a_key_of_the_tenant_that_may_read_them() {
    let served = served(Pulse::start()).await;
    let (acme, other) = (served.tenant("acme").await, served.tenant("other").await);
    let source = CreateSource {
        slug: "shop".to_owned(),
        priority: 0,
        jurisdiction: None,
        collects_for: vec!["customer-service".parse().unwrap()],
        space: None,
    };
    served.app.run(&acme, source).await.unwrap();
    let writes = served.key(&acme, Role::Source, Some("shop")).await;
    let reads = served.key(&acme, Role::Developer, None).await;
    let foreign = served.key(&other, Role::Developer, None).await;
    served.app.sequence().await.unwrap();
    let path = format!("/audit/{}/tile/entries/000.p/2", acme.tenant);
    for (key, expected, code) in [
        (None, 401, "UNAUTHENTICATED"),
        (Some("zelo_nobody"), 401, "UNAUTHENTICATED"),
        (Some(writes.as_str()), 403, "FORBIDDEN"),
        (Some(&foreign), 403, "FORBIDDEN"),
    ] {
        let (status, response, body) = served.get(&path, key).await;
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((status.as_u16(), body["code"].as_str().unwrap()), (expected, code));
        assert_eq!(said(&response, "www-authenticate") == "Bearer", expected == 401);
        assert_eq!(said(&response, "access-control-allow-origin"), "");
    }
    served.app.sequence().await.unwrap();
    let own = served.app.public_log(other.tenant, None, PublicPart::Checkpoint).await.unwrap().unwrap();
    let size = String::from_utf8(own).unwrap().lines().nth(1).unwrap().to_owned();
    let theirs = format!("/audit/{}/tile/entries/000.p/{size}", other.tenant);
    let (_, _, entries) = served.get(&theirs, Some(&foreign)).await;
    let entries = String::from_utf8_lossy(&entries).into_owned();
    let refused = r#""op":"audit.read""#;
    assert!(
        entries.contains(refused) && entries.contains(r#""reason":"FORBIDDEN""#),
        "it was entered: {entries}"
    );

    let (status, response, body) = served.get(&path, Some(&reads)).await;
    assert_eq!((status, said(&response, "cache-control")), (StatusCode::OK, NEVER));
    assert_eq!(zelo_ledger::unbundle(&body).unwrap().len(), 2);
    for place in ["000", "000.p/9", "x001/234", "x001/234.p/7", "nothing", ""] {
        let path = format!("/audit/{}/tile/entries/{place}", acme.tenant);
        assert_eq!(served.get(&path, Some(&reads)).await.0, StatusCode::NOT_FOUND, "{place}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_log_stands_still_is_not_ready() {
    let late = served(Pulse::silent_for(std::time::Duration::from_secs(61))).await;
    let (status, _, body) = late.get("/ready", None).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(String::from_utf8(body).unwrap().contains("the audit log has not been sequenced"));
    let (_, _, metrics) = late.get("/metrics", None).await;
    let metrics = String::from_utf8(metrics).unwrap();
    let ago = metrics.lines().find_map(|line| line.strip_prefix("zelo_audit_sequenced_seconds_ago "));
    assert!(ago.unwrap().parse::<f64>().unwrap() >= 61.0);
    assert_eq!(served(Pulse::start()).await.get("/ready", None).await.0, StatusCode::OK);
}
