//! The sale that a soft opt-in rests on (Directive 2002/58 art. 13(2)): an event of this very person, named and recent enough.

use zelo_model::{EventId, Purpose, Timestamp};

use crate::error::{Error, Result};
use crate::profile::home;
use crate::tx::{Read, Tx};

/// When the sale was; that is when the person could say no and did not.
pub(super) async fn sold_at(
    tx: &Tx<'_, Read>,
    records: &[i64],
    purpose: &Purpose,
    sale: EventId,
) -> Result<Timestamp> {
    let wrong = |message: &str| Err(Error::invalid("sale", message));
    let home = home(tx)?;
    let Some(soft) = tx.policy.soft_opt_in(purpose, home) else {
        return wrong("policies/consent.yaml names no sale for this purpose where the controller is at home");
    };
    let Some((name, at)) = tx.rows.named_event(tx.tenant.row.id, records, sale).await? else {
        return wrong("this profile has no event of this id; name the sale in which the address was given");
    };
    if !name.is_some_and(|name| soft.events.contains(&name)) {
        let events: Vec<&str> = soft.events.iter().map(String::as_str).collect();
        return wrong(&format!("this event makes nobody a customer; these do: {}", events.join(", ")));
    }
    if at > tx.now {
        return wrong("this sale has not happened yet");
    }
    if let Some(months) = soft.laws.get(&home).and_then(|law| law.within_months) {
        let until = at.months_later(months);
        if until <= tx.now {
            return wrong(&format!(
                "this sale was on {}, and the law let it count for {months} months, until {}",
                day(at),
                day(until)
            ));
        }
    }
    Ok(at)
}

fn day(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}
