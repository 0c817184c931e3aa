//! What an SDK says, as a message at the door: built once, sent as often as the network likes.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value, json};
use zelo_app::{Group, Incoming, Kind, Message};
use zelo_model::Timestamp;

use crate::noon;

/// A message. Cloning it makes a retry: the same `messageId`.
#[derive(Debug, Clone)]
pub struct Said {
    event: Option<String>,
    other: Option<Other>,
    user: Option<String>,
    device: Option<String>,
    id: Option<String>,
    at: Option<Timestamp>,
    sent: Option<Timestamp>,
    values: Map<String, Value>,
    context: Map<String, Value>,
}

/// What is neither who somebody is nor what somebody did, with the name or id it turns on.
#[derive(Debug, Clone)]
enum Other {
    Page(String),
    Screen(String),
    Group(String),
    Alias(String),
}

static MESSAGES: AtomicU64 = AtomicU64::new(1);

impl Said {
    fn new(event: Option<&str>, user: Option<&str>, device: Option<&str>) -> Self {
        Self {
            event: event.map(str::to_owned),
            other: None,
            user: user.map(str::to_owned),
            device: device.map(str::to_owned),
            id: Some(format!("private-message-{}", MESSAGES.fetch_add(1, Ordering::Relaxed))),
            at: Some(noon().plus(-Timestamp::SECOND)),
            sent: None,
            values: Map::new(),
            context: Map::new(),
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

    /// Which page somebody saw.
    pub fn page(name: &str, user: Option<&str>, device: Option<&str>) -> Self {
        Self { other: Some(Other::Page(name.to_owned())), ..Self::new(None, user, device) }
    }

    /// Which screen somebody saw.
    pub fn screen(name: &str, user: Option<&str>, device: Option<&str>) -> Self {
        Self { other: Some(Other::Screen(name.to_owned())), ..Self::new(None, user, device) }
    }

    /// To which group somebody belongs.
    pub fn group(id: &str, user: &str) -> Self {
        Self { other: Some(Other::Group(id.to_owned())), ..Self::new(None, Some(user), None) }
    }

    /// That somebody was known by another id before.
    pub fn alias(previous: &str, user: &str) -> Self {
        Self { other: Some(Other::Alias(previous.to_owned())), ..Self::new(None, Some(user), None) }
    }

    /// With a trait or property.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.values.insert(name.to_owned(), value.into());
        self
    }

    /// With something in its context.
    #[must_use]
    pub fn context(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.context.insert(name.to_owned(), value.into());
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
        let verb = match &self.other {
            None if self.event.is_some() => "track",
            None => "identify",
            Some(Other::Page(_)) => "page",
            Some(Other::Screen(_)) => "screen",
            Some(Other::Group(_)) => "group",
            Some(Other::Alias(_)) => "alias",
        };
        let mut item = json!({"type": verb});
        match &self.other {
            Some(Other::Page(name) | Other::Screen(name)) => item["name"] = name.as_str().into(),
            Some(Other::Group(id)) => item["groupId"] = id.as_str().into(),
            Some(Other::Alias(previous)) => item["previousId"] = previous.as_str().into(),
            None => {}
        }
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
        put("context", Some(self.context.clone()).filter(|all| !all.is_empty()).map(Value::Object));
        let values = Value::Object(self.values.clone());
        let has_traits = matches!(verb, "identify" | "group");
        put(if has_traits { "traits" } else { "properties" }, Some(values));
        item
    }

    /// The message as intake hands it to the door.
    pub fn incoming(&self) -> Incoming {
        let kind = match (&self.other, &self.event) {
            (None, Some(event)) => Kind::Track(event.clone()),
            (None, None) => Kind::Identify(self.values.clone()),
            (Some(Other::Page(_)), _) => Kind::Page,
            (Some(Other::Screen(_)), _) => Kind::Screen,
            (Some(Other::Group(id)), _) => Kind::Group(Group { id: id.clone(), traits: self.values.clone() }),
            (Some(Other::Alias(previous)), _) => Kind::Alias(previous.clone()),
        };
        Incoming::Message(Box::new(Message {
            kind,
            message_id: self.id.clone(),
            user_id: self.user.clone(),
            anonymous_id: self.device.clone(),
            happened: None,
            client_time: self.at,
            sent_at: self.sent,
            raw: self.json().to_string().into(),
        }))
    }
}
