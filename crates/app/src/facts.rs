//! What people said to purposes, from rows to what it amounts to.

use std::collections::BTreeMap;

use zelo_model::{ConsentFact, ConsentHistory, ConsentState, Timestamp};
use zelo_store::ConsentRow;

/// What a person's word to one purpose amounts to, for one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentView {
    /// The purpose, by its name in `policies/purposes`.
    pub purpose: String,
    /// The controller it is about: the tenant's own, or one the data would go to (LGPD art. 7 §5).
    pub recipient: String,
    /// What is so.
    pub state: ConsentState,
}

/// A purpose and a recipient.
pub(crate) type Key = (String, String);

/// A fact by surrogates of record and identifier.
pub(crate) type Fact = ConsentFact<i64, i64>;

/// A row as the fold takes it.
pub(crate) fn fact(row: &ConsentRow) -> Fact {
    ConsentFact {
        id: row.id,
        anchor: row.owner,
        verified: row.verified,
        kind: row.kind,
        at: row.at,
        recorded: row.recorded,
    }
}

/// Rows by purpose and recipient.
pub(crate) fn histories<'r>(
    rows: impl IntoIterator<Item = &'r ConsentRow>,
) -> BTreeMap<Key, ConsentHistory<i64, i64>> {
    let mut facts: BTreeMap<Key, Vec<Fact>> = BTreeMap::new();
    for row in rows {
        facts.entry((row.purpose.clone(), row.recipient.clone())).or_default().push(fact(row));
    }
    facts.into_iter().map(|(key, facts)| (key, ConsentHistory::of(facts))).collect()
}

/// What rows amount to, in the order of purpose and recipient.
pub(crate) fn states<'r>(rows: impl IntoIterator<Item = &'r ConsentRow>) -> Vec<ConsentView> {
    let view = |((purpose, recipient), history): (Key, ConsentHistory<_, _>)| ConsentView {
        purpose,
        recipient,
        state: history.state(),
    };
    histories(rows).into_iter().map(view).collect()
}

/// Now, or just behind all that was said: whoever speaks last is heard as the last, whichever process's clock is behind.
pub(crate) fn later<'r>(now: Timestamp, said: impl IntoIterator<Item = &'r ConsentRow>) -> Timestamp {
    said.into_iter().map(|row| row.at.plus(1)).fold(now, Timestamp::max)
}
