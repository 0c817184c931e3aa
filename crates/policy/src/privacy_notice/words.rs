//! `privacy-notice.yaml`: the words of the privacy notice that no other policy has, in each language.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::basis::cite;
use crate::ground::Ground;
use crate::paths::PRIVACY_NOTICE;
use crate::read::{Entries, Source};
use crate::text::places;
use crate::{Label, Language, PolicyError};

/// The words, as they are asked.
#[derive(Debug)]
pub(crate) struct PrivacyWords {
    pub(super) words: Words,
    pub(super) bases: BTreeMap<String, BasisWords>,
    pub(super) rights: BTreeMap<String, Label>,
    said: BTreeMap<String, Label>,
}

impl PrivacyWords {
    /// What a purpose says of recipients or retention, in a language.
    pub(super) fn said<'w>(&'w self, text: &'w str, language: Language) -> &'w str {
        self.said.get(text).map_or(text, |label| label.in_language(language))
    }
}

/// Says in each language what the privacy notice needs besides the other policies.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    words: Words,
    /// By name of a basis.
    bases: Entries<BasisWords>,
    /// What each right of the jurisdictions is called.
    rights: Entries<Label>,
    /// What purposes say of recipients and retention: the text as it stands there, and in the other language.
    purposes_say: Vec<Label>,
}

/// What a basis is called, and what people can do because of it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BasisWords {
    pub(super) label: Label,
    /// A sentence: withdraw, object.
    pub(super) people_can: Option<Label>,
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Headings and sentences.
        #[derive(Debug, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub(super) struct Words {
            $($(#[$doc])* pub(super) $name: Label,)*
        }

        impl Words {
            fn all(&self) -> Vec<(&'static str, &Label)> {
                vec![$((stringify!($name), &self.$name)),*]
            }
        }
    };
}

words! {
    title,
    /// Has a place for `controller`.
    intro,
    who,
    officer,
    substitute,
    purposes,
    basis,
    /// Has a place for `months`.
    asked_again,
    data,
    all_data,
    no_data,
    sensitive,
    recipients,
    nobody,
    /// Before the basis of data that needs more than its purpose rests on.
    only_with,
    /// Of data that is not used of minors.
    minors_not,
    retention,
    minors,
    minors_included,
    minors_excluded,
    gpc,
    gpc_opts_out,
    gpc_unaffected,
    /// Heading of the two after it: where data comes from, and whether people must give it.
    origin,
    sources,
    provision,
    processors,
    /// Before the countries of somebody who works with the data.
    works_in,
    /// Before the mechanism of a transfer.
    transfer,
    /// What a law keeps of somebody who is forgotten.
    kept,
    /// Has a place for `years`.
    kept_years,
    decisions,
    review,
    rights,
    /// How to exercise them; has places for `officer` and `officer_email`.
    how,
    complaint,
}

const PLACES: [&str; 5] = ["controller", "months", "officer", "officer_email", "years"];

pub(crate) fn words(ground: &Ground<'_>) -> Result<PrivacyWords, PolicyError> {
    let source = Source::open(ground.files, PRIVACY_NOTICE)?;
    let File { words, bases, rights, purposes_say } = source.parse()?;
    for (name, label) in words.all() {
        let texts = Language::ALL.map(|language| label.in_language(language));
        if let Some((_, place)) =
            texts.into_iter().flat_map(places).find(|(_, place)| !PLACES.contains(place))
        {
            let remedy = format!("the places are {}", PLACES.join(", "));
            let at = ["words:", &format!("{name}:")];
            return Err(source.refuse(&at, format!("unknown place \"{place}\""), remedy));
        }
    }
    let mut by_name = BTreeMap::new();
    for (name, words) in bases.0 {
        if by_name.insert(name.clone(), words).is_some() {
            return Err(source.twice(&["bases:"], &format!("{name}:")));
        }
    }
    let used = ground.purposes.iter().flat_map(|one| {
        let parts = one.parts.iter().flat_map(|part| part.basis.values());
        one.basis.values().chain(parts).map(|basis| cite(basis).0)
    });
    if let Some(name) = used.into_iter().find(|name| !by_name.contains_key(*name)) {
        let problem = format!("nothing says what the basis {name} is called");
        return Err(source.refuse(&["bases:"], problem, format!("add {name}: with its label")));
    }
    let mut named = BTreeMap::new();
    for (name, label) in rights.0 {
        if named.insert(name.clone(), label).is_some() {
            return Err(source.twice(&["rights:"], &format!("{name}:")));
        }
    }
    let given = ground.laws.iter().flat_map(|law| &law.rights);
    if let Some(right) = given.into_iter().find(|right| !named.contains_key(&right.slug)) {
        let problem = format!("nothing says what the right {} is called", right.slug);
        return Err(source.refuse(&["rights:"], problem, format!("add {}: in each language", right.slug)));
    }
    let said: BTreeMap<String, Label> = purposes_say.into_iter().map(|one| (one.en.clone(), one)).collect();
    for purpose in ground.purposes {
        let texts = purpose.recipients.iter().chain([&purpose.retention]);
        if let Some(text) = texts.into_iter().find(|text| !said.contains_key(*text)) {
            let problem = format!("{} says \"{text}\" in one language only", purpose.key);
            let remedy = "add it here as en:, beside pt-BR:".to_owned();
            return Err(source.refuse(&["purposes_say:"], problem, remedy));
        }
    }
    Ok(PrivacyWords { words, bases: by_name, rights: named, said })
}
