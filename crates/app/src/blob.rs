//! What is inside a sealed blob: one byte of schema version, then JSON; upgraded when read.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use zelo_model::{GroupBody, RecordBody, Timestamp};

use crate::error::{Error, Result};

/// A record's body as bytes to seal.
pub(crate) fn encode_record(body: &RecordBody) -> Result<Vec<u8>> {
    let mut plain = vec![RecordBody::VERSION];
    serde_json::to_writer(&mut plain, body).map_err(Error::internal)?;
    Ok(plain)
}

/// A record's body from opened bytes.
pub(crate) fn decode_record(plain: &[u8]) -> Result<RecordBody> {
    match plain.split_first() {
        Some((&RecordBody::VERSION, json)) => serde_json::from_slice(json).map_err(|_| unreadable()),
        _ => Err(unreadable()),
    }
}

/// A group's body as bytes to seal.
pub(crate) fn encode_group(body: &GroupBody) -> Result<Vec<u8>> {
    let mut plain = vec![GroupBody::VERSION];
    serde_json::to_writer(&mut plain, body).map_err(Error::internal)?;
    Ok(plain)
}

/// A group's body from opened bytes.
pub(crate) fn decode_group(plain: &[u8]) -> Result<GroupBody> {
    match plain.split_first() {
        Some((&GroupBody::VERSION, json)) => serde_json::from_slice(json).map_err(|_| unreadable()),
        _ => Err(unreadable()),
    }
}

/// An event's body: the item and the batch's context, both as received, so that numbers survive.
#[derive(Deserialize)]
pub(crate) struct StoredEvent<'a> {
    #[serde(rename = "i", borrow)]
    pub(crate) item: &'a RawValue,
    #[serde(rename = "c", borrow, default)]
    pub(crate) context: Option<&'a RawValue>,
    #[serde(rename = "g", default)]
    gpc: bool,
    #[serde(rename = "s", default)]
    sent: Option<i64>,
    /// The version of the tracking plan it was judged by.
    #[serde(rename = "v", default)]
    pub(crate) version: Option<u32>,
}

/// What is kept with an event beside its item.
pub(crate) struct EventWith<'a> {
    /// The batch's context as received.
    pub(crate) context: Option<&'a str>,
    /// Whether Global Privacy Control came with it.
    pub(crate) gpc: bool,
    /// When its sender says it was sent; with the item's own time, what `occurred` came from.
    pub(crate) sent: Option<Timestamp>,
    /// The version of the tracking plan it was judged by.
    pub(crate) version: Option<u32>,
}

const EVENT_VERSION: u8 = 1;

/// An event's body as bytes to seal. Item and context are JSON: whoever took them in has read all of both, and they are not
/// read once more here.
pub(crate) fn encode_event(item: &str, with: &EventWith<'_>) -> Vec<u8> {
    let EventWith { context, gpc, sent, version } = with;
    let mut plain = Vec::with_capacity(item.len() + context.map_or(0, str::len) + 56);
    plain.extend_from_slice(&[EVENT_VERSION]);
    plain.extend_from_slice(b"{\"i\":");
    plain.extend_from_slice(item.as_bytes());
    if let Some(context) = context {
        plain.extend_from_slice(b",\"c\":");
        plain.extend_from_slice(context.as_bytes());
    }
    if *gpc {
        plain.extend_from_slice(b",\"g\":true");
    }
    if let Some(sent) = sent {
        plain.extend_from_slice(format!(",\"s\":{}", sent.micros()).as_bytes());
    }
    if let Some(version) = version {
        plain.extend_from_slice(format!(",\"v\":{version}").as_bytes());
    }
    plain.push(b'}');
    debug_assert!(StoredEvent::decode(&plain).is_ok(), "an event is taken in as JSON");
    plain
}

impl<'a> StoredEvent<'a> {
    /// What is kept beside the item.
    pub(crate) fn with(&self) -> EventWith<'a> {
        EventWith {
            context: self.context.map(RawValue::get),
            gpc: self.gpc,
            sent: self.sent.map(Timestamp::from_micros),
            version: self.version,
        }
    }

    /// From opened bytes.
    pub(crate) fn decode(plain: &'a [u8]) -> Result<Self> {
        match plain.split_first() {
            Some((&EVENT_VERSION, json)) => serde_json::from_slice(json).map_err(|_| unreadable()),
            _ => Err(unreadable()),
        }
    }
}

/// How something was said to a purpose: what proves it.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Evidence {
    #[serde(rename = "c")]
    pub(crate) channel: String,
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub(crate) language: Option<String>,
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
    /// How the guardian who said it was verified.
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    pub(crate) guardian: Option<String>,
    /// Who wrote it down.
    #[serde(rename = "a")]
    pub(crate) actor: String,
    /// The fact this one repeats, said while two people were taken for one.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub(crate) repeats: Option<String>,
    /// The event it rests on.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub(crate) sale: Option<String>,
    /// The yes that waited and is confirmed by it.
    #[serde(rename = "y", default, skip_serializing_if = "Option::is_none")]
    pub(crate) confirms: Option<String>,
}

const EVIDENCE_VERSION: u8 = 1;

impl Evidence {
    /// From opened bytes.
    pub(crate) fn decode(plain: &[u8]) -> Result<Self> {
        match plain.split_first() {
            Some((&EVIDENCE_VERSION, json)) => serde_json::from_slice(json).map_err(|_| unreadable()),
            _ => Err(unreadable()),
        }
    }

    /// As bytes to seal.
    pub(crate) fn encode(&self) -> Result<Vec<u8>> {
        let mut plain = vec![EVIDENCE_VERSION];
        serde_json::to_writer(&mut plain, self).map_err(Error::internal)?;
        Ok(plain)
    }
}

/// Serde's own words may quote the value, so they go nowhere.
fn unreadable() -> Error {
    Error::internal("a sealed body is not of a known shape")
}
