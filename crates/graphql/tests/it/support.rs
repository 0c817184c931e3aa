//! An application with Ana in it, and a developer who asks.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Response, StatusCode, header};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;
use zelo_app::{
    App, AuditSetup, Batch, Bundle, CreateCredential, CreateSource, CreateTenant, Databases, Durability,
    Incoming, IntakeBatch, Kind, Message, Plan, RootKey, Setup, StoreOptions,
};
use zelo_model::{Role, SeededIds, SystemClock, Via};

/// The application, its router and the developer's secret.
pub(crate) struct Site {
    pub(crate) router: Router,
    pub(crate) secret: String,
    app: App,
    _dir: TempDir,
}

/// An answer.
pub(crate) struct Told {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
    pub(crate) text: String,
}

impl Told {
    pub(crate) fn code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
    }
}

impl Site {
    /// A shop that knows Ana: she signed in and bought three times.
    pub(crate) async fn open() -> Self {
        let dir = TempDir::new().unwrap();
        let databases = Databases::Sqlite { dir: dir.path().to_owned() };
        std::fs::create_dir(dir.path().join("root")).unwrap();
        let policy = Bundle::embedded().unwrap();
        let setup = Setup {
            store: StoreOptions { databases, reads: Durability::Process },
            root: RootKey::File(dir.path().join("root")),
            audit: AuditSetup {
                key: dir.path().join("audit.key"),
                anchor: dir.path().join("anchor.log"),
                origin: "zelo.example.com".into(),
            },
            plan: Plan::embedded(&policy).unwrap(),
            policy,
            clock: Arc::new(SystemClock),
            ids: Arc::new(SeededIds::default()),
        };
        let app = App::open(setup).await.unwrap();
        let installation = app.operator(None, Via::Cli).await.unwrap();
        let tenant =
            CreateTenant { slug: "shop".into(), controller: "demo-controller".into(), sample: false };
        app.run(&installation, tenant).await.unwrap();
        let router = zelo_graphql::router(app.clone());
        let mut site = Self { router, secret: String::new(), app, _dir: dir };
        site.secret = site.key("developer", Role::Developer, &["customer-service"]).await;
        site.ana().await;
        site
    }

    /// A new credential's secret.
    pub(crate) async fn key(&self, name: &str, role: Role, purposes: &[&str]) -> String {
        let operator = self.app.operator(Some("shop"), Via::Cli).await.unwrap();
        let purposes = purposes.iter().map(|purpose| purpose.parse().unwrap()).collect();
        let source = (role == Role::Source).then(|| "web".to_owned());
        let create = CreateCredential { name: name.into(), role, purposes, source };
        self.app.run(&operator, create).await.unwrap().secret
    }

    /// Bruno signs in, too.
    pub(crate) async fn bruno(&self) {
        let write_key = self.key("web-2", Role::Source, &["customer-service"]).await;
        let actor = self.app.authenticate(&write_key).await.unwrap().actor(None, Via::Intake).unwrap();
        let traits = json!({ "email": "bruno@example.com" });
        let raw = json!({ "type": "identify", "userId": "bruno", "messageId": "m9", "traits": traits });
        let items = vec![Incoming::Message(Box::new(Message {
            kind: Kind::Identify(traits.as_object().unwrap().clone()),
            message_id: Some("m9".into()),
            user_id: Some("bruno".into()),
            anonymous_id: None,
            happened: None,
            client_time: "2026-01-31T12:00:09Z".parse().ok(),
            sent_at: None,
            raw: raw.to_string().into(),
        }))];
        let batch = Batch { items, ..Batch::default() };
        assert_eq!(self.app.run(&actor, IntakeBatch { batch }).await.unwrap().accepted, 1);
    }

    async fn ana(&self) {
        let operator = self.app.operator(Some("shop"), Via::Cli).await.unwrap();
        let source = CreateSource {
            slug: "web".into(),
            priority: 10,
            jurisdiction: None,
            collects_for: vec!["customer-service".parse().unwrap()],
            space: None,
        };
        self.app.run(&operator, source).await.unwrap();
        let write_key = self.key("web", Role::Source, &["customer-service"]).await;
        let actor = self.app.authenticate(&write_key).await.unwrap().actor(None, Via::Intake).unwrap();
        let traits = json!({ "email": "ana@example.com", "plan": "gold" });
        let identify = json!({ "type": "identify", "userId": "ana", "traits": traits.clone() });
        let mut items = vec![message("m0", Kind::Identify(traits.as_object().unwrap().clone()), &identify)];
        for n in 1..=3 {
            let track = json!({ "type": "track", "userId": "ana", "event": "Order Completed", "properties": { "n": n } });
            items.push(message(&format!("m{n}"), Kind::Track("Order Completed".into()), &track));
        }
        let batch = Batch { items, ..Batch::default() };
        assert_eq!(self.app.run(&actor, IntakeBatch { batch }).await.unwrap().accepted, 4);
    }

    /// Sends a request as it is.
    pub(crate) async fn send(&self, request: Request<Body>) -> (Response<()>, Told) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let body = serde_json::from_str(&text).unwrap_or_default();
        let told = Told { status: parts.status, body, text };
        (Response::from_parts(parts, ()), told)
    }

    /// Asks as the developer, in the newer form.
    pub(crate) async fn ask(&self, query: &str, variables: Value) -> Told {
        self.ask_with(&self.secret, &json!({ "query": query, "variables": variables })).await
    }

    /// Asks with this secret and this body.
    pub(crate) async fn ask_with(&self, secret: &str, body: &Value) -> Told {
        let request =
            Self::request(Method::POST, "/graphql").header(header::CONTENT_TYPE, "application/json");
        let request = request.header(header::AUTHORIZATION, format!("Bearer {secret}"));
        self.send(request.body(Body::from(body.to_string())).unwrap()).await.1
    }

    /// Asks over GET.
    pub(crate) async fn get(&self, query: &str) -> Told {
        let request = Self::request(Method::GET, &format!("/graphql?{query}"));
        let request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.secret));
        self.send(request.body(Body::empty()).unwrap()).await.1
    }

    /// The beginning of a request.
    pub(crate) fn request(method: Method, uri: &str) -> axum::http::request::Builder {
        Request::builder().method(method).uri(uri).header(header::ACCEPT, "application/graphql-response+json")
    }
}

fn message(id: &str, kind: Kind, raw: &Value) -> Incoming {
    let mut raw = raw.clone();
    raw["messageId"] = id.into();
    let second = id.trim_start_matches('m');
    Incoming::Message(Box::new(Message {
        kind,
        message_id: Some(id.into()),
        user_id: Some("ana".into()),
        anonymous_id: None,
        happened: None,
        client_time: format!("2026-01-31T12:00:0{second}Z").parse().ok(),
        sent_at: None,
        raw: raw.to_string().into(),
    }))
}
