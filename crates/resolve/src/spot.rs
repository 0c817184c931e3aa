//! What of a person stands in a text: e-mail addresses, CPFs, payment cards, telephone numbers, IBANs.
//!
//! Stricter than [`crate::looks_personal`], which guesses on the safe side for what would stand in the clear: here an order
//! number must not pass for a telephone, for what is spotted is taken out of an event and held.
//! `docs/detection.md` says how good it is.

use unicode_normalization::UnicodeNormalization;

use crate::documents::is_cpf;
use crate::iban::iban_at;
use crate::numbers::{Number, luhn, numbers};
use crate::phone::{Region, e164};

/// A kind of value that says who somebody is or how to reach or charge them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PersonalKind {
    /// An e-mail address.
    Email,
    /// A Brazilian person's number at the Receita Federal.
    Cpf,
    /// A payment card's number (ISO/IEC 7812).
    Card,
    /// A telephone number.
    Phone,
    /// A bank account's number (ISO 13616).
    Iban,
}

impl PersonalKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Email, Self::Cpf, Self::Card, Self::Phone, Self::Iban];

    /// Its name.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Cpf => "cpf",
            Self::Card => "card",
            Self::Phone => "phone",
            Self::Iban => "iban",
        }
    }
}

/// Something spotted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spotted {
    /// What it is.
    pub kind: PersonalKind,
    /// As it is written, but for Unicode's compatibility forms.
    pub value: String,
}

/// Everything spotted in the value of the property of this name; the name tells a telephone from another number.
pub fn spot(name: &str, text: &str, region: Option<Region>) -> Vec<Spotted> {
    if text.is_ascii() && !may_hold(text.as_bytes()) {
        return Vec::new();
    }
    let text: Vec<char> = text.replace("%40", "@").nfkc().collect();
    let mut found = emails(&text);
    let ibans = ibans(&text);
    let inside = |number: &Number| ibans.iter().any(|(at, _)| at.start < number.end && number.start < at.end);
    let named = names_phone(name);
    for number in numbers(&text).iter().filter(|number| !inside(number)) {
        if let Some(kind) = kind_of(&text, number, named, region) {
            found.push(Spotted { kind, value: text[number.start..number.end].iter().collect() });
        }
    }
    found.extend(ibans.into_iter().map(|(_, value)| Spotted { kind: PersonalKind::Iban, value }));
    found
}

/// Fewer digits no number has that is spotted.
const SHORTEST: usize = 8;

/// Whether bytes of JSON or text may hold anything that [`spot`] spots: a look at each byte, so that most texts are passed
/// by without reading them. It never says no wrongly.
pub fn may_hold(bytes: &[u8]) -> bool {
    let mut digits = 0;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                digits += 1;
                if digits >= SHORTEST {
                    return true;
                }
            }
            // Full-width signs and digits, and what JSON may have escaped.
            b'@' | 0xEF => return true,
            b'%' if bytes[at..].starts_with(b"%40") => return true,
            b'\\' if bytes.get(at + 1) == Some(&b'u') => return true,
            // What stands between digits; other dashes and spaces of Unicode fold to plain ones.
            b'+' | b' ' | b'.' | b'-' | b'/' | b'(' | b')' | 0x80.. => {}
            _ => digits = 0,
        }
    }
    false
}

/// Something, `@`, labels with dots between them, of which the last is no file's ending.
fn emails(text: &[char]) -> Vec<Spotted> {
    let local = |c: &char| c.is_alphanumeric() || "._%+-'".contains(*c);
    let domain = |c: &char| c.is_alphanumeric() || "-.".contains(*c);
    let ats = text.iter().enumerate().filter(|(_, c)| **c == '@').map(|(at, _)| at);
    let found = ats.filter_map(|at| {
        let before = text[..at].iter().rev().take_while(|c| local(c)).count();
        let after: String = text[at + 1..].iter().take_while(|c| domain(c)).collect();
        let after = after.trim_end_matches(['.', '-']);
        let (host, top) = after.rsplit_once('.')?;
        let real = before > 0
            && !host.trim_matches('.').is_empty()
            && top.chars().count() >= 2
            && top.chars().all(char::is_alphabetic)
            && !FILES.contains(&top.to_ascii_lowercase().as_str());
        real.then(|| {
            let before: String = text[at - before..at].iter().collect();
            Spotted { kind: PersonalKind::Email, value: format!("{before}@{after}") }
        })
    });
    found.collect()
}

/// `logo@2x.png` is a picture.
const FILES: [&str; 9] = ["png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "html"];

fn ibans(text: &[char]) -> Vec<(std::ops::Range<usize>, String)> {
    let mut found: Vec<(std::ops::Range<usize>, String)> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let open = at == 0 || !text[at - 1].is_ascii_alphanumeric();
        match open.then(|| iban_at(&text[at..])).flatten() {
            Some(length) => {
                found.push((at..at + length, text[at..at + length].iter().collect()));
                at += length;
            }
            None => at += 1,
        }
    }
    found
}

fn kind_of(text: &[char], number: &Number, named: bool, region: Option<Region>) -> Option<PersonalKind> {
    // A part of something longer, such as an id in hexadecimal.
    let word = |c: &char| c.is_alphanumeric() || *c == '_';
    let cut = text[..number.start].last().is_some_and(word) || text.get(number.end).is_some_and(word);
    if cut {
        return None;
    }
    let lengths: Vec<usize> = number.groups.iter().map(Vec::len).collect();
    let digits = number.groups.concat();
    if !number.plus && is_card(&lengths, &digits) {
        return Some(PersonalKind::Card);
    }
    if !number.plus && matches!(lengths[..], [11] | [3, 3, 3, 2] | [9, 2]) && is_cpf(&digits) {
        return Some(PersonalKind::Cpf);
    }
    let written: String = text[number.start..number.end].iter().collect();
    is_phone(number, &lengths, &digits, named, (&written, region)).then_some(PersonalKind::Phone)
}

/// Its check digit is right, it is written like one, and some scheme hands out numbers that begin like that.
fn is_card(lengths: &[usize], digits: &[u8]) -> bool {
    let written = matches!(lengths, [12..=19] | [4, 4, 4, 1..=4] | [4, 6, 4 | 5] | [4, 4, 4, 4, 3]);
    let leading = |n: usize| digits.iter().take(n).fold(0_u32, |sum, digit| sum * 10 + u32::from(*digit));
    let (two, three, four) = (leading(2), leading(3), leading(4));
    let maestro = matches!(two, 50 | 56..=58) || matches!(four, 604 | 6304 | 6390 | 6759 | 6761..=6763);
    let issued = match digits.len() {
        12 | 17 => maestro,
        13 => leading(1) == 4 || maestro,
        14 => matches!(three, 300..=305 | 309) || matches!(two, 36 | 38 | 39),
        15 => matches!(two, 34 | 37) || matches!(four, 1800 | 2131),
        // Visa, Mastercard, Discover, JCB, UnionPay, Maestro, Elo, Hipercard.
        16 | 18 | 19 => {
            leading(1) == 4 || matches!(two, 35 | 50..=58 | 60 | 62..=65 | 67) || matches!(four, 2221..=2720)
        }
        _ => false,
    };
    written && issued && luhn(digits)
}

/// Written as one: with a country code, an area code in brackets, the groups of a country, or under a name that says so.
fn is_phone(
    number: &Number,
    lengths: &[usize],
    digits: &[u8],
    named: bool,
    (written, region): (&str, Option<Region>),
) -> bool {
    let count = digits.len();
    if is_date(lengths, digits, number) {
        return false;
    }
    let abroad = digits.starts_with(&[0, 0]) && !digits.starts_with(&[0, 0, 0]) && lengths.len() > 1;
    // Points and slashes stand in versions, addresses of computers and file names.
    let plain = number.gaps.iter().all(|gap| gap.chars().all(|c| " -()".contains(c)));
    let trunk = digits[0] == 0 && digits[1] != 0 && lengths.len() > 1 && plain;
    let american =
        matches!(lengths, [3, 3, 4] | [1, 3, 3, 4]) && (plain || number.gaps.iter().all(|g| g == "."));
    let dialled = || lengths.len() > 1 && plain && e164(written, region).is_some();
    (number.plus && (8..=15).contains(&count))
        || (named && (8..=15).contains(&count))
        || (matches!(lengths, [2, 2, 2, 2, 2]) && digits[0] == 0 && number.gaps.iter().all(|gap| gap == "."))
        || (number.bracket && (8..=12).contains(&count) && plain)
        || (abroad && (11..=17).contains(&count) && plain)
        || (trunk && (9..=12).contains(&count))
        || (american && digits[lengths.len() / 4] > 1)
        || ((9..=12).contains(&count) && region.is_some() && dialled())
}

/// `2026-01-31 12` and `31/01/2026 12`.
fn is_date(lengths: &[usize], digits: &[u8], number: &Number) -> bool {
    let value =
        |from: usize, n: usize| digits[from..from + n].iter().fold(0_u32, |sum, d| sum * 10 + u32::from(*d));
    let year = |year: u32| (1900..2100).contains(&year);
    !number.plus
        && match lengths {
            [4, 2, 2, ..] => year(value(0, 4)) && (1..=12).contains(&value(4, 2)) && value(6, 2) <= 31,
            [2, 2, 4, ..] => year(value(4, 4)) && value(0, 2) <= 31 && value(2, 2) <= 31,
            _ => false,
        }
}

fn names_phone(name: &str) -> bool {
    let name = name.to_lowercase();
    ["phone", "fone", "telemo", "celular", "mobile", "whatsapp", "msisdn"]
        .iter()
        .any(|word| name.contains(word))
        || ["tel", "cell", "fax"].contains(&name.as_str())
}

#[cfg(test)]
mod tests;
