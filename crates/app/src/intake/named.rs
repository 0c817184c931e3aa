//! Identifiers among the traits of an `identify`: which traits they are stands in `policies/matching.yaml`.

use serde_json::{Map, Value};
use zelo_model::{IdentifierKind, MatchRules};

/// What the traits bring, in the order of the rules. What of it is no identifier of its kind is only a trait.
pub(crate) fn named<'r>(
    rules: &'r MatchRules,
    traits: &'r Map<String, Value>,
) -> impl Iterator<Item = (IdentifierKind, String)> + 'r {
    rules.traits.iter().filter_map(|(name, kind)| Some((*kind, text(*kind, traits.get(name)?)?)))
}

/// A number sent as a number has lost its leading zeros.
pub(super) fn text(kind: IdentifierKind, value: &Value) -> Option<String> {
    let width = match kind {
        IdentifierKind::Cpf => 11,
        IdentifierKind::Cnpj => 14,
        _ => 0,
    };
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(format!("{:0>width$}", number.to_string())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_cpf_sent_as_a_number_gets_its_zeros_back() {
        assert_eq!(text(IdentifierKind::Cpf, &json!(191)), Some("00000000191".to_owned()));
        assert_eq!(text(IdentifierKind::Nif, &json!(123_456_789)), Some("123456789".to_owned()));
        assert_eq!(text(IdentifierKind::Phone, &json!(["+351 912 345 678"])), None);
    }
}
