//! What a person said to purposes: what it amounts to, and each fact with its proof.

use zelo_model::{ConsentId, ConsentKind, Field, Handle, OwnerId, Timestamp};
use zelo_store::{ConsentProof, FoundProfile};
use zelo_vault::place::CONSENT_EVIDENCE;

use super::gate::home;
use super::sees::{CONSENT, Sees};
use crate::blob::Evidence;
use crate::error::{Error, Result};
use crate::facts::{ConsentView, Lapses, Whoever, states_at};
use crate::tx::{Read, Sealed, Tx, Whose};

/// A page of what somebody said.
#[derive(Debug, Clone, Copy)]
pub struct WantedConsents {
    /// How many, 1 to 100.
    pub first: usize,
    /// Only those before this one: newest first.
    pub after: Option<ConsentId>,
    /// Whether its evidence is asked for.
    pub evidence: bool,
}

/// A page of what somebody said, newest first.
#[derive(Debug, Clone)]
pub struct ConsentEventsView {
    /// The facts.
    pub events: Vec<ConsentEventView>,
    /// Whether older ones follow.
    pub has_next: bool,
}

/// Something somebody said to a purpose. It never changes.
#[derive(Debug, Clone)]
pub struct ConsentEventView {
    /// Its id.
    pub id: ConsentId,
    /// To which purpose.
    pub purpose: String,
    /// For which controller.
    pub recipient: String,
    /// What was said.
    pub kind: ConsentKind,
    /// When it was said.
    pub at: Timestamp,
    /// When it was written down.
    pub recorded_at: Timestamp,
    /// Whether a verified identifier vouches for who said it.
    pub vouched: bool,
    /// SHA-256 of the text agreed to.
    pub notice: Option<Vec<u8>>,
    /// The record it stands at.
    pub record: OwnerId,
    /// How it was said, if asked for and shown.
    pub evidence: Option<EvidenceView>,
}

/// How something was said: what proves it.
#[derive(Debug, Clone)]
pub struct EvidenceView {
    /// Through which channel; `unmerge` and `split` for what is repeated for the other half.
    pub channel: String,
    /// In which language the person was asked.
    pub language: Option<String>,
    /// What staff kept of it.
    pub note: Option<String>,
    /// How the guardian who said it for a minor was verified.
    pub guardian: Option<String>,
    /// Who wrote it down.
    pub actor: String,
    /// The fact this one repeats.
    pub repeats: Option<String>,
    /// The sale it rests on: an event.
    pub sale: Option<String>,
    /// The yes that waited and was confirmed by it.
    pub confirms: Option<String>,
}

/// What it all amounts to.
pub(super) async fn consents(
    tx: &mut Tx<'_, Read>,
    profile: &FoundProfile,
    sees: &Sees,
) -> Result<Option<Field<Vec<ConsentView>>>> {
    let Some(wanted) = sees.wants.consents else { return Ok(None) };
    if let Some(reason) = sees.consents {
        return Ok(Some(Field::Withheld(reason)));
    }
    shows(tx, &CONSENT[..1]);
    let mut rows = tx.rows.consents(tx.tenant.row.id, &records(profile)).await?;
    let at = wanted.at.unwrap_or(tx.now);
    if wanted.at.is_some() {
        // What was written down later was not known then, whenever it was said.
        rows.retain(|row| row.at <= at && row.recorded <= at);
    }
    // What time has done to what a guardian said can be told only of somebody who was opened; here it is what was said.
    let lapses = Lapses { policy: tx.policy, home: home(tx)?, whoever: &Whoever::default() };
    Ok(Some(Field::Shown(states_at(&rows, at, &lapses))))
}

/// A page of the facts themselves.
pub(super) async fn consent_events(
    tx: &mut Tx<'_, Read>,
    profile: &FoundProfile,
    sees: &Sees,
    whose: Handle,
) -> Result<Option<Field<ConsentEventsView>>> {
    let Some(wanted) = sees.wants.consent_events else { return Ok(None) };
    if let Some(reason) = sees.consents {
        return Ok(Some(Field::Withheld(reason)));
    }
    let opens = wanted.evidence && sees.evidence.is_none();
    shows(tx, if opens { &CONSENT } else { &CONSENT[..1] });
    let limit = i64::try_from(wanted.first).unwrap_or(100).clamp(1, 100) + 1;
    let tenant = tx.tenant.row.id;
    let mut rows = tx.rows.consent_proofs(tenant, &records(profile), wanted.after, limit).await?;
    let has_next = rows.len() > wanted.first;
    rows.truncate(wanted.first);
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        let member = profile.members.iter().find(|member| member.record == row.row.owner);
        let owner = member.ok_or_else(|| Error::internal("a consent of no member"))?.id16;
        let evidence = if opens { Some(open(tx, owner, &row, whose).await?) } else { None };
        let row = row.row;
        events.push(ConsentEventView {
            id: row.id,
            purpose: row.purpose,
            recipient: row.recipient,
            kind: row.kind,
            at: row.at,
            recorded_at: row.recorded,
            vouched: row.verified.is_some(),
            notice: row.notice,
            record: owner,
            evidence,
        });
    }
    Ok(Some(Field::Shown(ConsentEventsView { events, has_next })))
}

async fn open(
    tx: &mut Tx<'_, Read>,
    owner: OwnerId,
    proof: &ConsentProof,
    whose: Handle,
) -> Result<EvidenceView> {
    let keys = tx.keys(&[owner]).await?;
    let (row, version, bytes) = (proof.row.id.0, proof.seal_version, proof.evidence.as_slice());
    let sealed = Sealed { owner, place: CONSENT_EVIDENCE, row, version, bytes };
    let Evidence { channel, language, note, guardian, actor, repeats, sale, confirms } =
        Evidence::decode(&tx.open(&keys, &sealed, Whose::Shown(whose))?)?;
    Ok(EvidenceView { channel, language, note, guardian, actor, repeats, sale, confirms })
}

pub(super) fn records(profile: &FoundProfile) -> Vec<i64> {
    profile.members.iter().map(|member| member.record).collect()
}

/// The categories of these columns leave to the caller.
pub(super) fn shows(tx: &mut Tx<'_, Read>, columns: &[&str]) {
    let map = tx.policy.data_map();
    for column in columns.iter().filter_map(|column| map.column("consent_event", column)) {
        tx.notes.shows(&tx.policy.category_of(column.category).key);
    }
}
