//! An installation whose routes a test asks.

use std::fs;
use std::path::Path;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::Response;
use http_body_util::BodyExt as _;
use tempfile::TempDir;
use tower::ServiceExt as _;
use zelo_app::{App, CreateCredential, CreateTenant};
use zelo_model::{Actor, Role, Via};

use crate::config::{Config, Reads};
use crate::http::{self, Extras, Metrics, Pulse, Site};
use crate::open;
use crate::serve::policies::Refused;

/// The routes of an installation of its own.
pub(super) struct Served {
    pub(super) folder: TempDir,
    pub(super) app: App,
    routes: Router,
}

pub(super) async fn served(pulse: Pulse) -> Served {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.data.dir = folder.path().join("zelo-data");
    config.audit.reads = Reads::Process;
    fs::create_dir(&config.data.dir).unwrap();
    let app = open::app(&config, None).await.unwrap();
    let site = Site {
        app: app.clone(),
        insecure: true,
        database: "sqlite",
        metrics: Metrics::start(),
        pulse,
        refused: Refused::default(),
    };
    Served { folder, app, routes: http::router(site, Extras::default()) }
}

impl Served {
    pub(super) async fn tenant(&self, slug: &str) -> Actor {
        let installation = self.app.operator(None, Via::Cli).await.unwrap();
        let create = CreateTenant { slug: slug.to_owned(), controller: "acme-sa".to_owned(), sample: false };
        self.app.run(&installation, create).await.unwrap();
        self.app.operator(Some(slug), Via::Cli).await.unwrap()
    }

    pub(super) async fn key(&self, who: &Actor, role: Role, source: Option<&str>) -> String {
        let purposes = vec!["customer-service".parse().unwrap()];
        let source = source.map(str::to_owned);
        let create = CreateCredential { name: "first".to_owned(), role, purposes, source };
        self.app.run(who, create).await.unwrap().secret
    }

    pub(super) async fn get(&self, path: &str, key: Option<&str>) -> (StatusCode, Response<()>, Vec<u8>) {
        let mut request = Request::builder().uri(path);
        if let Some(key) = key {
            request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
        }
        let response = self.routes.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        (parts.status, Response::from_parts(parts, ()), bytes)
    }

    pub(super) async fn keep(&self, base: &str, path: &str, key: Option<&str>, folder: &Path) -> Vec<u8> {
        let (status, _, bytes) = self.get(&format!("{base}/{path}"), key).await;
        assert_eq!(status, StatusCode::OK, "{path}: {}", String::from_utf8_lossy(&bytes));
        let file = folder.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, &bytes).unwrap();
        bytes
    }
}
