//! A message that stands in a file, with the times it had when it was sent.

use serde::Deserialize;
use serde_json::value::RawValue;
use zelo_app::{Kind, Message};
use zelo_model::Timestamp;

use super::Reject;
use zelo_app::wire as message;

/// The times an archive keeps beside a message.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Times<'a> {
    #[serde(borrow)]
    timestamp: Option<&'a RawValue>,
    original_timestamp: Option<&'a RawValue>,
    received_at: Option<&'a RawValue>,
}

/// Reads a message of a file. `id` is its own where it brings none, `as_of` its time where that is no event and brings none.
///
/// An archive has corrected `timestamp` for the sender's clock already and keeps what the sender said in
/// `originalTimestamp`: the latter is the time that a live send of the same message is known by.
pub fn read(json: &str, id: &str, as_of: Timestamp) -> Result<Message, Reject> {
    let parsed =
        message::parse(json, None).map_err(|fault| Reject::new(fault.hold().code(), fault.to_string()))?;
    let times: Times<'_> =
        serde_json::from_str(json).map_err(|_| Reject::new("unparsable", "the message cannot be read"))?;
    let [corrected, original, received] =
        [times.timestamp, times.original_timestamp, times.received_at].map(message::time);
    let is_event = matches!(parsed.kind, Kind::Track(_) | Kind::Page | Kind::Screen);
    let happened = corrected.or(original).or(received).or((!is_event).then_some(as_of));
    let happened = happened.ok_or_else(|| {
        Reject::new("time", "the event does not say when it happened: `timestamp` is needed, as RFC 3339")
    })?;
    Ok(Message {
        message_id: Some(parsed.message_id.unwrap_or_else(|| id.to_owned())),
        client_time: Some(original.unwrap_or(happened)),
        sent_at: None,
        happened: Some(happened),
        ..parsed
    })
}
