//! From a request to the door and back.

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::Response;
use zelo_app::wire::{self, Verb};
use zelo_app::{App, Batch, Credential, Error, Incoming, IntakeBatch, Receipt};
use zelo_model::Via;

use crate::answer::{self, Refusal};

use crate::{auth, batch, body};

const MESSAGES: &str = "zelo_intake_messages_total";

/// What can be posted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// One message of this verb.
    One(Verb),
    /// Many messages, each with its own `type`.
    Batch,
}

impl Endpoint {
    /// All endpoints.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        Verb::ALL.into_iter().map(Self::One).chain([Self::Batch])
    }

    /// The routes: its name, and the letter the browser SDK calls it by.
    pub(crate) const fn paths(self) -> [&'static str; 2] {
        match self {
            Self::One(Verb::Identify) => ["/v1/identify", "/v1/i"],
            Self::One(Verb::Track) => ["/v1/track", "/v1/t"],
            Self::One(Verb::Page) => ["/v1/page", "/v1/p"],
            Self::One(Verb::Screen) => ["/v1/screen", "/v1/s"],
            Self::One(Verb::Group) => ["/v1/group", "/v1/g"],
            Self::One(Verb::Alias) => ["/v1/alias", "/v1/a"],
            Self::Batch => ["/v1/batch", "/v1/b"],
        }
    }

    /// The metric's label.
    const fn label(self) -> &'static str {
        match self {
            Self::One(verb) => verb.name(),
            Self::Batch => "batch",
        }
    }

    fn parse(self, text: &str) -> Result<Batch, Refusal> {
        match self {
            Self::One(verb) => {
                let message = wire::parse(text.trim_ascii(), Some(verb))?;
                Ok(Batch { items: vec![Incoming::Message(Box::new(message))], ..Batch::default() })
            }
            Self::Batch => batch::parse(text),
        }
    }
}

/// Says what the metrics are.
pub(crate) fn describe_metrics() {
    metrics::describe_counter!(
        MESSAGES,
        "Messages by what became of them: accepted, held, not collected for want of a basis, or suppressed because they are \
         of somebody who was forgotten; stripped are those of the accepted that lost such an identifier."
    );
}

/// Takes one request in. The answer leaves only after the door says that all of it is durable.
pub(crate) async fn receive(app: &App, endpoint: Endpoint, request: Request) -> Response {
    match take(app, endpoint, request).await {
        Ok(receipt) => {
            count(endpoint, "accepted", receipt.accepted);
            count(endpoint, "held", receipt.held);
            count(endpoint, "not_collected", receipt.not_collected);
            count(endpoint, "suppressed", receipt.suppressed);
            count(endpoint, "stripped", receipt.stripped);
            answer::success()
        }
        Err(refusal) => {
            if refusal.is_stranger() {
                app.refuse_stranger(endpoint.paths()[0], Via::Intake).await;
            }
            refusal.into()
        }
    }
}

/// A key in the header is checked before the body is looked at: a stranger gets nothing held or unpacked.
async fn take(app: &App, endpoint: Endpoint, request: Request) -> Result<Receipt, Refusal> {
    let (head, body) = request.into_parts();
    let (credential, text) = match auth::basic(&head.headers) {
        Some(key) => match app.authenticate(&key).await {
            Ok(credential) => (credential, body::read(&head.headers, body).await?),
            Err(error) => {
                body::drain(body).await;
                return Err(error.into());
            }
        },
        None => key_inside(app, body::read(&head.headers, body).await).await?,
    };
    let mut batch = endpoint.parse(&text)?;
    drop(text);
    batch.gpc = gpc(&head.headers);
    let actor = app.admit(&credential, None, Via::Intake).await?;
    Ok(app.run(&actor, IntakeBatch { batch }).await?)
}

/// Who cannot be told by the header must be told by the body; a body that cannot be read tells nobody.
async fn key_inside(app: &App, text: Result<String, Refusal>) -> Result<(Credential, String), Refusal> {
    let text = text.map_err(|_| Error::Unauthenticated)?;
    let key = auth::write_key(&text).ok_or(Error::Unauthenticated)?;
    Ok((app.authenticate(&key).await?, text))
}

/// Global Privacy Control: the one value the specification knows is `1`.
pub(crate) fn gpc(headers: &HeaderMap) -> bool {
    headers.get("sec-gpc").is_some_and(|value| value.as_bytes() == b"1")
}

fn count(endpoint: Endpoint, outcome: &'static str, messages: usize) {
    metrics::counter!(MESSAGES, "endpoint" => endpoint.label(), "outcome" => outcome)
        .increment(u64::try_from(messages).unwrap_or(u64::MAX));
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_browser_that_says_do_not_sell_is_heard() {
        for (value, heard) in [("1", true), ("0", false), ("true", false)] {
            let headers = HeaderMap::from_iter([(
                axum::http::HeaderName::from_static("sec-gpc"),
                HeaderValue::from_static(value),
            )]);
            assert_eq!(gpc(&headers), heard, "{value}");
        }
        assert!(!gpc(&HeaderMap::new()));
    }
}
