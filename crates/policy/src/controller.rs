//! Controllers: who answers for the data of a tenant (LGPD art. 5 VI, GDPR art. 4(7)), and whom people can ask.

use serde::Deserialize;

use crate::files::{CONTROLLERS, Files};
use crate::read::Source;
use crate::{Jurisdiction, PolicyError};

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
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// An address for mail.
    pub address: String,
    /// An e-mail address.
    pub email: String,
}

/// Who answers people and authorities.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Officer {
    /// Who it is.
    pub name: String,
    /// An e-mail address.
    pub email: String,
    /// Who stands in (LGPD: Res. CD/ANPD 18/2024 asks for a substitute).
    pub substitute: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    controllers: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    name: String,
    home: String,
    contact: Contact,
    officer: Officer,
}

pub(crate) fn controllers(files: &Files) -> Result<Vec<Controller>, PolicyError> {
    let source = Source::open(files, CONTROLLERS)?;
    let file: File = source.parse()?;
    let mut known: Vec<Controller> = Vec::with_capacity(file.controllers.len());
    for Entry { id, name, home, contact, officer } in file.controllers {
        let here = format!("id: {id}");
        let word = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        if id.is_empty() || id.len() > 64 || !id.bytes().all(word) {
            let remedy = "write lower-case letters, digits and -, at most 64".to_owned();
            return Err(source.refuse(&[&here], format!("\"{id}\" cannot name a controller"), remedy));
        }
        if known.iter().any(|other| other.id == id) {
            return Err(source.twice(&[], &here));
        }
        let Some(home) = Jurisdiction::from_slug(&home) else {
            let remedy =
                format!("the jurisdictions are {}", Jurisdiction::ALL.map(Jurisdiction::slug).join(", "));
            return Err(source.refuse(&[&here, "home:"], format!("unknown jurisdiction \"{home}\""), remedy));
        };
        if officer.name.trim().is_empty() || !officer.email.contains('@') {
            let problem = format!("{id} has nobody people can ask");
            let remedy = "name the encarregado or data protection officer, with an e-mail address".to_owned();
            return Err(source.refuse(&[&here, "officer:"], problem, remedy));
        }
        known.push(Controller { id, name, home, contact, officer });
    }
    Ok(known)
}

/// Where somebody's law asks for a basis: the homes of all controllers.
pub(crate) fn active(controllers: &[Controller]) -> Vec<Jurisdiction> {
    let home = |one: &Jurisdiction| controllers.iter().any(|controller| controller.home == *one);
    Jurisdiction::ALL.into_iter().filter(home).collect()
}
