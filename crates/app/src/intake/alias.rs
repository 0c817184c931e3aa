//! What the id is that an alias gives up: a browser's, unless somebody has it as a user id.

use std::collections::BTreeSet;

use zelo_model::IdentifierKind;

use super::graph::Graph;
use super::sort::{Found, Sort, Sorted};

impl Graph {
    /// Reads the aliases of a batch in the light of what is known. As somebody's user id the id given up is only looked
    /// at, and is no browser's as well; where nobody has it as that, it stays out.
    pub(crate) fn read_aliases(&mut self, sorted: &mut Sorted<'_>) {
        if sorted.messages.iter().all(|sort| sort.previous.is_none()) {
            return;
        }
        let held = sorted.held.iter().flat_map(|held| &held.identifiers).chain(&sorted.in_parts);
        let held = held.map(|found| found.digest);
        let held: BTreeSet<[u8; 16]> = held.collect();
        let said = sorted.messages.iter().flat_map(|sort| &sort.identifiers).map(|found| found.digest);
        let said: BTreeSet<[u8; 16]> = said.collect();
        for sort in &mut sorted.messages {
            let known = |found: &Found| said.contains(&found.digest) || !self.unlinked(&found.digest);
            sort.previous = sort.previous.take().filter(known);
            let Some(previous) = &sort.previous else { continue };
            sort.identifiers.retain(|found| {
                let same =
                    found.identifier.kind == IdentifierKind::AnonymousId && found.value == previous.value;
                !same || !self.unlinked(&found.digest)
            });
        }
        let named: BTreeSet<[u8; 16]> =
            sorted.messages.iter().flat_map(Sort::named).map(|found| found.digest).chain(held).collect();
        self.nodes.retain(|digest, _| named.contains(digest));
    }

    fn unlinked(&self, digest: &[u8; 16]) -> bool {
        self.nodes.get(digest).is_none_or(|node| node.links.is_empty())
    }
}
