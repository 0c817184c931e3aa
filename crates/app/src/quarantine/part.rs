//! A held part of an event on its way back into it. The event was taken in without it; now it is as it was received, or as
//! that was mended.

use serde::Deserialize;
use zelo_model::EventId;
use zelo_store::{HeldRow, OldSeal, SEALED, SourceRow};
use zelo_vault::place::EVENT_BODY;

use super::again::{How, Tried};
use super::{Judgement, Verdict};
use crate::blob::{EventWith, StoredEvent, encode_event};
use crate::error::{Error, Result};
use crate::intake::{Hold, Kind, Parts, Place, judge, put_back};
use crate::tx::{Read, Sealed, Tx, Whose, Write};

/// An event to be written anew.
pub(crate) struct Whole {
    old: OldSeal,
    sealed: Vec<u8>,
    record: i64,
}

/// Puts the parts in `raw` back into their event, if they may stand there.
pub(crate) async fn again(
    tx: &mut Tx<'_, Read>,
    (row, source): (&HeldRow, &SourceRow),
    place: Place,
    raw: &[u8],
    how: How,
) -> Result<Tried> {
    #[derive(Deserialize)]
    struct Held {
        held: Parts,
    }
    let Ok(Held { held }) = serde_json::from_slice(raw) else {
        let why = "what is held of an event is `held`: an object of places in it, such as /properties/note, and their values";
        return Ok(still(Hold::Unparsable, why));
    };
    let gone = "the event it is a part of is not there any more; let it go";
    let Some(event) = tx.rows.event_of(tx.tenant.row.id, place.owner, place.event).await? else {
        return Ok(still(Hold::PersonalValue, gone));
    };
    let keys = tx.keys(&[place.owner]).await?;
    let (owner, body) = (place.owner, event.body.unwrap_or_default());
    let sealed = Sealed { owner, place: EVENT_BODY, row: place.event.0, version: 1, bytes: &body };
    let plain = tx.open(&keys, &sealed, Whose::Processed)?;
    let stored = StoredEvent::decode(&plain)?;
    let Some(whole) = put_back(stored.item.get(), &held) else {
        return Ok(still(Hold::Unparsable, "a place named in `held` is not there in the event"));
    };
    let region = tx.region(source.jurisdiction.as_deref());
    let fit = match judge(tx, &kind(event.kind, event.name), &whole, row.at, region) {
        Ok(fit) => fit,
        Err(detail) => return Ok(still(Hold::Schema, &detail)),
    };
    if fit.parts().is_some() {
        let why = "the tracking plan does not declare it, and it still looks personal";
        return Ok(still(Hold::PersonalValue, why));
    }
    let tried = Tried::from(Judgement::of(Verdict::Taken));
    if how == How::Judge {
        return Ok(tried);
    }
    let plain = encode_event(&whole, &EventWith { version: fit.version, ..stored.with() });
    let sealed = tx.seal(&keys, owner, (EVENT_BODY, place.event.0, 1), &plain)?;
    let whole = Whole { old: old(place.event, owner, body)?, sealed, record: event.owner };
    Ok(Tried { whole: Some(whole), ..tried })
}

impl Whole {
    /// Writes it, if it is what was read, and somebody's who is not being forgotten.
    pub(crate) async fn write(self, tx: &Tx<'_, Write>) -> Result<()> {
        let tenant = tx.tenant.row.id;
        if tx.rows.living(tenant, &[self.record]).await? != 1 {
            return Err(Error::Stale);
        }
        Ok(tx.rows.reseal(tenant, &self.old, self.sealed).await?)
    }
}

fn old(row: EventId, owner: zelo_model::OwnerId, bytes: Vec<u8>) -> Result<OldSeal> {
    let column = SEALED.iter().position(|one| one.table == "event");
    let column = column.ok_or_else(|| Error::internal("events are sealed nowhere"))?;
    Ok(OldSeal { column, owner, row: row.0, version: 1, bytes })
}

fn kind(number: i16, name: Option<String>) -> Kind {
    match (number, name) {
        (0, Some(name)) => Kind::Track(name),
        (2, _) => Kind::Screen,
        _ => Kind::Page,
    }
}

fn still(reason: Hold, why: &str) -> Tried {
    Judgement { verdict: Verdict::Held(reason), detail: Some(why.to_owned()), apart: 0 }.into()
}
