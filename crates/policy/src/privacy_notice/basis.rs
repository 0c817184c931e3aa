//! A purpose's bases as a notice cites them: the one at home first, each reading of the law once.

use std::collections::BTreeMap;

use crate::{Basis, Jurisdiction};

/// Name and article of a basis.
pub(super) fn cite(basis: &Basis) -> (&str, &str) {
    (&basis.slug, &basis.reference)
}

/// What a purpose rests on: by name, with the articles of all laws that call it so.
pub(super) fn bases(rests: &BTreeMap<Jurisdiction, Basis>, home: Jurisdiction) -> Vec<(&str, Vec<&str>)> {
    let at_home = rests.get(&home);
    let mut cited: Vec<(&str, Vec<&str>)> = Vec::new();
    for (name, article) in at_home.into_iter().chain(rests.values()).map(cite) {
        match cited.iter_mut().find(|(other, _)| *other == name) {
            Some((_, articles)) if articles.contains(&article) => {}
            Some((_, articles)) => articles.push(article),
            None => cited.push((name, vec![article])),
        }
    }
    cited
}
