//! Whether the purpose of a passage is open for somebody now: what they said to it, which laws apply to them, how old they
//! are. It is settled before anything is shown; what they said is read in the statement that finds them, so that no read
//! whose snapshot began after a withdrawal was committed shows what it closed.

use zelo_model::{BirthDate, ConsentState, Reason, Standing};
use zelo_policy::{Closed, DeclaredPurpose, Jurisdiction};
use zelo_resolve::{Member, survive};
use zelo_store::ConsentRow;

use crate::error::{Error, Result};
use crate::facts::{Lapses, Whoever, both, states_at};
use crate::tx::{Mode, Tx};

/// The purpose of a passage and what one person said to it.
pub(crate) struct Gate<'r> {
    home: Jurisdiction,
    said: &'r [ConsentRow],
}

/// The purpose of a passage, and for which controller: whose words about it are read with a profile.
pub(crate) fn about<A: Mode>(tx: &Tx<'_, A>) -> (String, String) {
    (tx.actor.purpose.to_string(), tx.tenant.row.controller.clone())
}

impl<'r> Gate<'r> {
    pub(crate) fn of<A: Mode>(tx: &Tx<'_, A>, said: &'r [ConsentRow]) -> Result<Self> {
        Ok(Self { home: home(tx)?, said })
    }

    /// What of it is closed, as far as that can be told without opening anything.
    pub(crate) fn closed<A: Mode>(&self, tx: &Tx<'_, A>) -> Result<Closed> {
        self.closed_for(tx, &Whoever::default())
    }

    /// Whether records must be opened to know.
    pub(crate) fn asks_who<A: Mode>(&self, tx: &Tx<'_, A>) -> Result<bool> {
        let state = self.state(tx, &Whoever::default());
        // How long a sale counts is another matter where they live.
        let of_sale = state.standing == Standing::SoftOptIn && tx.policy.sales_differ(&tx.actor.purpose);
        Ok(of_sale || purpose(tx)?.asks_who(self.home, &state))
    }

    /// The same for somebody who is known.
    pub(crate) fn closed_for<A: Mode>(&self, tx: &Tx<'_, A>, whoever: &Whoever) -> Result<Closed> {
        let keys: Vec<Jurisdiction> =
            std::iter::once(self.home).chain(whoever.law.filter(|law| *law != self.home)).collect();
        let Some(laws) = tx.policy.laws_of(&keys) else { return Ok(Closed::whole(Reason::Basis)) };
        let state = self.state(tx, whoever);
        Ok(purpose(tx)?.closed(&laws, &state, whoever.age(tx.now)))
    }

    /// What they said to this purpose and to all of them at once.
    fn state<A: Mode>(&self, tx: &Tx<'_, A>, whoever: &Whoever) -> ConsentState {
        let lapses = Lapses { policy: tx.policy, home: self.home, whoever };
        let views = states_at(self.said, tx.now, &lapses);
        both(&views)
    }
}

/// Whether records may have to be opened to know whether the purpose is open.
pub(crate) fn may_ask_who<A: Mode>(tx: &Tx<'_, A>) -> Result<bool> {
    Ok(tx.policy.sales_differ(&tx.actor.purpose) || purpose(tx)?.may_ask_who(home(tx)?))
}

/// Who somebody is as far as laws ask: from the traits that say when they were born and where they live.
pub(crate) fn whoever<'b, S: Copy, A: Mode>(
    tx: &Tx<'_, A>,
    members: impl IntoIterator<Item = Member<'b, S>>,
) -> Whoever {
    let minors = tx.policy.minors();
    let (mut born, mut law) = (Vec::new(), Vec::new());
    for (name, winner) in survive(members) {
        let inside = winner.value.as_object().into_iter().flatten();
        let inside = inside.map(|(member, value)| (format!("{name}.{member}"), value));
        for (path, value) in std::iter::once((name.to_owned(), winner.value)).chain(inside) {
            let Some(text) = value.as_str() else { continue };
            if let (Some(rank), Ok(date)) = (minors.says_birth(&path), text.parse::<BirthDate>()) {
                born.push((rank, date));
            }
            if let (Some(rank), Some(found)) = (minors.says_country(&path), tx.policy.law_of_country(text)) {
                law.push((rank, found.key));
            }
        }
    }
    let mut who = Whoever {
        born: born.into_iter().min_by_key(|(rank, _)| *rank).map(|(_, date)| date),
        law: law.into_iter().min_by_key(|(rank, _)| *rank).map(|(_, key)| key),
    };
    if who.born.is_none() && minors.unknown_is_minor {
        // Taken for somebody born today.
        who.born = Some(BirthDate::on(tx.now));
    }
    who
}

/// The law of the controller's home.
pub(crate) fn home<A: Mode>(tx: &Tx<'_, A>) -> Result<Jurisdiction> {
    let controller = tx.policy.controller(&tx.tenant.row.controller);
    Ok(controller.ok_or_else(|| Error::internal("the tenant's controller is not declared"))?.home)
}

fn purpose<'t, A: Mode>(tx: &Tx<'t, A>) -> Result<&'t DeclaredPurpose> {
    tx.policy.purpose(&tx.actor.purpose).ok_or(Error::Forbidden)
}
