//! A tenant's log in the layout of C2SP tlog-tiles: hashes and signatures for everybody, entries for those who may
//! read them.

#[cfg(test)]
mod served;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use zelo_app::{Credential, Error, PublicPart, ReadBundle};
use zelo_ledger::{TILE_WIDTH, TileId};
use zelo_model::{TenantId, Via};

use super::{Fault, Site};

/// The route of tiles and entries, as a stranger's refusal names it.
const TILES: &str = "/audit/{tenant}/tile/{*path}";
/// A full tile never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const NEVER: &str = "no-store";
const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";
/// Which of its purposes a credential is used for; needed only when it has several.
const PURPOSE: &str = "zelo-purpose";

/// Whose log, and which epoch of it; without one, the newest.
#[derive(Deserialize)]
struct Log {
    tenant: String,
    epoch: Option<String>,
    #[serde(default)]
    path: String,
}

impl Log {
    fn tenant(&self) -> Result<TenantId, Error> {
        self.tenant.parse().map_err(|_| Error::NotFound)
    }

    fn epoch(&self) -> Result<Option<u64>, Error> {
        self.epoch.as_deref().map(str::parse).transpose().map_err(|_| Error::NotFound)
    }
}

/// The newest epoch stands at the top, as auditors' tools look for it; those before a restore below it.
pub(super) fn routes() -> Router<Site> {
    let log = || {
        Router::new()
            .route("/checkpoint", get(checkpoint))
            .route("/vkey", get(verify_key))
            .route("/tile/{*path}", get(tile))
    };
    Router::new().nest("/audit/{tenant}", log()).nest("/audit/{tenant}/epoch/{epoch}", log())
}

async fn checkpoint(State(site): State<Site>, Path(log): Path<Log>) -> Response {
    public(&site, &log, PublicPart::Checkpoint, [TEXT, NEVER]).await
}

async fn verify_key(State(site): State<Site>, Path(log): Path<Log>) -> Response {
    public(&site, &log, PublicPart::VerifyKey, [TEXT, NEVER]).await
}

async fn tile(State(site): State<Site>, Path(log): Path<Log>, headers: HeaderMap) -> Response {
    if let Some(place) = log.path.strip_prefix("entries/") {
        return entries(&site, &log, place, &headers).await.into_response();
    }
    let path = format!("tile/{}", log.path);
    let full = TileId::parse(&path).is_some_and(|tile| tile.width == TILE_WIDTH);
    let kept = if full { FOR_EVER } else { NEVER };
    public(&site, &log, PublicPart::Tile(path), [BYTES, kept]).await
}

/// A part that pages of everybody may read too, and why there is none.
async fn public(site: &Site, log: &Log, part: PublicPart, [kind, kept]: [&'static str; 2]) -> Response {
    let found =
        async { site.app.public_log(log.tenant()?, log.epoch()?, part).await?.ok_or(Error::NotFound) };
    let mut response = match found.await {
        Ok(bytes) => ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, kept)], bytes).into_response(),
        Err(error) => Fault::from(error).into_response(),
    };
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// A bundle of entries, for a credential of this very tenant. The door refuses it another one's, and does not say
/// whether there is one.
async fn entries(site: &Site, log: &Log, place: &str, headers: &HeaderMap) -> Result<Response, Fault> {
    let credential = credential(site, headers).await?;
    let purpose = headers.get(PURPOSE).and_then(|value| value.to_str().ok()).map(str::trim);
    let purpose = purpose.filter(|purpose| !purpose.is_empty());
    let actor = site.app.admit(&credential, purpose, Via::Http).await?;
    // A bundle is named like the tile of level 0 beside it.
    let tile = TileId::parse(&format!("tile/0/{place}")).ok_or(Error::NotFound)?;
    let (index, width) = (tile.index, tile.width);
    let read = ReadBundle { tenant: log.tenant()?, epoch: log.epoch()?, index, width };
    let bytes = site.app.run(&actor, read).await?;
    Ok(([(header::CONTENT_TYPE, BYTES), (header::CACHE_CONTROL, NEVER)], bytes).into_response())
}

async fn credential(site: &Site, headers: &HeaderMap) -> Result<Credential, Fault> {
    let found = match bearer(headers) {
        Some(secret) => site.app.authenticate(secret).await,
        None => Err(Error::Unauthenticated),
    };
    if matches!(found, Err(Error::Unauthenticated)) {
        site.app.refuse_stranger(TILES, Via::Http).await;
        let message = "entries need `Authorization: Bearer` and a key that may read the log";
        return Err(Fault::new(StatusCode::UNAUTHORIZED, Error::Unauthenticated.code(), message));
    }
    Ok(found?)
}

/// The secret of `Authorization: Bearer`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, secret) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}
