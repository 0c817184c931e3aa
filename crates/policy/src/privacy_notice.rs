//! The privacy notice of a controller, made of what the policies say (LGPD art. 9, GDPR art. 13–14): what is not in it is
//! not done, and what is done is in it.

mod basis;
mod purpose;
mod rest;
mod words;
mod write;

#[cfg(test)]
pub(crate) use words::File;
pub(crate) use words::{PrivacyWords, words};

use crate::{Authority, Bundle, Controller, Language, Right};

/// What the law of the controller's home gives people, in the notice's language. The jurisdictions have it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RightsText {
    /// What people can ask for, one right each, with its article.
    pub rights: Vec<String>,
    /// How they complain to the authority, and where it is.
    pub complaint: Option<String>,
    /// How they go to a court.
    pub court: Option<String>,
}

impl Bundle {
    /// What the law of a controller's home gives people: each right by its name and article, and where they turn to.
    pub fn rights_of(&self, controller: &Controller, language: Language) -> RightsText {
        let Some(law) = self.law(controller.home) else { return RightsText::default() };
        let named = |slug: &str| self.rules.privacy.rights.get(slug).map(|label| label.in_language(language));
        let right = |right: &Right| {
            let name = named(&right.slug).map_or_else(|| right.slug.replace('_', " "), str::to_owned);
            format!("{name} ({})", right.reference)
        };
        let Authority { name, url, .. } = &law.authority;
        RightsText {
            rights: law.rights.iter().map(right).collect(),
            complaint: Some(format!("{} ({name}, {url})", law.remedies.complaint.in_language(language))),
            court: Some(law.remedies.court.in_language(language).to_owned()),
        }
    }

    /// The privacy notice of a controller as Markdown. The same policies make the same text, to the byte.
    pub fn privacy_notice(&self, controller: &Controller, language: Language, rights: &RightsText) -> String {
        write::notice(self, controller, language, rights)
    }
}
