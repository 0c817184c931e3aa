//! International bank account numbers (ISO 13616).

/// How many characters of `text` are an IBAN at its beginning: country, two check digits, as many letters and digits as that
/// country's have, remainder 1 by 97; groups may be written apart.
pub(crate) fn iban_at(text: &[char]) -> Option<usize> {
    let [a, b, c, d, ..] = text else { return None };
    let country = [a, b].map(char::to_ascii_uppercase);
    if !(c.is_ascii_digit() && d.is_ascii_digit()) {
        return None;
    }
    let (_, length) = LENGTHS.iter().find(|(name, _)| name.chars().eq(country))?;
    let mut compact = String::with_capacity(*length);
    for (at, c) in text.iter().enumerate() {
        match c {
            c if c.is_ascii_alphanumeric() => compact.push(c.to_ascii_uppercase()),
            ' ' | '-' if compact.len() >= 4 => continue,
            _ => return None,
        }
        if compact.len() == *length {
            let ends = text.get(at + 1).is_none_or(|next| !next.is_ascii_alphanumeric());
            return (ends && remainder_97(&compact) == 1).then_some(at + 1);
        }
    }
    None
}

/// The remainder by 97 of an IBAN read as a number, its first four characters moved to the end.
pub(crate) fn remainder_97(compact: &str) -> u32 {
    let moved = compact.chars().skip(4).chain(compact.chars().take(4));
    moved
        .filter_map(|c| c.to_digit(36))
        .fold(0, |rest, value| if value < 10 { (rest * 10 + value) % 97 } else { (rest * 100 + value) % 97 })
}

/// Characters of each country's, from the registry that SWIFT keeps.
#[rustfmt::skip]
const LENGTHS: [(&str, usize); 88] = [
    ("AD", 24), ("AE", 23), ("AL", 28), ("AT", 20), ("AZ", 28), ("BA", 20), ("BE", 16), ("BG", 22), ("BH", 22),
    ("BI", 27), ("BR", 29), ("BY", 28), ("CH", 21), ("CR", 22), ("CY", 28), ("CZ", 24), ("DE", 22), ("DJ", 27),
    ("DK", 18), ("DO", 28), ("EE", 20), ("EG", 29), ("ES", 24), ("FI", 18), ("FK", 18), ("FO", 18), ("FR", 27),
    ("GB", 22), ("GE", 22), ("GI", 23), ("GL", 18), ("GR", 27), ("GT", 28), ("HN", 28), ("HR", 21), ("HU", 28),
    ("IE", 22), ("IL", 23), ("IQ", 23), ("IS", 26), ("IT", 27), ("JO", 30), ("KW", 30), ("KZ", 20), ("LB", 28),
    ("LC", 32), ("LI", 21), ("LT", 20), ("LU", 20), ("LV", 21), ("LY", 25), ("MC", 27), ("MD", 24), ("ME", 22),
    ("MK", 19), ("MN", 20), ("MR", 27), ("MT", 31), ("MU", 30), ("NI", 28), ("NL", 18), ("NO", 15), ("OM", 23),
    ("PK", 24), ("PL", 28), ("PS", 29), ("PT", 25), ("QA", 29), ("RO", 24), ("RS", 22), ("RU", 33), ("SA", 24),
    ("SC", 31), ("SD", 18), ("SE", 24), ("SI", 19), ("SK", 24), ("SM", 27), ("SO", 23), ("ST", 25), ("SV", 28),
    ("TL", 23), ("TN", 24), ("TR", 26), ("UA", 29), ("VA", 22), ("VG", 24), ("XK", 20),
];
