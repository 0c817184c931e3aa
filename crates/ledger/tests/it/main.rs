//! What the ledger promises, in one binary.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test too")]

mod anchor;
#[path = "../common/mod.rs"]
mod common;
mod epochs;
mod keys;
mod leaf;
mod tree;
mod verifier;
