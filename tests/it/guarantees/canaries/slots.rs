//! A fresh canary for every slot, remembered by the slot's name.

use std::collections::BTreeMap;

use zelo_model::{Ids as _, ProfileId, SystemIds};

/// The canaries so far.
#[derive(Default)]
pub(super) struct Slots(BTreeMap<String, String>);

impl Slots {
    /// Sixteen random characters for this slot.
    pub(super) fn canary(&mut self, slot: &str) -> String {
        let random = ProfileId(SystemIds.random()).to_string();
        // Both cases, so that a disguise which changes case is another canary.
        let canary: String = random.trim_start_matches(ProfileId::PREFIX).chars().take(16).collect();
        let canary = format!("{}{}", canary[..8].to_uppercase(), &canary[8..]);
        assert!(self.0.insert(canary.clone(), slot.to_owned()).is_none());
        canary
    }

    /// All of them; in lower case too, where an address or header may have been folded.
    pub(super) fn canaries(&self) -> Vec<String> {
        self.0.keys().flat_map(|canary| [canary.clone(), canary.to_lowercase()]).collect()
    }

    /// Which slot leaked.
    pub(super) fn explain(&self, found: &str) -> String {
        let slot = self.0.iter().find(|(canary, _)| found.to_lowercase().contains(&canary.to_lowercase()));
        format!("{}: {found}", slot.map_or("?", |(_, slot)| slot))
    }
}
