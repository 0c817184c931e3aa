//! Messages on their way into quarantine: each an owner of its own, so that it can expire alone; and what came with them,
//! so that they can be taken in later as if it were then.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use zelo_model::{EventId, OwnerId, Timestamp};
use zelo_resolve::event_name;
use zelo_store::SourceRow;

use super::graph::Graph;
use super::message::{Batch, Hold, Kind};
use super::sort::{Sort, ToHold};
use crate::error::{Error, Result};
use crate::tx::{Read, Tx};

/// A message to hold, or a part of one.
pub(crate) struct HeldItem {
    pub(crate) id: i64,
    pub(crate) id16: OwnerId,
    pub(crate) reason: Hold,
    pub(crate) detail: Option<String>,
    /// The event's name, if that may stand in the clear.
    pub(crate) event: Option<String>,
    pub(crate) verb: Option<&'static str>,
    pub(crate) raw: Arc<[u8]>,
    pub(crate) digests: Vec<[u8; 16]>,
    /// By which it is known when it is sent again.
    pub(crate) mid16: [u8; 16],
    /// The event it is a part of.
    pub(crate) place: Option<Place>,
}

/// Where an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) owner: OwnerId,
    pub(crate) event: EventId,
}

impl HeldItem {
    /// A message that could be read.
    pub(crate) fn whole(tx: &Tx<'_, Read>, source: &SourceRow, sort: &Sort<'_>, reason: Hold) -> Self {
        let message = sort.message;
        Self {
            verb: Some(message.kind.slug()),
            event: name(&message.kind),
            digests: sort.identifiers.iter().map(|found| found.digest).collect(),
            mid16: mid(tx, source, Salt::Whole, message.message_id.as_deref()),
            ..Self::new(tx, reason, message.raw.as_bytes().into())
        }
    }

    /// What of a message is held while the rest is taken in.
    pub(crate) fn part(
        tx: &Tx<'_, Read>,
        source: &SourceRow,
        sort: &Sort<'_>,
        (reason, raw): (Hold, Arc<[u8]>),
    ) -> Self {
        let mid16 = mid(tx, source, Salt::Part, sort.message.message_id.as_deref());
        Self { raw, mid16, ..Self::whole(tx, source, sort, reason) }
    }

    /// The same of an event, found by whom the message names and by whom what is held of it names.
    pub(crate) fn of_event(mut self, sort: &Sort<'_>, place: Place) -> Self {
        self.place = Some(place);
        self.digests.extend(sort.part.iter().flat_map(|part| &part.digests));
        self.digests.sort_unstable();
        self.digests.dedup();
        self
    }

    /// What is held as it came.
    pub(crate) fn as_it_came(tx: &Tx<'_, Read>, source: &SourceRow, held: &ToHold) -> Self {
        let Glimpse { message_id, event } = Glimpse::of(&held.raw);
        Self {
            detail: held.detail.clone(),
            verb: held.verb,
            // A name that it is held for stands nowhere in the clear.
            event: event.filter(|_| held.reason != Hold::EventName),
            digests: held.identifiers.iter().map(|found| found.digest).collect(),
            mid16: mid(tx, source, Salt::Whole, message_id.as_deref()),
            ..Self::new(tx, held.reason, held.raw.clone())
        }
    }

    fn new(tx: &Tx<'_, Read>, reason: Hold, raw: Arc<[u8]>) -> Self {
        Self {
            id: 0,
            id16: OwnerId(tx.ids.random()),
            reason,
            detail: None,
            event: None,
            verb: None,
            raw,
            digests: Vec::new(),
            mid16: [0; 16],
            place: None,
        }
    }
}

/// Gives each its temporary surrogate.
pub(crate) fn number(graph: &mut Graph, held: &mut [HeldItem]) {
    for item in held {
        item.id = graph.fresh();
    }
}

fn name(kind: &Kind) -> Option<String> {
    match kind {
        Kind::Track(name) => Some(name.clone()),
        _ => None,
    }
}

#[derive(Clone, Copy)]
enum Salt {
    Whole,
    Part,
}

/// The keyed digest of source and message id; without an id nothing is the same.
fn mid(tx: &Tx<'_, Read>, source: &SourceRow, salt: Salt, message_id: Option<&str>) -> [u8; 16] {
    let Some(id) = message_id else { return tx.ids.random() };
    let salt = match salt {
        Salt::Whole => "held",
        Salt::Part => "part",
    };
    let digest = tx.tenant.keys.dedup().message(&source.id16, &format!("{salt}\0{id}"));
    std::array::from_fn(|at| digest[at])
}

/// What can be seen of a message that is held as it came.
struct Glimpse {
    message_id: Option<String>,
    event: Option<String>,
}

impl Glimpse {
    fn of(raw: &[u8]) -> Self {
        let item: Value = serde_json::from_slice(raw).unwrap_or_default();
        let message_id = match item.get("messageId") {
            Some(Value::String(id)) if !id.is_empty() => Some(id.clone()),
            Some(Value::Number(id)) => Some(id.to_string()),
            _ => None,
        };
        let event = item.get("event").and_then(Value::as_str).filter(|name| event_name(name).is_ok());
        Self { message_id, event: event.map(str::to_owned) }
    }
}

/// What came with a message: sealed in front of its bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Came {
    /// The batch's context, JSON as received.
    #[serde(rename = "c", skip_serializing_if = "Option::is_none", default)]
    pub(crate) context: Option<String>,
    /// Whether Global Privacy Control came with it.
    #[serde(rename = "g", skip_serializing_if = "std::ops::Not::not", default)]
    pub(crate) gpc: bool,
    /// Whether people said it of themselves, in a form.
    #[serde(rename = "f", skip_serializing_if = "std::ops::Not::not", default)]
    pub(crate) by_themselves: bool,
    /// When the batch was sent by its sender's clock, in microseconds.
    #[serde(rename = "s", skip_serializing_if = "Option::is_none", default)]
    sent: Option<i64>,
    /// What it is, when the endpoint said so and not the message.
    #[serde(rename = "v", skip_serializing_if = "Option::is_none", default)]
    pub(crate) verb: Option<String>,
    /// The event it is a part of: the record's id and its own, in hexadecimal.
    #[serde(rename = "e", skip_serializing_if = "Option::is_none", default)]
    event: Option<[String; 2]>,
}

impl Came {
    const VERSION: u8 = 1;

    pub(crate) fn with(batch: &Batch, verb: Option<&str>) -> Self {
        Self {
            context: batch.context.as_deref().map(str::to_owned),
            gpc: batch.gpc,
            by_themselves: batch.by_themselves,
            sent: batch.sent_at.map(Timestamp::micros),
            verb: verb.map(str::to_owned),
            event: None,
        }
    }

    /// Of a part of this event.
    pub(crate) fn of(self, place: Option<&Place>) -> Self {
        let event = place.map(|place| [hex::encode(place.owner.0), hex::encode(place.event.0)]);
        Self { event, ..self }
    }

    /// The event it is a part of.
    pub(crate) fn place(&self) -> Result<Option<Place>> {
        let Some([owner, event]) = &self.event else { return Ok(None) };
        let read = |hex: &String| -> Result<[u8; 16]> {
            let bytes = hex::decode(hex).map_err(Error::internal)?;
            bytes.try_into().map_err(|_| Error::internal("a held part of no event"))
        };
        Ok(Some(Place { owner: OwnerId(read(owner)?), event: EventId(read(event)?) }))
    }

    /// When the batch was sent by its sender's clock.
    pub(crate) fn sent(&self) -> Option<Timestamp> {
        self.sent.map(Timestamp::from_micros)
    }

    /// Bytes to seal: a version, the length of this as four bytes, this as JSON, the message.
    pub(crate) fn encode(&self, raw: &[u8]) -> Result<Vec<u8>> {
        let head = serde_json::to_vec(self).map_err(Error::internal)?;
        let length = u32::try_from(head.len()).map_err(Error::internal)?;
        Ok([&[Self::VERSION], &length.to_be_bytes()[..], &head, raw].concat())
    }

    /// From opened bytes. What was sealed before there was a version is the message alone: no JSON begins with that byte.
    pub(crate) fn decode(plain: &[u8]) -> Result<(Self, &[u8])> {
        let Some((&Self::VERSION, rest)) = plain.split_first() else {
            return Ok((Self::default(), plain));
        };
        let unreadable = || Error::internal("a held message is not of a known shape");
        let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(unreadable)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(Error::internal)?;
        let (head, raw) = rest.split_at_checked(length).ok_or_else(unreadable)?;
        Ok((serde_json::from_slice(head).map_err(|_| unreadable())?, raw))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_with_a_message_reads_back_and_older_ones_are_the_message_alone() {
        let came =
            Came { context: Some("{\"n\":1.50}".to_owned()), gpc: true, sent: Some(7), ..Came::default() };
        for raw in [&b"{\"a\":1}"[..], b"", &[0xff]] {
            let plain = came.encode(raw).unwrap();
            assert_eq!(Came::decode(&plain).unwrap(), (came.clone(), raw));
        }
        assert_eq!(Came::decode(b"{\"a\":1}").unwrap(), (Came::default(), &b"{\"a\":1}"[..]));
        assert_eq!(Came::decode(b"").unwrap(), (Came::default(), &b""[..]));
        assert!(Came::decode(&[1, 0, 0, 0, 9, b'{']).is_err());
    }
}
