//! What a link that confirms a consent carries: which yes, which identifier vouches for it, until when. It is sealed under the
//! tenant's data key, so nobody reads it, changes it or makes one up, and it is stored nowhere.

use data_encoding::BASE64URL_NOPAD;
use zelo_model::{ConsentId, OwnerId, TenantId, Timestamp};
use zelo_vault::place::CONFIRMATION;
use zelo_vault::{Rng, Slot};

use crate::tenant::Tenant;

/// What a link stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Claim {
    /// The record at which the yes stands.
    pub(super) record: OwnerId,
    /// The yes that waits.
    pub(super) consent: ConsentId,
    /// The identifier that vouches for it, by blind index: the epoch and the digest.
    pub(super) identifier: (u32, [u8; 16]),
    /// Until when the link confirms it.
    pub(super) until: Timestamp,
}

/// Version, record, consent, epoch, digest, until.
const PLAIN: usize = 1 + 16 + 16 + 4 + 16 + 8;
const VERSION: u8 = 1;
/// No token is longer, in characters.
const MOST: usize = 256;
/// The tenant stands in the clear before what is sealed under its key.
const TENANT: usize = 16;

impl Claim {
    /// The token: letters, digits, `-` and `_`.
    pub(super) fn token(&self, tenant: &Tenant, rng: &Rng) -> String {
        let mut plain = Vec::with_capacity(PLAIN);
        plain.push(VERSION);
        plain.extend_from_slice(&self.record.0);
        plain.extend_from_slice(&self.consent.0);
        plain.extend_from_slice(&self.identifier.0.to_be_bytes());
        plain.extend_from_slice(&self.identifier.1);
        plain.extend_from_slice(&self.until.micros().to_be_bytes());
        let id = tenant.row.id16;
        let sealed = tenant.keys.data().seal(rng, &slot(id), &plain);
        BASE64URL_NOPAD.encode(&[id.bytes().as_slice(), &sealed].concat())
    }

    /// What a token stands for, if this tenant made it.
    pub(super) fn of(token: &str, tenant: &Tenant) -> Option<Self> {
        let bytes = decoded(token)?;
        let (id, sealed) = bytes.split_at_checked(TENANT)?;
        if id != tenant.row.id16.bytes() {
            return None;
        }
        let plain = tenant.keys.open_data(&slot(tenant.row.id16), sealed).ok()?;
        let plain: &[u8; PLAIN] = plain.as_slice().try_into().ok()?;
        if plain[0] != VERSION {
            return None;
        }
        let mut rest = &plain[1..];
        Some(Self {
            record: OwnerId(taken(&mut rest)?),
            consent: ConsentId(taken(&mut rest)?),
            identifier: (u32::from_be_bytes(taken(&mut rest)?), taken(&mut rest)?),
            until: Timestamp::from_micros(i64::from_be_bytes(taken(&mut rest)?)),
        })
    }
}

/// Which tenant a token says it is of; nothing is proven by that.
pub(super) fn tenant_of(token: &str) -> Option<TenantId> {
    Some(TenantId(decoded(token)?.get(..TENANT)?.try_into().ok()?))
}

fn decoded(token: &str) -> Option<Vec<u8>> {
    if token.len() > MOST { None } else { BASE64URL_NOPAD.decode(token.as_bytes()).ok() }
}

fn slot(tenant: TenantId) -> Slot {
    let row = tenant.0;
    Slot { tenant, owner: OwnerId(row), place: CONFIRMATION, row, seal_version: 1 }
}

fn taken<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (first, behind) = rest.split_first_chunk()?;
    *rest = behind;
    Some(*first)
}
