//! What the vault promises to Ana, Bruno and officer Clara, and the oracles that others wrote.

mod cache;
mod finding;
mod oracle;
mod resealing;
mod root;
mod tampering;
mod vectors;
mod wrapping;

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use zelo_model::{Identifier, IdentifierKind, OwnerId, TenantId};

use crate::secret::Secret;
use crate::{Slot, place};

pub(crate) const SHOP: TenantId = TenantId([1; 16]);
pub(crate) const BANK: TenantId = TenantId([2; 16]);
pub(crate) const ANA: OwnerId = OwnerId([0xa; 16]);
pub(crate) const BRUNO: OwnerId = OwnerId([0xb; 16]);
pub(crate) const LETTER: &[u8] = br#"{"email":"ana@example.com","city":"Recife"}"#;

pub(crate) fn anas_slot() -> Slot {
    Slot { tenant: SHOP, owner: ANA, place: place::RECORD_BODY, row: ANA.0, seal_version: 1 }
}

pub(crate) fn email(normal: &str) -> Identifier {
    Identifier { kind: IdentifierKind::Email, space: String::new(), normal: normal.to_owned() }
}

/// Thirty-two sevens, as the golden vectors use them.
pub(crate) fn sevens() -> Secret {
    Secret::from_bytes([7; 32].into())
}

/// Runs a future that never waits.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a root in files never waits"),
    }
}
