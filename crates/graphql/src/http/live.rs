//! Answers that go on: server-sent events, and the `graphql-transport-ws` protocol over a WebSocket.

use std::any::TypeId;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::http::{WebSocket, WebSocketProtocols, WsMessage};
use async_graphql::{Data, Executor, ServerError};
use axum::extract::ws::{CloseFrame, Message, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::future::{self, BoxFuture};
use futures_util::stream::{self, BoxStream, StreamExt as _};
use futures_util::{SinkExt as _, TryStreamExt as _};
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::answer::Answer;
use super::params::Params;
use super::{Edge, Ready, negotiate, params};
use crate::asker::Asker;
use crate::error::Refusal;
use crate::limits;

/// How often a silent stream says that it lives.
const ALIVE: Duration = Duration::from_secs(12);
/// Bytes of one message over a WebSocket.
const MESSAGE: usize = limits::BODY;

/// A stream of server-sent events in the distinct-connections mode of the GraphQL-over-SSE protocol: `next` for each
/// answer, `complete` at the end.
pub(super) fn events(edge: &Edge, ready: Ready, place: OwnedSemaphorePermit) -> Response {
    let Ready { query, document, notes, .. } = ready;
    let answers = edge.schema.execute_stream(query).map(move |response| {
        let answer = Answer::executed(response, &document.roots, &notes);
        notes.clear();
        let body = String::from_utf8(answer.body()).unwrap_or_default();
        Event::default().event("next").data(body)
    });
    let complete = stream::once(future::ready(Event::default().event("complete").data("")));
    let events = answers.chain(complete).map(move |event| {
        let _held = &place;
        Ok::<_, Infallible>(event)
    });
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE)).into_response();
    response.headers_mut().insert(axum::http::header::CACHE_CONTROL, negotiate::NO_STORE);
    response
}

/// Speaks `graphql-transport-ws`. The key comes with the connection's first message,
/// `{"Authorization": "Bearer …", "Zelo-Purpose": "…"}`, for browsers cannot send it as a header, or in the headers.
pub(super) fn socket(
    edge: Arc<Edge>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
    place: OwnedSemaphorePermit,
) -> Response {
    let upgrade = upgrade
        .protocols([WebSocketProtocols::GraphQLWS.sec_websocket_protocol()])
        .max_message_size(MESSAGE)
        .max_frame_size(MESSAGE);
    if upgrade.selected_protocol().is_none() {
        return Answer::refused(Refusal::invalid("Sec-WebSocket-Protocol", "speak graphql-transport-ws"))
            .form(negotiate::Form::Json);
    }
    upgrade.on_upgrade(async move |socket| {
        let _held = place;
        let (mut sink, stream) = socket.split();
        let said = stream.try_filter_map(|message| {
            future::ready(Ok(match message {
                Message::Text(text) => Some(text.as_str().to_owned()),
                _ => None,
            }))
        });
        let said = said.take_while(|message| future::ready(message.is_ok())).filter_map(async |m| m.ok());
        let live = Live::new(edge.clone());
        let answers = WebSocket::new(live, said.boxed(), WebSocketProtocols::GraphQLWS)
            .on_connection_init(move |first| init(edge, headers, first))
            .keepalive_timeout(None);
        tokio::pin!(answers);
        while let Some(message) = answers.next().await {
            let message = match message {
                WsMessage::Text(text) => Message::Text(text.into()),
                WsMessage::Close(code, reason) => {
                    Message::Close(Some(CloseFrame { code, reason: reason.into() }))
                }
            };
            if sink.send(message).await.is_err() {
                break;
            }
        }
        let _ = sink.close().await;
    })
}

/// Who speaks on this connection.
async fn init(edge: Arc<Edge>, mut headers: HeaderMap, first: Value) -> async_graphql::Result<Data> {
    for (name, value) in first.as_object().into_iter().flatten() {
        let name = axum::http::HeaderName::from_bytes(name.as_bytes());
        let value = value.as_str().and_then(|value| value.parse().ok());
        if let (Ok(name), Some(value)) = (name, value) {
            headers.insert(name, value);
        }
    }
    let refused = |refusal: Refusal| {
        let message = refusal.errors.first().map(|error| error.message.clone());
        async_graphql::Error::new(message.unwrap_or_default())
    };
    let asker = edge.asker(&headers).await.map_err(refused)?;
    let purpose = params::purpose(&headers).map_err(refused)?;
    let mut data = Data::default();
    data.insert(Asker { purpose, ..asker });
    Ok(data)
}

/// Executes what a connection asks, within the same limits as any other document, and so much of it at once.
#[derive(Clone)]
struct Live {
    edge: Arc<Edge>,
    places: Arc<Semaphore>,
}

impl Live {
    fn new(edge: Arc<Edge>) -> Self {
        Self { edge, places: Arc::new(Semaphore::new(limits::ROOTS)) }
    }

    fn answers(
        &self,
        request: async_graphql::Request,
        data: Option<&Data>,
    ) -> BoxStream<'static, async_graphql::Response> {
        let asker = data.and_then(|data| data.get(&TypeId::of::<Asker>())?.downcast_ref::<Asker>());
        let ready = match asker {
            Some(asker) => self.edge.ready(Params::from_message(request), asker.clone(), false),
            None => Err(Refusal::from_app(&zelo_app::Error::Unauthenticated, "begin with `connection_init`")),
        };
        let place = self.places.clone().try_acquire_owned();
        let place = place.map_err(|_| Refusal::limit(limits::ROOTS, "operations at once on one connection"));
        match ready.and_then(|ready| Ok((ready, place?))) {
            Ok((Ready { query, document, notes, .. }, place)) => {
                let answers = self.edge.schema.execute_stream(query).map(move |response| {
                    let _held = &place;
                    let answer = Answer::executed(response, &document.roots, &notes);
                    notes.clear();
                    answer.into_response()
                });
                answers.boxed()
            }
            Err(refusal) => {
                let errors: Vec<ServerError> = refusal.errors;
                stream::once(future::ready(async_graphql::Response::from_errors(errors))).boxed()
            }
        }
    }
}

impl Executor for Live {
    fn execute(
        &self,
        request: async_graphql::Request,
    ) -> impl Future<Output = async_graphql::Response> + Send {
        let mut answers = self.answers(request, None);
        let first: BoxFuture<'static, _> = Box::pin(async move { answers.next().await.unwrap_or_default() });
        first
    }

    fn execute_stream(
        &self,
        request: async_graphql::Request,
        session: Option<Arc<Data>>,
    ) -> BoxStream<'static, async_graphql::Response> {
        self.answers(request, session.as_deref())
    }
}
