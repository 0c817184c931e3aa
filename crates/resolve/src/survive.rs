//! Survivorship: which of a profile's records is believed for each trait.

use std::collections::BTreeMap;

use serde_json::Value;
use zelo_model::{OwnerId, RecordBody, Timestamp};

/// One record of a profile. `S` names its source.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a, S> {
    /// The record.
    pub record: OwnerId,
    /// Whom it is from.
    pub source: S,
    /// How much that source is believed: the greater wins.
    pub priority: i32,
    /// What it says.
    pub body: &'a RecordBody,
}

/// The value of a trait, and who said so when.
#[derive(Clone, Copy, PartialEq)]
pub struct Winner<'a, S> {
    /// The value; never null.
    pub value: &'a Value,
    /// The source's time for it.
    pub at: Timestamp,
    /// The record it stands in.
    pub record: OwnerId,
    /// The source of that record.
    pub source: S,
}

impl<S> std::fmt::Debug for Winner<'_, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Winner({} at {}, …)", self.record, self.at)
    }
}

/// Folds the records of a profile into one view: per trait the greater source priority wins, then the later source
/// time, then the greater record id.
///
/// A `null` competes like any value. When it wins the trait is absent: the source we believe most says there is
/// none, and an older value of somebody less believed must not come back through that gap.
pub fn survive<'a, S: Copy>(
    records: impl IntoIterator<Item = Member<'a, S>>,
) -> BTreeMap<&'a str, Winner<'a, S>> {
    let mut best: BTreeMap<&str, (i32, Winner<'_, S>)> = BTreeMap::new();
    for member in records {
        for (name, told) in &member.body.traits {
            let at = Timestamp::from_micros(told.at);
            let new = Winner { value: &told.value, at, record: member.record, source: member.source };
            let rank = (member.priority, at, member.record);
            match best.get(name.as_str()) {
                Some((priority, old)) if (*priority, old.at, old.record) >= rank => {}
                _ => _ = best.insert(name, (member.priority, new)),
            }
        }
    }
    best.into_iter()
        .filter(|(_, (_, winner))| !winner.value.is_null())
        .map(|(name, (_, winner))| (name, winner))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(name: &str, value: Value, second: i64) -> RecordBody {
        let mut body = RecordBody::default();
        body.fold(name, value, Timestamp::from_micros(second * Timestamp::SECOND), 0);
        body
    }

    fn city_of(records: [(u8, i32, &RecordBody); 2]) -> Option<Value> {
        let member = |(id, priority, body)| Member { record: OwnerId([id; 16]), source: id, priority, body };
        let forth = survive(records.map(member));
        let back = survive(records.into_iter().rev().map(member));
        assert_eq!(forth, back, "the order of records says nothing");
        forth.get("city").map(|winner| winner.value.clone())
    }

    #[test]
    fn the_billing_system_is_believed_over_a_later_newsletter_form() {
        let (billing, form) = (told("city", json!("Recife"), 1), told("city", json!("Porto"), 2));
        assert_eq!(city_of([(1, 10, &billing), (2, 0, &form)]), Some(json!("Recife")));
        assert_eq!(city_of([(1, 0, &billing), (2, 0, &form)]), Some(json!("Porto")));
    }

    #[test]
    fn two_records_of_the_same_second_are_told_apart_by_their_id() {
        let (one, two) = (told("city", json!("Olinda"), 1), told("city", json!("Braga"), 1));
        assert_eq!(city_of([(1, 0, &one), (2, 0, &two)]), Some(json!("Braga")));
    }

    #[test]
    fn what_the_believed_source_took_back_does_not_return_from_another() {
        let (billing, form) = (told("city", Value::Null, 1), told("city", json!("Porto"), 2));
        assert_eq!(city_of([(1, 10, &billing), (2, 0, &form)]), None);
        assert_eq!(city_of([(1, 0, &billing), (2, 0, &form)]), Some(json!("Porto")));
    }
}
