//! Which notices a person saw, and what they said to each: told by the hashes that facts name, with nothing opened.

use std::collections::BTreeMap;

use zelo_model::{ConsentKind, Field, Timestamp};
use zelo_store::{ConsentRow, FoundProfile};

use super::consents::{records, shows};
use super::sees::{CONSENT, Sees};
use crate::error::Result;
use crate::tx::{Read, Tx};

/// A text that somebody saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenNotice {
    /// The notice, by its name in `policies/notices`.
    pub notice: String,
    /// Its version.
    pub version: u32,
    /// In which language: `pt-BR` or `en`.
    pub language: String,
    /// SHA-256 of it.
    pub sha256: Vec<u8>,
    /// When, the first time that is known of.
    pub at: Timestamp,
    /// What they said to it, the last word to each purpose; none if they only saw it.
    pub answers: Vec<NoticeAnswer>,
}

/// What somebody said to one purpose of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeAnswer {
    /// The purpose.
    pub purpose: String,
    /// What was said.
    pub kind: ConsentKind,
    /// When.
    pub at: Timestamp,
}

/// The texts this person saw, in the order they first did.
pub(super) async fn notices(
    tx: &mut Tx<'_, Read>,
    profile: &FoundProfile,
    sees: &Sees,
) -> Result<Option<Field<Vec<SeenNotice>>>> {
    if !sees.wants.notices {
        return Ok(None);
    }
    if let Some(reason) = sees.consents {
        return Ok(Some(Field::Withheld(reason)));
    }
    shows(tx, &CONSENT[..1]);
    let rows = tx.rows.consents(tx.tenant.row.id, &records(profile)).await?;
    let mut by_text: BTreeMap<&[u8], Vec<&ConsentRow>> = BTreeMap::new();
    for row in &rows {
        if let Some(hash) = row.notice.as_deref() {
            by_text.entry(hash).or_default().push(row);
        }
    }
    let mut texts: Vec<SeenNotice> =
        by_text.into_iter().filter_map(|(hash, rows)| one(tx, hash, &rows)).collect();
    texts.sort_by(|one, other| (one.at, &one.sha256).cmp(&(other.at, &other.sha256)));
    Ok(Some(Field::Shown(texts)))
}

fn one(tx: &Tx<'_, Read>, hash: &[u8], rows: &[&ConsentRow]) -> Option<SeenNotice> {
    let (notice, version, language) = tx.policy.notice_of_hash(hash)?;
    let mut last: BTreeMap<&str, &ConsentRow> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.kind.is_word()) {
        let known = last.entry(&row.purpose).or_insert(row);
        if (row.at, row.id) > (known.at, known.id) {
            *known = row;
        }
    }
    let answer = |(purpose, row): (&str, &ConsentRow)| NoticeAnswer {
        purpose: purpose.to_owned(),
        kind: row.kind,
        at: row.at,
    };
    Some(SeenNotice {
        notice: notice.id.clone(),
        version: version.number,
        language: language.to_owned(),
        sha256: hash.to_vec(),
        at: rows.iter().map(|row| row.at).min()?,
        answers: last.into_iter().map(answer).collect(),
    })
}
