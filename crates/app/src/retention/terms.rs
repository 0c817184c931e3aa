//! A schedule as it holds in one tenant now: what is due by it, and what of that a law keeps.

use std::collections::BTreeMap;

use zelo_model::Timestamp;
use zelo_policy::{Bundle, Jurisdiction, Retention, Schedule, Scheduled, ScheduledEvents, Trigger};
use zelo_store::{EventSlice, Idle, TenantRow};

use crate::error::{Error, Result};

/// A schedule, where and when it is looked at.
pub(crate) struct Terms<'p> {
    pub(crate) schedule: &'p Schedule,
    /// Where the law says so.
    pub(crate) citation: &'p str,
    pub(crate) home: Jurisdiction,
    pub(crate) now: Timestamp,
    /// What happened, or was last heard of, before this is due.
    pub(crate) before: Timestamp,
    /// The laws that keep something in this tenant, and since when it must have happened.
    laws: Vec<(&'p Retention, Timestamp)>,
}

impl<'p> Terms<'p> {
    /// Those of the schedules that hold in a tenant.
    pub(crate) fn all(policy: &'p Bundle, tenant: &TenantRow, now: Timestamp) -> Result<Vec<Self>> {
        let controller = policy.controller(&tenant.controller);
        let home = controller.ok_or_else(|| Error::internal("the tenant's controller is not declared"))?.home;
        // A member state is bound by the Union's law without saying so itself.
        let chain: Vec<Jurisdiction> =
            std::iter::successors(Some(home), |law| policy.law(*law)?.parent).collect();
        let keeps = |law: &'p Retention| Some((law, law.keeps_since(home, now)?));
        let holds = |schedule: &'p Schedule| {
            Some(Self {
                schedule,
                citation: schedule.citation(&chain)?,
                home,
                now,
                before: schedule.before(now),
                laws: policy.retentions().iter().filter_map(keeps).collect(),
            })
        };
        Ok(policy.schedules().iter().filter_map(holds).collect())
    }

    /// The one of this name.
    pub(crate) fn of(policy: &'p Bundle, tenant: &TenantRow, now: Timestamp, key: &str) -> Result<Self> {
        let mut all = Self::all(policy, tenant, now)?;
        if let Some(at) = all.iter().position(|terms| terms.schedule.key == key) {
            return Ok(all.swap_remove(at));
        }
        let names: Vec<&str> = all.iter().map(|terms| terms.schedule.key.as_str()).collect();
        let problem = if policy.schedule(key).is_some() {
            "no law of this schedule is that of the tenant's controller"
        } else {
            "there is no such schedule in policies/schedules"
        };
        Err(Error::invalid("schedule", format!("{problem}; those that hold here are {}", names.join(", "))))
    }

    /// Events that are due and that no law keeps.
    pub(crate) fn due(&self, events: &ScheduledEvents) -> Vec<EventSlice> {
        let mut names: BTreeMap<Timestamp, Vec<String>> = BTreeMap::new();
        for name in &events.names {
            let keepers = self.laws.iter().filter(|(law, _)| law.events.contains_key(name));
            let before = keepers.map(|(_, since)| *since).fold(self.before, Timestamp::min);
            names.entry(before).or_default().push(name.clone());
        }
        let tracked = names.into_iter().map(|(before, names)| self.slice(events, names, (LONG_AGO, before)));
        let pages = events.pages.then(|| self.slice(events, Vec::new(), (LONG_AGO, self.before)));
        tracked.chain(pages).collect()
    }

    /// Events that would be due, by the law that keeps them.
    pub(crate) fn kept(&self, events: &ScheduledEvents) -> Vec<(&'p Retention, EventSlice)> {
        let of_law = |(law, since): &(&'p Retention, Timestamp)| {
            let names = events.names.iter().filter(|name| law.events.contains_key(*name));
            let names: Vec<String> = names.cloned().collect();
            let keeps = !names.is_empty() && *since < self.before;
            keeps.then(|| (*law, self.slice(events, names, (*since, self.before))))
        };
        self.laws.iter().filter_map(of_law).collect()
    }

    fn slice(
        &self,
        events: &ScheduledEvents,
        names: Vec<String>,
        (since, before): (Timestamp, Timestamp),
    ) -> EventSlice {
        EventSlice {
            names,
            since,
            before,
            idle: (events.trigger == Trigger::LastSeen).then_some(self.before),
        }
    }

    /// The laws that keep something of whoever is forgotten here, and since when it must have happened.
    pub(crate) fn keepers(&self) -> &[(&'p Retention, Timestamp)] {
        &self.laws
    }

    /// When people must have been last heard of: all of them, and, unless they were looked at before, those who may be
    /// minors. `None` when the schedule is not about people.
    pub(crate) fn idle(&self, looked: Option<Timestamp>) -> Option<Idle> {
        let Scheduled::People(people) = &self.schedule.what else { return None };
        let minors = people.minors.map_or(self.before, |months| self.now.months_earlier(months));
        let since = looked.map_or(self.before, |looked| looked.max(self.before));
        Some(Idle { before: self.before, or_between: (since, minors) })
    }
}

const LONG_AGO: Timestamp = Timestamp::from_micros(i64::MIN);
