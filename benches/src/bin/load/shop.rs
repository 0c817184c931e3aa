//! The tenant that is measured: its keys, and everybody in it.

use tokio::process::Command;
use zelo_benches::{EVENTS_EACH, KNOWN, Result, people};

use crate::client::{self, Post};
use crate::server::{Place, Programs, Server};

/// The shop whose people these are.
pub(crate) struct Shop {
    /// How its SDKs say who they are.
    pub(crate) write: Post,
    /// How somebody who may read does.
    pub(crate) read: Post,
}

/// Makes a tenant with a source and two keys, and takes in everybody who is there before anything is measured.
pub(crate) async fn open(programs: &Programs, place: &Place) -> Result<Shop> {
    if let Some(cluster) = &place.cluster {
        for name in ["zelo", "zelo_keys", "plain", "floor", "floor_keys"] {
            cluster.database(name).await?;
        }
    }
    let server = Server::zelo(programs, place, "fsync").await?;
    let purpose = "customer-service";
    command(programs, place, &["tenant", "create", "shop", "--controller", "demo-controller"]).await?;
    let source = ["source", "create", "web", "--tenant", "shop", "--collects-for", purpose];
    command(programs, place, &source).await?;
    let keys = ["key", "create", "sdk", "--tenant", "shop", "--role", "source", "--source", "web"];
    let write = command(programs, place, &[&keys[..], &["--purpose", purpose]].concat()).await?;
    let keys = ["key", "create", "reader", "--tenant", "shop", "--role", "developer", "--purpose", purpose];
    let read = command(programs, place, &keys).await?;
    let basic = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, format!("{write}:"));
    let shop = Shop {
        write: Post { path: "/v1/batch", authorization: Some(format!("Basic {basic}")) },
        read: Post { path: "/graphql", authorization: Some(format!("Bearer {read}")) },
    };
    for first in (0..KNOWN).step_by(500) {
        let items: Vec<String> = (first..first + 500).map(|n| people::identify(n, n)).collect();
        client::ask(server.address, &shop.write, people::body(&items)).await?;
    }
    for first in (0..KNOWN * EVENTS_EACH).step_by(1000) {
        let items: Vec<String> = (first..first + 1000).map(|n| people::track(n % KNOWN, KNOWN + n)).collect();
        client::ask(server.address, &shop.write, people::body(&items)).await?;
    }
    server.stop().await?;
    place.settle().await?;
    Ok(shop)
}

/// A command beside the running server; the secret in its answer, if there is one.
async fn command(programs: &Programs, place: &Place, words: &[&str]) -> Result<String> {
    let mut command = Command::new(&programs.zelo);
    command.args(words).arg("--json").arg("--data").arg(place.folder.join("zelo")).current_dir(&place.folder);
    let output = command.output().await?;
    if !output.status.success() {
        return Err(format!("{words:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    Ok(answer["secret"].as_str().unwrap_or_default().to_owned())
}
