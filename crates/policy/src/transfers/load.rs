//! `transfers.yaml`, read strictly: nothing goes elsewhere that has no line in the register.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use super::register::{TransferEntry, transfer, whole};
use super::{Mechanism, MechanismNeeds, Transfer, TransferLaw, Transfers};
use crate::ground::{Ground, country};
use crate::paths::TRANSFERS;
use crate::read::{Entries, Source, filled};
use crate::{Label, PolicyError, Processor};

/// Says by which mechanisms data may go elsewhere, and what does.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    /// By law: the closed list of its mechanisms.
    laws: Entries<Law>,
    /// What goes elsewhere.
    transfers: Vec<TransferEntry>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Law {
    #[serde(rename = "ref", deserialize_with = "filled")]
    reference: String,
    /// Countries inside: ISO 3166-1, two letters.
    inside: Vec<String>,
    /// Decisions of adequacy.
    adequate: Vec<Decision>,
    mechanisms: Entries<MechanismEntry>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Decision {
    countries: Vec<String>,
    #[serde(rename = "ref", deserialize_with = "filled")]
    reference: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MechanismEntry {
    label: Label,
    needs: MechanismNeeds,
    #[serde(rename = "ref", deserialize_with = "filled")]
    reference: String,
}

pub(crate) fn transfers(ground: &Ground<'_>, processors: &[Processor]) -> Result<Transfers, PolicyError> {
    let source = Source::open(ground.files, TRANSFERS)?;
    let file: File = source.parse()?;
    let mut laws = BTreeMap::new();
    for (place, entry) in file.laws.0 {
        let line = format!("{place}:");
        let home = ground.jurisdiction(&source, &["laws:", &line], &place)?;
        if laws.insert(home, law(&source, &line, entry)?).is_some() {
            return Err(source.twice(&["laws:"], &line));
        }
    }
    let mut register: Vec<Transfer> = Vec::with_capacity(file.transfers.len());
    for entry in file.transfers {
        let transfer = transfer(&source, ground, &laws, processors, entry)?;
        let key = |one: &Transfer| (one.recipient.clone(), one.country.clone(), one.law);
        if register.iter().any(|one| key(one) == key(&transfer)) {
            let problem = format!("{} to {} is there twice", transfer.recipient, transfer.country);
            return Err(source.refuse(&["transfers:"], problem, "keep one of the two".to_owned()));
        }
        register.push(transfer);
    }
    ground.inherit(&mut laws);
    for law in ground.laws {
        // What leaves the Union leaves each of its members.
        let of = |one: &&Transfer| law.parent == Some(one.law);
        let own: Vec<Transfer> =
            register.iter().filter(of).map(|one| Transfer { law: law.key, ..one.clone() }).collect();
        register.extend(own);
    }
    let transfers = Transfers { laws, register };
    whole(ground, &source, &transfers, processors)?;
    Ok(transfers)
}

fn law(source: &Source<'_>, line: &str, entry: Law) -> Result<TransferLaw, PolicyError> {
    for code in &entry.inside {
        country(source, &["laws:", line, "inside:"], code)?;
    }
    let mut adequate = BTreeMap::new();
    for Decision { countries, reference } in entry.adequate {
        for code in countries {
            country(source, &["laws:", line, "adequate:"], &code)?;
            adequate.insert(code, reference.clone());
        }
    }
    let mut mechanisms = BTreeMap::new();
    for (name, MechanismEntry { label, needs, reference }) in entry.mechanisms.0 {
        if mechanisms.insert(name.clone(), Mechanism { label, needs, reference }).is_some() {
            return Err(source.twice(&["laws:", line, "mechanisms:"], &format!("{name}:")));
        }
    }
    let inside: BTreeSet<String> = entry.inside.into_iter().collect();
    Ok(TransferLaw { reference: entry.reference, inside, adequate, mechanisms })
}
