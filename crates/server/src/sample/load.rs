//! Bringing the people in: sources, keys, and then the way every message takes.

use zelo_app::{
    App, CreateCredential, CreateSource, IntakeBatch, ListCredentials, ListSources, RevokeCredential,
    TenantInfo,
};
use zelo_model::{Actor, Purpose, Role, Via};

use super::{DevKeys, SampleError, people};

/// What the sample's keys are for.
const PURPOSE: &str = "customer-service";
/// The shop everybody buys at; its key is the one developers get.
const SHOP: &str = "demo-shop";
/// How this module's keys are called: whatever else a developer makes in the sample tenant is theirs.
const NAMES: &str = "dev-";

/// Loads everybody and answers the keys. Doing it again after a crash leaves nothing twice.
pub(super) async fn people(app: &App, tenant: &TenantInfo) -> Result<DevKeys, SampleError> {
    let operator = app.operator(Some(&tenant.slug), Via::Cli).await?;
    let purpose: Purpose = PURPOSE.parse()?;
    revoke(app, &operator).await?;
    let mut source = String::new();
    for (slug, batch) in people::batches(tenant.created)? {
        ensure_source(app, &operator, &slug, &purpose).await?;
        let key = key(app, &operator, &format!("{NAMES}{slug}"), Role::Source, &purpose, Some(&slug)).await?;
        let actor = app.authenticate(&key).await?.actor(None, Via::Intake)?;
        let receipt = app.run(&actor, IntakeBatch { batch }).await?;
        if receipt.held > 0 {
            tracing::warn!(held = receipt.held, "some sample messages are held in quarantine");
        }
        if slug == SHOP {
            source = key;
        }
    }
    let developer =
        key(app, &operator, &format!("{NAMES}developer"), Role::Developer, &purpose, None).await?;
    Ok(DevKeys { tenant: tenant.slug.clone(), developer, source })
}

async fn ensure_source(
    app: &App,
    operator: &Actor,
    slug: &str,
    purpose: &Purpose,
) -> Result<(), SampleError> {
    if app.run(operator, ListSources).await?.iter().any(|source| source.slug == slug) {
        return Ok(());
    }
    let shop = slug == SHOP;
    let create = CreateSource {
        slug: slug.to_owned(),
        priority: if shop { 10 } else { 0 },
        jurisdiction: None,
        collects_for: vec![purpose.clone()],
        // Each has user ids of its own; the e-mail address is what they share.
        space: Some(if shop { "main" } else { slug }.to_owned()),
    };
    app.run(operator, create).await?;
    Ok(())
}

async fn key(
    app: &App,
    operator: &Actor,
    name: &str,
    role: Role,
    purpose: &Purpose,
    source: Option<&str>,
) -> Result<String, SampleError> {
    let create = CreateCredential {
        name: name.to_owned(),
        role,
        purposes: vec![purpose.clone()],
        source: source.map(str::to_owned),
    };
    Ok(app.run(operator, create).await?.secret)
}

/// Ends the keys of a run that was interrupted, or whose file is gone: nobody holds them any more.
async fn revoke(app: &App, operator: &Actor) -> Result<(), SampleError> {
    for key in app.run(operator, ListCredentials).await? {
        if key.name.starts_with(NAMES) && key.revoked.is_none() {
            app.run(operator, RevokeCredential { id: key.id }).await?;
        }
    }
    Ok(())
}
