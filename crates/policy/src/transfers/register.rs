//! The register of transfers: each entry has its mechanism and what must stand behind it, and none is missing.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use super::{MechanismNeeds, Transfer, TransferLaw, Transfers};
use crate::ground::Ground;
use crate::read::Source;
use crate::{Jurisdiction, PolicyError, Processor};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TransferEntry {
    /// A name of `processors/`.
    recipient: String,
    country: String,
    /// The home of the controller it goes from.
    law: String,
    mechanism: String,
    /// Where the document is kept, for a mechanism that needs one.
    document: Option<String>,
    /// Why, for a mechanism that is an exception.
    why: Option<String>,
}

/// An entry of the register, if its law knows the mechanism and what must stand behind it does.
pub(super) fn transfer(
    source: &Source<'_>,
    ground: &Ground<'_>,
    laws: &BTreeMap<Jurisdiction, TransferLaw>,
    processors: &[Processor],
    entry: TransferEntry,
) -> Result<Transfer, PolicyError> {
    let line = format!("recipient: {}", entry.recipient);
    let code = format!("country: {}", entry.country);
    let at = ["transfers:", line.as_str(), code.as_str()];
    let refuse = |problem: String, remedy: String| Err(source.refuse(&at, problem, remedy));
    let home = ground.jurisdiction(source, &at, &entry.law)?;
    let Some(law) = laws.get(&home) else {
        return refuse(format!("no mechanism of {home} is written down"), "add it under laws:".to_owned());
    };
    let Some(processor) = processors.iter().find(|one| one.key == entry.recipient) else {
        let remedy = "name one of policies/processors, or declare it there".to_owned();
        return refuse(format!("unknown recipient \"{}\"", entry.recipient), remedy);
    };
    if !processor.destinations().contains(entry.country.as_str()) {
        let problem = format!("{} does not work in {}", processor.key, entry.country);
        return refuse(
            problem,
            format!("remove it, or add the country in processors/{}.yaml", processor.key),
        );
    }
    let Some(mechanism) = law.mechanisms.get(&entry.mechanism) else {
        let known: Vec<_> = law.mechanisms.keys().map(String::as_str).collect();
        let remedy = format!("the mechanisms of {home} are {}", known.join(", "));
        return refuse(format!("unknown mechanism \"{}\"", entry.mechanism), remedy);
    };
    let said = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
    let missing = match mechanism.needs {
        MechanismNeeds::Decision if !law.adequate.contains_key(&entry.country) => {
            Some("no decision says that this country is adequate; choose another mechanism")
        }
        MechanismNeeds::Document if !said(&entry.document) => Some("nothing stands behind it; add document:"),
        MechanismNeeds::Reason if !said(&entry.why) => {
            Some("it is an exception and nobody says why; add why:")
        }
        _ => None,
    };
    if let Some((problem, remedy)) = missing.and_then(|text| text.split_once("; ")) {
        return refuse(problem.to_owned(), remedy.to_owned());
    }
    let TransferEntry { recipient, country, mechanism, document, why, .. } = entry;
    Ok(Transfer { recipient, country, law: home, mechanism, document, why })
}

/// Every place a processor works in is inside the law of each controller it works for, or in the register.
pub(super) fn whole(
    ground: &Ground<'_>,
    source: &Source<'_>,
    transfers: &Transfers,
    processors: &[Processor],
) -> Result<(), PolicyError> {
    for processor in processors {
        let homes = ground.controllers.iter().filter(|one| processor.works_for(&one.id)).map(|one| one.home);
        let homes: BTreeSet<Jurisdiction> = homes.collect();
        for home in homes {
            let missing = |country: &&str| transfers.crossing(home, &processor.key, country).is_none();
            if let Some(country) = processor.destinations().into_iter().find(missing) {
                let problem = format!("{} takes data of {home} to {country} by no mechanism", processor.key);
                let remedy = format!(
                    "add {{recipient: {}, country: {country}, law: {home}, mechanism: …}}, or keep it inside",
                    processor.key
                );
                return Err(source.refuse(&["transfers:"], problem, remedy));
            }
        }
    }
    Ok(())
}
