//! A form that asks people for their consent, served by us: a page others embed or link to. It needs no JavaScript, stores
//! nothing before somebody answers, and takes a yes back in the steps it takes to give one (GDPR art. 7(3), LGPD art. 8 §5).

pub(crate) mod page;

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Map, Value, json};
use url::form_urlencoded;
use zelo_app::wire::{self, Verb};
use zelo_app::{App, Batch, Credential, Error, Incoming, IntakeBatch, is_email};
use zelo_model::{Role, Via};

use crate::answer::Refusal;
use crate::endpoint::gpc;
use page::{Asked, Page, Tongue};

/// Where it is: the write key of the source that collects, and the notice people read.
pub(crate) const FORM: &str = "/v1/forms/{write_key}/{notice}";
/// The longest body it takes: an address and some answers.
pub(crate) const MOST: usize = 16 * 1024;

/// Shows the form.
pub(crate) async fn show(
    State(app): State<App>,
    Path((key, notice)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let controller = match controller(&app, &key).await {
        Ok((_, controller)) => controller,
        Err(refusal) => return refusal.into(),
    };
    let query = query.unwrap_or_default();
    let lang = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "lang");
    let tongue = Tongue::wanted(lang.as_ref().map(|(_, lang)| &**lang), &headers);
    let policy = app.policy();
    match Asked::of(&policy, (&controller, &notice), app.now(), tongue) {
        Some(asked) => rendered(StatusCode::OK, &Page::new(&asked, &app.ticket())),
        None => missing(tongue),
    }
}

/// Takes an answer in: it is one of the source's messages, and counts before this page is answered.
pub(crate) async fn answer(
    State(app): State<App>,
    Path((key, notice)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (credential, controller) = match controller(&app, &key).await {
        Ok(found) => found,
        Err(refusal) => return refusal.into(),
    };
    let said = Said::read(&body);
    let tongue = Tongue::wanted(said.lang.as_deref(), &headers);
    let policy = app.policy();
    let Some(asked) = Asked::of(&policy, (&controller, &notice), app.now(), tongue) else {
        return missing(tongue);
    };
    let ticket = said.ticket.clone().filter(|ticket| is_ticket(ticket)).unwrap_or_else(|| app.ticket());
    let page = Page::new(&asked, &ticket).filled(&said.email, &said.answers);
    let answers = match said.checked(&asked) {
        Ok(answers) => answers,
        Err(wrong) => return rendered(StatusCode::UNPROCESSABLE_ENTITY, &page.wrong(wrong)),
    };
    let waits = answers.values().any(|yes| *yes == Value::Bool(true));
    match take(&app, &credential, &asked, (&said.email, answers), (&ticket, gpc(&headers))).await {
        Ok(()) => rendered(StatusCode::OK, &page.thanks(waits)),
        Err(refusal) => refusal.into(),
    }
}

/// Whoever's write key it is, and for which controller they ask.
async fn controller(app: &App, key: &str) -> Result<(Credential, String), Refusal> {
    let found = match app.authenticate(key).await {
        // Any other key in an address is one too many places it stands in.
        Ok(credential) if credential.role() == Role::Source => {
            app.controller_of(&credential).await.map(|controller| (credential, controller))
        }
        Ok(_) => Err(Error::Unauthenticated),
        Err(error) => Err(error),
    };
    match found {
        Ok(found) => Ok(found),
        Err(error) => {
            app.refuse_stranger(FORM, Via::Intake).await;
            Err(error.into())
        }
    }
}

async fn take(
    app: &App,
    credential: &Credential,
    asked: &Asked<'_>,
    (email, answers): (&str, Map<String, Value>),
    (ticket, gpc): (&str, bool),
) -> Result<(), Refusal> {
    let message = json!({
        "type": "identify",
        "messageId": ticket,
        "anonymousId": format!("form-{ticket}"),
        "traits": {"email": email.trim()},
        "context": {
            "locale": asked.tongue.tag(),
            "consent": {"categoryPreferences": answers, "notice": asked.hash()},
        },
    });
    let message = wire::parse(&message.to_string(), Some(Verb::Identify))?;
    let items = vec![Incoming::Message(Box::new(message))];
    let actor = app.admit(credential, None, Via::Intake).await?;
    let batch = Batch { items, gpc, by_themselves: true, ..Batch::default() };
    app.run(&actor, IntakeBatch { batch }).await?;
    Ok(())
}

/// What was answered.
#[derive(Default)]
struct Said {
    email: String,
    ticket: Option<String>,
    lang: Option<String>,
    /// The text that was read, by its hash.
    notice: Option<String>,
    answers: Vec<(String, bool)>,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// It is no e-mail address.
    Email,
    /// No question was answered.
    Unanswered,
    /// The text was replaced while it was read.
    Changed,
}

impl Said {
    fn read(body: &[u8]) -> Self {
        let mut said = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            match name.as_ref() {
                "email" => said.email = value.into_owned(),
                "ticket" => said.ticket = Some(value.into_owned()),
                "lang" => said.lang = Some(value.into_owned()),
                "notice" => said.notice = Some(value.into_owned()),
                other => {
                    let answer = match value.as_ref() {
                        "yes" => true,
                        "no" => false,
                        _ => continue,
                    };
                    if let Some(purpose) = other.strip_prefix("to:") {
                        said.answers.push((purpose.to_owned(), answer));
                    }
                }
            }
        }
        said
    }

    fn checked(&self, asked: &Asked<'_>) -> Result<Map<String, Value>, Wrong> {
        if self.notice.as_deref() != Some(&asked.hash()) {
            return Err(Wrong::Changed);
        }
        if !is_email(&self.email) {
            return Err(Wrong::Email);
        }
        let known = self.answers.iter().filter(|(key, _)| key.parse().is_ok_and(|key| asked.asks(&key)));
        let mut answers = Map::new();
        for (key, yes) in known {
            // Of two answers to one question the no counts.
            let both = answers.get(key) != Some(&Value::Bool(false)) && *yes;
            answers.insert(key.clone(), Value::Bool(both));
        }
        if answers.is_empty() { Err(Wrong::Unanswered) } else { Ok(answers) }
    }
}

/// What is shown and stored nowhere until it is answered: a number that lets an answer sent twice count once.
fn is_ticket(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c))
}

pub(crate) fn missing(tongue: Tongue) -> Response {
    (StatusCode::NOT_FOUND, Html(page::missing(tongue))).into_response()
}

/// Any page may embed it.
fn rendered(status: StatusCode, page: &Page<'_>) -> Response {
    html(status, Framed::ByAnybody, page.to_string())
}

/// Who may show a page inside their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framed {
    /// Anybody.
    ByAnybody,
    /// Nobody: a page around it could have its button pressed by somebody who sees another.
    ByNobody,
}

/// A page in which nothing runs, of which nobody keeps a copy and whose address no other site is told.
pub(crate) fn html(status: StatusCode, framed: Framed, page: String) -> Response {
    let policy = match framed {
        Framed::ByAnybody => {
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors *"
        }
        Framed::ByNobody => {
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
        }
    };
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::VARY, "Accept-Language"),
    ];
    (status, headers, Html(page)).into_response()
}
