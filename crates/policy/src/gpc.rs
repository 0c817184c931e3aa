//! `gpc.yaml`: since when Global Privacy Control is heeded.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::PolicyError;
use crate::files::{Files, GPC};
use crate::read::Source;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    since: String,
}

pub(crate) fn since(files: &Files) -> Result<Date, PolicyError> {
    let source = Source::open(files, GPC)?;
    let File { since } = source.parse()?;
    let remedy = "write a day, as in 2026-02-01".to_owned();
    since.parse().map_err(|_| source.refuse(&["since:"], format!("\"{since}\" is no day"), remedy))
}
