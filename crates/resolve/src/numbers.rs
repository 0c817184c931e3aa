//! Numbers that find a person: long ones, and those whose check digits or grouping give them away.

use crate::documents::is_cpf;
use crate::iban::remainder_97;

/// So many digits in a row are no year, no version and no order a shop numbers by hand.
const LONG_NUMBER: usize = 9;

/// Whether a number in `text` looks like a CPF, a payment card, a telephone, or is just long.
pub(crate) fn has_number(text: &[char]) -> bool {
    numbers(text).iter().any(Number::is_personal)
}

/// Digits with little between them, cut into the groups they are written in.
#[derive(Default)]
pub(crate) struct Number {
    /// A `+` stands in front.
    pub(crate) plus: bool,
    /// One group stands in brackets, as an area code does.
    pub(crate) bracket: bool,
    pub(crate) groups: Vec<Vec<u8>>,
    /// What stands between them.
    pub(crate) gaps: Vec<String>,
    /// Where it stands, the sign and the bracket in front with it.
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Number {
    fn is_personal(&self) -> bool {
        let lengths: Vec<usize> = self.groups.iter().map(Vec::len).collect();
        let digits = self.groups.concat();
        lengths.iter().any(|length| *length >= LONG_NUMBER)
            || (lengths == [3, 3, 3, 2] && is_cpf(&digits))
            || (is_card_grouping(&lengths) && luhn(&digits))
            || (self.plus && (8..=15).contains(&digits.len()))
            || (self.bracket && matches!(lengths[..], [2 | 3, 3..=5, 4] | [2 | 3, 7..=9]))
    }
}

pub(crate) fn numbers(text: &[char]) -> Vec<Number> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if !text[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let plus = text[..at].iter().rev().find(|c| **c != '(') == Some(&'+');
        let signs = text[..at].iter().rev().take_while(|c| "+(".contains(**c)).count();
        let mut number = Number { plus, start: at - signs, ..Number::default() };
        while at < text.len() && text[at].is_ascii_digit() {
            let group = text[at..].iter().map_while(|c| c.to_digit(10)).filter_map(|d| u8::try_from(d).ok());
            let group: Vec<u8> = group.collect();
            let opened = text[..at].last() == Some(&'(');
            at += group.len();
            // An area code: `(11) 98765-4321`.
            number.bracket |= opened && group.len() <= 3 && text.get(at) == Some(&')');
            number.groups.push(group);
            number.end = at;
            let gap = text[at..].iter().take_while(|c| " .-/()".contains(**c)).take(3).count();
            let signs = text[at..at + gap].iter().filter(|c| **c != ' ').count();
            if gap > 0 && signs <= 2 && text.get(at + gap).is_some_and(char::is_ascii_digit) {
                number.gaps.push(text[at..at + gap].iter().collect());
                at += gap;
            }
        }
        found.push(number);
    }
    found
}

fn is_card_grouping(lengths: &[usize]) -> bool {
    let fours = lengths.len() == 4 && lengths[..3] == [4, 4, 4] && (1..=4).contains(&lengths[3]);
    fours || lengths == [4, 6, 5] || lengths == [4, 6, 4] || lengths == [4, 4, 4, 4, 3]
}

/// ISO/IEC 7812-1, annex B.
pub(crate) fn luhn(digits: &[u8]) -> bool {
    let odd = digits.iter().rev().enumerate().map(|(at, digit)| match (at % 2, *digit) {
        (0, digit) => u32::from(digit),
        (_, digit) if digit > 4 => u32::from(digit) * 2 - 9,
        (_, digit) => u32::from(digit) * 2,
    });
    odd.sum::<u32>().is_multiple_of(10)
}

/// ISO 13616: country, two check digits, up to thirty more; spaces allowed, remainder 1 by 97.
pub(crate) fn has_iban(text: &[char]) -> bool {
    let starts = |at: &usize| {
        let open = *at == 0 || !text[at - 1].is_ascii_alphanumeric();
        open && text[*at..].len() >= 15
            && text[*at..at + 2].iter().all(char::is_ascii_alphabetic)
            && text[at + 2..at + 4].iter().all(char::is_ascii_digit)
    };
    (0..text.len()).filter(starts).any(|at| iban_from(&text[at..]))
}

fn iban_from(text: &[char]) -> bool {
    let mut compact = String::new();
    for (at, c) in text.iter().enumerate() {
        match c {
            c if c.is_ascii_alphanumeric() => compact.push(c.to_ascii_uppercase()),
            ' ' => {}
            _ => return false,
        }
        let ends = text.get(at + 1).is_none_or(|next| !next.is_ascii_alphanumeric());
        if ends && (15..=34).contains(&compact.len()) && remainder_97(&compact) == 1 {
            return true;
        }
        if compact.len() > 34 {
            return false;
        }
    }
    false
}
