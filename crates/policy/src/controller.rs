//! Controllers: who answers for the data of a tenant (LGPD art. 5 VI, GDPR art. 4(7)), and whom people can ask.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::files::{CONTROLLERS, Files};
use crate::law::known;
use crate::read::Source;
use crate::{Jurisdiction, Law, PolicyError};

/// A controller; tenants are made in the name of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Controller {
    /// What tenants and the command line call it.
    pub id: String,
    /// Its name, as notices give it.
    pub name: String,
    /// The law of its home, which holds for everybody in its tenants.
    pub home: Jurisdiction,
    /// Where it can be written to.
    pub contact: Contact,
    /// Its encarregado (LGPD art. 41) or data protection officer (GDPR art. 37).
    pub officer: Officer,
}

/// How to reach a controller or officer; published, so never a private address.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// An address for mail.
    pub address: String,
    /// An e-mail address.
    pub email: String,
}

/// Who answers people and authorities.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Officer {
    /// Who it is.
    pub name: String,
    /// An e-mail address.
    pub email: String,
    /// Who stands in (LGPD: Res. CD/ANPD 18/2024 asks for a substitute).
    pub substitute: String,
}

/// Says who answers for people's data, and whom people can ask.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    controllers: Vec<Entry>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    name: String,
    home: String,
    contact: Contact,
    officer: Officer,
}

pub(crate) fn controllers(files: &Files, laws: &[Law]) -> Result<Vec<Controller>, PolicyError> {
    let source = Source::open(files, CONTROLLERS)?;
    let file: File = source.parse()?;
    let mut declared: Vec<Controller> = Vec::with_capacity(file.controllers.len());
    for Entry { id, name, home, contact, officer } in file.controllers {
        let here = format!("id: {id}");
        let word = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        if id.is_empty() || id.len() > 64 || !id.bytes().all(word) {
            let remedy = "write lower-case letters, digits and -, at most 64".to_owned();
            return Err(source.refuse(&[&here], format!("\"{id}\" cannot name a controller"), remedy));
        }
        if declared.iter().any(|other| other.id == id) {
            return Err(source.twice(&[], &here));
        }
        let home = known(laws, &source, &[&here, "home:"], &home)?.key;
        if officer.name.trim().is_empty() || !officer.email.contains('@') {
            let problem = format!("{id} has nobody people can ask");
            let remedy = "name the encarregado or data protection officer, with an e-mail address".to_owned();
            return Err(source.refuse(&[&here, "officer:"], problem, remedy));
        }
        declared.push(Controller { id, name, home, contact, officer });
    }
    Ok(declared)
}

/// Where somebody's law asks for a basis: the homes of all controllers.
pub(crate) fn active(controllers: &[Controller]) -> Vec<Jurisdiction> {
    let homes: BTreeSet<Jurisdiction> = controllers.iter().map(|controller| controller.home).collect();
    homes.into_iter().collect()
}
