//! GraphQL over HTTP, as its specification and the `graphql-http` audits have it.
//!
//! What costs least is checked first: media types, then the credential, then the size of the body, then the document
//! as text, then as a tree. Only then does async-graphql see it.

mod answer;
mod documents;
mod live;
mod negotiate;
mod params;

use std::sync::Arc;

use async_graphql::ServerError;
use async_graphql::parser::types::OperationType;
use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zelo_app::{App, Credential, Error};
use zelo_model::Via;

use self::answer::Answer;
use self::documents::{Document, Documents};
use self::negotiate::Form;
use self::params::Params;
use crate::asker::Asker;
use crate::error::Refusal;
use crate::personal::Personal;
use crate::schema::{Schema, schema, sdl};
use crate::withheld::Notes;

/// Where it is served.
const PATH: &str = "/graphql";

/// Streams that may be open at once.
const STREAMS: usize = 256;

struct Edge {
    app: App,
    schema: Schema,
    personal: Personal,
    documents: Documents,
    streams: Arc<Semaphore>,
}

/// The route.
pub(crate) fn routes(app: App) -> Router {
    let schema = schema();
    let personal = Personal::of(&sdl(&schema)).unwrap_or_default();
    let (documents, streams) = (Documents::new(), Arc::new(Semaphore::new(STREAMS)));
    let edge = Edge { app, schema, personal, documents, streams };
    Router::new().route(PATH, any(serve)).with_state(Arc::new(edge))
}

async fn serve(State(edge): State<Arc<Edge>>, request: Request) -> Response {
    if request.headers().contains_key(header::UPGRADE) {
        return connect(edge, request).await;
    }
    if negotiate::streams(request.headers()) {
        let form = Form::GraphQl;
        return edge.stream(request).await.unwrap_or_else(|refusal| Answer::refused(refusal).form(form));
    }
    let form = match negotiate::accepted(request.headers()) {
        Ok(form) => form,
        Err(refusal) => return Answer::refused(refusal).form(Form::Json),
    };
    edge.answer(request).await.unwrap_or_else(Answer::refused).form(form)
}

async fn connect(edge: Arc<Edge>, request: Request) -> Response {
    let (mut head, _) = request.into_parts();
    let place = match edge.place() {
        Ok(place) => place,
        Err(refusal) => return Answer::refused(refusal).form(Form::Json),
    };
    match WebSocketUpgrade::from_request_parts(&mut head, &()).await {
        Ok(upgrade) => live::socket(edge, head.headers, upgrade, place),
        Err(_) => {
            Answer::refused(not_allowed("the only upgrade is to a WebSocket, with GET")).form(Form::Json)
        }
    }
}

/// A request that was read and stayed within its limits.
struct Ready {
    query: async_graphql::Request,
    document: Arc<Document>,
    notes: Notes,
    /// Whether its answer goes on.
    goes_on: bool,
}

impl Edge {
    async fn answer(&self, request: Request) -> Result<Answer, Refusal> {
        let Ready { query, document, notes, goes_on } = self.asked(request).await?;
        if goes_on {
            let message =
                "a subscription is a stream: send `Accept: text/event-stream`, or speak graphql-transport-ws";
            return Err(Refusal::new(StatusCode::NOT_ACCEPTABLE, "INVALID", message));
        }
        Ok(Answer::executed(self.schema.execute(query).await, &document.roots, &notes))
    }

    async fn stream(&self, request: Request) -> Result<Response, Refusal> {
        let place = self.place()?;
        Ok(live::events(self, self.asked(request).await?, place))
    }

    /// A place among those who watch.
    fn place(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        let message = "too many streams are open here; try again later";
        let full = |_| Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message);
        self.streams.clone().try_acquire_owned().map_err(full)
    }

    async fn asked(&self, request: Request) -> Result<Ready, Refusal> {
        let get = match *request.method() {
            Method::GET => true,
            Method::POST => false,
            _ => return Err(not_allowed("GraphQL is asked with GET or POST")),
        };
        if !get {
            negotiate::sent(request.headers())?;
        }
        let asker = self.asker(request.headers()).await?;
        let named = params::purpose(request.headers())?;
        let params = if get { Params::from_uri(request.uri())? } else { Params::from_body(request).await? };
        self.ready(params, Asker { purpose: named, ..asker }, get)
    }

    /// A request within its limits, ready to be executed. A purpose named in a header goes before its own.
    fn ready(&self, params: Params, asker: Asker, get: bool) -> Result<Ready, Refusal> {
        let document = self.read(&params, get)?;
        let notes = Notes::default();
        let purpose = asker.purpose.clone().or(params.purpose);
        let asker = Asker { purpose, ..asker };
        let mut query =
            async_graphql::Request::new("").variables(params.variables).data(asker).data(notes.clone());
        query.operation_name = params.operation;
        query.set_parsed_query(document.tree.clone());
        let goes_on = document.chosen().is_some_and(|operation| operation.ty == OperationType::Subscription);
        Ok(Ready { query, document, notes, goes_on })
    }

    async fn asker(&self, headers: &HeaderMap) -> Result<Asker, Refusal> {
        let credential = self.credential(headers).await?;
        let secret = negotiate::bearer(headers).unwrap_or_default().into();
        Ok(Asker { app: self.app.clone(), credential, secret, purpose: None })
    }

    async fn credential(&self, headers: &HeaderMap) -> Result<Credential, Refusal> {
        let secret = negotiate::bearer(headers);
        let found = match secret {
            Some(secret) => self.app.authenticate(secret).await,
            None => Err(Error::Unauthenticated),
        };
        match found {
            Ok(credential) => Ok(credential),
            Err(error @ Error::Unauthenticated) => {
                self.app.refuse_stranger(PATH, Via::GraphQl).await;
                Err(Refusal::from_app(&error, "send `Authorization: Bearer` and a key of yours"))
            }
            Err(error) => Err(Refusal::from_app(&error, &error.to_string())),
        }
    }

    fn read(&self, params: &Params, get: bool) -> Result<Arc<Document>, Refusal> {
        let document = self.documents.read(&params.query, params.operation.as_deref(), &self.personal)?;
        let chosen = document.chosen();
        if get {
            if chosen.is_some_and(|operation| operation.ty != OperationType::Query) {
                return Err(not_allowed("over GET there are only queries"));
            }
            if let Some(argument) = &document.names {
                let message =
                    format!("`{argument}` is about a person and does not belong in a URL; send it with POST");
                return Err(Refusal::new(StatusCode::BAD_REQUEST, "PERSONAL_DATA_IN_URL", message));
            }
        }
        if let Some(operation) = chosen {
            params.coerce(operation)?;
        }
        if chosen.is_some_and(|operation| operation.ty == OperationType::Subscription)
            && document.roots.len() > 1
        {
            let message =
                "a subscription has one field at the root; watch the others in subscriptions of their own";
            return Err(Refusal::document(ServerError::new(message, None)));
        }
        Ok(document)
    }
}

fn not_allowed(message: &str) -> Refusal {
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "INVALID", message)
}

impl Answer {
    /// This answer on the wire, in the media type asked for; nobody keeps a copy.
    fn form(self, form: Form) -> Response {
        let status = self.status(form);
        let mut response = (status, self.body()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, form.content_type());
        headers.insert(header::CACHE_CONTROL, negotiate::NO_STORE);
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, negotiate::NO_SNIFF);
        if let Some((name, value)) = negotiate::companion(status) {
            headers.insert(name, value);
        }
        response
    }
}
