//! Fresh tenants for other people's tests: one each, so that they never meet.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use zelo_app::{CreateCredential, CreateSource, CreateTenant, Error};
use zelo_model::{Purpose, Role, Via};

use super::{Fault, Site};

/// A tenant and its two keys.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Fresh {
    tenant: String,
    /// Role `source`, of the source `test`.
    write_key: String,
    /// Role `developer`, purpose `customer-service`.
    api_key: String,
}

/// Creates a tenant.
pub(super) async fn create(State(site): State<Site>) -> Result<(StatusCode, Json<Fresh>), Fault> {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let app = &site.app;
    let tenant = format!("test-{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let purposes: Vec<Purpose> = vec!["customer-service".parse().map_err(Error::internal)?];
    let create =
        CreateTenant { slug: tenant.clone(), controller: "demo-controller".to_owned(), sample: false };
    app.run(&app.operator(None, Via::Cli).await?, create).await?;

    let operator = app.operator(Some(&tenant), Via::Cli).await?;
    let create = CreateSource {
        slug: "test".to_owned(),
        priority: 0,
        jurisdiction: None,
        collects_for: purposes.clone(),
        space: None,
    };
    app.run(&operator, create).await?;
    let key = |name: &str, role, source: Option<&str>| CreateCredential {
        name: name.to_owned(),
        role,
        purposes: purposes.clone(),
        source: source.map(str::to_owned),
    };
    let write_key = app.run(&operator, key("write", Role::Source, Some("test"))).await?.secret;
    let api_key = app.run(&operator, key("api", Role::Developer, None)).await?.secret;
    Ok((StatusCode::CREATED, Json(Fresh { tenant, write_key, api_key })))
}
