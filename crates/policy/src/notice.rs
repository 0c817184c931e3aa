//! Notices: what people were told before they said yes, word for word and for ever (LGPD art. 8 §6 and 9, GDPR art. 7(1)
//! and 13).

use std::collections::BTreeMap;

use similar::TextDiff;
use zelo_model::{Purpose, Timestamp};

mod folders;
mod load;
mod text;

#[cfg(test)]
pub(crate) use load::File;
pub(crate) use load::notices;

/// A notice in all its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its name, that of its folder.
    pub id: String,
    /// Its versions, counted up from 1 without gaps.
    pub versions: Vec<NoticeVersion>,
}

/// One version of a notice, which is never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeVersion {
    /// Which one.
    pub number: u32,
    /// Since when people are asked with it.
    pub valid_from: Timestamp,
    /// Whether it says something else than the one before, so that whoever agreed to that is asked again (LGPD art. 8 §6).
    pub material: bool,
    /// What it asks consent to.
    pub purposes: Vec<Purpose>,
    /// The controllers that ask with it; `None` is all of them.
    pub controllers: Option<Vec<String>>,
    /// Its text by language tag: `pt-BR` and `en`, always both.
    pub texts: BTreeMap<String, NoticeText>,
}

/// A notice's text in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeText {
    /// What people read, as Markdown.
    pub text: String,
    /// SHA-256 of it: what a consent cites.
    pub sha256: [u8; 32],
}

impl Notice {
    /// The version of this number.
    pub fn version(&self, number: u32) -> Option<&NoticeVersion> {
        self.versions.iter().find(|one| one.number == number)
    }

    /// The version people are asked with now; `None` before the first.
    pub fn in_force(&self, now: Timestamp) -> Option<&NoticeVersion> {
        self.versions.iter().rfind(|one| one.valid_from <= now)
    }

    /// What one version says that another does not, as a unified diff: empty when nothing. `None` when there is no such
    /// version or language.
    pub fn diff(&self, from: u32, to: u32, language: &str) -> Option<String> {
        let text = |number| self.version(number)?.texts.get(language).map(|one| one.text.as_str());
        let name = |number: u32| format!("{}/{number}/{language}", self.id);
        let diff = TextDiff::from_lines(text(from)?, text(to)?);
        Some(diff.unified_diff().header(&name(from), &name(to)).to_string())
    }

    /// From when on who agreed to this version is asked again, because a later one says something else; `None` when none does.
    pub(crate) fn superseded_at(&self, version: &NoticeVersion) -> Option<Timestamp> {
        let later = |one: &&NoticeVersion| one.number > version.number && one.material;
        self.versions.iter().filter(later).map(|one| one.valid_from).min()
    }
}

impl NoticeVersion {
    /// Whether this controller asks with it.
    pub fn is_of(&self, controller: &str) -> bool {
        self.controllers.as_ref().is_none_or(|some| some.iter().any(|one| one == controller))
    }
}

/// The notice, version and language of this text.
pub(crate) fn of_hash<'n>(
    notices: &'n [Notice],
    sha256: &[u8],
) -> Option<(&'n Notice, &'n NoticeVersion, &'n str)> {
    let versions = notices.iter().flat_map(|one| one.versions.iter().map(move |version| (one, version)));
    let texts =
        versions.flat_map(|(one, version)| version.texts.iter().map(move |text| (one, version, text)));
    let mut of = texts.filter(|(.., (_, text))| text.sha256 == sha256);
    of.next().map(|(notice, version, (language, _))| (notice, version, language.as_str()))
}
