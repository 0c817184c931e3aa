//! Whether it runs, and whether it can work.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Fault, Site};

/// It runs. Says what an operator must know and nothing about people.
pub(super) async fn health(State(site): State<Site>) -> Json<Value> {
    let policy = site.app.policy();
    let mut health = json!({
        "status": "ok",
        "version": env!("CARGO_PKG_VERSION"),
        "insecure": site.insecure,
        "database": site.database,
        "policy": policy.digest(),
    });
    if site.refused.why().is_some() {
        // What is wrong stands in the server's log: it is nobody else's business.
        health["policyRefused"] = true.into();
    }
    Json(health)
}

/// The databases answer, and what is acknowledged gets into the log.
pub(super) async fn ready(State(site): State<Site>) -> Result<Json<Value>, Fault> {
    if site.pulse.has_stopped() {
        let message = "the audit log has not been sequenced for a minute";
        return Err(Fault::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message));
    }
    match site.app.ready().await {
        Ok(()) => Ok(Json(json!({ "status": "ready" }))),
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "not ready");
            let message = "the databases do not answer";
            Err(Fault::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message))
        }
    }
}
