//! What messages say to purposes beside what they are about. A browser's Global Privacy Control objects where a purpose
//! heeds it; a consent manager's `false` is a no at once, and its `true` a yes if it names the very text that was agreed to,
//! else one that nobody can prove, which opens nothing (GDPR art. 7(1), LGPD art. 8 §2). One that names a text and says nothing to
//! it was seen, and that is written down once.

use std::collections::BTreeMap;

use zelo_model::{ConsentId, ConsentKind, LapseCause, OwnerId, Timestamp};
use zelo_store::{ConsentRow, NewConsent};
use zelo_vault::place::CONSENT_EVIDENCE;

use super::draft::occurred;
use super::graph::{Graph, TEMPORARY};
use super::said::Said;
use super::{Batch, Message};
use crate::blob::Evidence;
use crate::error::Result;
use crate::facts::{Lapses, Whoever};
use crate::keyring::Keyring;
use crate::profile::home;
use crate::tx::{Read, Tx};

/// The last word of each record to each purpose, apart from it what its browser says of all of them, and the texts it saw.
#[derive(Default)]
pub(crate) struct Words(BTreeMap<Slot, Word>);

/// What is told apart: of each, a batch says one thing of a record.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Slot {
    record: i64,
    purpose: String,
    what: What,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum What {
    /// What was said to the purpose.
    Word,
    /// What the browser says by itself.
    Signal,
    /// That the text of this hash was seen.
    Seen(Vec<u8>),
}

struct Word {
    /// The id its source calls the person by: whoever it is speaks for itself, and takes its own word back.
    voice: [u8; 16],
    kind: ConsentKind,
    at: Timestamp,
    notice: Option<Vec<u8>>,
    language: Option<String>,
    channel: &'static str,
}

impl Words {
    /// Hears what a message of this record says.
    pub(crate) fn hear(
        &mut self,
        tx: &Tx<'_, Read>,
        batch: &Batch,
        message: &Message,
        (record, voice): (i64, [u8; 16]),
    ) {
        let received = batch.at(tx.now);
        let at = occurred(tx.now, batch, message).min(received);
        self.signal(tx, batch, (record, voice));
        let said = Said::of(batch, &message.raw);
        let channel = if batch.by_themselves { "form" } else { "sdk" };
        let (hash, text) = said.text(tx, at);
        if !said.answered
            && let (Some(hash), Some((version, tag))) = (&hash, text)
        {
            for purpose in &version.purposes {
                let (kind, language) = (ConsentKind::Informed, Some(tag.to_owned()));
                let word = Word { voice, kind, at, notice: Some(hash.clone()), language, channel };
                let what = What::Seen(hash.clone());
                self.take(Slot { record, purpose: purpose.to_string(), what }, word);
            }
        }
        for (name, says) in said.preferences {
            let Some(purpose) = name.parse().ok().and_then(|key| tx.policy.purpose(&key)) else { continue };
            let about = text.filter(|(version, _)| version.purposes.contains(&purpose.key));
            // Whoever types an address into a form has not shown that it is theirs.
            let waits = batch.by_themselves || tx.policy.consent_rules(&purpose.key).double_opt_in;
            let yes = if waits { ConsentKind::Pending } else { ConsentKind::Grant };
            let kind = match says {
                false => ConsentKind::Deny,
                true if about.is_some() => yes,
                true => ConsentKind::Unproven,
            };
            let notice = about.and_then(|_| hash.clone());
            let language = about.map(|(_, tag)| tag.to_owned());
            // A clock that nobody can set right may be behind, and then what is said later is not heard: a no counts from when
            // it came. What a clock ahead says is yes counts from the millisecond it came in, as whatever is said next.
            let is_timed = message.happened.is_some() || message.sent_at.or(batch.sent_at).is_some();
            let at = match kind {
                ConsentKind::Deny if !is_timed => received.plus(1),
                ConsentKind::Deny => at,
                _ => Timestamp::from_micros(at.micros() - at.micros().rem_euclid(1_000)),
            };
            let word = Word { voice, kind, at, notice, language, channel };
            self.take(Slot { record, purpose: name, what: What::Word }, word);
        }
    }

    /// Hears what a message that is held says no to: that does not wait until it is mended. It counts from when it came.
    /// Answers whether it said anything.
    pub(crate) fn hear_no(
        &mut self,
        tx: &Tx<'_, Read>,
        batch: &Batch,
        raw: &[u8],
        (record, voice): (i64, [u8; 16]),
    ) -> bool {
        let before = self.0.len();
        self.signal(tx, batch, (record, voice));
        let (said, at) = (Said::of(batch, std::str::from_utf8(raw).unwrap_or_default()), batch.at(tx.now));
        for (name, _) in said.preferences.into_iter().filter(|(_, says)| !says) {
            if name.parse().is_ok_and(|key| tx.policy.purpose(&key).is_some()) {
                let kind = ConsentKind::Deny;
                let word = Word { voice, kind, at, notice: None, language: None, channel: "sdk" };
                self.take(Slot { record, purpose: name, what: What::Word }, word);
            }
        }
        self.0.len() > before
    }

    /// What the browser says by itself, to every purpose that heeds it.
    fn signal(&mut self, tx: &Tx<'_, Read>, batch: &Batch, (record, voice): (i64, [u8; 16])) {
        if !batch.gpc {
            return;
        }
        for purpose in tx.policy.purposes().iter().filter(|purpose| purpose.opts_out_on_gpc) {
            // The header is the browser's as it sends, whenever what it sends happened; of one instant it is the last word.
            let (kind, at) = (ConsentKind::Object, batch.at(tx.now).plus(1));
            let word = Word { voice, kind, at, notice: None, language: None, channel: "gpc" };
            self.take(Slot { record, purpose: purpose.key.to_string(), what: What::Signal }, word);
        }
    }

    fn take(&mut self, slot: Slot, word: Word) {
        // Of one instant a no is the stronger word. A text was seen when it was first seen.
        let counts = |last: &Word| match word.kind {
            ConsentKind::Informed => word.at < last.at,
            kind => word.at > last.at || (word.at == last.at && kind == ConsentKind::Deny),
        };
        if self.0.get(&slot).is_none_or(counts) {
            self.0.insert(slot, word);
        }
    }

    /// Seals those that say something new.
    pub(crate) async fn seal(
        self,
        tx: &mut Tx<'_, Read>,
        keys: &Keyring,
        graph: &Graph,
    ) -> Result<Vec<NewConsent>> {
        if self.0.is_empty() {
            return Ok(Vec::new());
        }
        let mut known: Vec<i64> = self.0.keys().map(|slot| slot.record).collect();
        known.retain(|record| *record < TEMPORARY);
        known.dedup();
        let before = tx.rows.consents(tx.tenant.row.id, &known).await?;
        let lapses = Lapses { policy: tx.policy, home: home(tx)?, whoever: &Whoever::default() };
        let recipient = tx.tenant.row.controller.clone();
        let mut new = Vec::new();
        for (Slot { record, purpose, .. }, word) in self.0 {
            let voice = graph.nodes.get(&word.voice).map(|node| node.id);
            let about = |row: &&ConsentRow| {
                (row.owner, &row.purpose, &row.recipient) == (record, &purpose, &recipient)
            };
            let mut said = before.iter().filter(about);
            let already = if word.kind.is_word() {
                let mut said: Vec<&ConsentRow> =
                    said.filter(|row| row.verified == voice && row.kind.is_word()).collect();
                said.sort_by_key(|row| (row.at, row.id));
                is_said(tx.now, &word, &said, &lapses)
            } else {
                // Whoever has answered a text has seen it.
                said.any(|row| row.notice == word.notice)
            };
            if already {
                continue;
            }
            let Some(owner) = graph.records.get(&record).map(|record| record.id16) else { continue };
            new.push(sealed(tx, keys, (record, owner), (purpose, recipient.clone()), (word, voice))?);
        }
        Ok(new)
    }
}

/// A no that is repeated is written down once in so long, in microseconds: senders say it with every message.
const NO_LASTS: i64 = 30 * Timestamp::DAY;
/// What is older than this when it comes is late, in microseconds.
const LATE: i64 = 5 * 60 * 1_000_000;

/// Whether a word says nothing new after what its voice said before, in the order it was said.
fn is_said(now: Timestamp, word: &Word, said: &[&ConsentRow], lapses: &Lapses<'_>) -> bool {
    let Some(last) = said.last() else { return false };
    // A yes that has run out can be given again, as one can that was never confirmed.
    let over = |row: &ConsentRow| {
        lapses.of(row).is_some_and(|lapse| lapse.cause == LapseCause::RunOut && lapse.at <= word.at)
    };
    // Another text is another question.
    let same = |row: &&&ConsentRow| word.notice.is_none() || row.notice == word.notice;
    let is_no = |kind: ConsentKind| matches!(kind, ConsentKind::Deny | ConsentKind::Object);
    // A browser's signal between two noes makes neither of them new.
    let goes_on = |row: &&&ConsentRow| row.kind == word.kind || (is_no(word.kind) && is_no(row.kind));
    let lasts = |row: &ConsentRow| !is_no(row.kind) || word.at <= row.at.plus(NO_LASTS);
    let since = said.iter().rev().take_while(goes_on).filter(|row| row.kind == word.kind);
    let repeats = since.filter(same).any(|row| !over(row) && lasts(row));
    // A yes that comes late may be from before a no that was a repetition when it came, and was not written down.
    let is_late = !is_no(word.kind) && word.at.plus(LATE) < now;
    let no = said.iter().rev().find(|row| is_no(row.kind));
    if is_late && no.is_some_and(|no| word.at <= no.at.plus(NO_LASTS)) {
        return true;
    }
    let again = said.iter().any(|row| (row.kind, row.at) == (word.kind, word.at));
    // A no is written down also when it is older than what was said since; a yes that is older says nothing new.
    repeats || again || (last.at >= word.at && !is_no(word.kind))
}

fn sealed(
    tx: &mut Tx<'_, Read>,
    keys: &Keyring,
    (record, owner): (i64, OwnerId),
    (purpose, recipient): (String, String),
    (word, verified): (Word, Option<i64>),
) -> Result<NewConsent> {
    let id = ConsentId(tx.ids.sorted(tx.now));
    let evidence = Evidence {
        channel: word.channel.to_owned(),
        language: word.language,
        actor: tx.actor.name(),
        ..Evidence::default()
    };
    let evidence = tx.seal(keys, owner, (CONSENT_EVIDENCE, id.0, 1), &evidence.encode()?)?;
    let row = ConsentRow {
        owner: record,
        id,
        purpose,
        recipient,
        kind: word.kind,
        at: word.at,
        recorded: tx.now,
        verified,
        notice: word.notice,
        guardian: false,
    };
    Ok(NewConsent { row, seal_version: 1, evidence })
}
