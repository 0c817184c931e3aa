//! What people said to purposes, from rows to what it amounts to.

use std::collections::BTreeMap;

use zelo_model::{
    BirthDate, ConsentFact, ConsentHistory, ConsentId, ConsentKind, ConsentState, Lapse, LapseCause, Purpose,
    Standing, Timestamp,
};
use zelo_policy::{Bundle, Jurisdiction};
use zelo_store::{ConsentRow, EVERY_PURPOSE};

/// What a person's word to one purpose amounts to, for one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentView {
    /// The purpose, by its name in `policies/purposes`.
    pub purpose: String,
    /// The controller it is about: the tenant's own, or one the data would go to (LGPD art. 7 §5).
    pub recipient: String,
    /// What is so.
    pub state: ConsentState,
}

/// A purpose and a recipient.
pub(crate) type Key = (String, String);

/// A fact by surrogates of record and identifier.
pub(crate) type Fact = ConsentFact<i64, i64>;

/// A row as the fold takes it.
pub(crate) fn fact(row: &ConsentRow) -> Fact {
    ConsentFact {
        id: row.id,
        anchor: row.owner,
        verified: row.verified,
        kind: row.kind,
        at: row.at,
        recorded: row.recorded,
    }
}

/// Rows by purpose and recipient; those who only saw a text have said nothing.
pub(crate) fn histories<'r>(
    rows: impl IntoIterator<Item = &'r ConsentRow>,
) -> BTreeMap<Key, ConsentHistory<i64, i64>> {
    let mut facts: BTreeMap<Key, Vec<Fact>> = BTreeMap::new();
    for row in rows.into_iter().filter(|row| row.kind.is_word()) {
        facts.entry((row.purpose.clone(), row.recipient.clone())).or_default().push(fact(row));
    }
    facts.into_iter().map(|(key, facts)| (key, ConsentHistory::of(facts))).collect()
}

/// What the laws ask about somebody beside what they said.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Whoever {
    /// When they were born; `None` when nobody knows.
    pub(crate) born: Option<BirthDate>,
    /// The law of where they live, if it is one of those declared.
    pub(crate) law: Option<Jurisdiction>,
}

impl Whoever {
    /// Their age in full years.
    pub(crate) fn age(&self, now: Timestamp) -> Option<u8> {
        Some(self.born?.age(now))
    }
}

/// From when on a yes, or what is less than one, counts no more, by the policies in force.
pub(crate) struct Lapses<'p> {
    pub(crate) policy: &'p Bundle,
    /// The law of the controller's home.
    pub(crate) home: Jurisdiction,
    pub(crate) whoever: &'p Whoever,
}

impl Lapses<'_> {
    /// From when on this row's word counts no more; `None` for what time does nothing to.
    pub(crate) fn of(&self, row: &ConsentRow) -> Option<Lapse> {
        let purpose: Option<Purpose> = row.purpose.parse().ok();
        let of = |purpose: &Purpose| match row.kind {
            ConsentKind::Grant => self.of_yes(row, purpose),
            ConsentKind::Pending => self.of_pending(row, purpose),
            ConsentKind::SoftOptIn => self.of_sale(row, purpose),
            _ => None,
        };
        purpose.as_ref().and_then(of)
    }

    fn of_yes(&self, row: &ConsentRow, purpose: &Purpose) -> Option<Lapse> {
        let rules = self.policy.consent_rules(purpose);
        let expires = rules.expires_after_months.map(|months| run_out(row.at.months_later(months)));
        let ages = self.policy.law(self.whoever.law.unwrap_or(self.home)).map(|law| &law.ages);
        // What a guardian said ends when the minor can speak; what a minor said before never counted.
        let below = rules.guardian_below_minor;
        let speaks = ages.map(|ages| if below { ages.minor_below } else { ages.consent_from });
        let speaks = speaks.and_then(|age| self.whoever.born?.turns(age));
        let minor = speaks.filter(|speaks| *speaks > row.at);
        let minor = minor.map(|speaks| run_out(if row.guardian { speaks } else { row.at }));
        [expires, self.replaced(row), minor].into_iter().flatten().min()
    }

    /// It is confirmed in time and to the text that was read, or never.
    fn of_pending(&self, row: &ConsentRow, purpose: &Purpose) -> Option<Lapse> {
        let days = i64::from(self.policy.consent_rules(purpose).confirm_within_days);
        let late = run_out(row.at.plus(days * Timestamp::DAY));
        [Some(late), self.replaced(row)].into_iter().flatten().min()
    }

    /// It rests on a sale as long as every law lets it that applies; the sale is when it was said.
    fn of_sale(&self, row: &ConsentRow, purpose: &Purpose) -> Option<Lapse> {
        let laws = std::iter::once(self.home).chain(self.whoever.law);
        let months = laws.filter_map(|law| {
            self.policy.soft_opt_in(purpose, law)?.laws.get(&law).and_then(|law| law.within_months)
        });
        months.min().map(|months| run_out(row.at.months_later(months)))
    }

    /// The text it names was replaced by one that says something else.
    fn replaced(&self, row: &ConsentRow) -> Option<Lapse> {
        let at = self.policy.superseded_at(row.notice.as_deref()?)?;
        Some(Lapse { at, cause: LapseCause::NoticeChanged })
    }
}

const fn run_out(at: Timestamp) -> Lapse {
    Lapse { at, cause: LapseCause::RunOut }
}

/// What rows amount to at an instant, in the order of purpose and recipient.
pub(crate) fn states_at<'r>(
    rows: impl IntoIterator<Item = &'r ConsentRow>,
    now: Timestamp,
    lapses: &Lapses<'_>,
) -> Vec<ConsentView> {
    let rows: Vec<&ConsentRow> = rows.into_iter().collect();
    let lapse: BTreeMap<ConsentId, Lapse> =
        rows.iter().filter_map(|row| Some((row.id, lapses.of(row)?))).collect();
    let view = |((purpose, recipient), history): (Key, ConsentHistory<_, _>)| ConsentView {
        purpose,
        recipient,
        state: history.state_at(now, &|fact: &Fact| lapse.get(&fact.id).copied()),
    };
    histories(rows).into_iter().map(view).collect()
}

/// What rows amount to whatever time has done to them, in the order of purpose and recipient.
pub(crate) fn states<'r>(rows: impl IntoIterator<Item = &'r ConsentRow>) -> Vec<ConsentView> {
    let view = |((purpose, recipient), history): (Key, ConsentHistory<_, _>)| ConsentView {
        purpose,
        recipient,
        state: history.state(),
    };
    histories(rows).into_iter().map(view).collect()
}

/// What was said to one purpose and to all of them at once amounts to this for the one.
pub(crate) fn both(views: &[ConsentView]) -> ConsentState {
    let of = |every: bool| views.iter().find(|view| (view.purpose == EVERY_PURPOSE) == every);
    let own = of(false).map(|view| view.state).unwrap_or_default();
    let Some(all) = of(true).map(|view| view.state) else { return own };
    let restricted = [own.restricted, all.restricted].into_iter().flatten().min();
    if all.standing.is_against() && !own.standing.is_against() {
        return ConsentState { standing: Standing::Objected, since: all.since, restricted };
    }
    ConsentState { restricted, ..own }
}

/// Now, or just behind all that was said: whoever speaks last is heard as the last, whichever process's clock is behind.
pub(crate) fn later<'r>(now: Timestamp, said: impl IntoIterator<Item = &'r ConsentRow>) -> Timestamp {
    said.into_iter().map(|row| row.at.plus(1)).fold(now, Timestamp::max)
}
