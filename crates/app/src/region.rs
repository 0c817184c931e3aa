//! Where a telephone number without a country code is dialled.

use zelo_resolve::Region;

use crate::tx::{Mode, Tx};

impl<A: Mode> Tx<'_, A> {
    /// The region of this jurisdiction, else that of the controller's home; none where that is no single country.
    pub(crate) fn region(&self, jurisdiction: Option<&str>) -> Option<Region> {
        let home = || Some(self.policy.controller(&self.tenant.row.controller)?.home.slug());
        Region::of(jurisdiction.or_else(home)?)
    }
}
