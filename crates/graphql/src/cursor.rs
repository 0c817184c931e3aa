//! Where a page of events goes on: versioned and opaque, and nothing personal in it.

use data_encoding::BASE64URL_NOPAD;
use zelo_model::{ConsentId, EventId, JournalId, PolicyChangeId, QuarantineId, Timestamp};

/// What the bytes behind the version mean; a change of order or key is a new version.
const VERSION: u8 = 1;

/// The cursor of an event.
pub(crate) fn encode(event: EventId) -> String {
    let mut bytes = [VERSION; 17];
    bytes[1..].copy_from_slice(event.bytes());
    BASE64URL_NOPAD.encode(&bytes)
}

/// The event a cursor stands for; `None` if no answer of ours held this cursor.
pub(crate) fn decode(cursor: &str) -> Option<EventId> {
    let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?;
    let (version, id) = bytes.split_first()?;
    (*version == VERSION).then(|| EventId::from_slice(id)).flatten()
}

/// The cursor of a line of the journal.
pub(crate) fn encode_line(line: JournalId) -> String {
    encode(EventId(line.0))
}

/// The line a cursor stands for.
pub(crate) fn decode_line(cursor: &str) -> Option<JournalId> {
    decode(cursor).map(|id| JournalId(id.0))
}

/// The cursor of something said to a purpose.
pub(crate) fn encode_consent(said: ConsentId) -> String {
    encode(EventId(said.0))
}

/// What was said that a cursor stands for.
pub(crate) fn decode_consent(cursor: &str) -> Option<ConsentId> {
    decode(cursor).map(|id| ConsentId(id.0))
}

/// The cursor of a change of policies.
pub(crate) fn encode_change(change: PolicyChangeId) -> String {
    encode(EventId(change.0))
}

/// The change a cursor stands for.
pub(crate) fn decode_change(cursor: &str) -> Option<PolicyChangeId> {
    decode(cursor).map(|id| PolicyChangeId(id.0))
}

/// The cursor of a place in the log: epoch and sequence number.
pub(crate) fn encode_place((epoch, seq): (i64, i64)) -> String {
    let mut bytes = [VERSION; 17];
    bytes[1..9].copy_from_slice(&epoch.to_be_bytes());
    bytes[9..].copy_from_slice(&seq.to_be_bytes());
    BASE64URL_NOPAD.encode(&bytes)
}

/// The cursor of a held message: when it was received, and its id.
pub(crate) fn encode_held((at, id): (Timestamp, QuarantineId)) -> String {
    let mut bytes = [VERSION; 25];
    bytes[1..9].copy_from_slice(&at.micros().to_be_bytes());
    bytes[9..].copy_from_slice(&id.0);
    BASE64URL_NOPAD.encode(&bytes)
}

/// The place a cursor stands for.
pub(crate) fn decode_held(cursor: &str) -> Option<(Timestamp, QuarantineId)> {
    let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?;
    let (version, place) = bytes.split_first()?;
    let (at, id) = place.split_first_chunk::<8>().filter(|_| *version == VERSION)?;
    Some((Timestamp::from_micros(i64::from_be_bytes(*at)), QuarantineId(id.try_into().ok()?)))
}

/// The place a cursor stands for.
pub(crate) fn decode_place(cursor: &str) -> Option<(i64, i64)> {
    let bytes = *decode(cursor)?.bytes();
    let (epoch, seq) = bytes.split_at(8);
    Some((i64::from_be_bytes(epoch.try_into().ok()?), i64::from_be_bytes(seq.try_into().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_anything_else_does_not() {
        let event = EventId([9; 16]);
        assert_eq!(decode(&encode(event)), Some(event));
        for bad in ["", "AQ", "evt_abc", "AgkJCQkJCQkJCQkJCQkJCQk", &format!("{}A", encode(event))] {
            assert_eq!(decode(bad), None, "{bad}");
            assert_eq!(decode_held(bad), None, "{bad}");
        }
        let held = (Timestamp::from_micros(-7), QuarantineId([9; 16]));
        assert_eq!(decode_held(&encode_held(held)), Some(held));
    }
}
