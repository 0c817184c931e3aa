//! The places where sealed values stand: logical table and column ids.
//!
//! They are part of what a seal vouches for, so a blob moved to another column does not open. Numbers survive
//! renames and partitioning and are never used twice; a place that goes leaves its number behind.

/// A column that holds sealed values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The logical table.
    pub table: u32,
    /// The logical column within it.
    pub column: u32,
}

macro_rules! places {
    ($($(#[$doc:meta])* $name:ident = ($table:literal, $column:literal);)*) => {
        $($(#[$doc])* pub const $name: Place = Place { table: $table, column: $column };)*

        /// Every place with its name, in the order of its number.
        pub const ALL: &[(&str, Place)] = &[$((stringify!($name), $name)),*];
    };
}

places! {
    /// A record's identifiers and traits; row = the owner.
    RECORD_BODY = (1, 1);
    /// An event as received, with its batch context; row = the event.
    EVENT_BODY = (2, 1);
    /// A message held in quarantine, byte for byte; row = the item.
    QUARANTINE_BODY = (3, 1);
    /// What an audited write changed; row = the audit entry.
    AUDIT_PAYLOAD = (4, 1);
    /// The evidence of a consent, objection or restriction; row = the consent event.
    CONSENT_EVIDENCE = (5, 1);
    /// A note, case, deal or plugin field of a house record; row = the row's own id.
    HOUSE_CONTENT = (6, 1);
    /// A derived value and its reasons; row = the row's own id.
    DERIVED_VALUE = (7, 1);
    /// What a plugin keeps about a person; row = the row's own id.
    PLUGIN_VALUE = (8, 1);
    /// A data subject's request: requester and content; row = the request.
    REQUEST_BODY = (9, 1);
    /// A letter or package made for a request; row = the row's own id.
    REQUEST_PACKAGE = (9, 2);
    /// What open tasks need after an erasure; row = the request, under whose key it stands.
    ERASURE_BRIEF = (10, 1);
    /// Fields a law makes us keep; row = the retained row.
    RETAINED_FIELDS = (11, 1);
    /// A group's traits; under the tenant's data key; row = the group.
    GROUP_TRAITS = (12, 1);
    /// A setting that must not be read on disk; under the tenant's data key; row = the setting.
    TENANT_SETTING = (13, 1);
    /// What a link that confirms a consent stands for; in the link and nowhere else, under the tenant's data key; row = the
    /// tenant.
    CONFIRMATION = (14, 1);
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_places_share_a_number() {
        let places: HashSet<_> = ALL.iter().map(|(_, place)| place).collect();
        assert_eq!(places.len(), ALL.len());
        assert!(ALL.is_sorted_by_key(|(_, place)| place));
    }

    /// What is on disk was sealed with these numbers: this list only ever grows.
    #[test]
    fn what_was_sealed_yesterday_still_stands_where_it_stood() {
        let numbers: Vec<_> = ALL.iter().map(|(_, place)| (place.table, place.column)).collect();
        let first: Vec<_> =
            (1..=9).map(|table| (table, 1)).chain([(9, 2)]).chain((10..=13).map(|t| (t, 1))).collect();
        assert_eq!(numbers[..first.len()], first);
    }
}
