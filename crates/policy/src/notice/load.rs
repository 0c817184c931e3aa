//! `notices/<id>/<version>/`, read strictly: a text that somebody agreed to is never edited.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use zelo_model::Timestamp;

use super::folders::folders;
use super::text::text;
use super::{Notice, NoticeText, NoticeVersion, of_hash};
use crate::ground::Ground;
use crate::paths::NOTICES;
use crate::read::Source;
use crate::{Language, PolicyError};

/// Says of one version of a notice since when it holds and for what; its texts stand beside it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    /// Since when people are asked with it, as RFC 3339 with an offset.
    valid_from: String,
    /// Whether whoever agreed to the version before is asked again (LGPD art. 8 §6). Always true of the first.
    material: bool,
    /// What it asks consent to: names of `purposes/`.
    purposes: Vec<String>,
    /// Who asks with it.
    controllers: Controllers,
    /// The SHA-256 of each text, in hexadecimal.
    sha256: Hashes,
}

/// `all`, or ids of `controller.yaml`.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged, expecting = "controllers are `all` or a list of ids")]
enum Controllers {
    All(All),
    Some(Vec<String>),
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum All {
    All,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Hashes {
    #[serde(rename = "pt-BR")]
    pt_br: String,
    en: String,
}

/// Every notice, by name.
pub(crate) fn notices(ground: &Ground<'_>) -> Result<Vec<Notice>, PolicyError> {
    let folders = folders(ground.files)?;
    let mut known = Vec::with_capacity(folders.len());
    for (id, numbers) in folders {
        let mut notice = Notice { id: id.to_owned(), versions: Vec::new() };
        for number in numbers {
            let version = version(ground, &known, &notice, number)?;
            notice.versions.push(version);
        }
        known.push(notice);
    }
    Ok(known)
}

fn version(
    ground: &Ground<'_>,
    others: &[Notice],
    notice: &Notice,
    number: u32,
) -> Result<NoticeVersion, PolicyError> {
    let path = format!("{NOTICES}{}/{number}/meta.yaml", notice.id);
    let source = Source::open(ground.files, &path)?;
    let File { valid_from, material, purposes, controllers, sha256 } = source.parse()?;
    let Ok(valid_from) = valid_from.parse::<Timestamp>() else {
        let remedy = "write a time with its offset, such as \"2026-02-01T00:00:00-03:00\"".to_owned();
        return Err(source.refuse(&["valid_from:"], format!("\"{valid_from}\" is no time"), remedy));
    };
    let purposes = ground.purposes_of(&source, &["purposes:"], &purposes)?;
    let controllers = match controllers {
        Controllers::All(All::All) => None,
        Controllers::Some(ids) => {
            for id in &ids {
                ground.controller(&source, &["controllers:"], id)?;
            }
            Some(ids)
        }
    };
    let mut texts = BTreeMap::new();
    for language in Language::ALL {
        let expected = match language {
            Language::PtBr => &sha256.pt_br,
            Language::En => &sha256.en,
        };
        let text = text(ground.files, &source, (&notice.id, number), language, expected)?;
        let same = |(_, other): (&String, &NoticeText)| other.sha256 == text.sha256;
        let twice = of_hash(others, &text.sha256).is_some()
            || of_hash(std::slice::from_ref(notice), &text.sha256).is_some()
            || texts.iter().any(same);
        if twice {
            let problem = format!("the text in {} is there already, elsewhere", language.tag());
            let remedy = "a text belongs to one version and language; leave this one out, or say what is new"
                .to_owned();
            return Err(source.refuse(&["sha256:", &format!("{}:", language.tag())], problem, remedy));
        }
        texts.insert(language.tag().to_owned(), text);
    }
    let version = NoticeVersion { number, valid_from, material, purposes, controllers, texts };
    succeeds(&source, notice.versions.last(), &version)?;
    Ok(version)
}

/// Whether a version can follow the one before.
fn succeeds(
    source: &Source<'_>,
    before: Option<&NoticeVersion>,
    version: &NoticeVersion,
) -> Result<(), PolicyError> {
    let Some(before) = before else {
        let remedy = "write material: true; nobody has agreed to it yet".to_owned();
        let refused =
            || source.refuse(&["material:"], "the first version changes nothing".to_owned(), remedy);
        return if version.material { Ok(()) } else { Err(refused()) };
    };
    if version.valid_from <= before.valid_from {
        let problem = format!("it holds no later than version {}", before.number);
        let remedy = "write a later time, so that one of them is in force".to_owned();
        return Err(source.refuse(&["valid_from:"], problem, remedy));
    }
    let other = version.purposes != before.purposes || version.controllers != before.controllers;
    if other && !version.material {
        let problem = format!("it is for other purposes or controllers than version {}", before.number);
        let remedy = "write material: true; a yes to one purpose or controller is none to another".to_owned();
        return Err(source.refuse(&["material:"], problem, remedy));
    }
    Ok(())
}
