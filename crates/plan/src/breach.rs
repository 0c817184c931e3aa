//! Which rule an event breaks, and where that stands, in words of the plan alone.

use std::fmt;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

/// A rule of the plan that an event breaks. It names nothing that was sent: not a value, and no property that the plan does
/// not name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// The declared property, such as `products[].price`; empty for all of the properties.
    path: String,
    /// The rule as the plan writes it, such as `"type": "number"`.
    rule: String,
}

/// A rule longer than this is cut: a list of a thousand allowed values helps nobody.
const LONGEST: usize = 120;

impl Breach {
    pub(crate) fn of(schema: &Value, error: &ValidationError<'_>) -> Self {
        let pointer = error.schema_path().to_string();
        let (place, keyword) = pointer.rsplit_once('/').unwrap_or(("", &pointer));
        let missing = match error.kind() {
            ValidationErrorKind::Required { property } => property.as_str(),
            _ => None,
        };
        let path = path(place);
        let (path, rule) = match missing {
            Some(name) if path.is_empty() => (name.to_owned(), "\"required\"".to_owned()),
            Some(name) => (format!("{path}.{name}"), "\"required\"".to_owned()),
            None => {
                let value = schema.pointer(&pointer).map(Value::to_string).unwrap_or_default();
                (path, cut(&format!("\"{keyword}\": {value}")))
            }
        };
        Self { path, rule }
    }
}

/// `/properties/products/items/properties/price` is `products[].price`.
fn path(pointer: &str) -> String {
    let mut path = String::new();
    let mut words = pointer.split('/').skip(1);
    while let Some(word) = words.next() {
        match word {
            "properties" => {
                if let Some(name) = words.next() {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(&name.replace("~1", "/").replace("~0", "~"));
                }
            }
            "items" => path.push_str("[]"),
            _ => {}
        }
    }
    path
}

fn cut(rule: &str) -> String {
    match rule.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &rule[..at]),
        None => rule.to_owned(),
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => write!(f, "the properties break {}", self.rule),
            path => write!(f, "`{path}` breaks {}", self.rule),
        }
    }
}
