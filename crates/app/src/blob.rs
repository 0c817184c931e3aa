//! What is inside a sealed blob: one byte of schema version, then JSON; upgraded when read.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use zelo_model::RecordBody;

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

/// An event's body: the item and the batch's context, both as received, so that numbers survive.
#[derive(Serialize, Deserialize)]
pub(crate) struct StoredEvent<'a> {
    #[serde(rename = "i", borrow)]
    pub(crate) item: &'a RawValue,
    #[serde(rename = "c", borrow, default, skip_serializing_if = "Option::is_none")]
    pub(crate) context: Option<&'a RawValue>,
    #[serde(rename = "g", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) gpc: bool,
}

const EVENT_VERSION: u8 = 1;

impl<'a> StoredEvent<'a> {
    /// From the slices as received.
    pub(crate) fn new(item: &'a str, context: Option<&'a str>, gpc: bool) -> Result<Self> {
        let raw = |text: &'a str| serde_json::from_str(text).map_err(|_| unreadable());
        Ok(Self { item: raw(item)?, context: context.map(raw).transpose()?, gpc })
    }

    /// As bytes to seal.
    pub(crate) fn encode(&self) -> Result<Vec<u8>> {
        let mut plain = Vec::with_capacity(self.item.get().len() + 64);
        plain.push(EVENT_VERSION);
        serde_json::to_writer(&mut plain, self).map_err(Error::internal)?;
        Ok(plain)
    }

    /// From opened bytes.
    pub(crate) fn decode(plain: &'a [u8]) -> Result<Self> {
        match plain.split_first() {
            Some((&EVENT_VERSION, json)) => serde_json::from_slice(json).map_err(|_| unreadable()),
            _ => Err(unreadable()),
        }
    }
}

/// Serde's own words may quote the value, so they go nowhere.
fn unreadable() -> Error {
    Error::internal("a sealed body is not of a known shape")
}
