//! Taking in a batch of rows from a file.

use std::fmt;

use serde::{Deserialize, Serialize};
use zelo_app::{Batch, CheckImport, ImportBatch, ImportFate, Imported, Incoming, Rejection};
use zelo_intake::file;
use zelo_model::Timestamp;

use super::room::Room;
use super::wire::Refused;

/// Rows of a file, in their order.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ImportRows {
    /// The messages of each, as JSON.
    pub(crate) rows: Vec<ImportRow>,
    /// Whether identifiers must be what they say.
    pub(crate) strict: bool,
    /// The time of what says none (RFC 3339).
    pub(crate) as_of: String,
    /// Only check them.
    pub(crate) dry: bool,
}

/// A row of a file.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ImportRow {
    /// What its messages are called that bring no id.
    pub(crate) id: String,
    /// Its messages.
    pub(crate) messages: Vec<String>,
}

impl fmt::Debug for ImportRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ImportRows({})", self.rows.len())
    }
}

/// What became of rows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct ImportedShown {
    /// Of each.
    pub(crate) fates: Vec<RowFate>,
    /// Messages taken in.
    pub(crate) messages: usize,
    /// How many of these were there before, or said nothing new.
    pub(crate) repeated: usize,
    /// How many lost an identifier of somebody who was forgotten.
    pub(crate) stripped: usize,
    /// Groups' traits held in quarantine.
    pub(crate) held: usize,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum RowFate {
    /// It is taken in.
    Taken,
    /// It is of somebody who was forgotten.
    Suppressed,
    /// Nothing allows to keep it.
    NotCollected,
    /// It cannot be taken in: a code, and a sentence.
    Rejected(String, String),
}

impl Room {
    /// Takes rows in, or only checks them.
    pub(super) async fn import(
        &self,
        tenant: Option<String>,
        source: String,
        said: ImportRows,
    ) -> Result<ImportedShown, Refused> {
        let actor = self.tenant(tenant).await?;
        let as_of: Timestamp = said.as_of.parse().map_err(|_| Refused::new("INVALID", "as_of is no time"))?;
        let (mut items, mut rows) = (Vec::new(), Vec::with_capacity(said.rows.len()));
        let mut fates: Vec<Option<RowFate>> = Vec::with_capacity(said.rows.len());
        for row in &said.rows {
            let of = |(n, json): (usize, &String)| {
                let id = if n == 0 { row.id.clone() } else { format!("{}/{n}", row.id) };
                file::read(json, &id, as_of).map(|message| Incoming::Message(Box::new(message)))
            };
            match row.messages.iter().enumerate().map(of).collect::<Result<Vec<_>, _>>() {
                Ok(read) => {
                    rows.push(read.len());
                    items.extend(read);
                    fates.push(None);
                }
                Err(wrong) => fates.push(Some(RowFate::Rejected(wrong.code.to_owned(), wrong.message))),
            }
        }
        let batch = Batch { items, ..Batch::default() };
        let (strict, lengths) = (said.strict, rows.clone());
        let done = if said.dry {
            self.app.run(&actor, CheckImport { source, batch, rows, strict }).await?
        } else {
            self.app.run(&actor, ImportBatch { source, batch, rows, strict }).await?
        };
        Ok(shown(&done, &lengths, fates))
    }
}

fn shown(done: &Imported, lengths: &[usize], mut fates: Vec<Option<RowFate>>) -> ImportedShown {
    let mut from = 0;
    let mut lengths = lengths.iter();
    for fate in fates.iter_mut().filter(|fate| fate.is_none()) {
        let length = lengths.next().copied().unwrap_or_default();
        let of = done.fates.get(from..from + length).unwrap_or_default();
        *fate = Some(together(of));
        from += length;
    }
    ImportedShown {
        fates: fates.into_iter().flatten().collect(),
        messages: done.fates.iter().filter(|fate| **fate == ImportFate::Taken).count(),
        repeated: done.repeated,
        stripped: done.stripped,
        held: done.held,
    }
}

/// What became of a row whose messages came to this.
fn together(fates: &[ImportFate]) -> RowFate {
    let rejected = fates.iter().find_map(|fate| match fate {
        ImportFate::Rejected(Rejection { code, message }) => Some((*code, message)),
        _ => None,
    });
    if let Some((code, message)) = rejected {
        RowFate::Rejected(code.to_owned(), message.clone())
    } else if fates.contains(&ImportFate::Taken) {
        RowFate::Taken
    } else if fates.contains(&ImportFate::Suppressed) {
        RowFate::Suppressed
    } else {
        RowFate::NotCollected
    }
}
