//! The languages of the house: what people read is there in each of them, or the bundle is refused.

use std::str::FromStr;

use crate::Label;

/// A language people are spoken to in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// Brazilian Portuguese.
    PtBr,
    /// English.
    En,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::PtBr, Self::En];

    /// Its BCP 47 tag, which files and consents write.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::PtBr => "pt-BR",
            Self::En => "en",
        }
    }

    /// The language of this tag.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.tag() == tag)
    }
}

/// A language we do not speak.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the languages are pt-BR and en")]
pub struct UnknownLanguage;

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(tag: &str) -> Result<Self, UnknownLanguage> {
        Self::from_tag(tag).ok_or(UnknownLanguage)
    }
}

impl Label {
    /// The words in one language.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::PtBr => &self.pt_br,
            Language::En => &self.en,
        }
    }
}
