//! Whoever was forgotten is not collected again (LGPD art. 18 IV, GDPR art. 17): a message of theirs is refused and
//! counted, and from somebody else's their identifier is taken out. Until they come back by themselves, with a consent or a
//! contract newer than their erasure (`policies/suppression.yaml`), or an officer lifts it.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use zelo_model::{Identifier, Timestamp};
use zelo_resolve::normalize;
use zelo_store::{SourceRow, Suppressed};

use super::collect::Grounds;
use super::draft::occurred;
use super::sort::{Found, carried, previous};
use super::strip::{strip, strip_map};
use super::{Batch, Incoming, Kind, Message};
use crate::error::Result;
use crate::tx::{Read, Tx};

/// A batch without what must not come back.
pub(crate) struct Screened<'b> {
    pub(crate) batch: Cow<'b, Batch>,
    /// Messages of somebody forgotten, left out.
    pub(crate) refused: usize,
    /// Messages from which somebody's identifier was taken out.
    pub(crate) stripped: usize,
    /// Erasures whose people have come back.
    pub(crate) lifted: BTreeSet<i64>,
    /// Where each message that is left stood before.
    pub(crate) places: Vec<usize>,
}

/// Whether messages are said by their senders now, or stand in a file that somebody brings.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    /// Now: what they say may bring somebody back.
    Now,
    /// In a file: it brings nobody back, whatever it says.
    OnFile,
}

/// What is suppressed of a message: its identifier, and since when.
type Hit<'f> = (&'f Found, Suppressed);

/// Screens a batch; costs one short statement where nobody was ever forgotten.
pub(crate) async fn screen<'b>(
    tx: &Tx<'_, Read>,
    source: &SourceRow,
    batch: &'b Batch,
    said: Said,
) -> Result<Screened<'b>> {
    let whole = Screened {
        batch: Cow::Borrowed(batch),
        refused: 0,
        stripped: 0,
        lifted: BTreeSet::new(),
        places: (0..batch.items.len()).collect(),
    };
    let tenant = tx.tenant.row.id;
    if !tx.rows.suppresses(tenant).await? {
        return Ok(whole);
    }
    let carried: Vec<Vec<Found>> = batch.items.iter().map(|item| named_in(tx, source, item)).collect();
    let key = tx.tenant.keys.suppression();
    let unique = |found: &&Found| tx.policy.matching().kind(found.identifier.kind).unique;
    let asked: HashMap<[u8; 16], [u8; 16]> = carried
        .iter()
        .flatten()
        .filter(unique)
        .map(|found| (found.digest, key.digest(&found.identifier)))
        .collect();
    let digests: BTreeSet<[u8; 16]> = asked.values().copied().collect();
    let found = tx.rows.suppressed(tenant, &digests.into_iter().collect::<Vec<_>>()).await?;
    if found.is_empty() {
        return Ok(whole);
    }
    let suppressed: HashMap<[u8; 16], Suppressed> = found.into_iter().map(|one| (one.digest, one)).collect();
    let returned = match said {
        Said::Now => returned(tx, source, batch, &carried)?,
        Said::OnFile => HashMap::new(),
    };
    let mut screen = Screen { tx, source, batch, said, returned, screened: whole };
    let mut items = Vec::with_capacity(batch.items.len());
    let mut places = Vec::with_capacity(batch.items.len());
    for (place, (item, carried)) in batch.items.iter().zip(&carried).enumerate() {
        let hits =
            carried.iter().filter_map(|found| Some((found, *suppressed.get(asked.get(&found.digest)?)?)));
        let left = screen.one(item, carried, hits.collect()).await?;
        places.extend(left.is_some().then_some(place));
        items.extend(left);
    }
    let mut screened = screen.screened;
    screened.places = places;
    screened.batch = Cow::Owned(Batch { items, ..screened.batch.into_owned() });
    Ok(screened)
}

/// Every identifier of an item, the id an alias gives up as somebody's user id as well.
fn named_in(tx: &Tx<'_, Read>, source: &SourceRow, item: &Incoming) -> Vec<Found> {
    let mut found = carried(tx, source, item);
    if let Incoming::Message(message) = item {
        found.extend(previous(tx, source, message));
    }
    found
}

/// When, in this batch, the owners of its messages did what lifts a suppression: by the digest of their local key.
fn returned(
    tx: &Tx<'_, Read>,
    source: &SourceRow,
    batch: &Batch,
    carried: &[Vec<Found>],
) -> Result<HashMap<[u8; 16], Timestamp>> {
    let grounds = Grounds::of(tx, source, batch.gpc)?;
    let rules = tx.policy.returning();
    let mut returned: HashMap<[u8; 16], Timestamp> = HashMap::new();
    for (item, carried) in batch.items.iter().zip(carried) {
        let (Incoming::Message(message), Some(owner)) = (item, carried.first()) else { continue };
        let contract = matches!(&message.kind, Kind::Track(name) if rules.events.contains(name));
        if contract || (rules.consent && grounds.consents(message.raw.as_bytes())) {
            let at = occurred(tx.now, batch, message);
            let known = returned.entry(owner.digest).or_insert(at);
            *known = at.max(*known);
        }
    }
    Ok(returned)
}

struct Screen<'s, 't, 'b> {
    tx: &'s Tx<'t, Read>,
    source: &'s SourceRow,
    batch: &'b Batch,
    said: Said,
    returned: HashMap<[u8; 16], Timestamp>,
    screened: Screened<'b>,
}

impl Screen<'_, '_, '_> {
    /// A message as it may be taken in; `None` when it may not.
    async fn one(
        &mut self,
        item: &Incoming,
        carried: &[Found],
        mut hits: Vec<Hit<'_>>,
    ) -> Result<Option<Incoming>> {
        hits.retain(|(_, one)| !self.screened.lifted.contains(&one.n));
        if hits.is_empty() {
            return Ok(Some(item.clone()));
        }
        let Incoming::Message(message) = item else {
            // What cannot be read cannot be cleaned.
            self.screened.refused += 1;
            return Ok(None);
        };
        let mut still = Vec::with_capacity(hits.len());
        for (found, one) in hits {
            if self.is_back(message, carried.first(), &one).await? {
                self.screened.lifted.insert(one.n);
            } else {
                still.push((found, one));
            }
        }
        still.retain(|(_, one)| !self.screened.lifted.contains(&one.n));
        let owner = carried.first().map(|found| found.digest);
        // An alias without one of its ids says nothing.
        let alias = matches!(message.kind, Kind::Alias(_)) && !still.is_empty();
        if alias || still.iter().any(|(found, _)| Some(found.digest) == owner) {
            self.screened.refused += 1;
            return Ok(None);
        }
        if still.is_empty() {
            return Ok(Some(item.clone()));
        }
        self.screened.stripped += 1;
        let gone: Vec<&Identifier> = still.iter().map(|(found, _)| &found.identifier).collect();
        if let Some(context) = self.screened.batch.context.as_deref()
            && let Some(left) = strip(context, &|text| names(&gone, text))
        {
            self.screened.batch.to_mut().context = Some(left.into());
        }
        Ok(Some(Incoming::Message(Box::new(without(message, &gone)))))
    }

    /// Whether this message is of somebody who came back after they were forgotten.
    async fn is_back(&self, message: &Message, owner: Option<&Found>, one: &Suppressed) -> Result<bool> {
        let Some(owner) = owner.filter(|_| self.said == Said::Now) else { return Ok(false) };
        if occurred(self.tx.now, self.batch, message) <= one.since {
            return Ok(false);
        }
        if self.returned.get(&owner.digest).is_some_and(|at| *at > one.since) {
            return Ok(true);
        }
        let tenant = self.tx.tenant.row.id;
        let epoch = self.tx.tenant.keys.index().epoch();
        let links = self.tx.rows.links(tenant, epoch, &[owner.digest]).await?;
        let own = links.iter().find(|link| link.is_local_key && link.source == self.source.id);
        let Some(own) = own else { return Ok(false) };
        let names: Vec<&str> = self.tx.policy.returning().events.iter().map(String::as_str).collect();
        Ok(self.tx.rows.has_event_since(tenant, own.record, &names, one.since).await?)
    }
}

/// A message without these identifiers, whatever they are called in it.
fn without(message: &Message, gone: &[&Identifier]) -> Message {
    let is_gone = |text: &str| names(gone, text);
    let mut clean = message.clone();
    if let Kind::Identify(traits) = &mut clean.kind {
        strip_map(traits, &is_gone);
    }
    clean.user_id = clean.user_id.filter(|id| !is_gone(id));
    clean.anonymous_id = clean.anonymous_id.filter(|id| !is_gone(id));
    if let Some(raw) = strip(&clean.raw, &is_gone) {
        clean.raw = raw.into();
    }
    clean
}

/// Whether a text is one of these identifiers, however it is written.
fn names(gone: &[&Identifier], text: &str) -> bool {
    gone.iter().any(|one| normalize(one.kind, text).is_ok_and(|normal| normal == one.normal))
}
