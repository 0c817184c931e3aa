//! What an SDK says, as a message at the door: built once, sent as often as the network likes.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value, json};
use zelo_app::{Incoming, Kind, Message};
use zelo_model::Timestamp;

use crate::noon;

/// A message. Cloning it makes a retry: the same `messageId`.
#[derive(Debug, Clone)]
pub struct Said {
    event: Option<String>,
    user: Option<String>,
    device: Option<String>,
    id: Option<String>,
    at: Option<Timestamp>,
    sent: Option<Timestamp>,
    values: Map<String, Value>,
}

static MESSAGES: AtomicU64 = AtomicU64::new(1);

impl Said {
    fn new(event: Option<&str>, user: Option<&str>, device: Option<&str>) -> Self {
        Self {
            event: event.map(str::to_owned),
            user: user.map(str::to_owned),
            device: device.map(str::to_owned),
            id: Some(format!("private-message-{}", MESSAGES.fetch_add(1, Ordering::Relaxed))),
            at: Some(noon().plus(-Timestamp::SECOND)),
            sent: None,
            values: Map::new(),
        }
    }

    /// Who somebody is.
    pub fn identify(user: Option<&str>, device: Option<&str>) -> Self {
        Self::new(None, user, device)
    }

    /// What somebody did.
    pub fn track(event: &str, user: Option<&str>, device: Option<&str>) -> Self {
        Self::new(Some(event), user, device)
    }

    /// With a trait or property.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.values.insert(name.to_owned(), value.into());
        self
    }

    /// On another browser, or on none.
    #[must_use]
    pub fn on(mut self, device: Option<&str>) -> Self {
        self.device = device.map(str::to_owned);
        self
    }

    /// At this time by the sender's clock; `None` for a sender that does not say.
    #[must_use]
    pub fn at(mut self, at: Option<Timestamp>) -> Self {
        self.at = at;
        self
    }

    /// Sent at this time by the sender's clock.
    #[must_use]
    pub fn sent(mut self, at: Timestamp) -> Self {
        self.sent = Some(at);
        self
    }

    /// Under this `messageId`; `None` for a sender that gives none.
    #[must_use]
    pub fn numbered(mut self, id: Option<&str>) -> Self {
        self.id = id.map(str::to_owned);
        self
    }

    /// The JSON an SDK would send.
    pub fn json(&self) -> Value {
        let mut item = json!({"type": if self.event.is_some() { "track" } else { "identify" }});
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                item[name] = value;
            }
        };
        put("event", self.event.clone().map(Value::from));
        put("userId", self.user.clone().map(Value::from));
        put("anonymousId", self.device.clone().map(Value::from));
        put("messageId", self.id.clone().map(Value::from));
        put("timestamp", self.at.map(|at| at.to_string().into()));
        put("sentAt", self.sent.map(|at| at.to_string().into()));
        let values = Value::Object(self.values.clone());
        put(if self.event.is_some() { "properties" } else { "traits" }, Some(values));
        item
    }

    /// The message as intake hands it to the door.
    pub fn incoming(&self) -> Incoming {
        let kind = match &self.event {
            Some(event) => Kind::Track(event.clone()),
            None => Kind::Identify(self.values.clone()),
        };
        Incoming::Message(Box::new(Message {
            kind,
            message_id: self.id.clone(),
            user_id: self.user.clone(),
            anonymous_id: self.device.clone(),
            client_time: self.at,
            sent_at: self.sent,
            raw: self.json().to_string().into(),
        }))
    }
}
