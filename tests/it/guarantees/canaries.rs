//! Canaries in every slot of the real server: afterwards none is found outside a seal, in any disguise.

mod graphql;
mod intake;
mod slots;

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE};
use zelo_tests::{Cluster, Encoded, Server};

use crate::journeys::clients::on_postgres;
use slots::Slots;

#[tokio::test(flavor = "multi_thread")]
async fn no_canary_is_found_anywhere_on_sqlite() {
    let server = Server::start(None);
    tried_in_every_slot(server, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_canary_is_found_anywhere_on_postgres() {
    let (cluster, server) = on_postgres("canaries").await;
    tried_in_every_slot(server, Some(&cluster));
}

fn tried_in_every_slot(mut server: Server, cluster: Option<&Cluster>) {
    let mut slots = Slots::default();
    intake::fill(&server, &mut slots);
    graphql::fill(&server, &mut slots);
    // The sequencer comes by every second.
    std::thread::sleep(Duration::from_millis(1500));

    let canaries = Encoded::of(&slots.canaries());
    let metrics = server.ask("GET /metrics", &[], b"").text;
    assert!(metrics.contains("zelo_"), "{metrics}");
    let mut found = canaries.found_in(metrics.as_bytes());
    // What is there in the clear by decision is found, so the search reaches rows and log lines.
    let clear = Encoded::of(&["Order Completed"]);
    let rows = cluster.map_or(server.folder(), Cluster::folder);
    assert!(!clear.found_below(rows).is_empty());
    assert!(std::fs::read_to_string(server.folder().join("stderr")).unwrap().contains("zelo_"));
    let mut look = |server: &Server| {
        found.extend(canaries.found_below(server.folder()));
        found.extend(cluster.map(|cluster| canaries.found_below(cluster.folder())).unwrap_or_default());
    };
    look(&server);
    server.stop();
    look(&server);
    let told: Vec<String> = found.into_iter().map(|found| slots.explain(&found)).collect();
    assert!(told.is_empty(), "{} leaks:\n{}", told.len(), told.join("\n"));
}

#[test]
fn the_search_sees_through_every_disguise() {
    let canary = "Zq7Ak2xvPw93LmTc";
    let search = Encoded::of(&[canary]);
    for before in ["", "a", "bc", "def", "ghij"] {
        for after in ["", "k", "lm", "nop"] {
            let around = format!("{before}{canary}{after}");
            assert!(!search.found_in(BASE64_STANDARD.encode(&around).as_bytes()).is_empty(), "{around}");
            assert!(!search.found_in(BASE64_URL_SAFE.encode(&around).as_bytes()).is_empty(), "{around}");
        }
    }
    let wide: Vec<u8> = canary.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(!search.found_in(&wide).is_empty());
    assert!(search.found_in(b"Zq7Ak2xvPw93LmT").is_empty());
}
