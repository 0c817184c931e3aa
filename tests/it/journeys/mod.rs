//! What people do, from the first click to a dropped tenant.

mod agreed;
mod arrival;
pub(crate) mod clients;
mod confirmation;
mod consents;
mod counts;
mod crowds;
mod documents;
mod expiry;
mod form;
mod held;
mod identity;
mod lawful;
mod live;
mod mending;
mod notices;
mod plan;
mod policies;
mod quarantine;
mod retention;
mod sales;
mod stewards;
mod survivorship;
mod tail;
mod tenants;
mod undone;
mod verbs;
