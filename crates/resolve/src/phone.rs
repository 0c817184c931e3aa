//! Telephone numbers as E.164: `+`, country code, national number.

use phonenumber::{Mode, country};

/// Where a number without a country code is dialled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region(country::Id);

impl Region {
    /// The region of a jurisdiction that is a country, such as `br` (ISO 3166-1 alpha-2); `None` for one that is not,
    /// such as `eu`: there a number needs its country code.
    pub fn of(jurisdiction: &str) -> Option<Self> {
        jurisdiction.to_ascii_uppercase().parse().ok().map(Self)
    }
}

/// Longer no number is written, however it is spaced.
const LONGEST: usize = 40;

/// The E.164 form of a number that can be dialled; `None` for any other text, also for one with letters or an
/// extension, which is one person's only behind a switchboard.
pub(crate) fn e164(text: &str, region: Option<Region>) -> Option<String> {
    let text = text.strip_prefix("tel:").unwrap_or(text);
    let written = |c: char| c.is_ascii_digit() || " +-./()".contains(c);
    if text.len() > LONGEST || !text.chars().all(written) {
        return None;
    }
    let number = phonenumber::parse(region.map(|region| region.0), text).ok()?;
    number.is_valid().then(|| number.format().mode(Mode::E164).to_string())
}
