//! One binary: what people do, and what must never happen.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod crash;
mod erasure;
mod files;
mod guarantees;
mod journeys;
mod ledger;
mod restore;
mod rotation;
