//! What stands in one place of a row, and what a map makes of it.

use serde_json::{Number, Value};

use super::map::{Detail, Type};
use super::time::{Clock, date};

/// What stands in one place of a row.
#[derive(Clone)]
pub(super) enum Cell {
    /// A cell of a table.
    Text(String),
    /// A value of an object.
    Json(Value),
}

impl Cell {
    /// Its text; a value that is no text, number or boolean has none.
    pub(super) fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) | Self::Json(Value::String(text)) => Some(text.trim().to_owned()),
            Self::Json(Value::Number(number)) => Some(number.to_string()),
            Self::Json(Value::Bool(yes)) => Some(yes.to_string()),
            Self::Json(Value::Null | Value::Array(_) | Value::Object(_)) => None,
        }
    }
}

/// What a cell is under a field of the map; the error says what it should be, without repeating what it is.
pub(super) fn value(cell: &Cell, detail: &Detail, comma: bool, clock: &Clock) -> Result<Value, String> {
    let Some(kind) = detail.kind else {
        // What says its own type keeps it.
        return Ok(match cell {
            Cell::Text(text) => Value::String(text.clone()),
            Cell::Json(value) => value.clone(),
        });
    };
    let text = cell.text().ok_or("is a list or an object, which has no type of this kind")?;
    match kind {
        Type::Text => Ok(Value::String(text)),
        Type::Number => number(&text, comma),
        Type::Decimal => Ok(Value::String(plain(&text, comma).ok_or("is not a decimal number")?)),
        Type::Boolean => boolean(&text, detail),
        Type::Date => date(&text, detail.format.as_deref()).map(Value::String),
        Type::Time => clock.instant(&text, detail.format.as_deref()).map(Value::String),
    }
}

fn number(text: &str, comma: bool) -> Result<Value, String> {
    let plain = plain(text, comma).ok_or("is not a number")?;
    if let Ok(whole) = plain.parse::<i64>() {
        return Ok(Value::Number(whole.into()));
    }
    let digits = plain.bytes().filter(u8::is_ascii_digit).count();
    let number = plain.parse().ok().filter(|_| digits <= 15).and_then(Number::from_f64);
    Ok(Value::Number(number.ok_or("has more digits than a number keeps; say `type: decimal`")?))
}

/// A number as programs write it: `1.234,50` is `1234.50` where the comma is the decimal mark.
fn plain(text: &str, comma: bool) -> Option<String> {
    let (mark, group) = if comma { (',', '.') } else { ('.', ',') };
    let (sign, rest) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) =
        rest.split_once(mark).map_or((rest, None), |(whole, fraction)| (whole, Some(fraction)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    let mut groups = whole.split(group);
    let first = groups.next().filter(|first| digits(first))?;
    let rest: Vec<&str> = groups.collect();
    if !rest.is_empty() && (first.len() > 3 || rest.iter().any(|group| group.len() != 3 || !digits(group))) {
        return None;
    }
    let whole = format!("{first}{}", rest.concat());
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    match fraction {
        Some(fraction) if digits(fraction) => Some(format!("{sign}{whole}.{fraction}")),
        Some(_) => None,
        None => Some(format!("{sign}{whole}")),
    }
}

fn boolean(text: &str, detail: &Detail) -> Result<Value, String> {
    let is = |words: &[String], usual: &[&str]| {
        if words.is_empty() {
            usual.iter().any(|word| word.eq_ignore_ascii_case(text))
        } else {
            words.iter().any(|word| word.to_lowercase() == text.to_lowercase())
        }
    };
    if is(&detail.yes, &["true", "1", "yes", "sim", "s", "y"]) {
        Ok(Value::Bool(true))
    } else if is(&detail.no, &["false", "0", "no", "não", "nao", "n"]) {
        Ok(Value::Bool(false))
    } else {
        Err("is neither yes nor no; say which words are, under `true:` and `false:`".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brazilian_amount_is_read_with_its_comma_and_nothing_else_is_guessed() {
        let cases = [
            ("1.234,50", true, Some("1234.50")),
            ("-0,5", true, Some("-0.5")),
            ("1234", true, Some("1234")),
            ("1,234.50", false, Some("1234.50")),
            ("007", false, Some("7")),
            ("1.23", true, None),
            ("12.34,5", true, None),
            ("1,2,3", true, None),
            ("R$ 5", true, None),
            ("", true, None),
        ];
        for (text, comma, expected) in cases {
            assert_eq!(plain(text, comma).as_deref(), expected, "{text}");
        }
        assert_eq!(number("19,90", true), Ok(Value::from(19.9)));
        assert!(number("0,12345678901234567", true).is_err());
    }
}
