//! The short name of a place with a law of its own: `br`, `eu`, `us-ca`.

use std::fmt;
use std::str::FromStr;

/// Where a law holds, by the name of its file in `policies/jurisdictions`. That it looks like a name is all this type says;
/// whether there is a law of that name, the bundle says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Jurisdiction([u8; Self::LONGEST]);

/// A text that cannot name a jurisdiction.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a jurisdiction is named in at most 8 lower-case letters, digits and -, for example br or us-ca")]
pub struct JurisdictionError;

impl Jurisdiction {
    const LONGEST: usize = 8;

    /// Its name in policies and rows.
    pub fn slug(&self) -> &str {
        let end = self.0.iter().position(|byte| *byte == 0).unwrap_or(Self::LONGEST);
        std::str::from_utf8(&self.0[..end]).unwrap_or_default()
    }

    /// The jurisdiction of this name, if it can be one.
    pub fn from_slug(slug: &str) -> Option<Self> {
        let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if slug.is_empty() || slug.len() > Self::LONGEST || !slug.bytes().all(letter) {
            return None;
        }
        let mut text = [0; Self::LONGEST];
        text[..slug.len()].copy_from_slice(slug.as_bytes());
        Some(Self(text))
    }
}

impl FromStr for Jurisdiction {
    type Err = JurisdictionError;

    fn from_str(slug: &str) -> Result<Self, JurisdictionError> {
        Self::from_slug(slug).ok_or(JurisdictionError)
    }
}

impl fmt::Display for Jurisdiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

impl fmt::Debug for Jurisdiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Jurisdiction({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_sorts_as_it_is_written() {
        let names = ["br", "eu", "us-ca"].map(|slug| slug.parse::<Jurisdiction>().unwrap());
        assert!(names.is_sorted());
        assert_eq!(names.map(|name| name.to_string()), ["br", "eu", "us-ca"]);
        assert_eq!(Jurisdiction::from_slug("de-bavar").unwrap().slug(), "de-bavar");
        for wrong in ["", "BR", "de-bavaria", "b r", "é"] {
            assert_eq!(wrong.parse::<Jurisdiction>(), Err(JurisdictionError), "{wrong}");
        }
    }
}
