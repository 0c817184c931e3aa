//! What is counted. Labels are route templates, roles and reasons: never a path, an id or a value.

use std::fmt::Write as _;
use std::sync::OnceLock;
use std::time::Duration;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use super::{Fault, Site};

/// Requests by method, route template and status.
pub(super) const REQUESTS: &str = "zelo_http_requests_total";
/// How long requests took, by method and route template.
pub(super) const SECONDS: &str = "zelo_http_request_seconds";

const BUCKETS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// The counters of this process.
#[derive(Clone)]
pub(crate) struct Metrics(PrometheusHandle);

impl Metrics {
    /// Starts counting; a second call answers the same counters.
    pub(crate) fn start() -> Self {
        static STARTED: OnceLock<Metrics> = OnceLock::new();
        STARTED
            .get_or_init(|| {
                let builder = PrometheusBuilder::new().set_buckets(&BUCKETS);
                let recorder = builder.unwrap_or_default().build_recorder();
                let handle = recorder.handle();
                // Somebody who embeds this library may count for themselves.
                let _ = metrics::set_global_recorder(recorder);
                metrics::describe_counter!(REQUESTS, "Requests by method, route template and status.");
                metrics::describe_histogram!(
                    SECONDS,
                    metrics::Unit::Seconds,
                    "How long requests took, by method and route template."
                );
                Self(handle)
            })
            .clone()
    }

    /// Everything counted so far, as Prometheus reads it.
    pub(super) fn text(&self) -> String {
        self.0.render()
    }

    /// Folds what was counted since into the histograms; call it every few seconds.
    pub(crate) fn tidy(&self) {
        self.0.run_upkeep();
    }
}

/// All of it as Prometheus reads it.
pub(super) async fn page(State(site): State<Site>) -> Result<impl IntoResponse, Fault> {
    let mut text = site.metrics.text();
    text.push_str(&held(&site.app.quarantine_counts().await?));
    text.push_str(&unsequenced(site.pulse.silent()));
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text))
}

/// Alarms look at it: what is acknowledged and not yet in the log is at most this old.
fn unsequenced(silent: Duration) -> String {
    format!(
        "# HELP zelo_audit_sequenced_seconds_ago Seconds since the audit log was last brought up to date.\n\
         # TYPE zelo_audit_sequenced_seconds_ago gauge\nzelo_audit_sequenced_seconds_ago {:.3}\n",
        silent.as_secs_f64()
    )
}

/// Asked of the database at each look, so that it is right after a restart too.
fn held(counts: &[(String, i64)]) -> String {
    let mut text = "# HELP zelo_quarantine_items Messages held in quarantine, by reason.\n\
                    # TYPE zelo_quarantine_items gauge\n"
        .to_owned();
    for (reason, count) in counts {
        let _ = writeln!(text, "zelo_quarantine_items{{reason=\"{reason}\"}} {count}");
    }
    text
}
