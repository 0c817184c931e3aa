//! `taxonomy/countries.yaml`: how sources spell the countries whose laws we know. Whoever says `Portugal` lives where `PT` is.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::files::Files;
use crate::paths::COUNTRIES;
use crate::read::{Entries, Source};
use crate::{Law, PolicyError};

/// Says what each country is called: by ISO 3166-1 alpha-2, the other ways to write it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    countries: Entries<Vec<String>>,
}

/// Codes (ISO 3166-1 alpha-2) by every way to write them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Countries(BTreeMap<String, String>);

impl Countries {
    /// The code of a country, in small letters or large ones.
    pub(crate) fn code(&self, spelled: &str) -> Option<&str> {
        self.0.get(&normal(spelled)).map(String::as_str)
    }
}

pub(crate) fn countries(files: &Files, laws: &[Law]) -> Result<Countries, PolicyError> {
    let source = Source::open(files, COUNTRIES)?;
    let File { countries } = source.parse()?;
    let mut codes = BTreeMap::new();
    for (code, names) in countries.0 {
        let line = format!("{code}:");
        if code.len() != 2 || !code.bytes().all(|c| c.is_ascii_uppercase()) {
            let remedy = "write the two capital letters of ISO 3166-1, as in PT".to_owned();
            return Err(source.refuse(&["countries:", &line], format!("\"{code}\" is no country"), remedy));
        }
        for name in names.iter().chain([&code]) {
            let was = codes.insert(normal(name), code.clone());
            if let Some(other) = was {
                let problem = format!("\"{name}\" is {other}, too");
                let remedy = "let each name lead to one country".to_owned();
                return Err(source.refuse(&["countries:", &line], problem, remedy));
            }
        }
    }
    let whole = laws.iter().flat_map(|law| &law.countries).filter(|country| !country.contains('-'));
    for country in whole {
        if !codes.contains_key(&normal(country)) {
            let problem = format!("nothing says what {country} is called, whose law we know");
            let remedy = format!("add {country}: with its names, as sources write them");
            return Err(source.refuse(&["countries:"], problem, remedy));
        }
    }
    Ok(Countries(codes))
}

/// In small letters, one space between words.
fn normal(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}
