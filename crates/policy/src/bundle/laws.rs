//! What a bundle says of laws, and when things are due by them.

use zelo_model::Timestamp;

use super::Bundle;
use crate::clock::earliest;
use crate::{Calendar, Clock, ClockError, Due, Jurisdiction, Law, PolicyError, Received, lint};

impl Bundle {
    /// Every law, by name.
    pub fn laws(&self) -> &[Law] {
        &self.laws
    }

    /// The law of this name.
    pub fn law(&self, key: Jurisdiction) -> Option<&Law> {
        let at = self.laws.binary_search_by_key(&key, |law| law.key).ok()?;
        self.laws.get(at)
    }

    /// The law whose people those of a country are, by ISO 3166 (`PT`, `US-CA`) or by name (`Portugal`), as
    /// `taxonomy/countries.yaml` has them; a member state's own before the Union's.
    pub fn law_of_country(&self, country: &str) -> Option<&Law> {
        let country = self.countries.code(country).unwrap_or(country.trim());
        self.laws.iter().find(|law| law.countries.iter().any(|other| other.eq_ignore_ascii_case(country)))
    }

    /// Every calendar, by name.
    pub fn calendars(&self) -> &[Calendar] {
        &self.calendars
    }

    /// When an answer to somebody who uses a right is due, by the earliest of these laws; `None` where none of them has a
    /// clock for it.
    pub fn answer_due(
        &self,
        laws: &[Jurisdiction],
        right: &str,
        received: &Received<'_>,
    ) -> Result<Option<Due>, ClockError> {
        self.earliest(laws, received, |law| law.clock(law.right(right)?.clock.as_deref()?))
    }

    /// When something is due by the clock of this name, by the earliest of these laws; `None` where none of them has it.
    pub fn due(
        &self,
        laws: &[Jurisdiction],
        clock: &str,
        received: &Received<'_>,
    ) -> Result<Option<Due>, ClockError> {
        self.earliest(laws, received, |law| law.clock(clock))
    }

    fn earliest(
        &self,
        keys: &[Jurisdiction],
        received: &Received<'_>,
        clock: impl Fn(&Law) -> Option<&Clock>,
    ) -> Result<Option<Due>, ClockError> {
        let laws = keys.iter().map(|key| self.law(*key).ok_or(ClockError::NoLaw(*key)));
        let laws: Vec<&Law> = laws.collect::<Result<_, _>>()?;
        earliest(laws.into_iter().filter_map(|law| Some((law, clock(law)?))), received)
    }

    /// What is not wrong enough to refuse the bundle but must be seen to, on this day: calendars that end soon, laws read
    /// before they hold.
    pub fn lint(&self, today: Timestamp) -> Vec<PolicyError> {
        lint::lint(self, &self.files, today)
    }
}
